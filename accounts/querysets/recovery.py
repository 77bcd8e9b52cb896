from typing import Any

from django.db import models
from django.db.models import Q

from core import clock
from providers.models import Organisation, StaffRole


class RecoveryQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "RecoveryQuerySet":
        """What one started or agreed to; a coordinator those of the school's learners; a help desk its area's."""
        from accounts.models import Learner

        if not user.is_authenticated:
            return self.none()
        areas = StaffRole.objects.of(user, "help_desk").values("organisation__area")
        on_roll = Learner.objects.on_roll_of(Organisation.objects.coordinating_through(user)).values("pk")
        mine = Q(learner__in=Learner.objects.helped_by(user).values("pk")) & (Q(by=user) | Q(second=user))
        return self.filter(mine | Q(learner__in=on_roll) | Q(learner__area__in=areas))

    def told_to(self, user: Any) -> "RecoveryQuerySet":
        """The codes that were made for this learner, whoever made them, the newest first."""
        return self.filter(learner__user=user, issued_at__isnull=False).select_related("by", "identity_check")

    def for_list(self) -> "RecoveryQuerySet":
        return self.select_related("learner__user", "learner__area", "by", "second", "identity_check")

    def open(self) -> "RecoveryQuerySet":
        """Neither used nor replaced; perhaps expired, perhaps waiting for a second person."""
        return self.filter(used_at=None, ended_at=None)


class SignInLinkQuerySet(models.QuerySet):
    def open(self) -> "SignInLinkQuerySet":
        """Links that work now."""
        return self.filter(used_at=None, ended_at=None, expires_at__gt=clock.now()).exclude(token_hash="")
