from typing import Any

from django.db import models
from django.db.models import Q

from core import clock
from providers.models import Organisation, StaffRole


class UnlockWindowQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "UnlockWindowQuerySet":
        """The windows of one's schools and, to read, of their areas; to the help desk all of its area."""
        if not user.is_authenticated:
            return self.none()
        schools = Organisation.objects.coordinating_through(user)
        areas = StaffRole.objects.of(user, "help_desk").values("organisation__area")
        general = Q(school=None, area__in=schools.values("area"))
        return self.filter(Q(school__in=schools) | general | Q(area__in=areas))

    def standing(self) -> "UnlockWindowQuerySet":
        """Those nobody has taken away."""
        return self.filter(ended_at=None)

    def for_list(self) -> "UnlockWindowQuerySet":
        return self.select_related("area", "school", "by")

    def not_over(self) -> "UnlockWindowQuerySet":
        """Windows of today or to come."""
        return self.standing().filter(closes_on__gte=clock.today())
