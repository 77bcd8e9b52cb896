"""Files that were handed over, what is wrong with them and what they change."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import clock
from core.labels import called
from core.references import ReferenceField
from providers.models.organisations import Organisation
from providers.querysets import (
    UploadChangeQuerySet,
    UploadFixQuerySet,
    UploadIssueQuerySet,
    UploadQuerySet,
    UploadReversalQuerySet,
    UploadRowQuerySet,
)
from providers.workflow import OPEN, WAITING, ChangeAction, ReversalAction, UploadMode, UploadState

UPLOAD_COLOURS = {
    UploadState.CHECKED: "yellow",
    UploadState.HELD: "orange",
    UploadState.PUBLISHED: "green",
    UploadState.ABANDONED: "grey",
    UploadState.UNDONE: "purple",
    UploadState.REFUSED: "red",
}

REVERSAL_COLOURS = {
    ReversalAction.RESTORED: "green",
    ReversalAction.TAKEN_OUT: "orange",
    ReversalAction.KEPT: "yellow",
}

MOST_FIXABLE = 200  # rows; more are corrected in the file


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
    headings = models.JSONField(
        default=list, db_default=[], help_text="Of its columns, where cells of it can be corrected here."
    )
    bad_rows = models.PositiveIntegerField(default=0, db_default=0, help_text="Rows in which something is wrong.")
    fixes_to_check = models.PositiveIntegerField(
        default=0, db_default=0, help_text="Cells corrected since the file was last checked."
    )
    picks = models.JSONField(
        default=dict, db_default={}, help_text="What people said of single changes: {pick_key: yes, no or an option}."
    )
    checks = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="How often it was checked again.")
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True, help_text="Empty again when it must be looked at anew.")
    confirmations = models.PositiveSmallIntegerField(default=0, db_default=0)
    undo_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    undo_asked_at = models.DateTimeField(null=True, blank=True, help_text="Empty again when it must be asked anew.")
    undo_seen = models.CharField(
        max_length=64, blank=True, db_default="", help_text="Digest of what undoing would do, as they saw it."
    )
    undo_tries = models.PositiveSmallIntegerField(default=0, db_default=0)
    undone_at = models.DateTimeField(null=True, blank=True)
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

    get_state_display = called("state", UploadState)
    get_mode_display = called("mode", UploadMode)

    # Set while a check is carried out, which writes everything and is then rolled back. Never stored.
    is_rehearsal = False

    @property
    def has_file(self) -> bool:
        """The file itself is still here; those about people are kept for some days only."""
        return bool(self.file)

    @property
    def is_over(self) -> bool:
        return self.state not in OPEN

    @property
    def is_waiting(self) -> bool:
        """Somebody has to confirm it."""
        return self.state in WAITING and self.confirmed_at is None and not self.is_being_checked

    @property
    def is_being_checked(self) -> bool:
        """A worker looks at it, for the first time or again."""
        return self.state in OPEN and self.confirmed_at is None and self.job is not None and not self.job.is_over

    @property
    def is_fixable(self) -> bool:
        """Its cells can be corrected here: it waits, and no more rows of it are wrong than one corrects by hand."""
        return self.is_waiting and bool(self.headings) and 0 < self.bad_rows <= MOST_FIXABLE

    @property
    def corrections(self) -> dict[tuple[int, int], str]:
        """What was corrected here, by row and place of the column: laid over what the file says."""
        return {(fix.row, fix.column): fix.value for fix in self.fixes.all()}

    @property
    def is_held(self) -> bool:
        return self.state == UploadState.HELD

    @property
    def state_words(self) -> str:
        """The state for people; a kind that publishes nothing calls its end something else."""
        from providers.uploads import KINDS

        if self.state in WAITING and self.confirmed_at is not None:
            return _("Being published")
        if self.is_being_undone:
            return _("Being undone")
        if self.is_half_undone:
            return _("Undoing stopped half-way")
        if self.is_published and self.has_stopped:
            return _("Stopped half-way")
        kind = KINDS.get(self.kind)
        return (kind.used if kind and self.is_published else "") or self.get_state_display()

    @property
    def is_published(self) -> bool:
        return self.state == UploadState.PUBLISHED

    @property
    def has_stopped(self) -> bool:
        """It was published in part only: something went wrong before the last part."""
        return bool(self.counts.get("not_reached"))

    @property
    def is_being_undone(self) -> bool:
        """Somebody has asked for it, and a worker has not done it yet."""
        return self.is_published and self.undo_asked_at is not None

    @property
    def is_half_undone(self) -> bool:
        """Undoing it stopped before the last part; what is left of it can still be undone."""
        return self.is_published and "undone" in self.counts

    @property
    def is_undone(self) -> bool:
        return self.state == UploadState.UNDONE

    @property
    def colour(self) -> str:
        if self.is_published and (self.has_stopped or self.is_half_undone):
            return "orange"
        return UPLOAD_COLOURS.get(UploadState(self.state), "blue")


class IssueSeverity(models.TextChoices):
    ERROR = "error", _("Not used")
    WARNING = "warning", _("Used, but look at it")
    NOTICE = "notice", _("For your information")


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

    get_severity_display = called("severity", IssueSeverity)

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
    is_picked = models.BooleanField(null=True, help_text="Whether it is carried out; empty: nobody picks it.")
    answers = models.JSONField(
        default=dict, db_default={}, help_text="What carrying it out is told, where that is done part by part."
    )
    done_at = models.DateTimeField(null=True, help_text="When it was carried out, where that is done part by part.")
    undone_at = models.DateTimeField(
        null=True, help_text="When undoing the upload came to it, where that is done part by part."
    )

    objects = UploadChangeQuerySet.as_manager()

    class Meta:
        ordering = ["upload", "position"]
        constraints = [
            models.UniqueConstraint(name="one_change_per_position", fields=["upload", "position"]),
            models.CheckConstraint(name="change_action_known", condition=Q(action__in=ChangeAction.values)),
        ]

    def __str__(self) -> str:
        return f"{self.thing} {self.action}"

    get_action_display = called("action", ChangeAction)

    @property
    def pick_key(self) -> str:
        """The same each time the file is checked."""
        return f"{self.thing}:{self.thing_key}"

    @property
    def colour(self) -> str:
        return {ChangeAction.ADDED: "green", ChangeAction.ENDED: "red"}.get(ChangeAction(self.action), "yellow")


class UploadReversal(models.Model):
    """One thing that undoing an upload put back, took out again or left as it was."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="reversals")  # part of its upload
    position = models.PositiveIntegerField(help_text="In the order people read them, from 1.")
    action = models.CharField(max_length=10, choices=ReversalAction)
    thing = models.CharField(max_length=20, help_text="Named by the upload's kind: course, run, site.")
    thing_key = models.BigIntegerField(help_text="Primary key of the thing.")
    title = models.CharField(max_length=300, blank=True)
    why = models.CharField(max_length=300, blank=True, help_text="Why it stays, in one sentence.")

    objects = UploadReversalQuerySet.as_manager()

    class Meta:
        ordering = ["upload", "position"]
        constraints = [
            models.CheckConstraint(name="reversal_action_known", condition=Q(action__in=ReversalAction.values)),
            models.UniqueConstraint(name="one_reversal_per_position", fields=["upload", "position"]),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.thing} {self.title}"

    get_action_display = called("action", ReversalAction)

    @property
    def colour(self) -> str:
        return REVERSAL_COLOURS[ReversalAction(self.action)]


class UploadRow(models.Model):
    """A row of an upload in which something is wrong, as it was last checked, so that its cells can be corrected."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="rows")  # part of its upload
    row = models.PositiveIntegerField(help_text="As the spreadsheet shows it.")
    cells = models.JSONField(help_text="The text of each cell, one for every heading.")

    objects = UploadRowQuerySet.as_manager()

    class Meta:
        ordering = ["upload", "row"]
        constraints = [models.UniqueConstraint(name="one_upload_row_per_number", fields=["upload", "row"])]

    def __str__(self) -> str:
        return f"row {self.row}"


class UploadFix(models.Model):
    """A cell of an upload that somebody has corrected here. The file itself stays as it came."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="fixes")  # part of its upload
    row = models.PositiveIntegerField(help_text="As the spreadsheet shows it.")
    column = models.PositiveSmallIntegerField(help_text="Place of its heading, from 0.")
    value = models.TextField(blank=True, help_text="What the cell is taken to say.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    objects = UploadFixQuerySet.as_manager()

    class Meta:
        ordering = ["upload", "row", "column"]
        constraints = [models.UniqueConstraint(name="one_fix_per_cell", fields=["upload", "row", "column"])]

    def __str__(self) -> str:
        return f"row {self.row}, column {self.column}"
