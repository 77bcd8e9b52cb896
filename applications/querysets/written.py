from typing import Any

from django.db import models
from django.db.models import Q

from applications.querysets.choice import assisted_by
from providers.models import Organisation


class SectionDraftQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "SectionDraftQuerySet":
        """What somebody is writing is nobody else's, and an adult's only while they write for the learner."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(application__learner__user=user) | Q(application__in=assisted_by(user)), by=user)


class ProviderQuestionQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "ProviderQuestionQuerySet":
        """Questions of the providers whose applications this person answers."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(provider__in=Organisation.objects.admitting_through(user))

    def asked(self) -> "ProviderQuestionQuerySet":
        return self.filter(ended_at=None)

    def for_list(self) -> "ProviderQuestionQuerySet":
        return self.select_related("provider", "cycle").prefetch_related("courses")
