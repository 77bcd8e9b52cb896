from typing import Any

from django.db import models

from providers.models import Organisation


class DeskNoteQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "DeskNoteQuerySet":
        """Notes of the providers whose applications this person answers, on choices that are still theirs to see."""
        if not user.is_authenticated:
            return self.none()
        from applications.models import Choice

        mine = Organisation.objects.admitting_through(user)
        return self.filter(provider__in=mine, choice__in=Choice.objects.received_by(user).values("pk"))

    def for_list(self) -> "DeskNoteQuerySet":
        return self.select_related("by", "provider")


class DeskFilterQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "DeskFilterQuerySet":
        """One's own, while one answers applications."""
        if not user.is_authenticated or not Organisation.objects.admitting_through(user).exists():
            return self.none()
        return self.filter(user=user)


class BulkRunQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "BulkRunQuerySet":
        """What one picked oneself, while one answers applications."""
        if not user.is_authenticated or not Organisation.objects.admitting_through(user).exists():
            return self.none()
        return self.filter(by=user)
