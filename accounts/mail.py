"""The way out for e-mails: none to an address that came back, and who cannot be reached is kept."""

import logging
import smtplib
from collections.abc import Callable, Iterable, Sequence
from email.utils import make_msgid, parseaddr
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.core.mail.backends import smtp
from django.utils.crypto import salted_hmac

from accounts.actions import note_bounce
from accounts.imports.bounce import blames_the_address
from accounts.queries import bounced

logger = logging.getLogger(__name__)

SALT = "accounts.mail"
FOR_EVER = 500  # and above: the server says that trying again is no use
MOST_NAMED = 60  # recipients in a Message-ID, so that its line stays a line


class Backend(smtp.EmailBackend):
    """SMTP. An address that is refused for ever is kept as one that comes back, and no try is lost on it again."""

    @property
    def connection_class(self) -> type:
        return type("Noting", (NotesRefusals, super().connection_class), {})

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Sends to those who can be reached, and to who asked for it just now. Nobody left: that message is done."""
        back = bounced(parseaddr(one)[1] for message in email_messages for one in message.recipients())
        for address in back:
            note_bounce(address=address)  # also beside whoever has had it only since then
        for message in email_messages:
            for line in ("to", "cc", "bcc"):
                setattr(message, line, [one for one in getattr(message, line) if _is_sent(message, one, back)])
            message.extra_headers.setdefault("Message-ID", sealed_id(message.recipients()))
            if settings.BOUNCES_TO:
                message.extra_headers.setdefault("From", message.from_email)
                message.from_email = settings.BOUNCES_TO
        return super().send_messages([message for message in email_messages if message.recipients()]) or 0


def _is_sent(message: EmailMessage, recipient: str, back: set[str]) -> bool:
    return getattr(message, "is_asked_for", False) or parseaddr(recipient)[1].lower() not in back


class NotesRefusals:
    """A connection that keeps whom the server refused for ever, and goes on for the others."""

    def sendmail(self, from_addr: str, to_addrs: Sequence[str], *args: Any, **kwargs: Any) -> dict[str, Any]:
        try:
            refused = super().sendmail(from_addr, to_addrs, *args, **kwargs)  # type: ignore[misc]
        except smtplib.SMTPRecipientsRefused as nobody:
            refused = nobody.recipients
            if not all(_is_gone(*said) for said in refused.values()):
                raise
        for address, said in refused.items():
            if _is_gone(*said):
                note_bounce(address=parseaddr(address)[1])
        if passing := sum(not _is_gone(*said) for said in refused.values()):
            logger.warning("%s of %s recipients could not be reached for now", passing, len(to_addrs))
        return refused


def _is_gone(code: int, why: bytes) -> bool:
    """Refused for ever, and because of the address: a server that does not let us send has said nothing about it."""
    return code >= FOR_EVER and blames_the_address(why.decode("ascii", "replace"))


def sealed_id(recipients: Iterable[str]) -> str:
    """A Message-ID by which a mail that comes back proves to be ours, and to have gone to these. It names nobody to
    whoever reads it."""
    local, host = make_msgid(domain=parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2])[1:-1].split("@")
    marks = [_mark(local, parseaddr(one)[1]) for one in recipients][:MOST_NAMED]
    return f"<{_signer().sign('/'.join([local, *marks]))}@{host}>"


def went_to(message_id: str) -> Callable[[str], bool] | None:
    """Whether a mail with this Message-ID was sent by this portal to an address. None: it was not sent by it."""
    try:
        local, *marks = _signer().unsign(message_id.strip().strip("<>").rpartition("@")[0]).split("/")
    except signing.BadSignature:
        return None
    return lambda address: _mark(local, address) in marks


def _signer() -> signing.Signer:
    return signing.Signer(salt=SALT, sep="/")


def _mark(local: str, address: str) -> str:
    return salted_hmac(SALT, f"{local} {address.lower()}").hexdigest()[:10]
