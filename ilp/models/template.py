"""What an area or a school asks its learners, in versions, and what learners answer.

A published version never changes. A section and a question keep their key through versions and copies, so an answer
finds its question again; the row that was answered keeps the words of that day.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import clock
from core.references import ReferenceField, new_reference
from ilp.querysets import (
    AnswerQuerySet,
    ContributionQuerySet,
    QuestionQuerySet,
    SectionAskQuerySet,
    SectionQuerySet,
    TemplateQuerySet,
    TemplateVersionQuerySet,
)
from ilp.workflow import VersionState


class TemplateKind(models.TextChoices):
    """What a template is for. An answered section is an entry of the kind with the same name."""

    SECTION = "section", _("Questions for every plan")
    TRANSITION = "transition", _("Transition plan")
    ASSESSMENT = "assessment", _("Learning-difficulty assessment")


class Template(models.Model):
    """An area's, or one school's. Without an area: the one that comes with the portal. The lock for its versions."""

    reference = ReferenceField()
    kind = models.CharField(max_length=12, choices=TemplateKind)
    area = models.ForeignKey(
        "providers.Area", null=True, on_delete=models.PROTECT, related_name="plan_templates",
        help_text="Empty: it comes with the portal.",
    )  # fmt: skip
    school = models.ForeignKey(
        "providers.Organisation", null=True, on_delete=models.PROTECT, related_name="plan_templates",
        help_text="Empty: it is the area's.",
    )  # fmt: skip
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = TemplateQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="template_kind_known", condition=Q(kind__in=TemplateKind.values)),
            models.CheckConstraint(name="template_of_school_in_area", condition=Q(school=None) | Q(area__isnull=False)),
            models.UniqueConstraint(
                name="one_template_of_a_kind", fields=["kind", "area", "school"], nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"template {self.reference}"


class TemplateVersion(models.Model):
    """What a template asked from one day to the next. Only a draft can be changed."""

    reference = ReferenceField()
    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(help_text="From 1.")
    state = models.CharField(max_length=10, choices=VersionState, default=VersionState.DRAFT, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+",
        help_text="Who began it. Empty: it came with the portal.",
    )  # fmt: skip
    created_at = models.DateTimeField(default=clock.now, editable=False)
    published_at = models.DateTimeField(null=True)

    objects = TemplateVersionQuerySet.as_manager()

    class Meta:
        ordering = ["template", "-number"]
        constraints = [
            models.CheckConstraint(name="version_state_known", condition=Q(state__in=VersionState.values)),
            models.UniqueConstraint(name="one_version_of_a_number", fields=["template", "number"]),
            models.UniqueConstraint(name="one_draft_version", fields=["template"], condition=Q(state="draft")),
            models.UniqueConstraint(name="one_published_version", fields=["template"], condition=Q(state="published")),
        ]

    def __str__(self) -> str:
        return f"version {self.number} of template {self.template_id}"


class SectionIcon(models.TextChoices):
    """The picture beside a section in easy read; the names are those of our own icons."""

    STAR = "star", _("A star")
    PERSON = "person", _("A person")
    CHECK = "check", _("A tick")
    WARNING = "warning", _("A warning sign")
    CALENDAR = "calendar", _("A calendar")
    CLOCK = "clock", _("A clock")
    PLACE = "place", _("A place")
    LETTER = "letter", _("A letter")
    ARROW = "arrow", _("An arrow")


def year_groups_field() -> Any:
    return ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True, help_text="Empty: all.")


class Section(models.Model):
    """Some questions under one heading, in one version."""

    reference = ReferenceField()
    version = models.ForeignKey(TemplateVersion, on_delete=models.CASCADE, related_name="sections")  # part of it
    key = models.SlugField(max_length=12, default=new_reference, help_text="The same in every version and copy.")
    number = models.PositiveSmallIntegerField(help_text="Its place, from 1.")
    title = models.CharField(max_length=80)
    help_text = models.CharField(max_length=500, blank=True)
    icon = models.CharField(max_length=10, choices=SectionIcon, default=SectionIcon.STAR)
    year_groups = year_groups_field()

    objects = SectionQuerySet.as_manager()

    class Meta:
        ordering = ["version", "number", "pk"]
        constraints = [models.UniqueConstraint(name="section_once_in_version", fields=["version", "key"])]

    def __str__(self) -> str:
        return f"section {self.reference}"


class QuestionKind(models.TextChoices):
    SHORT = "short", _("A few words")
    LONG = "long", _("A longer text")
    ONE = "one", _("One of several answers")
    SEVERAL = "several", _("Any of several answers")
    YES_NO = "yes_no", _("Yes or no")
    DATE = "date", _("A date")
    NUMBER = "number", _("A number")
    SCALE = "scale", _("A scale from 1 to 5")


HIGHEST = 5  # of a scale
LARGEST_NUMBER = 1_000_000
LONGEST_ANSWER = {"short": 200, "long": 4000}
WITH_OPTIONS = frozenset({QuestionKind.ONE, QuestionKind.SEVERAL})
IN_WORDS = frozenset({QuestionKind.SHORT, QuestionKind.LONG})


class Question(models.Model):
    """One question of a section. Once its version is published, the words somebody answered."""

    reference = ReferenceField()
    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="questions")  # part of it
    key = models.SlugField(max_length=12, default=new_reference, help_text="The same in every version and copy.")
    number = models.PositiveSmallIntegerField(help_text="Its place, from 1.")
    kind = models.CharField(max_length=10, choices=QuestionKind)
    asked = models.CharField(max_length=200)
    help_text = models.CharField(max_length=300, blank=True)
    options = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    is_required = models.BooleanField(default=False)
    year_groups = year_groups_field()

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ["section", "number", "pk"]
        constraints = [
            models.CheckConstraint(name="question_kind_known", condition=Q(kind__in=QuestionKind.values)),
            models.UniqueConstraint(name="question_once_in_section", fields=["section", "key"]),
        ]

    def __str__(self) -> str:
        return f"question {self.reference}"

    def in_words(self, value: Any) -> str:
        """An answer as people read it, in English (decision 0043). Nothing: an empty text."""
        if value in (None, "", []):
            return ""
        match self.kind:
            case QuestionKind.SEVERAL:
                return "; ".join(value)
            case QuestionKind.YES_NO:
                return "Yes" if value == "yes" else "No"
            case QuestionKind.DATE:
                day = dt.date.fromisoformat(value)
                return f"{day.day} {day:%B %Y}"
            case QuestionKind.SCALE:
                return f"{value} out of {HIGHEST}"
            case _:
                return str(value)

    def takes(self, value: Any) -> bool:
        """Whether this can be an answer to it: of its kind, one of its options, not too long."""
        return bool(TAKES[QuestionKind(self.kind)](self, value))


def _is_date(value: str) -> bool:
    try:
        return len(value) == len("2026-11-18") and bool(dt.date.fromisoformat(value))
    except ValueError:
        return False


TAKES: Mapping[QuestionKind, Callable[[Question, Any], bool]] = {
    QuestionKind.SHORT: lambda _question, value: isinstance(value, str) and len(value) <= LONGEST_ANSWER["short"],
    QuestionKind.LONG: lambda _question, value: isinstance(value, str) and len(value) <= LONGEST_ANSWER["long"],
    QuestionKind.ONE: lambda question, value: value in question.options,
    QuestionKind.SEVERAL: lambda question, value: (
        isinstance(value, list) and len(set(value)) == len(value) and set(value) <= set(question.options)
    ),
    QuestionKind.YES_NO: lambda _question, value: value in ("yes", "no"),
    QuestionKind.DATE: lambda _question, value: isinstance(value, str) and _is_date(value),
    QuestionKind.NUMBER: lambda _question, value: isinstance(value, int) and 0 <= value <= LARGEST_NUMBER,
    QuestionKind.SCALE: lambda _question, value: isinstance(value, int) and 1 <= value <= HIGHEST,
}


class Answer(models.Model):
    """What a learner answered from a revision of a section on. Never changed: a later one of the same key follows."""

    revision = models.ForeignKey("ilp.Revision", on_delete=models.PROTECT, related_name="answers")
    question = models.ForeignKey(
        Question, on_delete=models.PROTECT, related_name="answers", help_text="As it was asked then."
    )
    key = models.SlugField(max_length=12, help_text="That of the question.")
    value = models.JSONField(null=True, help_text="As its kind of question has it. Empty: taken away.")
    text = models.TextField(blank=True, help_text="The same in words, readable whatever becomes of the question.")

    objects = AnswerQuerySet.as_manager()

    class Meta:
        ordering = ["revision", "pk"]
        constraints = [models.UniqueConstraint(name="one_answer_in_revision", fields=["revision", "key"])]
        indexes = [models.Index(fields=["key"])]

    def __str__(self) -> str:
        return f"answer in revision {self.revision_id}"


class SectionAsk(models.Model):
    """The learner has asked somebody they let in to write in a section."""

    reference = ReferenceField()
    plan = models.ForeignKey("ilp.Plan", on_delete=models.PROTECT, related_name="asks")
    supporter = models.ForeignKey("accounts.Supporter", on_delete=models.PROTECT, related_name="asks")
    kind = models.CharField(max_length=12, choices=TemplateKind)
    section_key = models.SlugField(max_length=12)
    title = models.CharField(max_length=80, help_text="What the section was called.")
    asked_at = models.DateTimeField(default=clock.now, editable=False)
    ended_at = models.DateTimeField(null=True)

    objects = SectionAskQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.CheckConstraint(name="ask_kind_known", condition=Q(kind__in=TemplateKind.values)),
            models.UniqueConstraint(
                name="one_open_ask", fields=["plan", "supporter", "section_key"], condition=Q(ended_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"ask {self.reference}"


class Contribution(models.Model):
    """What somebody who was asked wrote in a section: theirs, signed, beside the learner's words. Never changed."""

    reference = ReferenceField()
    ask = models.ForeignKey(SectionAsk, on_delete=models.PROTECT, related_name="contributions")
    as_whom = models.CharField(max_length=80, help_text="In which role, in the writer's words.")
    words = models.TextField()
    once = models.CharField(max_length=12, help_text="The form it came from: sent twice, it is kept once.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)

    objects = ContributionQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(name="one_contribution_of_a_form", fields=["ask", "once"])]

    def __str__(self) -> str:
        return f"contribution {self.reference}"
