from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from accounts.models.people import BOUNCED
from accounts.querysets import LearnerContactQuerySet, LearnerQuerySet
from core import clock
from core.references import ReferenceField


class Learner(models.Model):
    """A young person on a school's roll, whether or not they have unlocked their account yet."""

    reference = ReferenceField()
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="learner"
    )
    given_name = models.CharField(max_length=100)
    family_name = models.CharField(max_length=100)
    preferred_name = models.CharField(
        max_length=100, blank=True, help_text="What they are called, when not the given name."
    )
    birth_on = models.DateField(help_text="Date of birth.")
    upn = models.CharField(max_length=13, null=True, blank=True, unique=True, verbose_name="UPN")
    uln = models.CharField(max_length=10, blank=True, verbose_name="ULN")
    area = models.ForeignKey("providers.Area", on_delete=models.PROTECT, related_name="learners")
    residence_authority = models.ForeignKey(
        "providers.LocalAuthority", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)
    erased_at = models.DateTimeField(
        null=True, editable=False, help_text="Who this was is gone; what stays is for figures."
    )

    objects = LearnerQuerySet.as_manager()

    class Meta:
        ordering = ["family_name", "given_name", "pk"]

    def __str__(self) -> str:
        return f"{self.known_as} {self.family_name}"

    @property
    def known_as(self) -> str:
        return self.preferred_name or self.given_name


class LearnerContact(models.Model):
    """How to reach a learner. A table of its own, because fewer people may see it than may see the name."""

    learner = models.OneToOneField(Learner, on_delete=models.CASCADE, related_name="contact")  # part of the learner
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=30, blank=True)
    address = models.CharField(max_length=400, blank=True)
    postcode = models.CharField(max_length=8, blank=True)
    bounced_email = models.EmailField(blank=True, db_default="", help_text=BOUNCED)

    objects = LearnerContactQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(Lower("bounced_email"), name="contact_bounced", condition=~Q(bounced_email=""))]

    def __str__(self) -> str:
        return f"contact of learner {self.learner_id}"

    @property
    def is_bouncing(self) -> bool:
        """E-mails to this address come back."""
        return bool(self.email) and self.email.lower() == self.bounced_email.lower()
