"""The one way a choice changes its state."""

import datetime as dt
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from accounts.models import Learner
from activity.actions import post, record
from applications.models import Application, Choice, ChoiceRun, InterviewState, Offer, ReferralState, RefusalReason
from applications.policies import CHOICE_POLICY
from applications.queries.consequences import consequences_of
from applications.queries.results_hours import ANSWERS, answers_closed_words
from applications.querysets import what_hangs_on_a_choice
from applications.reasons import reasons_for
from applications.workflow import CHOICE_FLOW, ChoiceState
from core import clock
from core.errors import RuleBroken, StaleState
from prospectus.actions.interest import count_interest
from prospectus.actions.places import give_places_back, take_places
from prospectus.models import InterestKind


class Move:
    """One move while it happens: the freshly read choice, and what the body wants written with it."""

    def __init__(self, choice: Choice, *, verb: str, by: Any) -> None:
        self.choice = choice
        self.verb = verb
        self.by = by
        self.today: dt.date = clock.today()
        self.to: str | None = None  # needed only where the table permits several
        self.facts: dict[str, Any] = {}
        self.kinds: list[str] = []
        self.interest: list[InterestKind] = []
        self.is_repeat = False  # the body found that all of this is so already: nothing is written

    def tell(self, kind: str) -> None:
        """Somebody is told of this once it is written; whom and in which words is for applications.messages."""
        self.kinds.append(kind)

    def count(self, kind: InterestKind) -> None:
        """Each course of the choice has one more of this kind once it is written: a number, nobody behind it."""
        self.interest.append(kind)


@contextmanager
def moving(choice: Choice, verb: str, *, by: Any) -> Iterator[Move]:
    """Lock, ask who and whether, run the body, write state, places, history and messages.

    The only writer of ``Choice.status``. What follows from the new state alone (places, a standing offer, a planned
    interview, an open suggestion) is put right here, so that no action can forget it.

    Raises: NotAllowed, StaleState, RuleBroken ``answers_not_open`` (a learner, in the first minutes of results day).
    """
    with transaction.atomic():
        lock_application(choice.application_id)
        choice = Choice.objects.with_parties().get(pk=choice.pk)
        CHOICE_POLICY.require(by, verb, choice)
        _require_answers_open(choice, verb, by=by)
        if not CHOICE_FLOW.targets(choice.status, verb):
            raise StaleState(f"Cannot {verb} from {choice.status}")
        # Only for a move that may happen: who is refused need not wait for six more queries.
        prefetch_related_objects([choice], *what_hangs_on_a_choice())
        move = Move(choice, verb=verb, by=by)
        had_place = choice.has("is_place_taken")
        yield move
        if not move.is_repeat:
            _write(move, had_place=had_place)


def _require_answers_open(choice: Choice, verb: str, *, by: Any) -> None:
    if verb not in ANSWERS or by is None or choice.application.learner.user_id != by.pk:
        return
    if words := answers_closed_words(choice.application.cycle):
        raise RuleBroken(words, code="answers_not_open")


def lock_application(application_id: int) -> Application:
    """Whoever else would change a choice of this application waits: two tabs accepting two offers cannot both win. The
    learner is held before it, as by whoever erases, joins, or hands in a roll: one order for all (decision 0080).

    Raises: StaleState (it has become part of another: two records of the learner were one).
    """
    # One statement, which locks a row of each table in the order in which ``of`` names them.
    held = Application.objects.select_related("learner").select_for_update(no_key=True, of=("learner", "self"))
    application = held.filter(pk=application_id).first()
    if application is None:
        raise StaleState(f"application {application_id} is gone")
    return application


def lock_applications(keys: Collection[int]) -> None:
    """The same of several: their learners, then they, each in the order of their keys."""
    learners = Application.objects.filter(pk__in=keys).values("learner")
    list(Learner.objects.select_for_update(no_key=True).filter(pk__in=learners).order_by("pk").values_list("pk"))
    list(Application.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").values_list("pk"))


def offer_of(choice: Choice) -> Offer:
    """The offer that stands on this choice.

    Raises: StaleState when none does.
    """
    if choice.standing_offer is None:
        raise StaleState("No offer stands.")
    return choice.standing_offer


def require_seen(move: Move, seen: str) -> None:
    """What the person read before they answered is still so. Nothing is asked where they were shown nothing.

    Raises: RuleBroken ``changed_since``.
    """
    if seen:
        require_same(seen, consequences_of(move.verb, move.choice).seen)


def require_same(seen: str, now: str) -> None:
    """The mark of what the person read is that of how it stands now, or they were shown nothing.

    Raises: RuleBroken ``changed_since``.
    """
    if seen and seen != now:
        raise RuleBroken(
            _("Something changed after you opened this page, so nothing was done. Read it again, then decide."),
            code="changed_since",
        )


def require_reason(verb: str, reason: str, words: str) -> None:
    """The reason is one that can be given with this verb, and says something.

    Raises: RuleBroken ``reason_unknown``, ``reason_words_missing`` (with "something else").
    """
    if reason not in reasons_for(verb):
        raise RuleBroken(_("Choose a reason."), code="reason_unknown")
    if reason == RefusalReason.OTHER and not words.strip():
        raise RuleBroken(_("Say what the reason is, in words the learner may read."), code="reason_words_missing")


def _write(move: Move, *, had_place: bool) -> None:
    choice, before = move.choice, move.choice.status
    after = CHOICE_FLOW.target(before, move.verb, move.to)
    choice_runs = ChoiceRun.objects.filter(choice=choice).select_related("run__course")
    if after != before:
        choice.status, choice.status_at = after, clock.now()
    _move_places(choice, had_place=had_place, run_ids=[choice_run.run_id for choice_run in choice_runs])
    _end_what_is_past(choice, before)
    choice.save()
    event = record(
        f"choice.{move.verb}",
        subject=choice,
        by=move.by,
        to=str(after),
        provider=choice.provider.name,
        courses=[choice_run.run.course.title for choice_run in choice_runs],
        **move.facts,
    )
    for kind in move.kinds:
        post(kind, key=f"{kind}:{choice.pk}:{event.pk}", choice_id=choice.pk)
    for interest in move.interest:
        for course_id in {choice_run.run.course_id for choice_run in choice_runs}:
            count_interest(course_id=course_id, kind=interest)


def _move_places(choice: Choice, *, had_place: bool, run_ids: list[int]) -> None:
    has_place = choice.has("is_place_taken")
    if has_place and not had_place:
        take_places(run_ids=run_ids)
    elif had_place and not has_place:
        give_places_back(run_ids=run_ids)


def _end_what_is_past(choice: Choice, before: str) -> None:
    if not choice.has("has_offer_in_hand"):
        choice.offers.filter(ended_at=None).update(ended_at=clock.now())
    if not choice.has("is_with_provider"):
        choice.referrals.filter(state=ReferralState.OPEN).update(state=ReferralState.ENDED)
    if before == ChoiceState.INTERVIEWING and choice.status != ChoiceState.INTERVIEWING:
        planned = choice.interviews.filter(state=InterviewState.PLANNED)
        planned.filter(came=False).update(state=InterviewState.MISSED)
        planned.filter(starts_at__lte=clock.now()).update(state=InterviewState.DONE)
        planned.update(state=InterviewState.CANCELLED)
