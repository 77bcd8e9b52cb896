from typing import Any

from accounts.models import Learner
from providers.models import RoleKind, StaffRole

# In which role somebody stands behind a learner, where they have several.
ROLES = (RoleKind.TUTOR, RoleKind.COORDINATOR, RoleKind.ADVISER)


def role_towards(learner: Learner, by: Any) -> StaffRole | None:
    """The role in which somebody speaks: at the learner's own school before any other. None: they were let in."""
    here = [each.school_id for each in learner.roll_entries.current()]

    def nearness(role: StaffRole) -> tuple[bool, int]:
        return role.organisation_id not in here, ROLES.index(RoleKind(role.kind))

    return min(StaffRole.objects.of(by, *ROLES).order_by("pk"), key=nearness, default=None)
