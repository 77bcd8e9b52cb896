"""M6: two or three subjects together: which providers have them, and which learners want them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from applications.models import ChoiceRun
from core.figures import parts_of
from prospectus.models import CourseRun, Subject
from prospectus.queries.requirements import in_words
from reporting.queries.reports.answering import choices_counted, entry_years
from reporting.queries.reports.kinds import (
    APPLIED,
    ROUNDED,
    Column,
    Crowd,
    Filter,
    Report,
    Row,
    Scope,
    Sets,
    Sort,
    answer,
    of_area,
    told,
)
from reporting.queries.reports.supply import PROSPECTUS, SENT

FILTERS = ("first", "second", "third")
CROWD = Crowd.template % {"expressions": "learner"}
WHO_HAS = f"""
SELECT 'offered', has, count(*)::int, 0::bigint FROM (
    SELECT provider, array_agg(DISTINCT part) AS has FROM offered WHERE part = ANY(%s) GROUP BY 1) AS one GROUP BY 2
UNION ALL SELECT 'wanted', has, count(*)::int, {CROWD} FROM (
    SELECT learner, array_agg(DISTINCT part) AS has FROM wanted WHERE part = ANY(%s) GROUP BY 1) AS one GROUP BY 2
"""


def _subjects(at: int) -> Any:
    """The broad subjects, one further on for each filter, so that no two begin as the same."""

    def values(scope: Scope) -> list[tuple[str, Any]]:
        broad = list(Subject.objects.filter(parent=None).values_list("code", "name"))
        return [*broad[at:], *broad[:at]]

    return values


def _third(scope: Scope) -> list[tuple[str, Any]]:
    return [("", _("None")), *_subjects(0)(scope)]


def _drawn(scope: Scope) -> list[tuple[str, Any]]:
    return [("providers", _("Providers")), ("learners", _("Learners"))]


def rows(scope: Scope, asked: Mapping[str, str]) -> list[Row]:
    """A line for each way in which the subjects can go together, those with most of them first. Two queries."""
    codes = list(dict.fromkeys(asked[name] for name in FILTERS if asked.get(name)))
    names = Subject.objects.in_bulk(codes)
    area = scope.organisation.area_id
    runs = CourseRun.objects.visible_to(scope.user).on_offer().to_come().filter(course__provider__area=area)
    offered = runs.annotate(provider=F("course__provider"), part=_broad("course")).values("provider", "part")
    sent = choices_counted(scope, entry_year=asked["year"])
    wanted = ChoiceRun.objects.filter(choice__in=sent.values("pk")).annotate(
        learner=F("choice__application__learner"), part=_broad("run__course")
    )
    found = answer(WHO_HAS, codes, codes, offered=offered, wanted=wanted.values("learner", "part"))
    counts = {(what, frozenset(has)): (number, crowd) for what, has, number, crowd in found}
    lines = []
    for positions in parts_of(len(codes)):
        inside = [codes[at - 1] for at in positions]
        has = frozenset(inside)
        words = _in_words([names[code].name for code in inside], [names[one].name for one in codes if one not in has])
        providers, _crowd = counts.get(("offered", has), (0, None))
        lines.append((words, providers, told(*counts.get(("wanted", has), (0, None)))))
    return lines


def _broad(course: str) -> Any:
    return Coalesce(f"{course}__subject__parent", f"{course}__subject")


def _in_words(inside: Sequence[str], outside: Sequence[str]) -> str:
    if not outside:
        return _t("%(names)s together") % {"names": in_words(inside)} if len(inside) > 1 else inside[0]
    if len(inside) == 1:
        return _t("Only %(name)s") % {"name": inside[0]}
    return _t("%(names)s, not %(others)s") % {"names": in_words(inside), "others": in_words(outside)}


TOGETHER = Report(
    name="subjects-together",
    title=_("Subjects together"),
    about=_("Which providers have two or three subjects, and which learners have applied for them."),
    roles=("officer",),
    filters=(
        Filter("first", _("First subject"), _subjects(0)), Filter("second", _("Second subject"), _subjects(1)),
        Filter("third", _("Third subject"), _third), Filter("year", _("Applications for"), entry_years),
        Filter("draw", _("Picture"), _drawn),
    ),
    columns=(
        Column(_("Subjects"), _("Just these of the subjects chosen, and no other of them."), PROSPECTUS, Sort.TEXT),
        Column(_("Providers"), _("With published courses in them that have a start to come."), PROSPECTUS),
        Column(_("Learners"), _("Who have applied for courses in them."), SENT),
    ),
    rows=rows,
    drawn=Sets("draw", {"providers": 1, "learners": 2}, FILTERS),
    whose=of_area(APPLIED, ROUNDED),
)  # fmt: skip
