from collections.abc import Collection
from typing import Any

from accounts.models import Learner, RollEntry
from providers.models import RoleKind, StaffRole

# In which role somebody stands behind a learner, where they have several.
ROLES = (RoleKind.TUTOR, RoleKind.COORDINATOR, RoleKind.ADVISER)


def role_towards(learner: Learner, by: Any) -> StaffRole | None:
    """The role in which somebody speaks: at the learner's own school before any other. None: they were let in."""
    return roles_towards([learner], by)[learner.pk]


def roles_towards(learners: Collection[Learner], by: Any) -> dict[int, StaffRole | None]:
    """The same for many, by the learner's key, in two queries."""
    roles = list(StaffRole.objects.of(by, *ROLES).order_by("pk"))
    entries = RollEntry.objects.current().filter(learner__in=[learner.pk for learner in learners])
    schools = set(entries.values_list("learner", "school"))

    def nearest_to(learner: Learner) -> StaffRole | None:
        def nearness(role: StaffRole) -> tuple[bool, int]:
            return (learner.pk, role.organisation_id) not in schools, ROLES.index(RoleKind(role.kind))

        return min(roles, key=nearness, default=None)

    return {learner.pk: nearest_to(learner) for learner in learners}
