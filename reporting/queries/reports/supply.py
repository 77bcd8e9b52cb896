"""M6: what an area's providers offer, and what learners have applied for, by subject, level and provider."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import CharField, Count, F, Func, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from applications.models import ChoiceRun
from prospectus.models import CourseRun, Level
from reporting.queries.reports.answering import choices_counted, entry_years
from reporting.queries.reports.kinds import (
    APPLIED,
    ROUNDED,
    UNSAID,
    Bars,
    Cell,
    Column,
    Crowd,
    Filter,
    Report,
    Row,
    Scope,
    Sort,
    of_area,
    told,
)

AREA, SUBJECT, LEVEL, PROVIDER = PARTS = ("area", "subject", "level", "provider")
LEARNER, FULL = "choice__application__learner", Q(choice__refusal_reason="full")
NOBODY = (0,) * 8
ALL = _("All")
NOT_SAID = _("Not known")
BY = {"subject": (SUBJECT,), "level": (LEVEL,), "provider": (PROVIDER,), "all": (SUBJECT, LEVEL, PROVIDER)}


class _Highest(Func):
    """The highest level of a course that spans several; Entry is 0."""

    template = "(SELECT max(CASE one WHEN 'E' THEN '0' ELSE one END) FROM unnest(%(expressions)s) AS one)"
    output_field = CharField()


def _lines(scope: Scope) -> list[tuple[str, Any]]:
    return [
        ("subject", _("Subject")), ("level", _("Level")), ("provider", _("Provider")),
        ("all", _("Subject, level and provider")),
    ]  # fmt: skip


def areas(scope: Scope) -> list[tuple[str, Any]]:
    """Their own, or every one."""
    return [("own", scope.organisation.area), ("each", _("Every area"))]


def _parted(rows: QuerySet, parts: Sequence[str], *, course: str) -> QuerySet:
    """``rows`` with a value for each part of the line; ``course`` is the way to it."""
    values = {
        AREA: F(f"{course}__provider__area__name"),
        SUBJECT: Coalesce(f"{course}__subject__parent__name", f"{course}__subject__name"),
        LEVEL: _Highest(F(f"{course}__levels")),
        PROVIDER: F(f"{course}__provider__name"),
    }
    named = {f"part_{one}": values[one] for one in parts}
    return rows.order_by().annotate(**named).values_list(*named)


def rows(scope: Scope, asked: Mapping[str, str]) -> list[Row]:
    """A line for whatever is offered or applied for, in the order of its words. Three queries.

    What is offered is public; of applications everything is rounded to 5, and fewer than 10 are not said. A choice of
    several courses counts in the line of each.
    """
    area, is_everywhere = scope.organisation.area_id, asked.get("of") == "each"
    parts = ((AREA,) if is_everywhere else ()) + BY[asked["by"]]
    width = len(parts)
    on_offer = CourseRun.objects.visible_to(scope.user).on_offer().to_come()
    if not is_everywhere:
        on_offer = on_offer.filter(course__provider__area=area)
    offered = _parted(on_offer, parts, course="course").annotate(
        Count("course", distinct=True), Count("pk", distinct=True), Sum("places")
    )
    choices = choices_counted(scope, entry_year=asked["year"], is_everywhere=is_everywhere)
    sent = ChoiceRun.objects.filter(choice__in=choices.values("pk"))
    counted = {"all": Q(), "first": Q(choice__rank=1), "offers": Q(choice__offers__isnull=False), "full": FULL}
    wanted = _parted(sent, parts, course="run__course").annotate(
        **{name: Count("choice", distinct=True, filter=one) for name, one in counted.items()},
        **{f"crowd_{name}": Crowd(LEARNER, filter=one) for name, one in counted.items()},
    )
    supply = {line[:width]: line[width:] for line in offered}
    demand = {line[:width]: line[width:] for line in wanted}
    keys = sorted(supply.keys() | demand.keys(), key=lambda key: tuple(part or "~" for part in key))
    levels = {level.code: str(level) for level in Level.objects.all()}
    here = str(scope.organisation.area)
    return [
        (
            *_words(parts, key, levels, area=here),
            *_offered(*supply.get(key, (0, 0, 0))),
            *_told(demand.get(key, NOBODY)),
        )
        for key in keys
    ]


def _offered(courses: int, starts: int, places: int | None) -> tuple[Cell, ...]:
    return courses, starts, str(UNSAID) if places is None else places


def _told(said: Sequence[Any]) -> list[int | None]:
    """Four numbers, each with its crowd behind them."""
    return [told(number, crowd) for number, crowd in zip(said[:4], said[4:], strict=True)]


def _words(parts: Sequence[str], key: Sequence[str | None], levels: Mapping[str, str], *, area: str) -> list[str]:
    """Area, subject, level and provider of a line; what it does not tell apart is all."""
    said = {AREA: area} | dict(zip(parts, key, strict=True))
    if said.get(LEVEL):
        code = "E" if said[LEVEL] == "0" else str(said[LEVEL])
        said[LEVEL] = levels.get(code, code)
    return [str(ALL if part not in said else said[part] or NOT_SAID) for part in PARTS]


PROSPECTUS, SENT = _("prospectus"), _("applications sent")
SUPPLY = Report(
    name="supply-and-demand",
    title=_("Supply and demand"),
    about=_("What providers offer and what learners have applied for, by area, subject, level and provider."),
    roles=("officer",),
    filters=(
        Filter("year", _("For"), entry_years), Filter("of", _("Area"), areas),
        Filter("by", _("A line for each"), _lines),
    ),
    columns=(
        Column(_("Area"), _("The area of the provider."), PROSPECTUS, Sort.TEXT),
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
    drawn=Bars(7),
    whose=of_area(APPLIED, ROUNDED),
)  # fmt: skip
