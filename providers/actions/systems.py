"""A college's own system acts for it, as a role like any other: dated, and ended when it is over."""

import datetime as dt
from typing import Any

from activity.actions import record
from core import clock
from providers.models import Organisation, RoleKind, StaffRole


def let_system_in(*, organisation: Organisation, user: Any, until_on: dt.date, by: Any) -> StaffRole:
    """The account acts for the organisation to the end of this day. For actions that hold the organisation's lock and
    have asked who may."""
    role = StaffRole.objects.create(
        user=user, organisation=organisation, kind=RoleKind.SYSTEM, ended_on=until_on, started_on=clock.today()
    )
    record("role.give", subject=role, by=by, organisation=organisation.pk, kind=RoleKind.SYSTEM)
    return role


def put_system_out(*, role: StaffRole, by: Any) -> None:
    """It acts for nobody from this moment on. For the same actions."""
    role.ended_on, role.ended_at = clock.today(), clock.now()
    role.save(update_fields=["ended_on", "ended_at"])
    record(
        "role.end",
        subject=role,
        by=by,
        organisation=role.organisation_id,
        kind=role.kind,
        last_on=role.ended_on.isoformat(),
    )
