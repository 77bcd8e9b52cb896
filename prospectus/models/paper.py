"""What became of each line of a list on paper that was held against the prospectus."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.labels import called
from prospectus.querysets import PaperLineQuerySet


class PaperVerdict(models.TextChoices):
    DIFFERS = "differs", _("Different here")
    ONLY_PAPER = "only_paper", _("Only on paper")
    ONLY_HERE = "only_here", _("Only here")
    PERHAPS = "perhaps", _("Perhaps the same")
    SAME = "same", _("The same")


VERDICT_COLOURS = {
    PaperVerdict.DIFFERS: "yellow",
    PaperVerdict.ONLY_PAPER: "red",
    PaperVerdict.ONLY_HERE: "blue",
    PaperVerdict.PERHAPS: "orange",
    PaperVerdict.SAME: "green",
}


class PaperLine(models.Model):
    """One line of a paper list beside what is here, as it was when the list was handed over."""

    upload = models.ForeignKey(
        "providers.Upload", on_delete=models.CASCADE, related_name="paper_lines"
    )  # a line is part of its upload
    position = models.PositiveIntegerField(help_text="From 1, in the order people read them.")
    row = models.PositiveIntegerField(help_text="As the spreadsheet shows it. 0: not on paper.")
    verdict = models.CharField(max_length=10, choices=PaperVerdict)
    course = models.ForeignKey(
        "prospectus.Course", null=True, on_delete=models.PROTECT, related_name="+", help_text="The one it is held to."
    )
    title = models.CharField(max_length=300, help_text="As on paper; as it is here where it is not on paper.")
    pairs = models.JSONField(default=list, help_text="[[what, on paper, here, whether they differ]] to be shown.")

    objects = PaperLineQuerySet.as_manager()

    class Meta:
        ordering = ["upload", "position"]
        constraints = [
            models.UniqueConstraint(name="one_paper_line_per_position", fields=["upload", "position"]),
            models.CheckConstraint(name="paper_verdict_known", condition=Q(verdict__in=PaperVerdict.values)),
        ]

    def __str__(self) -> str:
        return f"line {self.position}: {self.verdict}"

    get_verdict_display = called("verdict", PaperVerdict)

    @property
    def colour(self) -> str:
        return VERDICT_COLOURS[PaperVerdict(self.verdict)]
