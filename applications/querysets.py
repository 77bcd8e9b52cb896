from typing import Any

from django.db import models
from django.db.models import Q

from accounts.models import Learner
from applications.workflow import CHOICE_FLOW, PROPERTIES
from providers.models import Organisation


class ApplicationQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "ApplicationQuerySet":
        """A learner's own applications. Staff see choices, not the application behind them."""
        return self.filter(learner__user=user) if user.is_authenticated else self.none()


class ChoiceQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "ChoiceQuerySet":
        """Every choice this person may see. The only place that says so.

        The learner's own; those sent to a provider whose applications the person answers (never drafts, never
        siblings at other providers); those of a home school's roll, for its coordinator; and those of consenting
        learners, for the adviser who answers for them.
        """
        if not user.is_authenticated:
            return self.none()
        own = Q(application__learner__user=user)
        received = Q(provider__in=Organisation.objects.admitting_through(user), sent_at__isnull=False)
        on_roll = Learner.objects.on_roll_of(Organisation.objects.coordinating_through(user)).values("pk")
        caseload = Learner.objects.on_caseload_of(user).sharing_with_advisers().values("pk")
        shared = (Q(application__learner__in=on_roll) | Q(application__learner__in=caseload)) & ~Q(status="draft")
        return self.filter(own | received | shared)

    def that_can(self, verb: str) -> "ChoiceQuerySet":
        """Choices whose state allows this move; the states come from the table."""
        return self.filter(status__in=CHOICE_FLOW.sources(verb))

    def that(self, name: str) -> "ChoiceQuerySet":
        """Choices whose state has this property (``is_live``, ``has_offer_in_hand`` ...)."""
        return self.filter(status__in=PROPERTIES[name])

    def for_list(self) -> "ChoiceQuerySet":
        """With everything a row or page about one choice shows, in a fixed number of queries."""
        from applications.models import ChoiceRun, Offer

        return self.select_related("application__learner__user", "application__cycle__area", "provider").prefetch_related(
            models.Prefetch("choice_runs", ChoiceRun.objects.select_related("run__course", "run__site")),
            models.Prefetch("offers", Offer.objects.filter(ended_at=None).prefetch_related("conditions"), to_attr="standing_offers"),
        )


class OutsideOfferQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "OutsideOfferQuerySet":
        """The learner's own, and those of learners a coordinator or adviser answers for."""
        if not user.is_authenticated:
            return self.none()
        on_roll = Learner.objects.on_roll_of(Organisation.objects.coordinating_through(user)).values("pk")
        return self.filter(
            Q(learner__user=user)
            | Q(learner__in=on_roll)
            | Q(learner__in=Learner.objects.on_caseload_of(user).values("pk"))
        )

    def standing(self) -> "OutsideOfferQuerySet":
        return self.filter(ended_on=None)
