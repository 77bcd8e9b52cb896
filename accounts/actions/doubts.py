"""Saying whether two records are one learner's."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from accounts.actions.merging import become_one
from accounts.actions.uses import used_learners
from accounts.models import Learner, LearnerDoubt, RollEntry
from accounts.policies import DOUBT_POLICY
from accounts.workflow import DOUBT_FLOW
from activity.actions import record
from core import clock
from core.errors import RuleBroken, StaleState
from providers.models import Area

TOO_MUCH = _(
    "Both records have been used: there is an account, or something is written down, for each. The area's help desk "
    "has to look at them together. Choose “Ask the area”."
)
ELSEWHERE = _(
    "The other record is on another school's roll today, so the area has to say whether it is the same learner. "
    "Choose “Ask the area”, and say what you think."
)

# What may stand at the newer record beside what a roll says: letters, and help that was given with signing in.
NOT_TO_BE_USED = (
    "accounts.unlockcode",
    "accounts.letterrun",
    "accounts.recovery",
    "accounts.learnersearch",
    "accounts.mergedlearner",
)


@contextmanager
def _answering(doubt: LearnerDoubt, verb: str, *, by: Any) -> Iterator[LearnerDoubt]:
    """Lock, ask who and whether, write the state, run the body, write history. The only writer of a doubt's state."""
    with transaction.atomic():
        # As for a roll: nobody else finds, makes or moves learners of this area meanwhile.
        Area.objects.select_for_update(no_key=True).get(pk=doubt.school.area_id)
        doubt = LearnerDoubt.objects.select_for_update(of=("self",)).for_list().get(pk=doubt.pk)
        DOUBT_POLICY.require(by, verb, doubt)
        target = DOUBT_FLOW.target(doubt.state, verb)
        if doubt.learner_id is None or doubt.other_id is None:
            raise StaleState(f"doubt {doubt.pk}: one of the two records is gone")
        # Before the body: where that joins two records, questions nobody has answered go with the one that is gone.
        doubt.state, doubt.decided_by, doubt.decided_at = target, by, clock.now()
        doubt.save()
        yield doubt
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
        held.save(update_fields=["is_thought_same"])
    return held


def join_doubted(*, doubt: LearnerDoubt, by: Any) -> LearnerDoubt:
    """There is one record: the older one, with its account, plan and applications, on the roll of the newer one.

    What the newer record's roll said replaces what was known; the newer record is gone. Somebody who only answers for
    the asked school may not take a learner off another school's roll this way: the area may.
    Raises: NotAllowed, StaleState, RuleBroken ``doubt_elsewhere``, ``doubt_both_used`` and ``merge_held``.
    """

    def check(old: Learner, new: Learner) -> None:
        elsewhere = RollEntry.objects.current().filter(learner=old).exclude(school=doubt.school_id)
        if elsewhere.exists() and not DOUBT_POLICY.can(by, "join_elsewhere", doubt):
            raise RuleBroken(gettext(ELSEWHERE), code="doubt_elsewhere")
        if used_learners([new.pk], besides=NOT_TO_BE_USED):
            raise RuleBroken(gettext(TOO_MUCH), code="doubt_both_used")

    with _answering(doubt, "join", by=by) as held:
        become_one(keep=held.other, other=held.learner, by=by, check=check, is_word_of_other=True)  # type: ignore[arg-type]
        held.learner = None  # gone
    return held
