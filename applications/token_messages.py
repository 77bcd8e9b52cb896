"""E-mails to a provider's managers about what lets its own system in. Their desks are in English, and so are these."""

import datetime as dt
from functools import partial
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications.models import ApiToken
from applications.words import date_words
from providers.models import RoleKind, StaffRole

SUBJECTS = {
    "token-made": _("%(portal)s: a token was made for your own system"),
    "token-ending": _("%(portal)s: a token of your own system ends on %(day)s"),
}
BODIES = {
    "token-made": _("""A token was made with which a system of yours can reach applications, until %(day)s.

If you do not know of it, end it here at once:

%(url)s"""),
    "token-ending": _("""A token with which a system of yours reaches applications works until %(day)s, and not after.

What to do: make a new token, have it put into the system, then end the old one:

%(url)s"""),
}


def managers_of(organisation_id: int) -> list[str]:
    """Where the managers of a provider are told something."""
    roles = StaffRole.objects.current().filter(organisation=organisation_id, kind=RoleKind.MANAGER)
    return sorted({address for address in roles.values_list("user__email", flat=True) if address})


def send(kind: str, payload: dict[str, Any]) -> None:
    """One e-mail to all managers; a token that is over by then needs none."""
    token = ApiToken.objects.for_list().get(pk=payload["token_id"])
    addresses = managers_of(token.role.organisation_id)
    if not addresses or not token.is_open:
        return
    subject, body = said(kind, token.expires_on)
    EmailMessage(subject=subject, body=body, bcc=addresses).send()


def said(kind: str, expires_on: dt.date) -> tuple[str, str]:
    """Subject and words of this kind."""
    address = settings.PORTAL_ADDRESS.rstrip("/") + reverse("applications:tokens")
    words = {"portal": settings.PORTAL_NAME, "day": date_words(expires_on), "url": address}
    return gettext(SUBJECTS[kind]) % words, gettext(BODIES[kind]) % words


def register_senders() -> None:
    from activity.registry import register_sender

    for kind in SUBJECTS:
        register_sender(kind, partial(send, kind))
