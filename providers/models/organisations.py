"""Who teaches, where, and who acts for them."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from core import clock
from core.references import ReferenceField
from providers.models.areas import Area
from providers.querysets import OrganisationQuerySet, SiteQuerySet, StaffRoleQuerySet


class OrganisationKind(models.TextChoices):
    SCHOOL = "school", "School"
    COLLEGE = "college", "College"
    TRAINING_PROVIDER = "training_provider", "Training provider"
    ADVICE_SERVICE = "advice_service", "Advice service"
    AUTHORITY = "authority", "Local authority"


class Organisation(models.Model):
    """A school, college, training provider, advice service or authority."""

    reference = ReferenceField()
    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=20, choices=OrganisationKind)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="organisations")
    is_provider = models.BooleanField(default=False, help_text="It has courses of its own in the prospectus.")
    takes_applications = models.BooleanField(default=False, help_text="Learners may apply to it here.")
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
    ended_on = models.DateField(null=True, blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(name="organisation_kind_known", condition=Q(kind__in=OrganisationKind.values)),
        ]
        indexes = [models.Index(fields=["area", "kind"])]

    def __str__(self) -> str:
        return self.name


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

    objects = SiteQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                name="one_site_per_provider_reference",
                fields=["organisation", "provider_reference"],
                condition=~Q(provider_reference=""),
            )
        ]

    def __str__(self) -> str:
        return self.name


class RoleKind(models.TextChoices):
    TUTOR = "tutor", "Tutor"
    COORDINATOR = "coordinator", "School coordinator"
    EDITOR = "editor", "Course editor"
    ADMISSIONS = "admissions", "Admissions"
    MANAGER = "manager", "Provider manager"
    ADVISER = "adviser", "Personal adviser"
    OFFICER = "officer", "Authority officer"
    HELP_DESK = "help_desk", "Area coordinator"


class StaffRole(models.Model):
    """Somebody acts for an organisation, between two dates. Access ends with the role."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="staff_roles")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="staff_roles")
    kind = models.CharField(max_length=20, choices=RoleKind)
    started_on = models.DateField(default=clock.today)
    ended_on = models.DateField(null=True, blank=True, help_text="Last day of the role.")

    objects = StaffRoleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_open_role_of_a_kind", fields=["user", "organisation", "kind"], condition=Q(ended_on=None)
            ),
            models.CheckConstraint(name="staff_role_kind_known", condition=Q(kind__in=RoleKind.values)),
            models.CheckConstraint(
                name="staff_role_dates_in_order", condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.organisation}"
