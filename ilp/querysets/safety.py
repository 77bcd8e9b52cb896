from typing import Any

from django.db import models
from django.db.models import Q

from ilp.workflow import OPEN_FLAGS
from providers.models import Organisation, StaffRole


class ConcernPhraseQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "ConcernPhraseQuerySet":
        """Area coordinators and safeguarding contacts keep the list; nobody else reads it."""
        from ilp.models import SafeguardingContact

        keeps = StaffRole.objects.of(user, "help_desk").exists() or SafeguardingContact.objects.of(user).exists()
        return self if keeps else self.none()

    def active(self) -> "ConcernPhraseQuerySet":
        return self.filter(is_active=True)

    def for_list(self) -> "ConcernPhraseQuerySet":
        return self.select_related("added_by")


class SafeguardingContactQuerySet(models.QuerySet):
    def current(self) -> "SafeguardingContactQuerySet":
        """Those named now whose role holds today."""
        return self.filter(ended_at=None, role__in=StaffRole.objects.current())

    def of(self, user: Any) -> "SafeguardingContactQuerySet":
        """Where this person is the one who is called first."""
        return self.current().filter(role__in=StaffRole.objects.of(user))


class FlagQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "FlagQuerySet":
        """Flags of the services whose coordinator, adviser or safeguarding contact this person is; to the area's help
        desk those a learner raised. Never one about one's own message.

        A flag does not vanish when a learner moves, or takes a consent back: somebody has to finish it.
        """
        from ilp.models import SafeguardingContact

        services = Organisation.objects.with_role(user, "coordinator", "adviser")
        called = SafeguardingContact.objects.of(user).values("organisation")
        areas = StaffRole.objects.of(user, "help_desk").values("organisation__area")
        return self.filter(
            Q(message__conversation__service__in=services.values("pk"))
            | Q(message__conversation__service__in=called)
            | Q(kind="report", message__conversation__service__area__in=areas)
        ).exclude(message__by=user.pk)

    def open(self) -> "FlagQuerySet":
        return self.filter(state__in=sorted(OPEN_FLAGS))

    def for_list(self) -> "FlagQuerySet":
        return self.select_related(
            "message__conversation__learner__user",
            "message__conversation__service__area",
            "message__by",
            "phrase",
            "taken_by",
            "closed_by",
        )
