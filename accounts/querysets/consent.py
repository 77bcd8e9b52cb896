from typing import Any

from django.db import models
from django.db.models import Q


class ConsentQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "ConsentQuerySet":
        """A learner's own answers, and those of the learners an adviser answers for."""
        from accounts.models import Learner

        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(learner__user=user) | Q(learner__in=Learner.objects.on_caseload_of(user).values("pk")))
