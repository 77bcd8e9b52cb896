from django.db import models

from applications.querysets import ApplicationQuerySet
from core import clock
from core.references import ReferenceField


class Application(models.Model):
    """A learner's one application in one cycle. Its row is the lock for everything that happens to its choices."""

    reference = ReferenceField()
    learner = models.ForeignKey("accounts.Learner", on_delete=models.PROTECT, related_name="applications")
    cycle = models.ForeignKey("providers.Cycle", on_delete=models.PROTECT, related_name="applications")
    statement = models.TextField(blank=True, help_text="Why I am applying, in the learner's words.")
    statement_from = models.ForeignKey(
        "ilp.Document",
        null=True,
        on_delete=models.SET_NULL,  # the words stay when the document goes
        related_name="+",
        help_text="The statement of the plan these words were taken from.",
    )
    statement_number = models.PositiveIntegerField(default=0, help_text="Which change of it.")
    needs = models.TextField(blank=True, help_text="Support the learner would like at an interview or on the course.")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(name="one_application_per_cycle", fields=["learner", "cycle"])]

    def __str__(self) -> str:
        return f"application {self.reference}"
