"""Saying whether two records are one learner's."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import models, transaction

from accounts.actions.receipts import move_receipts
from accounts.actions.recovery import OF_HELP, move_help
from accounts.actions.registering import note_joined
from accounts.actions.uses import used_learners
from accounts.models import Learner, LearnerDoubt, RollEntry
from accounts.policies import DOUBT_POLICY
from accounts.workflow import DOUBT_FLOW
from activity.actions import record
from core import clock
from core.errors import RuleBroken, StaleState
from providers.models import Area

TOO_MUCH = (
    "Both records have been used: there is an account, or something is written down, for each. The area's help desk "
    "has to look at them together. Choose “Ask the area”."
)
ELSEWHERE = (
    "The other record is on another school's roll today, so the area has to say whether it is the same learner. "
    "Choose “Ask the area”, and say what you think."
)


@contextmanager
def _answering(doubt: LearnerDoubt, verb: str, *, by: Any) -> Iterator[LearnerDoubt]:
    """Lock, ask who and whether, run the body, write state and history. The only writer of a doubt's state."""
    with transaction.atomic():
        # As for a roll: nobody else finds, makes or moves learners of this area meanwhile.
        Area.objects.select_for_update(no_key=True).get(pk=doubt.school.area_id)
        doubt = LearnerDoubt.objects.select_for_update(of=("self",)).for_list().get(pk=doubt.pk)
        DOUBT_POLICY.require(by, verb, doubt)
        target = DOUBT_FLOW.target(doubt.state, verb)
        if doubt.learner_id is None or doubt.other_id is None:
            raise StaleState(f"doubt {doubt.pk}: one of the two records is gone")
        yield doubt
        doubt.state, doubt.decided_by, doubt.decided_at = target, by, clock.now()
        doubt.save()
        record(f"learner_doubt.{verb}", subject=doubt, by=by, school=doubt.school_id)


def keep_doubt_apart(*, doubt: LearnerDoubt, by: Any) -> LearnerDoubt:
    """They are two learners, and nobody is asked about these two records again. Raises: NotAllowed, StaleState."""
    with _answering(doubt, "keep_apart", by=by) as held:
        pass
    return held


def ask_area_about_doubt(*, doubt: LearnerDoubt, by: Any, is_thought_same: bool | None = None) -> LearnerDoubt:
    """The area's help desk has to say; they see what the school thinks. Raises: NotAllowed, StaleState."""
    with _answering(doubt, "ask", by=by) as held:
        held.is_thought_same = is_thought_same
    return held


def join_doubted(*, doubt: LearnerDoubt, by: Any) -> LearnerDoubt:
    """There is one record: the older one, with its account, plan and applications, on the roll of the newer one.

    What the newer record's roll said replaces what was known; the newer record is gone. Somebody who only answers for
    the asked school may not take a learner off another school's roll this way: the area may.
    Raises: NotAllowed, StaleState, RuleBroken ``doubt_elsewhere`` or ``doubt_both_used``.
    """
    with _answering(doubt, "join", by=by) as held:
        pair = [key for key in (held.learner_id, held.other_id) if key]
        locked = Learner.objects.select_for_update(no_key=True, of=("self",)).order_by("pk").filter(pk__in=pair)
        new, old = sorted(locked, key=lambda learner: pair.index(learner.pk))
        elsewhere = RollEntry.objects.current().filter(learner=old).exclude(school=held.school_id)
        if elsewhere.exists() and not DOUBT_POLICY.can(by, "join_elsewhere", held):
            raise RuleBroken(ELSEWHERE, code="doubt_elsewhere")
        _join(new, into=old)
        held.learner = None
        note_joined(learner=old, by=by)
    return held


def _join(new: Learner, *, into: Learner) -> None:
    """Raises: RuleBroken ``doubt_both_used`` where the new record has more than a roll can have given it."""
    if used_learners([new.pk], besides=["accounts.unlockcode", *OF_HELP]):
        raise RuleBroken(TOO_MUCH, code="doubt_both_used")
    today = clock.today()
    # The newer record's place holds; one that began today was never another day's, so no day has two.
    RollEntry.objects.filter(learner=into, ended_on=None).update(ended_on=today)
    RollEntry.objects.filter(learner=new).update(learner=into)
    upn, uln = new.upn or into.upn, new.uln or into.uln
    _take_facts(new, into)
    move_receipts(new, into=into)
    LearnerDoubt.objects.filter(learner=new).update(learner=None)
    move_help(new, into=into)
    new.unlock_codes.all().delete()  # letters printed for the new record stop working
    new.delete()
    into.given_name, into.family_name, into.birth_on = new.given_name, new.family_name, new.birth_on
    into.preferred_name = new.preferred_name or into.preferred_name
    into.upn, into.uln, into.area_id = upn, uln, new.area_id
    into.save()


def _take_facts(new: Learner, into: Learner) -> None:
    """What the school said of the new record is said of the old one."""
    for name in ("contact", "characteristics"):
        said: models.Model | None = getattr(new, name, None)
        if said is None:
            continue
        type(said)._default_manager.filter(learner=into).delete()
        type(said)._default_manager.filter(learner=new).update(learner=into)
    for rows in (new.school_grades, new.attendance):
        theirs = rows.model._default_manager.filter(learner=into, school__in=rows.values("school"))
        theirs.delete()
        rows.update(learner=into)
