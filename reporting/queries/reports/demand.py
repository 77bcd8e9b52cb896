"""M6: how many want the places there are, by provider, subject or course."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, F, Q, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from applications.models import ChoiceRun
from applications.workflow import PROPERTIES
from prospectus.models import CourseRun
from reporting.queries.reports.answering import choices_counted, entry_years
from reporting.queries.reports.kinds import (
    APPLIED,
    LINE,
    ROUNDED,
    UNKNOWN,
    UNSAID,
    Bars,
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
from reporting.queries.reports.supply import LEARNER, NOT_SAID, PROSPECTUS, SENT

COUNTED = {
    "all": Q(), "first": Q(choice__rank=1), "offers": Q(choice__offers__isnull=False),
    "taken": Q(choice__status__in=sorted(PROPERTIES["is_firm"]), choice__left_on=None),
    "reserve": Q(choice__status="reserve_list"),
}  # fmt: skip
LINES = {
    "subject": ("subject__parent__name", "subject__name"),
    "provider": ("provider__name", "provider__name"),
    "course": ("title", "title"),
}


def _lines(scope: Scope) -> list[tuple[str, Any]]:
    return [("subject", _("Subject")), ("provider", _("Provider")), ("course", _("Course"))]


def rows(scope: Scope, asked: Mapping[str, str]) -> list[Row]:
    """A line for whatever has places or is applied for, most applications for a place first. Two queries.

    Places are public; of applications everything is rounded to 5, and fewer than 10 are not said.
    """
    area, by = scope.organisation.area_id, asked["by"]
    broad, narrow = LINES[by]
    # Courses of one title at two providers are two.
    key = F("course__provider__name") if by == "course" else Value("")
    on_offer = CourseRun.objects.visible_to(scope.user).on_offer().to_come().filter(course__provider__area=area)
    places = (
        on_offer.order_by()
        .annotate(line=Coalesce(f"course__{broad}", f"course__{narrow}"), whose=key)
        .values_list("line", "whose")
        .annotate(Sum("places"))
    )
    whose = F("run__course__provider__name") if by == "course" else Value("")
    sent = ChoiceRun.objects.filter(choice__in=choices_counted(scope, entry_year=asked["year"]).values("pk"))
    wanted = (
        sent.order_by()
        .annotate(line=Coalesce(f"run__course__{broad}", f"run__course__{narrow}"), whose=whose)
        .values_list("line", "whose")
        .annotate(
            **{name: Count("choice", distinct=True, filter=one) for name, one in COUNTED.items()},
            **{f"crowd_{name}": Crowd(LEARNER, filter=one) for name, one in COUNTED.items()},
        )
    )
    there = {line[:2]: line[2] for line in places}
    demand = {line[:2]: line[2:] for line in wanted}
    found: list[tuple[tuple[float, int], Row]] = []
    for line in there.keys() | demand.keys():
        said = demand.get(line, (0,) * 10)
        counts = [told(number, crowd) for number, crowd in zip(said[:5], said[5:], strict=True)]
        some, applied = there.get(line, 0), counts[0]
        each = round(applied / some, 1) if some and applied is not None else None
        places = str(UNSAID) if some is None else some
        for_each = each if some else str(UNKNOWN)
        row = (str(line[0] or NOT_SAID), line[1], places, applied, for_each, *counts[1:])
        found.append(((-(each or 0), -(applied or 0)), row))
    return [row for _order, row in sorted(found, key=lambda one: (one[0], one[1][:2]))]


DEMAND = Report(
    name="demand-for-places",
    title=_("Demand for places"),
    about=_("How many applications there are for each place, and what became of them."),
    roles=("officer",),
    filters=(Filter("year", _("For"), entry_years), Filter("by", _("A line for each"), _lines)),
    columns=(
        Column(LINE, _("What the line is about, as chosen."), PROSPECTUS, Sort.TEXT),
        Column(_("Provider"), _("Who has the course, where lines are courses."), PROSPECTUS, Sort.TEXT),
        Column(_("Places"), _("Of starts to come, as far as providers say how many they have."), PROSPECTUS),
        Column(_("Applications"), _("Choices sent; one of several courses counts for each."), SENT),
        Column(_("For each place"), _("Applications, by the places there are."), SENT, Sort.RATIO),
        Column(_("First choices"), _("Applications that are the learner’s favourite."), SENT),
        Column(_("Offers"), _("Applications with an offer at any time."), _("offers")),
        Column(_("Places taken"), _("Applications whose offer the learner has taken."), _("answers of learners")),
        Column(_("On reserve"), _("Applications on a reserve list today."), _("answers")),
    ),
    rows=rows,
    drawn=Bars(3),
    whose=of_area(APPLIED, ROUNDED),
)
