"""An organisation that says who its people are, and which of them is which account."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from accounts.querysets import SignOnIdentityQuerySet, SignOnQuerySet
from core import clock
from providers.models import Organisation


class SignOn(models.Model):
    """How one organisation's own OpenID Connect issuer signs its people on."""

    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="sign_on")
    issuer = models.CharField(max_length=255, help_text="As the issuer writes itself.")
    client_id = models.CharField(max_length=255)
    secret = models.TextField(help_text="Sealed: core.sealing.")
    trusts_factor = models.BooleanField(default=False, help_text="Its second factor counts here.")
    strong_level = models.CharField(
        max_length=255, blank=True, help_text="The acr with which it means two factors, beside “mfa” in amr."
    )
    tried_at = models.DateTimeField(null=True, blank=True, help_text="Somebody came back signed on, as it is set now.")
    on_at = models.DateTimeField(null=True, blank=True, help_text="Since when it signs people on; empty: it does not.")
    changed_at = models.DateTimeField(default=clock.now)

    objects = SignOnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="sign_on_is_tried_before", condition=Q(on_at=None) | Q(tried_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"sign-on of organisation {self.organisation_id}"


class SignOnDomain(models.Model):
    """Addresses that end so are of this organisation's people. Whose it is, is one organisation's to say."""

    sign_on = models.ForeignKey(SignOn, on_delete=models.CASCADE, related_name="domains")  # part of what is set
    domain = models.CharField(max_length=253, unique=True)

    class Meta:
        ordering = ["domain"]
        constraints = [
            models.CheckConstraint(name="sign_on_domain_small_letters", condition=Q(domain=Lower(F("domain"))))
        ]

    def __str__(self) -> str:
        return self.domain


class SignOnIdentity(models.Model):
    """This account is that person of that issuer, however either is called and wherever their mail goes."""

    sign_on = models.ForeignKey(SignOn, on_delete=models.PROTECT, related_name="identities")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sign_on_identities")
    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255, help_text="The issuer's own name for the person.")
    joined_at = models.DateTimeField(default=clock.now)
    used_at = models.DateTimeField(null=True, blank=True)

    objects = SignOnIdentityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "sign-on identities"
        constraints = [
            models.UniqueConstraint(name="one_account_per_identity", fields=["sign_on", "issuer", "subject"]),
            models.UniqueConstraint(name="one_identity_per_sign_on", fields=["sign_on", "user"]),
        ]

    def __str__(self) -> str:
        return f"identity {self.pk}"
