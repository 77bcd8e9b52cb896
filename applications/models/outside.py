from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.querysets import OutsideOfferQuerySet, OwnRouteQuerySet
from core import clock
from core.references import ReferenceField


class OfferKind(models.TextChoices):
    """What an outside offer is of. A job alone is none. Source: nccis-september-guarantee.md, "Suitable"."""

    SIXTH_FORM = "sixth_form", _("School sixth form")
    COLLEGE = "college", _("College")
    TRAINING = "training", _("Training provider")
    APPRENTICESHIP = "apprenticeship", _("Apprenticeship")
    WORK_WITH_STUDY = "work_with_study", _("Work with part-time study")


class OutsideOffer(models.Model):
    """An offer made outside this service. Once an adult recorded or confirmed it the September Guarantee counts it."""

    reference = ReferenceField()
    learner = models.ForeignKey("accounts.Learner", on_delete=models.PROTECT, related_name="outside_offers")
    cycle = models.ForeignKey("providers.Cycle", on_delete=models.PROTECT, related_name="outside_offers")
    provider_name = models.CharField(max_length=160)
    course_name = models.CharField(max_length=160, blank=True)
    kind = models.CharField(
        max_length=16, choices=OfferKind, blank=True, default="", db_default="", help_text="Empty: nobody said."
    )
    offered_on = models.DateField(default=clock.today)
    ended_on = models.DateField(null=True, blank=True, help_text="No longer stands.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    is_unconfirmed = models.BooleanField(
        default=False, db_default=False, help_text="The learner says so, and no adult has confirmed it yet."
    )
    confirmed_at = models.DateTimeField(
        null=True, help_text="When an adult vouched for what the learner had said. Empty: an adult recorded it."
    )
    taken_back_at = models.DateTimeField(
        null=True, help_text="The learner says that it was told by mistake, and an adult has to look at it."
    )
    upload = models.ForeignKey(
        "providers.Upload", null=True, on_delete=models.PROTECT, related_name="+", help_text="The file it came in."
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = OutsideOfferQuerySet.as_manager()

    class Meta:
        ordering = ["-offered_on", "-pk"]
        constraints = [models.CheckConstraint(name="offer_kind_known", condition=Q(kind__in=["", *OfferKind.values]))]
        indexes = [
            models.Index(fields=["upload"], name="outside_offer_upload", condition=Q(upload__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"outside offer {self.reference}"


class OwnRouteState(models.TextChoices):
    LOOKED = "looked", _("Went to look")
    MEANS_TO = "means_to", _("Means to apply")
    APPLIED = "applied", _("Applied")
    OFFERED = "offered", _("Has an offer")
    NO_OFFER = "no_offer", _("No offer")
    DROPPED = "dropped", _("Not any more")


class OwnRoute(models.Model):
    """A learner went the provider's own way, or the apprenticeship service's, to apply for a run; and what they say
    has come of it. What they do there is not known here."""

    reference = ReferenceField()
    learner = models.ForeignKey("accounts.Learner", on_delete=models.PROTECT, related_name="own_routes")
    run = models.ForeignKey("prospectus.CourseRun", on_delete=models.PROTECT, related_name="own_routes")
    state = models.CharField(max_length=10, choices=OwnRouteState, default=OwnRouteState.LOOKED)
    began_at = models.DateTimeField(default=clock.now, editable=False)
    said_at = models.DateTimeField(null=True, help_text="When the learner last said how it stands.")

    objects = OwnRouteQuerySet.as_manager()

    class Meta:
        ordering = ["-began_at", "-pk"]
        constraints = [
            models.UniqueConstraint(name="one_own_route_per_run", fields=["learner", "run"]),
            models.CheckConstraint(name="own_route_state_known", condition=Q(state__in=OwnRouteState.values)),
        ]

    def __str__(self) -> str:
        return f"own route {self.reference}"
