"""M7: how long learners wait from application to interview and to an answer."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import (
    Aggregate,
    Case,
    Count,
    DateTimeField,
    DurationField,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.functions import Coalesce, Least, TruncDate
from django.utils.translation import gettext_lazy as _

from accounts.models import RollEntry
from applications.models import Choice, Interview, Offer
from applications.workflow import PROPERTIES
from core import clock
from prospectus.models import CourseRun
from providers.models import Cycle
from reporting.queries.reports.kinds import (
    LINE,
    NONE,
    Bars,
    Cell,
    Column,
    Crowd,
    Filter,
    Report,
    Row,
    Scope,
    Sort,
    told,
)

WAITS = Q(status__in=sorted(PROPERTIES["is_with_provider"]))


class _Median(Aggregate):
    """The middle one: half waited no longer."""

    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


def entry_years(scope: Scope) -> list[tuple[str, Any]]:
    """Of the cycles of the area, the newest first."""
    cycles = Cycle.objects.post_16().filter(area=scope.organisation.area_id).order_by("-entry_year")
    years = dict.fromkeys(cycles.values_list("entry_year", flat=True))
    return [(str(year), _("September %(year)s") % {"year": year}) for year in years]


def _lines(scope: Scope) -> list[tuple[str, Any]]:
    lines = [("subject", _("Subject")), ("school", _("School of the learner"))]
    return lines if scope.is_of_provider else [("provider", _("Provider")), *lines]


def choices_counted(scope: Scope, *, entry_year: str, is_everywhere: bool = False) -> QuerySet:
    """What was sent for this September: to the provider, as whoever asks may read it; of an area, for figures, to all
    of its providers, or to those of every area."""
    sent = Choice.objects.filter(sent_at__isnull=False, application__cycle__phase="post_16")
    sent = sent.filter(application__cycle__entry_year=int(entry_year or 0)).order_by()
    if scope.is_of_provider:
        return sent.visible_to(scope.user).filter(provider=scope.organisation)
    if is_everywhere:
        return sent.filter(provider__area__is_practice=False)
    return sent.filter(provider__area=scope.organisation.area_id)


def _line_of(by: str) -> Any:
    if by == "provider":
        return F("provider__name")
    if by == "school":
        entries = RollEntry.objects.current().filter(learner=OuterRef("application__learner"))
        return Subquery(entries.order_by("-started_on", "-pk").values("school__name")[:1])
    runs = CourseRun.objects.filter(choice_runs__choice=OuterRef("pk")).order_by("choice_runs__position")
    # The broad subject, as in the report of supply: of a narrow one and a broad one the rest would follow.
    runs = runs.annotate(broad=Coalesce("course__subject__parent__name", "course__subject__name"))
    return Subquery(runs.values("broad")[:1])


def rows(scope: Scope, asked: Mapping[str, str]) -> list[Row]:
    """A line for each provider, subject or school, by its name. One query.

    For who may not read the applications, numbers are rounded to 5, percents are of these, and fewer than 10 are not
    said, nor how long they waited.
    """
    offers = Subquery(Offer.objects.filter(choice=OuterRef("pk")).order_by("made_at").values("made_at")[:1])
    meetings = Interview.objects.filter(choice=OuterRef("pk"), starts_at__isnull=False).order_by("starts_at")
    refused = Case(
        When(status="unsuccessful", is_closed_by_service=False, then=F("status_at")), output_field=DateTimeField()
    )
    choices = choices_counted(scope, entry_year=asked["year"]).annotate(
        line=_line_of(asked["by"]), offered_at=offers, met_at=Subquery(meetings.values("starts_at")[:1]),
        answered_at=Least(offers, refused),
    )  # fmt: skip
    answered = Q(answered_at__isnull=False)
    counted = {
        "sent": Q(), "answered": answered, "timely": answered & Q(answer_due_on__gte=TruncDate("answered_at")),
        "waiting": WAITS, "late": WAITS & Q(answer_due_on__lt=clock.today()), "met": Q(met_at__isnull=False),
        "offered": Q(offered_at__isnull=False),
    }  # fmt: skip
    found = choices.values_list("line").annotate(
        **{name: Count("pk", filter=one) for name, one in counted.items()},
        **{f"crowd_{name}": Crowd("application__learner", filter=one) for name, one in counted.items()},
        to_answer=_Median(F("answered_at") - F("sent_at")),
        to_meet=_Median(F("met_at") - F("sent_at")),
        to_offer=_Median(F("offered_at") - F("sent_at")),
    )
    lines = []
    for line, *said in found.order_by("line"):
        counts = said[:7]
        if not scope.is_of_provider:
            counts = [told(number, crowd) for number, crowd in zip(counts, said[7:14], strict=True)]
        lines.append(_row(str(line or _("Not known")), counts, said[14:]))
    return lines


def _row(line: str, counts: list[int | None], waits: list[dt.timedelta | None]) -> Row:
    sent, answered, timely, waiting, late, met, offered = counts if counts[0] is not None else [None] * 7
    percent: Cell = str(NONE) if answered == 0 else None
    if answered and timely is not None:
        percent = round(100 * timely / answered)
    days = [_days(wait, of=number) for number, wait in zip((answered, met, offered), waits, strict=True)]
    return line, sent, answered, percent, *days, waiting, late


def _days(wait: dt.timedelta | None, *, of: int | None) -> Cell:
    if of is None:
        return None
    return str(NONE) if wait is None else round(wait / dt.timedelta(days=1), 1)


SENT = _("applications sent")
ANSWERING = Report(
    name="time-to-answer",
    title=_("Time to answer"),
    about=_("How long learners wait from sending an application to an interview and to an answer."),
    roles=("officer", "admissions", "manager"),
    filters=(Filter("year", _("For"), entry_years), Filter("by", _("A line for each"), _lines)),
    columns=(
        Column(LINE, _("What the line is about, as chosen."), _("prospectus, rolls"), Sort.TEXT),
        Column(_("Applications"), _("Choices that a provider has received, whatever became of them."), SENT),
        Column(_("Answered"), _("Those with an offer, or turned down. What the end of a cycle closed is no answer."),
               _("offers, answers")),
        Column(_("In time"), _("Of those answered, by the last day the provider had. Where numbers are rounded, it is "
                                "of these."), _("answers, area’s rules"), Sort.PERCENT),
        Column(_("Days to answer"), _("The middle one of all: half waited no longer. Every day counts."),
               _("offers, answers"), Sort.DAYS),
        Column(_("Days to interview"), _("The same from sending to the first interview."), _("interviews"), Sort.DAYS),
        Column(_("Days to offer"), _("The same from sending to the first offer."), _("offers"), Sort.DAYS),
        Column(_("Waiting"), _("With a provider and not answered today."), SENT),
        Column(_("Waiting too long"), _("Of these, past the last day the provider had."), _("area’s rules")),
    ),
    rows=rows,
    drawn=Bars(4),
)  # fmt: skip
