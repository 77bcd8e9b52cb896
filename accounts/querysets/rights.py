from typing import Any

from django.db import models
from django.db.models import Q

from accounts.workflow import ERASURES_OPEN
from core import clock
from providers.models import StaffRole


class DataCopyQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "DataCopyQuerySet":
        """The learner's own."""
        return self.filter(learner__user=user) if user.is_authenticated else self.none()

    def for_list(self) -> "DataCopyQuerySet":
        """With how far it is, without the file itself; ``is_ready`` says whether it can be fetched."""
        is_kept = Q(zip__isnull=False, expires_at__gt=clock.now())
        return (
            self.select_related("job")
            .defer("zip")
            .annotate(is_ready=models.ExpressionWrapper(is_kept, output_field=models.BooleanField()))
        )

    def past_expiry(self) -> "DataCopyQuerySet":
        """Copies whose file should no longer be kept."""
        return self.filter(zip__isnull=False, expires_at__lte=clock.now())


class ErasureQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "ErasureQuerySet":
        """A learner's own wish, and every one in an officer's area."""
        if not user.is_authenticated:
            return self.none()
        areas = StaffRole.objects.of(user, "officer").values("organisation__area")
        return self.filter(Q(learner__user=user) | Q(learner__area__in=areas))

    def open(self) -> "ErasureQuerySet":
        """Not carried out and not withdrawn."""
        return self.filter(state__in=ERASURES_OPEN)

    def due(self) -> "ErasureQuerySet":
        """To be carried out today."""
        return self.filter(state="agreed", due_on__lte=clock.today())

    def for_list(self) -> "ErasureQuerySet":
        """With the learner and who asked and agreed."""
        return self.select_related("learner", "asked_by", "agreed_by")


class RetentionRunQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "RetentionRunQuerySet":
        """Officers: what was tidied is the same for every area."""
        is_officer = user.is_authenticated and StaffRole.objects.of(user, "officer").exists()
        return self.all() if is_officer else self.none()
