"""Why a learner needs their adviser: each reason with its words, the step it asks for, and the question it is.

One home: the list, the filter, the figures and the e-mail of the day all read ``REASONS``, which is in the order of
urgency. A reason gives some learners a day, since when (or by when) it holds: either by what is known of each of them
anyway, or by rows of its own, which are asked of all learners together. All these rows are one statement.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner, RollEntry
from applications.models import Choice, Interview, Offer
from applications.queries.leaving import with_left_early
from applications.workflow import CHOICE_FLOW, PROPERTIES
from core import clock
from core.bulk import among
from core.querysets import keys_of
from ilp.models import AgreedAction, Conversation, CurrentActivity, Entry, HelpRequest, MessageFlag
from providers.models import Cycle, Organisation
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
    def opened_on(self) -> dt.date | None:
        return self.cycle.opens_on if self.cycle else None

    @property
    def closes_on(self) -> dt.date | None:
        return self.cycle.closes_on if self.cycle else None

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


class Asker(NamedTuple):
    """Whose caseload it is, in which season, for which entry, and the keys of those of it who share."""

    user: Any
    season: Season
    entry_year: int | None
    sharing: Sequence[int] = ()


class Known(NamedTuple):
    """What is known of a learner before any reason is looked for. ``next_on``: the open step of the newest contact."""

    pk: int
    light: str
    year_group: int | None  # None: on no roll
    is_shared: bool
    user_id: int | None
    last_login: dt.datetime | None
    contact_on: dt.date | None
    next_on: dt.date | None

    @property
    def is_old_enough(self) -> bool:
        """Of an age to apply; who is on no roll any more is."""
        return self.year_group is None or self.year_group >= OLD_ENOUGH


def always(_season: Season) -> bool:
    return True


class Reason(NamedTuple):
    """``says`` is the day by what is known of one learner; ``asks`` are rows, a learner and a day each, of anybody.

    Neither is told of whom the reason cannot be about: with ``needs_consent`` only of who shares, with ``of_applying``
    of who is old enough, and of who has one of ``lights``. ``of_season``: whether it is a reason at all today.
    ``is_deadline``: the day is the last one in time, not the first on which it held. ``which`` of several days counts.
    """

    key: str
    words: Any
    step: str  # of ``STEPS`` in reporting/words.py: what to do about it
    says: Callable[[Asker, Known], dt.date | None] | None = None
    asks: Callable[[Asker], list[QuerySet]] | None = None
    needs_consent: bool = False
    of_applying: bool = False
    lights: Sequence[str] = Light.values
    of_season: Callable[[Season], bool] = always
    is_deadline: bool = False
    which: Callable[[dt.date, dt.date], dt.date] = min
    hint: Any = ""  # said after the day

    @property
    def field(self) -> str:
        """The learner's attribute with the day."""
        return f"since_{self.key}"

    def can_be_of(self, one: Known) -> bool:
        return (
            (one.is_shared or not self.needs_consent)
            and (one.is_old_enough or not self.of_applying)
            and one.light in self.lights
        )


def _days(rows: QuerySet, day: Any, *, of: str = "learner") -> QuerySet:
    """A learner and a day for each of ``rows``."""
    return rows.order_by().annotate(of_learner=F(of), on_day=day).values_list("of_learner", "on_day")


def _same_day(learners: QuerySet, day: dt.date | None) -> QuerySet:
    return _days(learners, Value(day, output_field=models.DateField()), of="pk")


def _choices(asker: Asker) -> QuerySet:
    return Choice.objects.filter(application__cycle__entry_year=asker.entry_year)


def _concern(asker: Asker) -> list[QuerySet]:
    """Open flags this adviser may know of."""
    whose = Coalesce("message__conversation__learner", "learner", output_field=models.BigIntegerField())
    flags = MessageFlag.objects.visible_to(asker.user).open().annotate(whose=whose)
    return [_days(flags, TruncDate("raised_at"), of="whose")]


def _left_early(_asker: Asker) -> list[QuerySet]:
    left = Choice.objects.left_early().values("application__learner")
    learners = with_left_early(Learner.objects.filter(pk__in=left)).filter(left_early_on__isnull=False)
    return [_days(learners, F("left_early_on"), of="pk")]


def _refused(asker: Asker) -> list[QuerySet]:
    """What they sent and ended without a place; by their light nothing else is under way, begun or in hand."""
    ended = _choices(asker).filter(status__in=("unsuccessful", "conditions_not_met", "offer_withdrawn"))
    return [_days(ended, TruncDate("status_at"), of="application__learner")]


def _offer(asker: Asker) -> list[QuerySet]:
    open_ones = Offer.objects.filter(
        ended_at=None,
        choice__status__in=CHOICE_FLOW.sources("lapse"),
        choice__application__cycle__entry_year=asker.entry_year,
    )
    return [_days(open_ones, F("answer_by_on"), of="choice__application__learner")]


def _missed(asker: Asker) -> list[QuerySet]:
    """An interview they did not come to, while the choice goes on and no other time is planned."""
    again = Interview.objects.filter(choice=OuterRef("choice"), state="planned")
    missed = Interview.objects.filter(
        ~Exists(again),
        choice__status__in=PROPERTIES["is_with_provider"],
        choice__application__cycle__entry_year=asker.entry_year,
        state="missed",
    )
    return [_days(missed, TruncDate("starts_at"), of="choice__application__learner")]


def _step_due(asker: Asker, one: Known) -> dt.date | None:
    return one.next_on if one.next_on is not None and one.next_on <= asker.season.today else None


def _agreed(asker: Asker) -> list[QuerySet]:
    mine = AgreedAction.objects.to_be_done_by(asker.user).filter(due_on__lte=asker.season.today)
    return [_days(mine, F("due_on"))]


def _wrote(asker: Asker) -> list[QuerySet]:
    """To a service they advise for. That they answer for the learner, who shares, is known; ``answered_by`` asks it."""
    services = Organisation.objects.with_role(asker.user, "adviser")
    theirs = Conversation.objects.filter(service__in=keys_of(services), learner__erased_at=None)
    waiting = theirs.with_news(asker.user).filter(is_waiting=True)
    return [_days(waiting, TruncDate("last_at"))]


def _help(asker: Asker) -> list[QuerySet]:
    asked = HelpRequest.objects.to_be_answered_by(asker.user).open()
    return [_days(asked, TruncDate("asked_at"))]


def _lapsed(asker: Asker) -> list[QuerySet]:
    spells = CurrentActivity.objects.open().with_lapse().filter(lapse_on__lt=asker.season.today)
    return [_days(spells, F("lapse_on"))]


def _not_known(_asker: Asker) -> list[QuerySet]:
    """The record says that nobody knows; or they are on no roll any more, and no record says what they do."""
    spells = CurrentActivity.objects.open()
    left = RollEntry.objects.left_lately().filter(~Exists(spells.filter(learner=OuterRef("learner"))))
    return [_days(spells.filter(code__group="not_known"), F("started_on")), _days(left, F("ended_on"))]


def _never_unlocked(asker: Asker, one: Known) -> dt.date | None:
    return asker.season.opened_on if one.user_id is None else None


def _nothing_sent(asker: Asker) -> list[QuerySet]:
    """It follows from the light, which is the statutory minimum. Who was refused everywhere has a reason of their
    own, where they share; of whom somebody recorded that no offer is appropriate nobody is called for one."""
    settled = RecordedStatus.objects.standing().filter(
        learner=OuterRef("pk"), entry_year=asker.entry_year, status__category=Category.NOT_APPROPRIATE
    )
    sent = _choices(asker).filter(sent_at__isnull=False, application__learner=OuterRef("pk"))
    is_refused = Q(pk__in=among(asker.sharing)) & Exists(sent)
    return [_same_day(Learner.objects.filter(~is_refused, ~Exists(settled)), asker.season.closes_on)]


def _one_choice(asker: Asker) -> list[QuerySet]:
    live = _choices(asker).that("is_live")
    others = Choice.objects.that("is_live").filter(application=OuterRef("application")).exclude(pk=OuterRef("pk"))
    return [_days(live.filter(~Exists(others)), TruncDate("status_at"), of="application__learner")]


def _no_plan(asker: Asker) -> list[QuerySet]:
    entries = Entry.objects.in_plan().filter(plan__learner=OuterRef("pk"))
    return [_same_day(Learner.objects.filter(~Exists(entries), user__isnull=False), asker.season.opened_on)]


def _not_back(_asker: Asker, one: Known) -> dt.date | None:
    is_away = one.last_login is not None and one.last_login < clock.now() - NOT_BACK_FOR
    return timezone.localdate(one.last_login) if is_away else None


REASONS = (
    Reason("concern", _("Words that worry"), "flag", asks=_concern),
    Reason("left_early", _("Left a course early"), "contact", asks=_left_early, hint=_("may apply again")),
    Reason("refused", _("Refused everywhere"), "write", asks=_refused, needs_consent=True, lights=(Light.NOTHING,),
           which=max),
    Reason("offer", _("Offer not answered"), "write", asks=_offer, needs_consent=True, is_deadline=True),
    Reason("step_due", _("Next step due"), "contact", says=_step_due, is_deadline=True),
    Reason("agreed_due", _("You agreed to do something"), "reviews", asks=_agreed, needs_consent=True,
           is_deadline=True),
    Reason("wrote", _("Wrote to you"), "write", asks=_wrote, needs_consent=True),
    Reason("help", _("Asked for help"), "help", asks=_help, needs_consent=True),
    Reason("missed", _("Missed an interview"), "write", asks=_missed, needs_consent=True),
    Reason("not_known", _("Nobody knows what they do"), "record", asks=_not_known),
    Reason("never_unlocked", _("Never unlocked"), "letter", says=_never_unlocked, of_applying=True,
           of_season=lambda season: season.is_past(NEVER_UNLOCKED_AFTER)),
    Reason("nothing_sent", _("No application under way"), "write", asks=_nothing_sent, of_applying=True,
           lights=(Light.NOTHING, Light.STARTED), of_season=lambda season: season.is_time_to_send, is_deadline=True),
    Reason("one_choice", _("One choice only"), "write", asks=_one_choice, needs_consent=True, of_applying=True,
           lights=(Light.WAITING,), of_season=lambda season: season.is_time_to_send),
    Reason("no_plan", _("No plan"), "write", asks=_no_plan, needs_consent=True, of_applying=True,
           of_season=lambda season: season.is_past(NO_PLAN_AFTER)),
    Reason("not_back", _("Not back since"), "write", says=_not_back, needs_consent=True, of_applying=True,
           of_season=lambda season: season.is_on),
    Reason("lapsed", _("What they do has to be confirmed"), "record", asks=_lapsed),
)  # fmt: skip
BY_KEY = {reason.key: reason for reason in REASONS}


def reasons_of(season: Season) -> list[Reason]:
    """Those that are reasons at all at this time of the year, the most urgent first."""
    return [reason for reason in REASONS if reason.of_season(season)]


def days_of(people: Sequence[Known], *, asker: Asker) -> dict[int, dict[str, dt.date]]:
    """The day of every reason that holds today, by the learner's key and the reason's. One statement for them all."""
    found: dict[int, dict[str, dt.date]] = {one.pk: {} for one in people}
    asker = asker._replace(sharing=[one.pk for one in people if one.is_shared])
    asked: list[QuerySet] = []
    for reason in reasons_of(asker.season):
        whom = [one for one in people if reason.can_be_of(one)]
        if reason.says is not None:
            said = ((one, reason.says(asker, one)) for one in whom)
            found |= {one.pk: found[one.pk] | {reason.key: day} for one, day in said if day is not None}
        if reason.asks is not None and whom:
            keys = among(one.pk for one in whom)
            asked += [rows.filter(of_learner__in=keys).annotate(why=Value(reason.key)) for rows in reason.asks(asker)]
    for pk, day, key in asked[0].union(*asked[1:], all=True) if asked else ():
        if day is not None:
            found[pk][key] = BY_KEY[key].which(day, found[pk].get(key, day))
    return found
