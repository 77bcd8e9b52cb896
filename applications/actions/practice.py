"""Made-up applications in a sandbox: walked to a state by the real actions, answered as a learner would, taken away.

Lock order: the sandbox, then applications in the order of their keys.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.actions import make_practice_learner, practice_learners_of, remove_practice_learners
from activity.actions import record
from applications.actions.answers import accept_offer, hold_offer, turn_down_offer
from applications.actions.decisions import invite_to_interview, put_on_reserve, refuse_choice
from applications.actions.drafts import add_run
from applications.actions.endings import withdraw_choice
from applications.actions.interviews import add_session, book_interview, give_back_interview
from applications.actions.offers import make_offer
from applications.actions.outcomes import confirm_place, enrol
from applications.actions.referrals import decline_referral, take_referral
from applications.actions.sending import send_choice
from applications.actions.written import write_profile
from applications.models import ApiToken, Application, Choice, InterviewSession, InterviewSlot
from applications.queries.conditions import Condition
from applications.queries.interviews import free_slots
from core import clock
from core.errors import RuleBroken
from prospectus.actions.practice import lay_on_practice_courses
from prospectus.models import CourseRun
from providers.actions import cycle_of_practice
from providers.models import Organisation

MOST = 1000  # made-up applications in one sandbox
UNUSED_DAYS = 30
IN_HAND_SECONDS = 120  # after which nobody is waited for who was killed
STATEMENT = "I am made up, so that a college can practise. I like taking things apart and putting them back together."
GRADES = "English 5\nMaths 4"


def _account(choice: Choice) -> Any:
    return choice.application.learner.user


def _invite(choice: Choice, by: Any) -> None:
    if not free_slots(choice).exists():
        starts_at = (clock.now() + dt.timedelta(days=7)).replace(hour=10, minute=0, second=0, microsecond=0)
        add_session(
            provider=choice.provider, by=by, starts_at=starts_at, ends_at=starts_at + dt.timedelta(hours=5),
            slot_minutes=30, places=100, room="Practice room", is_closed_day_meant=True,
        )  # fmt: skip
    invite_to_interview(choice=choice, by=by)


def _offer(choice: Choice, by: Any) -> None:
    make_offer(choice=choice, by=by, conditions=[Condition("results", "Grade 4 or above in English")])


def _offer_without_conditions(choice: Choice, by: Any) -> None:
    make_offer(choice=choice, by=by)


def _book(choice: Choice) -> None:
    slot = free_slots(choice).order_by("starts_at").first()
    if slot is None:
        raise RuleBroken(_("No time is free."), code="no_free_slots")
    book_interview(choice=choice, slot=slot, by=_account(choice))


# What a made-up learner can be told to do.
PRACTICE_ACTS: dict[str, Callable[[Choice], Any]] = {
    "accept": lambda choice: accept_offer(choice=choice, by=_account(choice)),
    "hold": lambda choice: hold_offer(choice=choice, by=_account(choice)),
    "turn_down": lambda choice: turn_down_offer(choice=choice, by=_account(choice)),
    "withdraw": lambda choice: withdraw_choice(choice=choice, by=_account(choice), reason="changed_mind"),
    "take_suggestion": lambda choice: take_referral(choice=choice, by=_account(choice)),
    "decline_suggestion": lambda choice: decline_referral(choice=choice, by=_account(choice)),
    "book_time": _book,
    "give_back_time": lambda choice: give_back_interview(
        choice=choice, by=_account(choice), words="I have an exam at that time."
    ),
}

Step = Callable[[Choice, Any], Any]


def _as_learner(act: str) -> Step:
    return lambda choice, _by: PRACTICE_ACTS[act](choice)


# From sent to each state that test data can be made in.
PRACTICE_STATES: dict[str, list[Step]] = {
    "sent": [],
    "interviewing": [_invite],
    "reserve_list": [lambda choice, by: put_on_reserve(choice=choice, by=by)],
    "offered": [_offer],
    "accepted": [_offer, _as_learner("accept")],
    "held": [_offer, _as_learner("hold")],
    "confirmed": [_offer, _as_learner("accept"), lambda choice, by: confirm_place(choice=choice, by=by)],
    "enrolled": [_offer_without_conditions, _as_learner("accept"), lambda choice, by: enrol(choice=choice, by=by)],
    "unsuccessful": [lambda choice, by: refuse_choice(choice=choice, by=by, reason="full")],
    "turned_down": [_offer, _as_learner("turn_down")],
    "withdrawn": [_as_learner("withdraw")],
}


def make_practice_choices(*, sandbox: Organisation, state: str, number: int, by: Any) -> list[str]:
    """So many made-up learners have each an application in this state at the sandbox. Returns their references.

    Each is a transaction of its own: who is killed in the middle has made fewer, and none by halves. One request at a
    time for a sandbox: a test run that asks from all sides does not keep every web process busy.

    Raises: RuleBroken ``practice_only`` (a real provider), ``sandbox_full``, ``in_flight`` (some are being made now).
    """
    in_hand = f"practice:{sandbox.pk}"
    if not cache.add(in_hand, True, IN_HAND_SECONDS):
        raise RuleBroken(_("Applications are being made in this sandbox now. Ask again in a moment."), code="in_flight")
    try:
        return [_make_one(sandbox, state, by) for _each in range(number)]
    finally:
        cache.delete(in_hand)


@transaction.atomic
def _make_one(sandbox: Organisation, state: str, by: Any) -> str:
    sandbox = _lock(sandbox)
    learners = practice_learners_of(sandbox).count()
    if learners >= MOST:
        raise RuleBroken(
            _("There are %(most)s made-up applications already. Clear them first.") % {"most": f"{MOST:,}"},
            code="sandbox_full",
        )
    runs = lay_on_practice_courses(sandbox=sandbox, cycle=cycle_of_practice(sandbox.area))
    learner = make_practice_learner(sandbox=sandbox, number=learners + 1)
    choice = add_run(learner=learner, run=runs[learners % len(runs)], by=learner.user)
    write_profile(
        application=choice.application, by=learner.user, statement=STATEMENT, predicted_grades=GRADES, needs=""
    )
    send_choice(choice=choice, by=learner.user)
    for step in PRACTICE_STATES[state]:
        step(Choice.objects.for_list().get(pk=choice.pk), by)
    return choice.reference


def act_as_practice_learner(*, choice: Choice, act: str) -> Choice:
    """The made-up learner has done this, by the same action as on a learner's pages.

    Raises: RuleBroken ``practice_only``, and as the action; StaleState.
    """
    if choice.provider.practice_of_id is None:
        raise practice_only()
    PRACTICE_ACTS[act](choice)
    return Choice.objects.for_list().get(pk=choice.pk)


@transaction.atomic
def clear_sandbox(*, sandbox: Organisation, by: Any) -> int:
    """Nothing made up is left in it: applications, interview times, learners. Tokens and courses stay. Returns how many
    learners it was.

    Raises: RuleBroken ``practice_only``.
    """
    sandbox = _lock(sandbox)
    learners = practice_learners_of(sandbox)
    # Whoever answers one just now ends first; whoever waited for this finds it gone. Learners first, as everywhere.
    list(learners.order_by("pk").select_for_update(of=("self",)).values_list("pk"))
    applications = Application.objects.select_for_update().filter(learner__in=learners.values("pk"))
    list(applications.order_by("pk").values_list("pk"))
    removed = remove_practice_learners(learners)
    InterviewSlot.objects.filter(session__provider=sandbox).delete()
    InterviewSession.objects.filter(provider=sandbox).delete()
    CourseRun.objects.filter(course__provider=sandbox).update(places_taken=0)
    if removed:
        record("sandbox.clear", subject=sandbox, by=by, learners=removed)
    return removed


def empty_unused_sandboxes() -> int:
    """Sandboxes in which nothing was made and whose tokens were not used for a month are empty. Returns how many."""
    since = clock.now() - dt.timedelta(days=UNUSED_DAYS)
    used = ApiToken.objects.filter(last_used_at__gte=since).values("role__organisation")
    emptied = 0
    for sandbox in Organisation.objects.exclude(practice_of=None).exclude(pk__in=used).order_by("pk"):
        newest = practice_learners_of(sandbox).aggregate(at=Max("created_at"))["at"]
        if newest is not None and newest < since:
            emptied += clear_sandbox(sandbox=sandbox, by=None) > 0
    return emptied


def practice_only() -> RuleBroken:
    return RuleBroken(_("This works only with a token of a sandbox."), code="practice_only")


def _lock(sandbox: Organisation) -> Organisation:
    held = Organisation.objects.select_for_update(no_key=True, of=("self",)).select_related("area").get(pk=sandbox.pk)
    if held.practice_of_id is None:
        raise practice_only()
    return held
