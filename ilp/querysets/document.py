from typing import Any

from django.db import models
from django.db.models import Q

from accounts.models import Learner
from providers.models import Organisation


class DocumentQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "DocumentQuerySet":
        """The learner's own; and while they ask to have it read, it is open to the tutors and coordinators of their
        school. Nobody else: no supporter, no adviser, no provider."""
        if not user.is_authenticated:
            return self.none()
        on_roll = Learner.objects.on_roll_of(Organisation.objects.with_role(user, "coordinator", "tutor"))
        asked = Q(asked_at__isnull=False, plan__learner__in=on_roll.values("pk"), plan__learner__erased_at=None)
        return self.filter(Q(plan__learner__user=user) | asked)

    def own_of(self, user: Any) -> "DocumentQuerySet":
        return self.filter(plan__learner__user=user) if user.is_authenticated else self.none()

    def for_list(self) -> "DocumentQuerySet":
        return self.select_related("plan__learner__user")
