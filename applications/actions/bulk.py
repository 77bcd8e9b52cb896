"""Many choices answered together: each by its own action, and never half."""

import datetime as dt
import logging
import time
from collections.abc import Callable, Iterable
from functools import reduce
from operator import or_
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from activity.actions import Refusals, do_picked, enqueue, record, together, waiting_of
from activity.actions.jobs import PASSING
from activity.models import Job
from activity.registry import JobRun
from activity.workflow import PickedState
from applications.actions.api_calls import changed_in_of
from applications.actions.decisions import invite_to_interview, put_on_reserve, refuse_choice
from applications.actions.desk import assign_choice
from applications.actions.moving import lock_application, lock_applications
from applications.actions.offers import make_offer
from applications.actions.outcomes import enrol
from applications.actions.results_day import confirm_by_results
from applications.models import BulkItem, BulkRun, Choice
from applications.policies import BULK_POLICY
from applications.queries.changes import mark_in_file
from applications.queries.conditions import Condition, usual_conditions_of
from applications.workflow import CHOICE_FLOW, ChoiceState
from core import clock
from core.errors import NotAllowed, RuleBroken, StaleState
from prospectus.models import CourseRun

logger = logging.getLogger(__name__)
JOB_KIND = "applications-together"
AT_ONCE = 50  # worked off in the request; more by a job alone
SECONDS = 5  # that a request gives to it at most
BATCH = 10  # of a job: one transaction, so that nobody else waits for long
MOST_PICKED = 2000
BATCH_PREFIX = "bulk:"
REFUSALS = Refusals(
    stale=_lazy("It has moved on since you picked it."),
    not_allowed=_lazy("You no longer answer the applications of this provider."),
)
OUR_MISTAKE = "Something went wrong on our side, so this one was left as it was."


def _invite(choice: Choice, by: Any, answers: dict[str, Any]) -> Any:
    if not answers.get("starts_at"):
        return invite_to_interview(choice=choice, by=by)  # each learner chooses one of the free times
    starts_at = dt.datetime.fromisoformat(answers["starts_at"])
    return invite_to_interview(choice=choice, by=by, starts_at=starts_at, place=answers["place"], note=answers["note"])


def _offer(choice: Choice, by: Any, answers: dict[str, Any]) -> Any:
    day = answers.get("answer_by_on")
    usual = usual_conditions_of(Choice.objects.for_list().get(pk=choice.pk)) if answers.get("with_usual") else []
    return make_offer(
        choice=choice,
        by=by,
        conditions=[*usual, *(Condition(*each) for each in answers.get("conditions", []))],
        answer_by_on=dt.date.fromisoformat(day) if day else None,
        message=answers.get("message", ""),
    )


def _assign(choice: Choice, by: Any, answers: dict[str, Any]) -> Any:
    return assign_choice(choice=choice, by=by, to=User.objects.filter(pk=answers["to"]).first())


# What can be done to many, and how it is done to one. The answers are those of the form, as JSON keeps them.
BULK_VERBS: dict[str, Callable[[Choice, Any, dict[str, Any]], Any]] = {
    "invite": _invite,
    "offer": _offer,
    "put_on_reserve": lambda choice, by, _answers: put_on_reserve(choice=choice, by=by),
    "refuse": lambda choice, by, answers: refuse_choice(choice=choice, by=by, **answers),
    "enrol": lambda choice, by, _answers: enrol(choice=choice, by=by),
    "assign": _assign,
    "confirm_met": lambda choice, by, _answers: confirm_by_results(choice=choice, by=by),
}
TOLD_ONCE = {"assign"}  # one e-mail to one colleague, however many they are given: nothing to wait for
MOVES = {"confirm_met": "confirm"}  # of those that are called otherwise here

FILE_VERBS = ("offer", "refuse", "put_on_reserve", "enrol")  # what a row of a file can decide


def batch_of(run: BulkRun) -> str:
    """What the messages of this run are held by, where they are many."""
    return f"{BATCH_PREFIX}{run.reference}"


def may_settle(by: Any, batch: str) -> bool:
    """Whoever gave these answers says whether their e-mails go."""
    run = BulkRun.objects.visible_to(by).filter(reference=batch.removeprefix(BATCH_PREFIX)).first()
    return run is not None and batch.startswith(BATCH_PREFIX) and BULK_POLICY.can(by, "settle", run)


def states_for(verb: str) -> set[str]:
    """From which states it can be done. Giving to a colleague is always possible."""
    move = MOVES.get(verb, verb)
    return set(CHOICE_FLOW.sources(move)) if move in CHOICE_FLOW.moves else set(ChoiceState.values)


def possible_in(run: BulkRun) -> Q:
    """Of the run's items, those that can be done from where their choices stand."""
    if run.verb != BulkRun.BY_FILE:
        return Q(choice__status__in=states_for(run.verb))
    return reduce(or_, (Q(said__verb=verb, choice__status__in=states_for(verb)) for verb in FILE_VERBS))


@transaction.atomic
def pick_choices(*, verb: str, choices: Iterable[Choice], by: Any) -> BulkRun:
    """These choices stand as rows, in this order, to be answered together once it is confirmed. Nothing has happened
    to them yet. ``choices`` are ones the person may see.

    Raises: RuleBroken ``verb_unknown``, ``nothing_picked``, ``too_many_picked``.
    """
    if verb not in BULK_VERBS:
        raise RuleBroken(_("Choose what to do with them."), code="verb_unknown")
    picked = list(dict.fromkeys(choice.pk for choice in choices))
    if not picked:
        raise RuleBroken(_("Tick some applications first."), code="nothing_picked")
    if len(picked) > MOST_PICKED:
        raise RuleBroken(
            _("At most %(most)s can be answered together: choose a filter first.") % {"most": f"{MOST_PICKED:,}"},
            code="too_many_picked",
        )
    run = BulkRun.objects.create(by=by, verb=verb)
    BulkItem.objects.bulk_create(
        [BulkItem(run=run, choice_id=pk, position=position) for position, pk in enumerate(picked)], batch_size=1000
    )
    return run


REHEARSED = 50


def rehearse_bulk(*, run: BulkRun, answers: dict[str, Any], by: Any) -> None:
    """Nothing has happened; but answers that would fit nobody are said before they fail everywhere.

    They are tried until they fit somebody, on so many at most. Whom they do not fit is left, and the page afterwards
    says who and why: what is wrong with one choice refuses no other. One that the person may not answer any more, or on
    which we fail ourselves, says nothing against the answers.

    Raises: NotAllowed (somebody else's), RuleBroken as the verb's own action.
    """
    BULK_POLICY.require(by, "confirm", run)
    items = run.items.filter(possible_in(run)).select_related("choice")
    run.answers, run.by = answers, by
    broken = None
    for item in items.order_by("position")[:REHEARSED]:
        refusal = _would_break(run, item)
        if refusal is None:
            return
        broken = broken or refusal
    if broken is not None:
        raise broken


def _would_break(run: BulkRun, item: BulkItem) -> RuleBroken | None:
    try:
        with transaction.atomic():
            _answer(run, item)
            transaction.set_rollback(True)
    except RuleBroken as rule:
        return rule
    except (StaleState, NotAllowed, *PASSING):
        pass
    except Exception:
        logger.exception("rehearsing item %s failed", _reference_of(run, item))
    return None


@transaction.atomic
def confirm_bulk(*, run: BulkRun, answers: dict[str, Any], by: Any) -> BulkRun:
    """Each of the picked choices will be answered so, whatever happens to the process. Pressed twice, it is once.

    Raises: NotAllowed.
    """
    BULK_POLICY.require(by, "confirm", run)
    run = BulkRun.objects.select_for_update().get(pk=run.pk)
    if run.confirmed_at is None:
        run.answers, run.confirmed_at = answers, clock.now()
        run.save(update_fields=["answers", "confirmed_at"])
        record("bulk.confirm", subject=run, by=by, what=run.verb, number=run.items.count())
        _enqueue(run, by=by)
    return run


def work_off(*, run: BulkRun) -> BulkRun:
    """As many as fit into one request are done now, each in a transaction of its own. The job does what is left, also
    when this process is killed in the middle."""
    run = BulkRun.objects.get(pk=run.pk)
    if run.confirmed_at is None or run.items.count() > AT_ONCE:
        return run
    until = time.monotonic() + SECONDS
    for key in list(run.items.filter(state=PickedState.WAITING).values_list("pk", flat=True)):
        if time.monotonic() > until:
            return run  # the machine is busy: the job goes on
        try:
            with transaction.atomic():
                for item in _waiting(run, [key], skips_held=True):
                    _do(run, item)
        except PASSING:
            return run  # the database could not: the job tries again
    _end_if_done(run)
    return run


def run_batch(job: JobRun) -> None:
    """The job: some of the choices, and a job for those after them."""
    run = BulkRun.objects.select_related("by").get(pk=job.payload["run_id"])
    waiting = run.items.filter(state=PickedState.WAITING)
    items = _waiting(run, list(waiting.values_list("pk", flat=True)[:BATCH]))
    choices = [item.choice_id for item in items]
    # Everybody who locks several applications, or runs, does it in this order.
    lock_applications(Choice.objects.filter(pk__in=choices).values_list("application", flat=True))
    if run.verb in ("offer", BulkRun.BY_FILE):
        keys = CourseRun.objects.filter(choice_runs__choice__in=choices).values("pk")
        list(CourseRun.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").values("pk"))
    for item in items:
        _do(run, item)
    if waiting.exists():
        _enqueue(run, by=job.job.by, number=job.payload["number"] + 1)
    else:
        _end_if_done(run)


def fail_batch(job: Job) -> None:
    """What could not be done is left as it was, and says so."""
    run = BulkRun.objects.get(pk=job.payload["run_id"])
    run.items.filter(state=PickedState.WAITING).update(state=PickedState.LEFT, why=OUR_MISTAKE)
    _end_if_done(run)


def _enqueue(run: BulkRun, *, by: Any, number: int = 0) -> None:
    enqueue(JOB_KIND, key=f"{JOB_KIND}:{run.pk}:{number}", by=by, run_id=run.pk, number=number)


def _waiting(run: BulkRun, keys: list[int], *, skips_held: bool = False) -> list[BulkItem]:
    return waiting_of(run.items.select_related("choice"), keys, skips_held=skips_held)


def _reference_of(run: BulkRun, item: BulkItem) -> str:
    """What somebody tells us when one of many could not be done; our log has the same."""
    return f"{run.reference}-{item.position + 1}"


def _do(run: BulkRun, item: BulkItem) -> None:
    """One choice by its own action: done whole, or left as it was and why."""

    def answer() -> None:
        with together(batch_of(run), number=0 if run.verb in TOLD_ONCE else run.number):
            _answer(run, item)

    do_picked(item, answer, refusals=REFUSALS, reference=_reference_of(run, item))


def _answer(run: BulkRun, item: BulkItem) -> None:
    """Raises: as the verb's own action, and RuleBroken ``changed_since`` where it is not as it was taken away."""
    if run.verb != BulkRun.BY_FILE:
        BULK_VERBS[run.verb](item.choice, run.by, run.answers)
        return
    lock_application(item.choice.application_id)
    if mark_in_file(item.choice.reference, changed_in_of(item.choice_id)) != item.version:
        raise RuleBroken(_("It has changed since you took the list away."), code="changed_since")
    said: Any = item.said
    BULK_VERBS[said["verb"]](item.choice, run.by, said["answers"])


def _end_if_done(run: BulkRun) -> None:
    if not run.items.filter(state=PickedState.WAITING).exists():
        # The words for learners are with each of them by now.
        run.items.exclude(said=None).update(said=None)
        BulkRun.objects.filter(pk=run.pk, ended_at=None).update(ended_at=clock.now(), answers={})
