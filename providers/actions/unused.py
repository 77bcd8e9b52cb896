"""Roles that nobody uses: who holds one is warned twice, then it ends. Somebody is always told.

Warnings are days on the role's row, which hold only as long as nobody signs in after them: signing in needs to undo
nothing. A night that did not happen, or was killed, is made up for by the next, and nobody is ended without both
warnings and the time between them.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from activity.actions import post, record
from core import clock
from core.errors import RuleBroken, StaleState
from providers.actions.staff import bring_back, lock_organisation, new_invitation, send_again
from providers.models import PROVIDER_ROLES, Area, Invitation, RoleKind, StaffRole
from providers.policies import ROLE_POLICY

AT_ONCE = 200  # roles in one transaction
KEEPERS = (RoleKind.HELP_DESK, RoleKind.OFFICER)  # who else could bring somebody back in an area


def warn_unused() -> int:
    """Holders of roles nobody has signed in for are told, once for each warning. Returns how many roles.

    Tells: the holder, ``staff-unused``; with the second warning also who looks after them, ``staff-lapsing``.
    """
    return _warn_all(_warn_first) + _warn_all(_warn_again)


def lapse_role(*, role: StaffRole) -> StaffRole | None:
    """The role has ended because nobody signed in for it. None: it was used after all, or it is the last of its kind
    that looks after an area, which stays and is told of once a month.

    Tells: who looks after the organisation, ``staff-lapsed`` or ``staff-kept``.
    """
    with transaction.atomic():
        if role.kind in KEEPERS:  # two of them must not end each other
            Area.objects.select_for_update(no_key=True).get(pk=role.organisation.area_id)
        lock_organisation(role.organisation_id)
        # The person, too: a sign-in in this moment waits for us, or we see it.
        found = StaffRole.objects.to_lapse().select_for_update(of=("self", "user"))
        current: StaffRole | None = found.select_related("user", "organisation").filter(pk=role.pk).first()
        if current is None:
            return None
        ROLE_POLICY.require(None, "lapse", current)
        today = clock.today()
        facts = {"organisation_id": current.organisation_id, "on": today.isoformat()}
        if current.kind in KEEPERS and not _others(current).exists():
            post("staff-kept", key=f"staff-kept:{current.pk}:{today:%Y-%m}", **facts)
            return None
        current.ended_on, current.ended_at, current.has_lapsed = today, clock.now(), True
        current.save(update_fields=["ended_on", "ended_at", "has_lapsed"])
        record(
            "role.lapse",
            subject=current,
            by=None,
            organisation=current.organisation_id,
            kind=current.kind,
            used_on=current.used_on.isoformat(),
        )
        post("staff-lapsed", key=f"staff-lapsed:{current.organisation_id}:{today}", **facts)
        bring_back(Q(user=current.user_id))
        return current


@transaction.atomic
def invite_again(*, role: StaffRole, email: str, by: Any) -> Invitation:
    """Whoever had this role, which ended unused, is asked by e-mail to have it again.

    ``email`` counts for the roles a manager may give to anybody; others are asked at the address of their account
    only. Raises: NotAllowed, StaleState (it has not lapsed, or they have it again), RuleBroken ``no_address``,
    ``sent_too_often`` or ``too_many_invitations``. Tells: the address, ``staff-invitation``.
    """
    organisation = lock_organisation(role.organisation_id)
    found = StaffRole.objects.select_related("user", "organisation").filter(pk=role.pk, has_lapsed=True).first()
    held = StaffRole.objects.current().filter(user=role.user_id, organisation=organisation, kind=role.kind)
    if found is None or held.exists():
        raise StaleState(f"role {role.pk} has not lapsed")
    ROLE_POLICY.require(by, "invite_again", found)
    if found.kind not in PROVIDER_ROLES:
        email = found.user.email
    if not email:
        raise RuleBroken(
            _("Their account has no e-mail address. Ask who runs the portal to give them the role again."),
            code="no_address",
        )
    waiting = Invitation.objects.waiting().filter(organisation=organisation, email__iexact=email, kind=found.kind)
    if invitation := waiting.select_for_update(of=("self",)).first():
        send_again(invitation)
    else:
        invitation = new_invitation(organisation=organisation, kind=found.kind, email=email, by=by)
    record("role.invite_again", subject=found, by=by, organisation=organisation.pk, invitation=invitation.pk)
    return invitation


def _warn_all(warn_some: Callable[[], int]) -> int:
    number = 0
    while warned := warn_some():
        number += warned
    return number


@transaction.atomic
def _warn_first() -> int:
    roles, keys = _taken(StaffRole.objects.to_warn())
    StaffRole.objects.filter(pk__in=keys).update(warned_on=clock.today(), warned_again_on=None)
    _tell_holders(roles, "warned_on")
    return len(roles)


@transaction.atomic
def _warn_again() -> int:
    roles, keys = _taken(StaffRole.objects.to_warn_again())
    today = clock.today()
    StaffRole.objects.filter(pk__in=keys).update(warned_again_on=today)
    _tell_holders(roles, "warned_again_on")
    ends_on: dict[int, dt.date] = {}
    for role in roles:
        ends_on[role.organisation_id] = min(role.lapses_on, ends_on.get(role.organisation_id, role.lapses_on))
    for organisation, on in ends_on.items():
        key = f"staff-lapsing:{organisation}:{today}:{min(keys)}"
        post("staff-lapsing", key=key, organisation_id=organisation, on=on.isoformat())
    return len(roles)


def _taken(due: Any) -> tuple[list[StaffRole], list[int]]:
    """Some of those due, held: another worker that does the same takes others."""
    taken = due.select_for_update(of=("self",), skip_locked=True).select_related("user").order_by("pk")[:AT_ONCE]
    roles = list(taken)
    return roles, [role.pk for role in roles]


def _tell_holders(roles: list[StaffRole], which: str) -> None:
    """One message for each person, with the first day on which one of their roles ends."""
    today = clock.today()
    first: dict[int, StaffRole] = {}
    for role in roles:
        setattr(role, which, today)
        record("role.warn", subject=role, by=None, organisation=role.organisation_id, ends_on=f"{role.lapses_on}")
        known = first.get(role.user_id)
        if known is None or role.lapses_on < known.lapses_on:
            first[role.user_id] = role
    for user_id, role in first.items():
        key = f"staff-unused:{user_id}:{role.pk}:{which}:{today}"
        post("staff-unused", key=key, user_id=user_id, on=role.lapses_on.isoformat())


def _others(role: StaffRole) -> Any:
    """Whoever else has this kind of role in the area today."""
    here = StaffRole.objects.current().filter(kind=role.kind, organisation__area=role.organisation.area_id)
    return here.filter(user__is_active=True).exclude(user=role.user_id)
