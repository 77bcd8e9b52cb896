"""Why a learner needs their adviser: each reason with its words, the step it asks for, and the question it is.

One home: the list, the filter, the figures and the e-mail of the day all read ``REASONS``, which is in the order of
urgency. A reason is one annotation, the day since when (or by when) it holds; None where it does not.
"""

import datetime as dt
from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, TruncDate
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner, RollEntry
from applications.models import Choice, Interview, Offer
from applications.workflow import CHOICE_FLOW, PROPERTIES
from core import clock
from core.bulk import among
from ilp.models import AgreedAction, Contact, Conversation, CurrentActivity, Entry, HelpRequest, MessageFlag
from providers.models import Cycle
from reporting.models import Category, RecordedStatus
from reporting.queries.lights import Light

OLD_ENOUGH = 11  # the school year from which somebody applies for what comes after Year 11
NEVER_UNLOCKED_AFTER = dt.timedelta(days=14)  # of the cycle: letters take so long to reach a class
NO_PLAN_AFTER = dt.timedelta(days=28)
NOTHING_SENT_AFTER = dt.timedelta(days=70)  # ten weeks: after the open days of the autumn
NOTHING_SENT_BEFORE_CLOSING = dt.timedelta(days=42)  # in a short cycle, from so long before its last day
NOT_BACK_FOR = dt.timedelta(days=28)  # "unlocked and not back since": four weeks without a sign-in


class Season(NamedTuple):
    """Where in its year of applications an area stands today; ``cycle`` is None where none is open or to come."""

    cycle: Cycle | None
    today: dt.date

    @property
    def is_on(self) -> bool:
        return self.cycle is not None and self.cycle.opens_on <= self.today <= self.cycle.ends_on

    @property
    def nothing_sent_from(self) -> dt.date | None:
        """The first day on which having sent nothing is a reason to call; before it nearly everybody would be."""
        if self.cycle is None:
            return None
        late = min(self.cycle.opens_on + NOTHING_SENT_AFTER, self.cycle.closes_on - NOTHING_SENT_BEFORE_CLOSING)
        return max(self.cycle.opens_on, late)

    def is_past(self, after: dt.timedelta) -> bool:
        """So long after the cycle opened, and before it ended."""
        return self.cycle is not None and self.is_on and self.today >= self.cycle.opens_on + after

    @property
    def is_time_to_send(self) -> bool:
        start = self.nothing_sent_from
        return self.cycle is not None and start is not None and start <= self.today <= self.cycle.closes_on


def season_of(cycle: Cycle | None) -> Season:
    return Season(cycle, clock.today())


class Reader(NamedTuple):
    """Whose caseload it is, in which season, for which entry, and the keys of its learners who share with the advice
    service."""

    user: Any
    season: Season
    entry_year: int | None
    sharing: list[int]


def always(_season: Season) -> bool:
    return True


class Reason(NamedTuple):
    """``since`` builds the annotation. ``is_deadline``: the day is the last one in time, not the first on which it
    held. ``needs_consent``: it is told of nobody who does not share. ``of_season``: whether it is one at all today."""

    key: str
    words: Any
    step: str  # of ``STEPS`` in reporting/words.py: what to do about it
    since: Callable[[Reader], Any]
    needs_consent: bool = False
    of_season: Callable[[Season], bool] = always
    is_deadline: bool = False
    hint: Any = ""  # said after the day

    @property
    def field(self) -> str:
        return f"since_{self.key}"


def _day(field: str) -> Any:
    return TruncDate(field)


def _first(rows: QuerySet, day: Any) -> Subquery:
    return Subquery(rows.annotate(on_day=day).order_by("on_day", "pk").values("on_day")[:1])


def _choices(reader: Reader, prefix: str = "") -> dict[str, Any]:
    return {
        f"{prefix}application__learner": OuterRef("pk"),
        f"{prefix}application__cycle__entry_year": reader.entry_year,
    }


def flags_of(user: Any) -> QuerySet:
    """Open flags this adviser may know of, each with ``whose`` learner it is about."""
    known = MessageFlag.objects.visible_to(user).open().values("pk")
    whose = Coalesce("message__conversation__learner", "learner")
    return MessageFlag.objects.open().filter(pk__in=known).annotate(whose=whose)


def _concern(reader: Reader) -> Any:
    return _first(flags_of(reader.user).filter(whose=OuterRef("pk")), _day("raised_at"))


def _refused(reader: Reader) -> Any:
    """Everything they sent has ended without a place, and nothing is under way or begun."""
    theirs = Choice.objects.filter(**_choices(reader))
    ended = theirs.filter(status__in=("unsuccessful", "conditions_not_met", "offer_withdrawn"))
    goes_on = Exists(theirs.that("is_live")) | Exists(theirs.filter(status="draft"))
    newest = Subquery(ended.annotate(on_day=_day("status_at")).order_by("-on_day").values("on_day")[:1])
    return Case(When(~goes_on & ~Q(light=Light.OFFER), then=newest), default=Value(None))


def _offer(reader: Reader) -> Any:
    open_ones = Offer.objects.filter(
        ended_at=None, choice__status__in=CHOICE_FLOW.sources("lapse"), **_choices(reader, "choice__")
    )
    return _first(open_ones, F("answer_by_on"))


def _missed(reader: Reader) -> Any:
    """An interview they did not come to, while the choice goes on and no other time is planned."""
    again = Interview.objects.filter(choice=OuterRef("choice"), state="planned")
    missed = Interview.objects.filter(
        choice__status__in=PROPERTIES["is_with_provider"], state="missed", **_choices(reader, "choice__")
    )
    return _first(missed.filter(~Exists(again)), _day("starts_at"))


def _step_due(_reader: Reader) -> Any:
    return Case(When(next_on__lte=clock.today(), then=F("next_on")), default=Value(None))


def _agreed(reader: Reader) -> Any:
    mine = AgreedAction.objects.to_be_done_by(reader.user).filter(learner=OuterRef("pk"), due_on__lte=clock.today())
    return _first(mine, F("due_on"))


def _wrote(reader: Reader) -> Any:
    waiting = Conversation.objects.answered_by(reader.user).with_news(reader.user)
    return _first(waiting.filter(learner=OuterRef("pk"), is_waiting=True), _day("last_at"))


def _help(reader: Reader) -> Any:
    asked = HelpRequest.objects.to_be_answered_by(reader.user).open().filter(learner=OuterRef("pk"))
    return _first(asked, _day("asked_at"))


def _lapsed(_reader: Reader) -> Any:
    spells = CurrentActivity.objects.open().with_lapse().filter(learner=OuterRef("pk"), lapse_on__lt=clock.today())
    return Subquery(spells.values("lapse_on")[:1])


def _not_known(_reader: Reader) -> Any:
    """On no roll, and no record says what they do; or the record says that nobody knows."""
    spells = CurrentActivity.objects.open().filter(learner=OuterRef("pk"))
    nobody_knows = spells.filter(code__group="not_known")
    left = RollEntry.objects.left_lately().filter(learner=OuterRef("pk"))
    return Case(
        When(Exists(nobody_knows), then=Subquery(nobody_knows.values("started_on")[:1])),
        When(Q(year_group=None) & ~Exists(spells), then=Subquery(left.values("ended_on")[:1])),
        default=Value(None),
    )


def _of_age(reader: Reader, condition: Any, since: Any) -> Any:
    """For those of an age to apply; who is on no roll any more is of age."""
    of_age = Q(year_group=None) | Q(year_group__gte=OLD_ENOUGH)
    return Case(When(of_age & condition, then=since), default=Value(None), output_field=models.DateField())


def _opened(reader: Reader) -> Any:
    return Value(reader.season.cycle.opens_on if reader.season.cycle else None, output_field=models.DateField())


def _never_unlocked(reader: Reader) -> Any:
    return _of_age(reader, Q(user=None), _opened(reader))


def _nothing_sent(reader: Reader) -> Any:
    """It follows from the light, which is the statutory minimum. Who was refused everywhere has a reason of their
    own, where they share; of whom somebody recorded that no offer is appropriate nobody is called for one."""
    settled = RecordedStatus.objects.standing().filter(
        learner=OuterRef("pk"), entry_year=reader.entry_year, status__category=Category.NOT_APPROPRIATE
    )
    refused = Choice.objects.filter(sent_at__isnull=False, **_choices(reader))
    nothing = Q(light__in=(Light.NOTHING, Light.STARTED)) & ~(Q(is_shared=True) & Exists(refused)) & ~Exists(settled)
    closes = Value(reader.season.cycle.closes_on if reader.season.cycle else None, output_field=models.DateField())
    return _of_age(reader, nothing, closes)


def _one_choice(reader: Reader) -> Any:
    live = Choice.objects.filter(**_choices(reader)).that("is_live")
    two = live.filter(application__choices__rank__gt=F("rank"), application__choices__status__in=PROPERTIES["is_live"])
    only = Subquery(live.annotate(on_day=_day("status_at")).values("on_day")[:1])
    return _of_age(reader, Q(light=Light.WAITING) & ~Exists(two), only)


def _no_plan(reader: Reader) -> Any:
    entries = Entry.objects.in_plan().filter(plan__learner=OuterRef("pk"))
    return _of_age(reader, Q(user__isnull=False) & ~Exists(entries), _opened(reader))


def _not_back(reader: Reader) -> Any:
    before = clock.now() - NOT_BACK_FOR
    return _of_age(reader, Q(user__last_login__lt=before), _day("user__last_login"))


REASONS = (
    Reason("concern", _("Words that worry"), "flag", _concern),
    Reason("left_early", _("Left a course early"), "contact", lambda _reader: F("left_early_on"),
           hint=_("may apply again")),
    Reason("refused", _("Refused everywhere"), "write", _refused, needs_consent=True),
    Reason("offer", _("Offer not answered"), "write", _offer, needs_consent=True, is_deadline=True),
    Reason("step_due", _("Next step due"), "contact", _step_due, is_deadline=True),
    Reason("agreed_due", _("You agreed to do something"), "reviews", _agreed, needs_consent=True, is_deadline=True),
    Reason("wrote", _("Wrote to you"), "write", _wrote, needs_consent=True),
    Reason("help", _("Asked for help"), "help", _help, needs_consent=True),
    Reason("missed", _("Missed an interview"), "write", _missed, needs_consent=True),
    Reason("not_known", _("Nobody knows what they do"), "record", _not_known),
    Reason("never_unlocked", _("Never unlocked"), "letter", _never_unlocked,
           of_season=lambda season: season.is_past(NEVER_UNLOCKED_AFTER)),
    Reason("nothing_sent", _("No application under way"), "write", _nothing_sent,
           of_season=lambda season: season.is_time_to_send, is_deadline=True),
    Reason("one_choice", _("One choice only"), "write", _one_choice, needs_consent=True,
           of_season=lambda season: season.is_time_to_send),
    Reason("no_plan", _("No plan"), "write", _no_plan, needs_consent=True,
           of_season=lambda season: season.is_past(NO_PLAN_AFTER)),
    Reason("not_back", _("Not back since"), "write", _not_back, needs_consent=True,
           of_season=lambda season: season.is_on),
    Reason("lapsed", _("What they do has to be confirmed"), "record", _lapsed),
)  # fmt: skip
BY_KEY = {reason.key: reason for reason in REASONS}


def reasons_of(season: Season) -> list[Reason]:
    """Those that are reasons at all at this time of the year, the most urgent first."""
    return [reason for reason in REASONS if reason.of_season(season)]


def with_reasons(learners: QuerySet, *, reader: Reader) -> QuerySet:
    """``learners`` with a day for each reason that is one today (``Reason.field``), None where it does not hold.

    They must have their light, roll, newest contact and day of leaving early. Who does not share (``is_shared``) has
    only the reasons that need no consent.
    """
    learners = learners.annotate(is_shared=Case(
        When(pk__in=among(reader.sharing), then=Value(True)), default=Value(False), output_field=models.BooleanField()
    ))  # fmt: skip
    here = reasons_of(reader.season)
    for reason in here:
        since = reason.since(reader)
        if reason.needs_consent:
            since = Case(When(is_shared=True, then=since), default=Value(None), output_field=models.DateField())
        learners = learners.annotate(**{reason.field: since})
    return learners


def has_reason(learners: QuerySet) -> Q:
    """That any reason of these learners holds."""
    return reduce(
        or_, (Q(**{f"{one.field}__isnull": False}) for one in REASONS if one.field in learners.query.annotations)
    )


def sharing_among(learners: QuerySet) -> list[int]:
    """Keys of those of ``learners`` who share with the advice service."""
    return list(
        Learner.objects.filter(pk__in=learners.values("pk")).sharing_with_advisers().values_list("pk", flat=True)
    )


def newest_contact(learners: QuerySet) -> QuerySet:
    """``learners`` with ``contact_on`` and, while it is not done, ``next_step``, ``next_who`` and ``next_on`` of the
    newest contact; ``contact_key`` is its reference."""
    newest = Contact.objects.filter(learner=OuterRef("pk")).order_by("-on", "-pk")
    is_open = Case(When(next_done_at=None, then=F("next_on")), default=Value(None), output_field=models.DateField())
    return learners.annotate(
        contact_on=Subquery(newest.values("on")[:1]),
        contact_key=Subquery(newest.values("reference")[:1]),
        next_step=Subquery(newest.values("next_step")[:1]),
        next_who=Subquery(newest.values("next_who")[:1]),
        next_on=Subquery(newest.annotate(open_on=is_open).values("open_on")[:1]),
    )
