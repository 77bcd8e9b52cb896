from typing import Any

from django.db import models
from django.db.models import Q

from core.querysets import is_nothing
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


def _with_somebody_to_call() -> Any:
    """Organisations of which somebody can be called: who is named, or where nobody is, coordinators and advisers."""
    from ilp.models import SafeguardingContact

    named = SafeguardingContact.objects.current()
    can_be_reached = StaffRole.objects.current().filter(user__is_active=True).exclude(user__email="")
    others = can_be_reached.filter(kind__in=["coordinator", "adviser"]).exclude(
        organisation__in=named.values("organisation")
    )
    called = named.filter(role__in=can_be_reached)
    return Organisation.objects.filter(
        Q(pk__in=called.values("organisation")) | Q(pk__in=others.values("organisation"))
    ).values("pk")


class FlagQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "FlagQuerySet":
        """Flagged messages of the services whose coordinator, adviser or safeguarding contact this person is; to the
        area's help desk those a learner raised. Of what was written elsewhere, to those who are called and no other
        adviser, and to the school's coordinators, who read it where it stands. Where a service has nobody to call, the
        help desk of its area. Never one about one's own words.

        A flag does not vanish when a learner moves, or takes a consent back: somebody has to finish it.
        """
        from ilp.models import SafeguardingContact

        if not user.is_authenticated:
            return self.none()
        services = Organisation.objects.with_role(user, "coordinator", "adviser")
        called = SafeguardingContact.objects.of(user).values("organisation")
        areas = StaffRole.objects.of(user, "help_desk").values("organisation__area")
        schools = Organisation.objects.coordinating_through(user).values("pk")
        named = SafeguardingContact.objects.current().values("organisation")
        advised = Organisation.objects.with_role(user, "adviser").exclude(pk__in=named)
        mine = Organisation.objects.filter(Q(pk__in=schools) | Q(pk__in=called) | Q(pk__in=advised.values("pk")))
        deserted = Organisation.objects.none()
        if not is_nothing(areas):
            deserted = Organisation.objects.filter(area__in=areas).exclude(pk__in=_with_somebody_to_call())
        return self.filter(
            Q(message__conversation__service__in=services.values("pk"))
            | Q(message__conversation__service__in=called)
            | Q(kind="report", message__conversation__service__area__in=areas)
            | Q(message__conversation__service__in=deserted.values("pk"))
            | Q(service__in=mine.values("pk"))
            | Q(service__in=deserted.values("pk"))
            | Q(message=None, service=None, learner__area__in=areas)
        ).exclude(Q(message__by=user.pk) | Q(by=user.pk))

    def open(self) -> "FlagQuerySet":
        return self.filter(state__in=sorted(OPEN_FLAGS))

    def for_list(self) -> "FlagQuerySet":
        return self.select_related(
            "message__conversation__learner__user",
            "message__conversation__service__area",
            "message__by",
            "learner__user",
            "service__area",
            "by",
            "phrase",
            "taken_by",
            "closed_by",
        )
