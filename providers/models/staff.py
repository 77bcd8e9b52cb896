"""Who acts for an organisation, and who has been asked to."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import clock
from core.labels import called
from core.references import ReferenceField
from providers.models.organisations import Organisation
from providers.querysets import InvitationQuerySet, StaffRoleQuerySet


class RoleKind(models.TextChoices):
    TUTOR = "tutor", _("Tutor")
    COORDINATOR = "coordinator", _("School coordinator")
    EDITOR = "editor", _("Course editor")
    ADMISSIONS = "admissions", _("Admissions")
    MANAGER = "manager", _("Provider manager")
    ADVISER = "adviser", _("Personal adviser")
    OFFICER = "officer", _("Authority officer")
    HELP_DESK = "help_desk", _("Area coordinator")
    SYSTEM = "system", _("A college's own system")


class StaffRole(models.Model):
    """Somebody acts for an organisation, between two dates. Access ends with the role."""

    reference = ReferenceField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="staff_roles")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="staff_roles")
    kind = models.CharField(max_length=20, choices=RoleKind)
    started_on = models.DateField(default=clock.today)
    ended_on = models.DateField(null=True, blank=True, help_text="Last day of the role.")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="Stopped at this moment of its last day.")
    is_aside = models.BooleanField(
        default=False, db_default=False, help_text="The person acts for another of their organisations now."
    )
    warned_on = models.DateField(
        null=True, blank=True, help_text="Told that it ends if they do not sign in; holds only if not used since."
    )
    warned_again_on = models.DateField(null=True, blank=True, help_text="Told a second time, as above.")
    has_lapsed = models.BooleanField(
        default=False, db_default=False, help_text="Ended by the service, because its holder had not signed in."
    )

    objects = StaffRoleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_open_role_of_a_kind", fields=["user", "organisation", "kind"], condition=Q(ended_on=None)
            ),
            models.CheckConstraint(name="staff_role_kind_known", condition=Q(kind__in=RoleKind.values)),
            models.CheckConstraint(
                name="staff_role_dates_in_order", condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on"))
            ),
            models.CheckConstraint(
                name="stopped_role_has_last_day", condition=Q(ended_at=None) | Q(ended_on__isnull=False)
            ),
            models.CheckConstraint(
                name="lapsed_role_has_ended", condition=Q(has_lapsed=False) | Q(ended_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.organisation}"

    get_kind_display = called("kind", RoleKind)

    @property
    def used_on(self) -> dt.date:
        """The day its holder last signed in, or the day it began if that was later. As ``with_last_use`` in SQL."""
        signed_in_at = self.user.last_login
        return max(timezone.localdate(signed_in_at), self.started_on) if signed_in_at else self.started_on

    @property
    def is_warned(self) -> bool:
        """Its holder has been told that it ends, and has not signed in since."""
        return self.warned_on is not None and self.warned_on > self.used_on

    @property
    def lapses_on(self) -> dt.date:
        """The night before this day is the first in which it can end because nobody signs in. Never before both
        warnings have had their time."""
        first, again, end = settings.STAFF_UNUSED_DAYS
        days = [self.used_on + dt.timedelta(days=end)]
        if self.is_warned and self.warned_on is not None:
            days.append(self.warned_on + dt.timedelta(days=end - first))
            if self.warned_again_on is not None and self.warned_again_on > self.used_on:
                days.append(self.warned_again_on + dt.timedelta(days=end - again))
        return max(days)


# What a provider's manager may give to others.
PROVIDER_ROLES = (RoleKind.EDITOR, RoleKind.ADMISSIONS, RoleKind.MANAGER)


class Invitation(models.Model):
    """Somebody has been asked by e-mail to act for an organisation. The link in the e-mail works once.

    Only the hash of the link's token is kept, and the address only until the invitation is over.
    """

    GOOD_FOR = dt.timedelta(days=14)

    reference = ReferenceField()
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="invitations")
    kind = models.CharField(max_length=20, choices=RoleKind)
    email = models.EmailField(blank=True, help_text="Empty once it is over: an account keeps its own address.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    token_hash = models.CharField(
        max_length=64, blank=True, help_text="SHA-256 of the link's token, hex. Empty until the e-mail is sent."
    )
    sendings = models.PositiveSmallIntegerField(default=1, help_text="How often somebody has had it sent.")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                "organisation",
                "kind",
                name="one_open_invitation",
                condition=Q(accepted_at=None, withdrawn_at=None) & ~Q(email=""),
            ),
            models.UniqueConstraint(
                name="one_invitation_per_token", fields=["token_hash"], condition=~Q(token_hash="")
            ),
            models.CheckConstraint(name="invitation_kind_known", condition=Q(kind__in=RoleKind.values)),
            models.CheckConstraint(name="invitation_ends_once", condition=Q(accepted_at=None) | Q(withdrawn_at=None)),
        ]

    def __str__(self) -> str:
        return f"invitation {self.reference}"

    get_kind_display = called("kind", RoleKind)

    @property
    def is_open(self) -> bool:
        """Its link can still be used."""
        return self.accepted_at is None and self.withdrawn_at is None and self.expires_at > clock.now()
