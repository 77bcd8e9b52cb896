from django.db import models
from django.db.models import F, Q

from core import clock
from core.references import ReferenceField
from prospectus.querysets import ConsortiumQuerySet, PartnerQuerySet


class Consortium(models.Model):
    """Several providers teach its courses together, such as the partners of a Diploma line; one of them leads."""

    reference = ReferenceField()
    name = models.CharField(max_length=160)
    lead = models.ForeignKey(
        "providers.Organisation", on_delete=models.PROTECT, related_name="consortia_led",
        help_text="Keeps the courses and receives the applications.",
    )  # fmt: skip
    created_at = models.DateTimeField(default=clock.now, editable=False)
    ended_on = models.DateField(null=True, blank=True)

    objects = ConsortiumQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "consortia"
        ordering = ["name"]
        constraints = [models.UniqueConstraint(name="one_consortium_of_a_name_per_lead", fields=["lead", "name"])]

    def __str__(self) -> str:
        return self.name


class ConsortiumPartner(models.Model):
    """A provider belongs to a consortium, from a day to a day. The lead is not listed as its own partner."""

    consortium = models.ForeignKey(Consortium, on_delete=models.CASCADE, related_name="partners")  # part of it
    provider = models.ForeignKey("providers.Organisation", on_delete=models.PROTECT, related_name="partnerships")
    joined_on = models.DateField(
        null=True, blank=True, default=clock.today, help_text="Empty: asked by the lead, and has not said yes."
    )
    ended_on = models.DateField(null=True, blank=True, help_text="Last day in the consortium.")

    objects = PartnerQuerySet.as_manager()

    class Meta:
        ordering = ["provider__name"]
        constraints = [
            models.UniqueConstraint(
                name="one_open_partnership", fields=["consortium", "provider"], condition=Q(ended_on=None)
            ),
            models.CheckConstraint(
                name="partnership_dates_in_order", condition=Q(ended_on=None) | Q(ended_on__gte=F("joined_on"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} in {self.consortium}"


class CoursePart(models.Model):
    """A part of a course that several providers teach together: which of them teaches it, where and on which days."""

    course = models.ForeignKey("prospectus.Course", on_delete=models.CASCADE, related_name="parts")  # part of it
    position = models.PositiveSmallIntegerField(help_text="From 1.")
    name = models.CharField(max_length=120)
    provider = models.ForeignKey(
        "providers.Organisation", on_delete=models.PROTECT, related_name="parts_taught",
        help_text="The course's own or a partner of its consortium.",
    )  # fmt: skip
    site = models.ForeignKey("providers.Site", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    days = models.CharField(max_length=80, blank=True, help_text="In words: Mondays and Tuesdays.")

    class Meta:
        ordering = ["course", "position"]
        constraints = [
            models.UniqueConstraint(name="one_course_part_per_position", fields=["course", "position"]),
            models.CheckConstraint(name="course_part_has_a_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name
