from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from core import clock
from providers.models import Organisation, StaffRole


class ApiTokenQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "ApiTokenQuerySet":
        """Tokens of the providers this person manages, and of sandboxes that are theirs to look after."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(role__organisation__in=Organisation.objects.let_in_through(user))

    def open(self) -> "ApiTokenQuerySet":
        """Those that work today. A sandbox ends with the provider that practises in it."""
        return self.filter(
            ended_at=None,
            expires_on__gte=clock.today(),
            role__organisation__ended_on=None,
            role__organisation__practice_of__ended_on=None,
        )

    def for_list(self) -> "ApiTokenQuerySet":
        return self.select_related(
            "role__user", "role__organisation__area", "role__organisation__practice_of", "made_by"
        )


class WebhookQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "WebhookQuerySet":
        """Those of the providers this person manages, of sandboxes that are theirs to look after, and of all providers
        of the areas they coordinate."""
        if not user.is_authenticated:
            return self.none()
        areas = StaffRole.objects.of(user, "help_desk").values("organisation__area")
        managed = Organisation.objects.let_in_through(user)
        return self.filter(Q(provider__in=managed) | Q(provider__area__in=areas))

    def standing(self) -> "WebhookQuerySet":
        """Those that have not been ended."""
        return self.exclude(state="ended")

    def told(self) -> "WebhookQuerySet":
        """Those that are told of changes now. A sandbox's end with the provider that practises in it."""
        return self.filter(state="on", provider__ended_on=None, provider__practice_of__ended_on=None)

    def for_list(self) -> "WebhookQuerySet":
        newest = self.model._meta.get_field("deliveries").related_model.objects.filter(webhook=models.OuterRef("pk"))
        last = newest.filter(state="delivered").order_by("-pk").values("ended_at")[:1]
        return self.annotate(delivered_at=models.Subquery(last)).select_related("provider__area", "by")


class WebhookDeliveryQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "WebhookDeliveryQuerySet":
        """Deliveries to the addresses this person may see."""
        from applications.models import Webhook

        return self.filter(webhook__in=Webhook.objects.visible_to(user))

    def free(self) -> "WebhookDeliveryQuerySet":
        """Those whose time has come and that nobody is trying: to addresses that are told, and tests of any."""
        unheld = Q(lease_until=None) | Q(lease_until__lt=Now())
        from applications.models import Webhook

        told = Q(webhook__in=Webhook.objects.told()) | Q(event="test")
        return self.filter(unheld, told, state="waiting", next_at__lte=clock.now())

    def for_list(self) -> "WebhookDeliveryQuerySet":
        return self.select_related("webhook__provider").prefetch_related("attempts")
