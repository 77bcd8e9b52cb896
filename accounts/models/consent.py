from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.learner import Learner
from accounts.querysets import ConsentQuerySet, ConsentWordingQuerySet
from core import clock
from core.references import ReferenceField


class ConsentKind(models.TextChoices):
    ADVICE_SERVICE = "advice_service", _("Share my plan and applications with the advice service")
    RECORD_MATCH = "record_match", _("Look for the record a school has of me")


# The question where the area has not written its own.
WORDS = {
    ConsentKind.ADVICE_SERVICE: _(
        "May we share your plan and your applications with the careers advice service? "
        "A personal adviser could then see what you plan and where you have applied, and help you. "
        "If you say no, you can still use everything here, and your school still sees what it needs to. "
        "You can change your answer at any time."
    ),
    ConsentKind.RECORD_MATCH: _(
        "May we look for the record that your school or the advice service has of you, and join it with this account? "
        "A person would compare your name, date of birth and postcode with theirs. Your school could then help you. "
        "If you say no, nobody looks, and you can still search and apply. You can change your answer until a record "
        "has been joined."
    ),
}


class ConsentWording(models.Model):
    """The words in which an area asks one kind of consent, from a moment on. Earlier versions stay."""

    reference = ReferenceField()
    area = models.ForeignKey("providers.Area", on_delete=models.PROTECT, related_name="consent_wordings")
    kind = models.CharField(max_length=20, choices=ConsentKind)
    words = models.TextField()
    is_material = models.BooleanField(help_text="It asks for something else than before, so older answers do not hold.")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = ConsentWordingQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [models.CheckConstraint(name="wording_kind_known", condition=Q(kind__in=ConsentKind.values))]

    def __str__(self) -> str:
        return f"{self.kind} from {self.created_at:%d.%m.%Y}"


class Consent(models.Model):
    """What a learner answered when asked for consent, with the words that were shown. The newest answer holds."""

    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="consents")
    kind = models.CharField(max_length=20, choices=ConsentKind)
    is_given = models.BooleanField()
    words = models.TextField(help_text="The question as it was shown.")
    at = models.DateTimeField(default=clock.now, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["learner", "kind", "-at"])]

    def __str__(self) -> str:
        return f"{self.kind}: {'yes' if self.is_given else 'no'}"
