"""E-mails to staff about accounts: an action and an address, and nobody's name."""

from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import User
from core import languages
from providers.actions import make_link
from providers.models import Organisation, StaffRole


def send_unlock_guessing(payload: dict[str, Any]) -> None:
    """Tells a school's coordinators that somebody may be guessing codes. Nothing personal is in the message."""
    school = Organisation.objects.get(pk=payload["school_id"])
    watching = Q(organisation=school, kind="coordinator") | Q(organisation__area=school.area_id, kind="help_desk")
    roles = StaffRole.objects.current().filter(watching)
    people = User.objects.filter(pk__in=roles.values("user"), is_active=True).exclude(email="")
    for person in people.order_by("pk"):
        with languages.speaking(person.language):
            send_mail(
                _("%(portal)s: many wrong tries to unlock a record") % {"portal": settings.PORTAL_NAME},
                _(
                    "Today many wrong dates of birth have been tried with unlock codes of a school you look after.\n\n"
                    "If your learners are not unlocking their records right now, keep letters that are not handed out "
                    "yet under lock, and print new ones for those that may have been seen by somebody else.\n\n"
                    "How many, and when: %(address)s"
                )
                % {"address": settings.PORTAL_ADDRESS + reverse("accounts:unlock-tries")},
                None,
                [person.email],
            )


def send_invitation(payload: dict[str, Any]) -> None:
    """Sends the link of an invitation, made now and kept nowhere else. Names the provider and no person."""
    made = make_link(invitation_id=payload["invitation_id"], sending=payload["sending"])
    if made is None:
        return
    invitation, token = made
    address = settings.PORTAL_ADDRESS + reverse("accounts:invitation-open", args=[token])
    facts = {
        "portal": settings.PORTAL_NAME,
        "organisation": invitation.organisation,
        "until": date_format(localtime(invitation.expires_at), "j F Y"),
        "address": address,
    }
    send_mail(
        _("%(portal)s: you are invited to act for %(organisation)s") % facts,
        _(
            "%(organisation)s asks you to work with it on %(portal)s.\n\n"
            "Open this link to join. It works once, until %(until)s:\n\n%(address)s\n\n"
            "Do not pass it on: whoever opens it can join in your place.\n\n"
            "If you did not expect this, do nothing. Nobody has an account because of this message."
        )
        % facts,
        None,
        [invitation.email],
    )


def send_stepped_in(payload: dict[str, Any]) -> None:
    """Tells a manager of a provider that the help desk keeps its courses today. Names the provider and no person."""
    role = StaffRole.objects.current().select_related("organisation").filter(pk=payload["role_id"]).first()
    managers = StaffRole.objects.current().filter(kind="manager", user=payload["user_id"])
    if role is None or not managers.filter(organisation=role.organisation).exists():
        return
    person = User.objects.get(pk=payload["user_id"])
    if not person.email or not person.is_active:
        return
    with languages.speaking(person.language):
        facts = {
            "portal": settings.PORTAL_NAME,
            "provider": role.organisation,
            "day": date_format(role.ended_on, "j F Y"),
            "address": settings.PORTAL_ADDRESS + reverse("providers:staff-of", args=[role.organisation.reference]),
        }
        send_mail(
            _("%(portal)s: the help desk keeps the courses of %(provider)s today") % facts,
            _(
                "Until midnight on %(day)s somebody of the area's help desk can change and publish the courses of "
                "%(provider)s, as its own editors can. What they do is in the history.\n\n"
                "If you did not ask for this, look at who it is, and end it if you like: %(address)s"
            )
            % facts,
            None,
            [person.email],
        )
