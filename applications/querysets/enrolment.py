from typing import Any

from django.db import models
from django.db.models import Q

from accounts.models import Learner
from core.querysets import among
from providers.models import StaffRole


class EnrolmentQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "EnrolmentQuerySet":
        """The learner's own; of learners an adviser or an officer must follow after school; and rows of which nobody
        knows yet whose they are, for the officers of the provider's area.

        That somebody has started, and where, is what the client record is for (decision 0045).
        """
        if not user.is_authenticated:
            return self.none()
        areas = StaffRole.objects.of(user, "officer").filter(organisation__kind="authority")
        return self.filter(
            Q(learner__user=user)
            | among("learner", Learner.objects.on_caseload_of(user).values("pk"))
            | among("learner", Learner.objects.of_guarantee_for(user).values("pk"))
            | Q(learner=None, provider__area__in=areas.values("organisation__area"))
        )

    def standing(self) -> "EnrolmentQuerySet":
        """Without those that a later list has replaced."""
        return self.filter(ended_at=None)

    def waiting(self) -> "EnrolmentQuerySet":
        """Whose name a person has to look at."""
        return self.standing().filter(learner=None, settled_at=None).exclude(family_name="")

    def for_list(self) -> "EnrolmentQuerySet":
        return self.select_related("provider", "learner")
