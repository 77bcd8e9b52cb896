"""E-mails about a plan: that there is something to read, never what, and never whose."""

from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import LearnerContact, User
from core import languages
from ilp.actions.plans import ANSWERED
from ilp.actions.validating import TALK
from ilp.models import Plan


def send_talk(payload: dict[str, Any]) -> None:
    """Tells a learner that somebody would like to talk about their plan."""
    learner = Plan.objects.select_related("learner__user").get(pk=payload["plan_id"]).learner
    user = learner.user
    if user is None or not user.is_active:
        return
    contact = LearnerContact.objects.filter(learner=learner).first()
    address = (contact.email if contact else "") or user.email
    if not address:
        return
    with languages.speaking(user.language):
        send_mail(
            _("%(portal)s: somebody has read your plan") % {"portal": settings.PORTAL_NAME},
            _("Somebody who helps you would like to talk about your plan. Read what they say:\n\n%(address)s")
            % {"address": settings.PORTAL_ADDRESS + reverse("ilp:plan")},
            None,
            [address],
        )


def send_answered(payload: dict[str, Any]) -> None:
    """Tells an adult that a learner has answered."""
    person = User.objects.filter(pk=payload["user_id"], is_active=True).exclude(email="").first()
    if person is None:
        return
    send_mail(
        _("%(portal)s: an answer in a plan") % {"portal": settings.PORTAL_NAME},
        _("A learner has answered what you said about their plan. Read it here:\n\n%(address)s")
        % {"address": settings.PORTAL_ADDRESS + reverse("ilp:plans")},
        None,
        [person.email],
    )


def register_senders() -> None:
    from activity.registry import register_sender

    register_sender(TALK, send_talk)
    register_sender(ANSWERED, send_answered)
