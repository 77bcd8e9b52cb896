from typing import Any

from django.db import models
from django.db.models import Q

from core import clock
from providers.models import Organisation


class UnlockCodeQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "UnlockCodeQuerySet":
        """That a code was made, for whom and when (never the code): the learner's coordinator."""
        from accounts.models import Learner

        schools = Organisation.objects.coordinating_through(user)
        return self.filter(learner__in=Learner.objects.on_roll_of(schools).values("pk"))

    def unused(self) -> "UnlockCodeQuerySet":
        """Neither used nor replaced by a newer one; perhaps expired."""
        return self.filter(used_at=None, ended_at=None)

    def open(self) -> "UnlockCodeQuerySet":
        """Codes that unlock a record today."""
        return self.unused().filter(expires_on__gte=clock.today())

    def in_hand(self) -> "UnlockCodeQuerySet":
        """Codes that work and are out of the house: of letters that were fetched, or given to one learner."""
        return self.open().filter(Q(letter_run=None) | Q(letter_run__fetched_at__isnull=False))


class LetterRunQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "LetterRunQuerySet":
        """The coordinator's own school's printings."""
        return self.filter(school__in=Organisation.objects.coordinating_through(user))

    def for_list(self) -> "LetterRunQuerySet":
        """With who asked and how far it is, without the PDF itself; ``is_ready`` says whether it can be fetched."""
        is_kept = Q(pdf__isnull=False, expires_at__gt=clock.now())
        return (
            self.select_related("school", "by", "job", "learner")
            .defer("pdf")
            .annotate(is_ready=models.ExpressionWrapper(is_kept, output_field=models.BooleanField()))
        )

    def past_expiry(self) -> "LetterRunQuerySet":
        """Printings whose PDF should no longer be kept."""
        return self.filter(pdf__isnull=False, expires_at__lte=clock.now())
