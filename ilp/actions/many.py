"""One message for many learners: each in their own conversation, once, whatever happens to the process."""

import datetime as dt
import time
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import Learner
from activity.actions import Refusals, do_picked, enqueue, record, waiting_of
from activity.actions.jobs import PASSING
from activity.models import Job
from activity.registry import JobRun
from activity.workflow import PickedState
from core import clock
from core.errors import NotAllowed, RuleBroken
from ilp.actions.conversations import begin_conversation, send_message
from ilp.actions.locking import lock_learners
from ilp.models import LONGEST_MESSAGE, Conversation, MessageItem, MessageRun
from ilp.policies import MESSAGE_RUN_POLICY
from ilp.queries.many import can_be_reached
from providers.models import StaffRole

JOB_KIND = "messages-together"
AT_ONCE = 25  # worked off in the request; more by a job alone
SECONDS = 5  # that a request gives to it at most
BATCH = 10  # of a job: one transaction, so that nobody else waits for long
MOST_PICKED = 2000
SAID_ONCE = 200  # to more it is said twice, with their number
UNCONFIRMED_DAYS = 30
REFUSALS = Refusals(
    stale=_lazy("The record has become one with another, or was erased."),
    not_allowed=_lazy("They do not share with you any more, or are not on your caseload."),
)
OUR_MISTAKE = "Something went wrong on our side, so nothing was sent."


@transaction.atomic
def pick_learners(*, learners: Iterable[Learner], by: Any) -> MessageRun:
    """These learners stand as rows, in this order, to be written to together. Nobody has been written to.

    Raises: NotAllowed (no adviser), RuleBroken ``nothing_picked``, ``too_many_picked``.
    """
    run = MessageRun(by=by)
    MESSAGE_RUN_POLICY.require(by, "pick", run)
    picked = list(dict.fromkeys(learner.pk for learner in learners))
    if not picked:
        raise RuleBroken(_("Tick some learners first."), code="nothing_picked")
    if len(picked) > MOST_PICKED:
        raise RuleBroken(
            _("At most %(most)s can be written to together: choose a filter first.") % {"most": f"{MOST_PICKED:,}"},
            code="too_many_picked",
        )
    run.save()
    MessageItem.objects.bulk_create(
        [MessageItem(run=run, learner_id=pk, position=position) for position, pk in enumerate(picked)], batch_size=1000
    )
    return run


@transaction.atomic
def confirm_messages(*, run: MessageRun, text: str, number: int, by: Any, again: int = 0) -> MessageRun:
    """Each of them who can be reached will find these words in their own conversation. Pressed twice, it is once.

    ``number`` is how many the page said, and ``again`` the same said a second time, which more than 200 need. Raises:
    NotAllowed, RuleBroken ``message_empty``, ``message_long``, ``nobody_reached``, ``number_changed`` (others than the
    page said would get it) and ``say_again``.
    """
    MESSAGE_RUN_POLICY.require(by, "confirm", run)
    run = MessageRun.objects.select_for_update().get(pk=run.pk)
    if run.confirmed_at is not None:
        return run
    text = text.replace("\r\n", "\n").replace("\0", "").strip()
    if not text:
        raise RuleBroken(_("Write your message first."), code="message_empty")
    if len(text) > LONGEST_MESSAGE:
        raise RuleBroken(_("Your message is longer than 4,000 characters. Send it in parts."), code="message_long")
    reached = can_be_reached(run).count()
    if not reached:
        raise RuleBroken(_("None of them can be written to here."), code="nobody_reached")
    if reached != number:
        raise RuleBroken(
            _("It is %(number)s learners now. Read the page again, then send.") % {"number": reached},
            code="number_changed",
        )
    if reached > SAID_ONCE and again != reached:
        raise RuleBroken(
            _("This goes to %(number)s learners. Nothing is sent yet: read it once more, then say so again.")
            % {"number": reached},
            code="say_again",
        )
    run.text, run.confirmed_at = text, clock.now()
    run.save(update_fields=["text", "confirmed_at"])
    record("message_run.confirm", subject=run, by=by, number=reached)
    _enqueue(run, by=by)
    return run


def send_off(*, run: MessageRun) -> MessageRun:
    """As many as fit into one request are sent now, each in a transaction of its own. The job sends what is left, also
    when this process is killed in the middle."""
    run = MessageRun.objects.select_related("by").get(pk=run.pk)
    if run.confirmed_at is None or run.number > AT_ONCE:
        return run
    until = time.monotonic() + SECONDS
    for key in list(run.items.filter(state=PickedState.WAITING).values_list("pk", flat=True)):  # type: ignore[attr-defined]
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
    """The job: some of the learners, and a job for those after them."""
    run = MessageRun.objects.select_related("by").get(pk=job.payload["run_id"])
    waiting = run.items.filter(state=PickedState.WAITING)  # type: ignore[attr-defined]
    items = _waiting(run, list(waiting.values_list("pk", flat=True)[:BATCH]))
    lock_learners([item.learner_id for item in items])  # everybody who locks several does it in one order
    for item in items:
        _do(run, item)
    if waiting.exists():
        _enqueue(run, by=job.job.by, number=job.payload["number"] + 1)
    else:
        _end_if_done(run)


def fail_batch(job: Job) -> None:
    """What could not be sent is not sent, and says so."""
    run = MessageRun.objects.get(pk=job.payload["run_id"])
    run.items.filter(state=PickedState.WAITING).update(state=PickedState.LEFT, why=OUR_MISTAKE)  # type: ignore[attr-defined]
    _end_if_done(run)


@transaction.atomic
def drop_unconfirmed_messages() -> int:
    """Those who were picked and not written to in a month stand nowhere any more. Returns how many runs."""
    old = MessageRun.objects.filter(confirmed_at=None, created_at__lt=clock.now() - dt.timedelta(days=UNCONFIRMED_DAYS))
    keys = [run.pk for run in old.order_by("pk").select_for_update(skip_locked=True)]
    return MessageRun.objects.filter(pk__in=keys).delete()[1].get("ilp.MessageRun", 0)


def open_conversation(*, learner: Learner, by: Any) -> Conversation:
    """The conversation of this learner with the organisation for which this member of staff looks after them, begun
    unless there is one. Raises: NotAllowed."""
    roles = StaffRole.objects.of(by, "coordinator", "tutor", "adviser").select_related("organisation")
    for service in dict.fromkeys(role.organisation for role in roles):
        try:
            return begin_conversation(learner=learner, service=service, by=by)
        except NotAllowed:
            continue
    raise NotAllowed(f"write to learner {learner.pk}")


def _enqueue(run: MessageRun, *, by: Any, number: int = 0) -> None:
    enqueue(JOB_KIND, key=f"{JOB_KIND}:{run.pk}:{number}", by=by, run_id=run.pk, number=number)


def _waiting(run: MessageRun, keys: list[int], *, skips_held: bool = False) -> list[MessageItem]:
    return waiting_of(run.items.select_related("learner"), keys, skips_held=skips_held)  # type: ignore[attr-defined]


def _do(run: MessageRun, item: MessageItem) -> None:
    """One learner: written to once, or left and why."""

    def write() -> None:
        if item.learner.user_id is None:
            raise RuleBroken(_("They have not unlocked their record, so they cannot read messages."), code="no_account")
        conversation = open_conversation(learner=item.learner, by=run.by)
        message = send_message(conversation=conversation, text=run.text, once=f"run-{item.pk}", by=run.by)
        MessageItem.objects.filter(pk=item.pk).update(message=message)

    do_picked(item, write, refusals=REFUSALS, reference=f"{run.reference}-{item.position + 1}")


def _end_if_done(run: MessageRun) -> None:
    if not run.items.filter(state=PickedState.WAITING).exists():  # type: ignore[attr-defined]
        # The words are in each conversation by now.
        MessageRun.objects.filter(pk=run.pk, ended_at=None).update(ended_at=clock.now(), text="")
