"""The list of ways in which staff make sure who somebody is, before they help them to sign in."""

from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import IdentityCheck
from accounts.policies import IDENTITY_CHECK_POLICY
from activity.actions import record
from core.errors import RuleBroken, StaleState
from core.references import new_reference

MOST_OFFERED = 12


@transaction.atomic
def add_identity_check(*, words: str, by: Any) -> IdentityCheck:
    """Staff of all areas can say from now on that they did this; it is last in the list. Words that are there already
    are offered again.

    Raises: NotAllowed, RuleBroken ``too_many_checks``.
    """
    IDENTITY_CHECK_POLICY.require(by, "add", IdentityCheck(words=words))
    held, words = _held(), " ".join(words.split())
    known = next((check for check in held if check.words.casefold() == words.casefold()), None)
    if known is not None and known.is_used:
        return known
    if sum(check.is_used for check in held) >= MOST_OFFERED:
        raise RuleBroken(
            _("%(most)s are enough to choose from. Take one away first.") % {"most": MOST_OFFERED},
            code="too_many_checks",
        )
    if known is not None:
        return _set(known, is_used=True, by=by)
    place = max((check.place for check in held), default=0) + 1
    check = IdentityCheck.objects.create(code=new_reference().lower(), words=words, place=place)
    record("identity_check.add", subject=check, by=by)
    return check


@transaction.atomic
def end_identity_check(*, check: IdentityCheck, by: Any) -> IdentityCheck:
    """Nobody can choose it any more; who chose it before is kept.

    Raises: NotAllowed, StaleState (it is not offered), RuleBroken ``last_check``.
    """
    IDENTITY_CHECK_POLICY.require(by, "end", check)
    offered = {one.pk: one for one in _held() if one.is_used}
    if check.pk not in offered:
        raise StaleState(f"identity check {check.pk} is not offered")
    if len(offered) == 1:
        raise RuleBroken(_("One has to stay: without any nobody could be helped."), code="last_check")
    return _set(offered[check.pk], is_used=False, by=by)


def _held() -> list[IdentityCheck]:
    """All of them, and nobody else changes the list meanwhile."""
    _lock_list()
    return list(IdentityCheck.objects.order_by("pk"))


def _lock_list() -> None:
    """Whoever else changes the list waits for this transaction: locks of rows would let another add one meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('identity checks'))")


def _set(check: IdentityCheck, *, is_used: bool, by: Any) -> IdentityCheck:
    check.is_used = is_used
    check.save(update_fields=["is_used"])
    record("identity_check.add" if is_used else "identity_check.end", subject=check, by=by)
    return check
