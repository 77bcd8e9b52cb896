"""E-mail to a learner whose statement or CV somebody has read: that there is something, never what."""

from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import LearnerContact
from core import languages
from ilp.actions.documents import SAID
from ilp.models import Document


def send_said(payload: dict[str, Any]) -> None:
    """Tells a learner that somebody has written about what they asked to have read. Removed since: nothing."""
    document = Document.objects.for_list().filter(pk=payload["document_id"]).first()
    user = document.plan.learner.user if document is not None else None
    if document is None or user is None or not user.is_active:
        return
    contact = LearnerContact.objects.filter(learner=document.plan.learner_id).first()
    address = (contact.email if contact else "") or user.email
    if not address:
        return
    with languages.speaking(user.language):
        send_mail(
            _("%(portal)s: somebody has read what you asked") % {"portal": settings.PORTAL_NAME},
            _("Somebody at your school has read what you asked them to. Read what they say:\n\n%(address)s")
            % {"address": settings.PORTAL_ADDRESS + reverse("ilp:documents")},
            None,
            [address],
        )


def register_senders() -> None:
    from activity.registry import register_sender

    register_sender(SAID, send_said)
