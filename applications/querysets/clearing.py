from typing import Any

from django.db import models
from django.db.models import Q

from applications.workflow import PROPERTIES
from core import clock
from providers.models import Organisation


class ClearingListingQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "ClearingListingQuerySet":
        """The learner's own; and to those who answer a provider's applications whoever is in clearing in its area and
        wanted a subject and level in which the provider has a place today."""
        if not user.is_authenticated:
            return self.none()
        providers = Organisation.objects.admitting_through(user)
        found = self.filter(application__learner__user=user)
        return found | self.filter(pk__in=self.model.objects.shown().fitting(providers).values("pk"))

    def placeless(self, applications: Any) -> Any:
        """Of these applications those of a year that goes on with nothing under way and no place."""
        from applications.models import Choice

        under_way = Q(status__in=PROPERTIES["is_live"]) | Q(status__in=PROPERTIES["is_firm"], left_on=None)
        busy = Choice.objects.filter(under_way, application=models.OuterRef("pk"))
        return applications.filter(~models.Exists(busy), cycle__ends_on__gte=clock.today())

    def shown(self) -> "ClearingListingQuerySet":
        """Those to whom it applies today: agreed, and without anything under way. A year that is over ends it."""
        from applications.models import Application

        return self.filter(ended_at=None, application__in=self.placeless(Application.objects.all()).values("pk"))

    def fitting(self, providers: Any) -> "ClearingListingQuerySet":
        """Learners of the providers' area who wanted a subject and level in which these have a place today. Who has
        sent nothing has wanted nothing that a provider may know of, and fits every place of their area."""
        from applications.models import Choice, ChoiceRun
        from prospectus.models import CourseRun

        mine = CourseRun.objects.open_for_applications().filter(
            course__provider__in=providers, places__gt=models.F("places_taken")
        )
        alike = mine.filter(
            course__subject=models.OuterRef("run__course__subject"),
            course__levels__overlap=models.OuterRef("run__course__levels"),
            course__provider__area=models.OuterRef("choice__application__learner__area"),
        )
        wanted = ChoiceRun.objects.filter(models.Exists(alike), choice__sent_at__isnull=False)
        sent = Choice.objects.filter(application=models.OuterRef("application"), sent_at__isnull=False)
        near = mine.filter(course__provider__area=models.OuterRef("application__learner__area"))
        has_said_nothing = ~models.Exists(sent) & models.Exists(near)
        return self.filter(Q(application__in=wanted.values("choice__application")) | has_said_nothing)

    def for_list(self) -> "ClearingListingQuerySet":
        return self.select_related("application__learner", "application__cycle__area")


class ClearingInvitationQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "ClearingInvitationQuerySet":
        """The learner's own, and those of the providers whose applications this person answers."""
        if not user.is_authenticated:
            return self.none()
        mine = Organisation.objects.admitting_through(user)
        return self.filter(Q(listing__application__learner__user=user) | Q(run__course__provider__in=mine))

    def own_of(self, user: Any) -> "ClearingInvitationQuerySet":
        return self.filter(listing__application__learner__user=user) if user.is_authenticated else self.none()

    def waiting(self) -> "ClearingInvitationQuerySet":
        """Those that can be answered today."""
        return self.filter(state="open", answer_by_on__gte=clock.today())

    def still_named(self) -> "ClearingInvitationQuerySet":
        """Of a year that goes on; of learners who have not taken back that they are shown, or who applied."""
        agreed = Q(listing__ended_at=None) | Q(state="taken")
        return self.filter(agreed, listing__application__cycle__ends_on__gte=clock.today())

    def keeping_a_place(self) -> "ClearingInvitationQuerySet":
        """Those for which a place is kept: waiting for the learner, or applied and waiting for the provider."""
        applied = Q(state="taken", choice__status__in=[*sorted(PROPERTIES["is_with_provider"]), "with_school"])
        return self.filter(applied | Q(state="open", answer_by_on__gte=clock.today()))

    def for_list(self) -> "ClearingInvitationQuerySet":
        return self.select_related(
            "listing__application__learner__user",
            "listing__application__cycle__area",
            "run__course__provider",
            "run__site",
        )
