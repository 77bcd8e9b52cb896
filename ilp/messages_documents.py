"""E-mail to a learner whose statement or CV somebody has read: that there is something, never what."""

from typing import Any

from django.utils.translation import gettext as _

from ilp.actions.documents import SAID
from ilp.mail import Said, mail_page, with_page
from ilp.models import Document


def said() -> Said:
    words = _("Somebody at your school has read what you asked them to. Read what they say:")
    return with_page(_("somebody has read what you asked"), words, "ilp:documents")


def send_said(payload: dict[str, Any]) -> None:
    """Tells a learner that somebody has written about what they asked to have read. Removed since: nothing."""
    document = Document.objects.for_list().filter(pk=payload["document_id"]).first()
    if document is not None:
        mail_page(document.plan.learner, said)


def register_senders() -> None:
    from activity.registry import register_sender

    register_sender(SAID, send_said)
