"""M6: what an area's providers offer, and what learners have applied for, by subject, level and provider."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import CharField, Count, F, Func, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from applications.models import ChoiceRun
from core.suppression import blurred, suppressed
from prospectus.models import CourseRun, Level
from reporting.queries.reports.answering import choices_counted, entry_years
from reporting.queries.reports.kinds import Column, Filter, Report, Row, Scope, Sort

SUBJECT, LEVEL, PROVIDER = PARTS = ("subject", "level", "provider")
ALL = _("All")
NOT_SAID = _("Not known")
FEWEST = 10  # of what is rounded, less is not said
BY = {"subject": (SUBJECT,), "level": (LEVEL,), "provider": (PROVIDER,), "all": PARTS}


class _Highest(Func):
    """The highest level of a course that spans several; Entry is 0."""

    template = "(SELECT max(CASE one WHEN 'E' THEN '0' ELSE one END) FROM unnest(%(expressions)s) AS one)"
    output_field = CharField()


def _lines(scope: Scope) -> list[tuple[str, Any]]:
    return [
        ("subject", _("Subject")), ("level", _("Level")), ("provider", _("Provider")),
        ("all", _("Subject, level and provider, to the nearest 5")),
    ]  # fmt: skip


def _parted(rows: QuerySet, by: str, *, course: str) -> QuerySet:
    """``rows`` with a value for each part of the line; ``course`` is the way to it."""
    values = {
        SUBJECT: Coalesce(f"{course}__subject__parent__name", f"{course}__subject__name"),
        LEVEL: _Highest(F(f"{course}__levels")),
        PROVIDER: F(f"{course}__provider__name"),
    }
    return rows.order_by().annotate(**{f"part_{one}": values[one] for one in BY[by]}).values_list(
        *(f"part_{one}" for one in BY[by])
    )  # fmt: skip


def rows(scope: Scope, asked: Mapping[str, str]) -> list[Row]:
    """A line for whatever is offered or applied for, in the order of its words. Three queries.

    What is offered is public. Of applications numbers from 1 to 4 are not shown, nor those from which they would
    follow; in the lines of all three parts they are rounded to 5, for beside those of one part the rest would follow.
    A choice of several courses counts in the line of each.
    """
    by, width = asked["by"], len(BY[asked["by"]])
    area = scope.organisation.area_id
    on_offer = CourseRun.objects.visible_to(scope.user).on_offer().to_come().filter(course__provider__area=area)
    offered = _parted(on_offer, by, course="course").annotate(
        Count("course", distinct=True), Count("pk", distinct=True), Sum("places")
    )
    sent = ChoiceRun.objects.filter(choice__in=choices_counted(scope, entry_year=asked["year"]).values("pk"))
    wanted = _parted(sent, by, course="run__course").annotate(
        applications=Count("choice", distinct=True),
        first=Count("choice", distinct=True, filter=Q(choice__rank=1)),
        offers=Count("choice", distinct=True, filter=Q(choice__offers__isnull=False)),
        full=Count("choice", distinct=True, filter=Q(choice__refusal_reason="full")),
    )
    supply = {line[:width]: line[width:] for line in offered}
    demand = {line[:width]: line[width:] for line in wanted}
    keys = sorted(supply.keys() | demand.keys(), key=lambda key: tuple(part or "~" for part in key))
    counts = [[demand.get(key, (0,) * 4)[place] for key in keys] for place in range(4)]
    shown: list[list[int | None]] = [
        suppressed(column, of=counts[0] if place else None) for place, column in enumerate(counts)
    ]
    if width > 1:
        question = f"supply {area} {asked['year']}"
        shown = [
            [_about(number, f"{question} {place} {keys[at]}") for at, number in enumerate(column)]
            for place, column in enumerate(counts)
        ]
    levels = {level.code: str(level) for level in Level.objects.all()}
    return [
        (*_words(by, key, levels), *supply.get(key, (0, 0, None)), *(column[at] for column in shown))
        for at, key in enumerate(keys)
    ]


def _about(number: int, question: str) -> int | None:
    """To the nearest 5, and below 10 not said, as of a cohort that people put together."""
    shown = blurred(number, question=question)
    return shown if shown >= FEWEST or number == 0 else None


def _words(by: str, key: Sequence[str | None], levels: Mapping[str, str]) -> list[str]:
    """Subject, level and provider of a line; what it does not tell apart is all."""
    said = dict(zip(BY[by], key, strict=True))
    if said.get(LEVEL):
        code = "E" if said[LEVEL] == "0" else str(said[LEVEL])
        said[LEVEL] = levels.get(code, code)
    return [str(ALL if part not in said else said[part] or NOT_SAID) for part in PARTS]


PROSPECTUS, SENT = _("prospectus"), _("applications sent")
SUPPLY = Report(
    name="supply-and-demand",
    title=_("Supply and demand"),
    about=_("What providers offer and what learners have applied for, by subject, level and provider."),
    roles=("officer",),
    filters=(Filter("year", _("For"), entry_years), Filter("by", _("A line for each"), _lines)),
    columns=(
        Column(_("Subject"), _("The broad sector subject area."), PROSPECTUS, Sort.TEXT),
        Column(_("Level"), _("The highest level of the course."), PROSPECTUS, Sort.TEXT),
        Column(_("Provider"), _("Who has the course."), PROSPECTUS, Sort.TEXT),
        Column(_("Courses"), _("Published courses with a start to come."), PROSPECTUS),
        Column(_("Starts"), _("Their runs: each place and date."), PROSPECTUS),
        Column(_("Places"), _("Of these runs, as far as providers say how many they have."), PROSPECTUS),
        Column(_("Applications"), _("Choices sent; one of several courses counts for each."), SENT),
        Column(_("First choices"), _("Of these, the learner’s favourite."), SENT),
        Column(_("Offers"), _("Of these, with an offer at any time."), _("offers")),
        Column(_("Full"), _("Of these, turned down because the course was full."), _("answers")),
    ),
    rows=rows,
    drawn=6,
)
