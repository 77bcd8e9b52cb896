import datetime as dt

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.learner import Learner
from accounts.querysets import SupporterQuerySet
from core import clock
from core.references import ReferenceField


class SupporterKind(models.TextChoices):
    PARENT = "parent", _("My parent or carer")
    PROFESSIONAL = "professional", _("Somebody who works with me, such as a mentor, key worker or teacher")


class SharedSection(models.TextChoices):
    """What a learner can let somebody see."""

    CHOICES = "choices", _("The choices I have sent, and how they stand")
    STATEMENT = "statement", _("My statement")
    PLAN = "plan", _("My plan")
    EXPERIENCES = "experiences", _("My experiences")
    REVIEWS = "reviews", _("My reviews and targets")
    TRANSITION = "transition", _("My transition plan")
    ASSESSMENT = "assessment", _("My learning-difficulty assessment")


# The same in words for whoever looks.
WORDS_FOR_OTHERS = {
    SharedSection.CHOICES: _("the choices they have sent, and how they stand"),
    SharedSection.STATEMENT: _("their statement"),
    SharedSection.PLAN: _("their plan"),
    SharedSection.EXPERIENCES: _("their experiences"),
    SharedSection.REVIEWS: _("their reviews and targets"),
    SharedSection.TRANSITION: _("their transition plan"),
    SharedSection.ASSESSMENT: _("their learning-difficulty assessment"),
}


class Supporter(models.Model):
    """Somebody a learner has let in: what they may see, and until when. First an invitation, then, once accepted, a
    relation; what it was is never deleted."""

    GOOD_FOR = dt.timedelta(days=14)  # the invitation

    reference = ReferenceField()
    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="supporters")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="supports",
        help_text="Who accepted. Empty: nobody yet.",
    )
    kind = models.CharField(max_length=20, choices=SupporterKind)
    known_as = models.CharField(max_length=60, help_text="What the learner calls them.")
    sections = ArrayField(models.CharField(max_length=20, choices=SharedSection))
    until_on = models.DateField(help_text="Last day on which they may look.")
    email = models.EmailField(
        blank=True, help_text="Where the invitation goes. Empty: a code was handed over, or over."
    )
    token_hash = models.CharField(
        max_length=64, blank=True, help_text="Hash of the link's token or of the code. Empty until sent, and when over."
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField(help_text="When the invitation stops working.")
    accepted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = SupporterQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="supporter_kind_known", condition=Q(kind__in=SupporterKind.values)),
            models.CheckConstraint(
                name="supporter_sections_known", condition=Q(sections__contained_by=SharedSection.values)
            ),
            models.CheckConstraint(
                name="accepted_supporter_has_user", condition=Q(accepted_at=None, user=None) | Q(user__isnull=False)
            ),
            models.UniqueConstraint(
                name="one_open_supporter", fields=["learner", "user"], condition=Q(ended_at=None, user__isnull=False)
            ),
            models.UniqueConstraint(name="one_supporter_per_token", fields=["token_hash"], condition=~Q(token_hash="")),
        ]

    def __str__(self) -> str:
        return f"supporter {self.reference}"

    @property
    def is_waiting(self) -> bool:
        """Its link or code can still be used."""
        return self.accepted_at is None and self.ended_at is None and self.expires_at > clock.now()

    @property
    def is_holding(self) -> bool:
        """They may look today."""
        return self.accepted_at is not None and self.ended_at is None and self.until_on >= clock.today()

    @property
    def is_over(self) -> bool:
        return not (self.is_waiting or self.is_holding)

    @property
    def section_words(self) -> list[str]:
        return [str(SharedSection(section).label) for section in SharedSection.values if section in self.sections]

    @property
    def section_words_for_others(self) -> list[str]:
        return [str(words) for section, words in WORDS_FOR_OTHERS.items() if section in self.sections]

    @property
    def last_on(self) -> dt.date:
        """The last day on which they could look."""
        ended_on = timezone.localdate(self.ended_at) if self.ended_at else self.until_on
        return min(ended_on, self.until_on)
