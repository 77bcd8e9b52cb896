"""Two records of one young person become one."""

from typing import Any

from django.db import transaction

from accounts.models import Learner, MergedLearner, User
from accounts.policies import LEARNER_POLICY
from activity.actions import record
from core import personal
from core.errors import RuleBroken, StaleState


@transaction.atomic
def merge_learners(*, keep: Learner, other: Learner, by: Any) -> Learner:
    """Everything of ``other`` belongs to ``keep``; the old reference leads there. It cannot be undone.

    Names, date of birth and numbers are ``keep``'s; what ``keep`` lacks (UPN, ULN, authority, contact details) is
    taken over. Where both have an account, ``keep``'s goes on and the other can no longer sign in.
    Raises: NotAllowed, RuleBroken ``merge_same`` and ``merge_held``, StaleState (one of them was merged or erased
    meanwhile).
    """
    if keep.pk == other.pk:
        raise RuleBroken("These are not two records. Choose another one.", code="merge_same")
    # In key order, so that two merges of one pair queue up instead of waiting for each other.
    locked = {
        one.pk: one for one in Learner.objects.select_for_update().filter(pk__in=[keep.pk, other.pk]).order_by("pk")
    }
    if len(locked) < 2 or any(one.erased_at for one in locked.values()):
        raise StaleState("One of the two records is not there any more.")
    keep, other = locked[keep.pk], locked[other.pk]
    LEARNER_POLICY.require(by, "merge", keep)
    LEARNER_POLICY.require(by, "merge", other)
    if standing := personal.merge_holds(keep, other):
        raise RuleBroken(" ".join(standing), code="merge_held")
    account = other.user
    other.user = None
    upn, other.upn = other.upn, None
    other.save(update_fields=["user", "upn"])
    keep.upn = keep.upn or upn
    keep.uln = keep.uln or other.uln
    keep.preferred_name = keep.preferred_name or other.preferred_name
    keep.residence_authority_id = keep.residence_authority_id or other.residence_authority_id
    if keep.user_id is None:
        keep.user = account
    keep.save()
    for table in personal.TABLES.values():
        if table.merge is not None:
            table.merge(keep, other)
        elif "learner" in table.paths:
            table.point("learner", old=other, new=keep)
        elif "user__learner" in table.paths and account is not None and account.pk != keep.user_id:
            table.point("user", old=account.pk, new=keep.user_id)
    if account is not None and account.pk != keep.user_id:
        _end_account(account)
    MergedLearner.objects.create(reference=other.reference, key=other.pk, learner=keep, by=by)
    record("learner.merge", subject=keep, by=by, other=other.pk)
    other.delete()
    return keep


def _end_account(account: User) -> None:
    """Nobody signs in with it any more; its number stays, because history names it."""
    account.username = f"merged-{account.pk}"
    account.name = account.email = ""
    account.is_active = False
    account.set_unusable_password()
    account.save()
