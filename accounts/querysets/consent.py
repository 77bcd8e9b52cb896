from typing import Any

from django.db import models
from django.db.models import Q

from providers.models import StaffRole


class ConsentQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "ConsentQuerySet":
        """A learner's own answers, and those of the learners an adviser answers for."""
        from accounts.models import Learner

        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(learner__user=user) | Q(learner__in=Learner.objects.on_caseload_of(user).values("pk")))


class ConsentWordingQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "ConsentWordingQuerySet":
        """The wordings of the areas this person coordinates; a learner reads theirs where they are asked."""
        return self.filter(area__in=StaffRole.objects.of(user, "help_desk").values("organisation__area"))

    def for_list(self) -> "ConsentWordingQuerySet":
        return self.select_related("area", "by")

    def material(self) -> "ConsentWordingQuerySet":
        """Those that asked for something else than the words before them."""
        return self.filter(is_material=True)
