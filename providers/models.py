from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from core import clock
from core.references import ReferenceField
from providers.querysets import (
    AreaQuerySet,
    CycleQuerySet,
    OrganisationQuerySet,
    SiteQuerySet,
    StaffRoleQuerySet,
    UploadChangeQuerySet,
    UploadIssueQuerySet,
    UploadQuerySet,
)
from providers.workflow import OPEN, WAITING, ChangeAction, UploadMode, UploadState


class LocalAuthority(models.Model):
    """An English local authority, current or closed. Source: shared table of Department codes."""

    code = models.CharField(primary_key=True, max_length=3, help_text="Department code, three digits.")
    name = models.CharField(max_length=80)
    ons_code = models.CharField(max_length=9, blank=True)
    region = models.CharField(max_length=40, blank=True)
    is_current = models.BooleanField(default=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name_plural = "local authorities"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Outcode(models.Model):
    """The first half of a postcode and the middle of its district, good to a mile or two."""

    code = models.CharField(primary_key=True, max_length=4)
    latitude = models.FloatField()
    longitude = models.FloatField()
    country = models.CharField(max_length=3, help_text="ENG, SCT, WLS and so on.")

    def __str__(self) -> str:
        return self.code


class AreaHolding(models.TextChoices):
    """How the courses of an area come here."""

    HERE = "here", "Kept here by its providers"
    FEED = "feed", "Fetched from the area's own system"
    DATASET = "dataset", "Sent by the area as a file"


class Area(models.Model):
    """The area of one authority's prospectus."""

    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(max_length=80, unique=True)
    authority = models.ForeignKey(LocalAuthority, null=True, blank=True, on_delete=models.PROTECT, related_name="areas")
    holding = models.CharField(
        max_length=10, choices=AreaHolding, default=AreaHolding.HERE, db_default=AreaHolding.HERE.value
    )
    fresh_days = models.PositiveSmallIntegerField(
        default=60, db_default=60, help_text="Days after which its courses should have been checked again."
    )
    highest_level = models.PositiveSmallIntegerField(
        default=3, db_default=3, help_text="Courses wholly above this level stay drafts."
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = AreaQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Cycle(models.Model):
    """One area's year of applications, with its dates and rules. 2027 means entry from September 2027."""

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="cycles")
    entry_year = models.PositiveSmallIntegerField(help_text="The year whose September the learner starts in.")
    opens_on = models.DateField(help_text="First day to send an application.")
    closes_on = models.DateField(help_text="Last day to send an application on time.")
    ends_on = models.DateField(help_text="Last day of the cycle; choices still open are closed after it.")
    choice_limit = models.PositiveSmallIntegerField(default=5, help_text="Live choices a learner may have at once.")
    has_endorsement = models.BooleanField(
        default=False, help_text="The home school endorses before the provider sees it."
    )
    endorsement_days = models.PositiveSmallIntegerField(default=10, help_text="Working days the school has.")
    answer_days = models.PositiveSmallIntegerField(default=15, help_text="Working days a provider has to answer.")
    reply_days = models.PositiveSmallIntegerField(
        default=10, help_text="Working days a learner has to reply to an offer."
    )
    can_hold = models.BooleanField(default=True, help_text="A learner may keep one offer in reserve.")

    objects = CycleQuerySet.as_manager()

    class Meta:
        ordering = ["-entry_year", "area__name"]
        constraints = [
            models.UniqueConstraint(name="one_cycle_per_area_and_year", fields=["area", "entry_year"]),
            models.CheckConstraint(
                name="cycle_dates_in_order", condition=Q(opens_on__lte=F("closes_on")) & Q(closes_on__lte=F("ends_on"))
            ),
            models.CheckConstraint(name="cycle_has_choices", condition=Q(choice_limit__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.area} {self.entry_year}"


class Closure(models.Model):
    """Days on which an area's schools and providers are closed: no working days. Bank holidays are not entered here."""

    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="closures")  # part of the area's calendar
    name = models.CharField(max_length=80)
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        ordering = ["starts_on"]
        constraints = [models.CheckConstraint(name="closure_dates_in_order", condition=Q(ends_on__gte=F("starts_on")))]

    def __str__(self) -> str:
        return self.name


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


UPLOAD_COLOURS = {
    UploadState.CHECKED: "yellow",
    UploadState.HELD: "orange",
    UploadState.PUBLISHED: "green",
    UploadState.ABANDONED: "grey",
    UploadState.REFUSED: "red",
}


class Upload(models.Model):
    """A file somebody handed over, what came of it, and the file itself."""

    reference = ReferenceField()
    kind = models.CharField(max_length=30, help_text="Registered with providers.uploads: courses, roll and so on.")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="uploads")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    file = models.FileField(upload_to="uploads/%Y/%m/")
    file_name = models.CharField(max_length=255, help_text="As the person's computer called it.")
    file_size = models.PositiveBigIntegerField(help_text="Bytes.")
    file_sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=UploadState, default=UploadState.RECEIVED)
    job = models.OneToOneField("activity.Job", null=True, on_delete=models.PROTECT, related_name="+")
    counts = models.JSONField(default=dict, help_text="What the result page and the command print.")
    mode = models.CharField(
        max_length=10, choices=UploadMode, default=UploadMode.REPLACE, db_default=UploadMode.REPLACE.value
    )
    refusal = models.CharField(max_length=300, blank=True, help_text="Why nothing was used, in one sentence.")
    note = models.CharField(
        max_length=300, blank=True, db_default="", help_text="What somebody should know before confirming it."
    )
    digest = models.CharField(
        max_length=64, blank=True, db_default="", help_text="Of everything the last check found, issues too."
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True, help_text="Empty again when it must be looked at anew.")
    confirmations = models.PositiveSmallIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="upload_state_known", condition=Q(state__in=UploadState.values)),
            models.UniqueConstraint(
                name="one_open_upload_per_organisation_and_kind",
                fields=["organisation", "kind"],
                condition=Q(state__in=sorted(OPEN)),
            ),
            models.CheckConstraint(name="upload_mode_known", condition=Q(mode__in=UploadMode.values)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"

    # Set while a check is carried out, which writes everything and is then rolled back. Never stored.
    is_rehearsal = False

    @property
    def is_over(self) -> bool:
        return self.state not in OPEN

    @property
    def is_waiting(self) -> bool:
        """Somebody has to confirm it."""
        return self.state in WAITING and self.confirmed_at is None

    @property
    def is_held(self) -> bool:
        return self.state == UploadState.HELD

    @property
    def is_published(self) -> bool:
        return self.state == UploadState.PUBLISHED

    @property
    def colour(self) -> str:
        return UPLOAD_COLOURS.get(UploadState(self.state), "blue")


class IssueSeverity(models.TextChoices):
    ERROR = "error", "Not used"
    WARNING = "warning", "Used, but look at it"
    NOTICE = "notice", "For your information"


class UploadIssue(models.Model):
    """One thing wrong with one place of an upload."""

    upload = models.ForeignKey(
        Upload, on_delete=models.CASCADE, related_name="issues"
    )  # an issue is part of its upload
    row = models.PositiveIntegerField(help_text="As the spreadsheet shows it (headings are row 1); the line for XML.")
    column = models.CharField(max_length=80, blank=True)
    value = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=60, help_text="Stable: THING_FIELD_RULE.")
    severity = models.CharField(max_length=10, choices=IssueSeverity)
    message = models.CharField(max_length=300, help_text="What is wrong and what to do.")

    objects = UploadIssueQuerySet.as_manager()

    class Meta:
        ordering = ["row", "pk"]
        constraints = [
            models.CheckConstraint(name="issue_severity_known", condition=Q(severity__in=IssueSeverity.values))
        ]

    def __str__(self) -> str:
        return f"row {self.row}: {self.code}"

    @property
    def colour(self) -> str:
        return {IssueSeverity.ERROR: "red", IssueSeverity.WARNING: "yellow"}.get(IssueSeverity(self.severity), "grey")


class UploadChange(models.Model):
    """One thing that publishing an upload would do, or has done."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="changes")  # part of its upload
    position = models.PositiveIntegerField(help_text="From 1, in the order people read them.")
    action = models.CharField(max_length=10, choices=ChangeAction)
    thing = models.CharField(max_length=20, help_text="What it is: course, run, site.")
    thing_key = models.BigIntegerField(null=True, help_text="Its primary key; empty for what was not there before.")
    title = models.CharField(max_length=300)
    fields = models.JSONField(default=dict, help_text="{name: [old, new]} of what changed.")

    objects = UploadChangeQuerySet.as_manager()

    class Meta:
        ordering = ["upload", "position"]
        constraints = [
            models.UniqueConstraint(name="one_change_per_position", fields=["upload", "position"]),
            models.CheckConstraint(name="change_action_known", condition=Q(action__in=ChangeAction.values)),
        ]

    def __str__(self) -> str:
        return f"{self.thing} {self.action}"

    @property
    def colour(self) -> str:
        return {ChangeAction.ADDED: "green", ChangeAction.ENDED: "red"}.get(ChangeAction(self.action), "yellow")
