"""Who teaches, and where."""

import datetime as dt

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import clock
from core.labels import called
from core.references import ReferenceField
from providers.models.areas import Area
from providers.querysets import OrganisationQuerySet, SiteQuerySet


class OrganisationKind(models.TextChoices):
    SCHOOL = "school", _("School")
    COLLEGE = "college", _("College")
    TRAINING_PROVIDER = "training_provider", _("Training provider")
    ADVICE_SERVICE = "advice_service", _("Advice service")
    AUTHORITY = "authority", _("Local authority")


class Organisation(models.Model):
    """A school, college, training provider, advice service or authority."""

    reference = ReferenceField()
    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=20, choices=OrganisationKind)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="organisations")
    is_provider = models.BooleanField(default=False, help_text="It has courses of its own in the prospectus.")
    takes_applications = models.BooleanField(default=False, help_text="Learners may apply to it here.")
    applying_from_on = models.DateField(
        null=True, blank=True, help_text="First day on which learners apply to it here. Empty: as its area does."
    )
    ukprn = models.CharField(
        max_length=8, null=True, blank=True, unique=True, validators=[RegexValidator(r"^1\d{7}$")], verbose_name="UKPRN"
    )
    urn = models.CharField(
        max_length=6,
        null=True,
        blank=True,
        unique=True,
        validators=[RegexValidator(r"^[1-9]\d{5}$")],
        verbose_name="URN",
    )
    website = models.URLField(blank=True, max_length=255)
    email = models.EmailField(blank=True, help_text="The office, shown to the public.")
    phone = models.CharField(max_length=30, blank=True)
    about = models.TextField(blank=True, db_default="", help_text="How it describes itself. Plain text, no mark-up.")
    open_days = models.TextField(blank=True, db_default="", help_text="When one can look round. Plain text.")
    admissions_email = models.EmailField(blank=True, db_default="", help_text="For questions about applying, public.")
    admissions_phone = models.CharField(max_length=30, blank=True, db_default="")
    profile_changed_at = models.DateTimeField(null=True, blank=True, help_text="When its people last described it.")
    ended_on = models.DateField(null=True, blank=True)
    practice_of = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="sandbox",
        help_text="The provider whose programmers practise here. It has no people, and is in no prospectus.",
    )  # fmt: skip

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(name="organisation_kind_known", condition=Q(kind__in=OrganisationKind.values)),
            models.CheckConstraint(name="sandbox_is_no_provider", condition=Q(practice_of=None) | Q(is_provider=False)),
        ]
        indexes = [models.Index(fields=["area", "kind"])]

    def __str__(self) -> str:
        return self.name

    get_kind_display = called("kind", OrganisationKind)

    @property
    def opens_on(self) -> dt.date | None:
        """The day to come from which learners apply to it here: its own or its area's, the later. None: it is open."""
        days = [day for day in (self.applying_from_on, self.area.applying_from_on) if day and day > clock.today()]
        return max(days, default=None)


class Site(models.Model):
    """A place where an organisation teaches."""

    reference = ReferenceField()
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="sites")
    provider_reference = models.CharField(max_length=120, blank=True, help_text="The provider's own code for it.")
    name = models.CharField(max_length=250)
    address = models.CharField(max_length=300, blank=True)
    town = models.CharField(max_length=75, blank=True)
    postcode = models.CharField(max_length=8, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    is_exact = models.BooleanField(default=False, help_text="Coordinates are the site's own, not its outcode's middle.")
    ended_on = models.DateField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged",
        help_text="It was the same place; what names this one means that one.",
    )  # fmt: skip

    objects = SiteQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                name="one_site_per_provider_reference",
                fields=["organisation", "provider_reference"],
                condition=~Q(provider_reference=""),
            ),
            models.CheckConstraint(
                name="merged_site_has_ended", condition=Q(merged_into=None) | Q(ended_on__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.name
