"""How a provider's desk handles what it receives. Internal: a learner reads none of it on a page of theirs."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property

from activity.workflow import PickedState
from applications.models.choice import Choice
from applications.querysets import BulkRunQuerySet, DeskFilterQuerySet, DeskNoteQuerySet
from core import clock
from core.references import ReferenceField

ME = settings.AUTH_USER_MODEL


class Handling(models.Model):
    """Who of the provider looked at a choice first, and whose it is to answer. No row: nobody has done either."""

    choice = models.OneToOneField(Choice, on_delete=models.PROTECT, related_name="handling")
    looked_at = models.DateTimeField(null=True, help_text="When somebody of the provider first opened it.")
    looked_by = models.ForeignKey(ME, null=True, on_delete=models.PROTECT, related_name="+")
    assigned_to = models.ForeignKey(
        ME, null=True, on_delete=models.PROTECT, related_name="+", help_text="Ends in effect with the person's role."
    )
    assigned_by = models.ForeignKey(ME, null=True, on_delete=models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="handling_looked_or_not",
                condition=Q(looked_at=None, looked_by=None) | Q(looked_at__isnull=False, looked_by__isnull=False),
            ),
            models.CheckConstraint(
                name="handling_assigned_or_not",
                condition=Q(assigned_to=None) | Q(assigned_by__isnull=False, assigned_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["assigned_to"], condition=Q(assigned_to__isnull=False), name="handling_mine")]

    def __str__(self) -> str:
        return f"handling of choice {self.choice_id}"


class DeskNote(models.Model):
    """What somebody of the provider wrote down about a choice, for colleagues. Never changed; the learner's copy of
    their data has it."""

    reference = ReferenceField()
    choice = models.ForeignKey(Choice, on_delete=models.PROTECT, related_name="desk_notes")
    provider = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(ME, on_delete=models.PROTECT, related_name="+")
    words = models.TextField()
    at = models.DateTimeField(default=clock.now, editable=False)

    objects = DeskNoteQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["choice", "-at"])]

    def __str__(self) -> str:
        return f"note on choice {self.choice_id}"


class DeskFilter(models.Model):
    """What somebody at an admissions desk often asks its list for, under a name of theirs."""

    MOST_ADDRESS = 500

    reference = ReferenceField()
    user = models.ForeignKey(ME, on_delete=models.CASCADE, related_name="+")  # theirs
    name = models.CharField(max_length=60)
    address = models.CharField(
        max_length=MOST_ADDRESS, help_text="The query string in one order: never a name of a learner."
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = DeskFilterQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(name="one_desk_filter_per_address", fields=["user", "address"])]

    def __str__(self) -> str:
        return self.name


class BulkRun(models.Model):
    """Choices picked to be answered together, by ticking them or by a file with an answer for each. Frozen as rows when
    they were picked; worked off once it is confirmed."""

    BY_FILE = "by_file"  # the verb where each row has its own

    reference = ReferenceField()
    by = models.ForeignKey(ME, on_delete=models.PROTECT, related_name="+")
    verb = models.CharField(max_length=20)
    answers = models.JSONField(default=dict, help_text="As the form gave them. Emptied when all is done.")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    left_out = models.JSONField(
        null=True, help_text="Rows of the file that cannot be done: line, reference, why. Nothing personal."
    )
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = BulkRunQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="bulk_run_ends_after_confirm",
                condition=Q(ended_at=None) | Q(confirmed_at__isnull=False, ended_at__gte=F("confirmed_at")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.verb} together {self.reference}"

    @cached_property
    def number(self) -> int:
        """How many were picked: it does not change any more."""
        return self.items.count()  # type: ignore[attr-defined]


class BulkItem(models.Model):
    """One choice of a bulk run, and what became of it."""

    run = models.ForeignKey(BulkRun, on_delete=models.CASCADE, related_name="items")  # part of it
    choice = models.ForeignKey(Choice, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField(help_text="From 0, in the order of the list.")
    state = models.CharField(max_length=8, choices=PickedState, default=PickedState.WAITING)
    why = models.CharField(max_length=300, blank=True, help_text="Why it was left: a sentence, nothing personal.")
    line = models.PositiveIntegerField(null=True, help_text="Of the file, as the spreadsheet shows it.")
    version = models.CharField(
        max_length=24,
        blank=True,
        db_default="",
        help_text="As it was when the list was taken; else nothing is done.",
    )
    said = models.JSONField(null=True, help_text="Its own verb and answers, from the file. Emptied when all is done.")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(name="a_choice_once_in_a_bulk_run", fields=["run", "choice"]),
            models.CheckConstraint(name="bulk_item_state_known", condition=Q(state__in=PickedState.values)),
        ]
        indexes = [models.Index(fields=["run", "position"], condition=Q(state="waiting"), name="bulk_item_waiting")]

    def __str__(self) -> str:
        return f"choice {self.choice_id} in bulk run {self.run_id}"
