"""E-mails to a provider's managers about addresses of its own system. Their desks are in English, and so are these."""

from functools import partial
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications.models import Webhook
from applications.token_messages import managers_of
from applications.workflow import WebhookState

SUBJECTS = {
    "webhook-added": _("%(portal)s: an address of your own system was added"),
    "webhook-stopped": _("%(portal)s: an address of your own system does not answer"),
}
BODIES = {
    "webhook-added": _("""An address was added that is told when applications change. It is told nothing of learners.

If you do not know of it, switch it off or end it here:

%(url)s"""),
    "webhook-stopped": _("""An address of a system of yours has not taken what we sent for three days, so we stopped.

What to do: have the system looked at, send it a test, then switch the address on again. It is then told what it has
missed:

%(url)s"""),
}
STILL_SO = {
    "webhook-added": set(WebhookState) - {WebhookState.ENDED},
    "webhook-stopped": {WebhookState.STOPPED},
}


def send(kind: str, payload: dict[str, Any]) -> bool:
    """One e-mail to all managers, if it is still so."""
    webhook = Webhook.objects.get(pk=payload["webhook_id"])
    addresses = managers_of(webhook.provider_id)
    if not addresses or webhook.state not in STILL_SO[kind]:
        return False
    subject, body = said(kind, webhook.reference)
    EmailMessage(subject=subject, body=body, bcc=addresses).send()
    return True


def said(kind: str, reference: str) -> tuple[str, str]:
    """Subject and words of this kind."""
    address = settings.PORTAL_ADDRESS.rstrip("/") + reverse("applications:webhook", args=[reference])
    words = {"portal": settings.PORTAL_NAME, "url": address}
    return gettext(SUBJECTS[kind]) % words, gettext(BODIES[kind]) % words


def register_senders() -> None:
    from activity.registry import register_sender

    for kind in SUBJECTS:
        register_sender(kind, partial(send, kind))
