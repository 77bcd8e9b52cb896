from typing import Any

from django.db import models
from django.db.models import Q

from providers.models import Organisation, StaffRole


class SignOnQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "SignOnQuerySet":
        """Those of the organisations whose sign-on this person sets."""
        return self.filter(organisation__in=keeping_sign_on(user))

    def working(self) -> "SignOnQuerySet":
        """Those that sign people on now."""
        return self.filter(on_at__isnull=False, organisation__ended_on=None).select_related("organisation")


class SignOnIdentityQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "SignOnIdentityQuerySet":
        """One's own."""
        return self.filter(user=user).select_related("sign_on__organisation") if user.is_authenticated else self.none()


def keeping_sign_on(user: Any) -> Any:
    """The organisations whose sign-on ``user`` sets: a manager's own, and all of an officer's area."""
    roles = StaffRole.objects.of(user)
    managed = roles.filter(kind="manager", organisation__is_provider=True).values("organisation")
    areas = roles.filter(kind="officer").values("organisation__area")
    return Organisation.objects.visible_to(user).filter(Q(pk__in=managed) | Q(area__in=areas))
