from typing import Any

from django.db import models
from django.db.models import Q

from core import clock


class SupporterQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "SupporterQuerySet":
        """Whom a learner has let in or invited; and to a supporter, where they may look today."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(learner__user=user) | Q(pk__in=self.held_by(user).values("pk")))

    def own_of(self, user: Any) -> "SupporterQuerySet":
        """Those this learner has let in or invited, over or not."""
        return self.filter(learner__user=user) if user.is_authenticated else self.none()

    def holding(self) -> "SupporterQuerySet":
        """Those who may look today."""
        return self.filter(accepted_at__isnull=False, ended_at=None, until_on__gte=clock.today())

    def waiting(self) -> "SupporterQuerySet":
        """Invitations that can still be accepted."""
        return self.filter(accepted_at=None, ended_at=None, expires_at__gt=clock.now())

    def held_by(self, user: Any) -> "SupporterQuerySet":
        """Where this person may look today."""
        from accounts.models import Supporter

        return Supporter.objects.holding().filter(user=user) if user.is_authenticated else Supporter.objects.none()

    def for_list(self) -> "SupporterQuerySet":
        return self.select_related("learner", "user")
