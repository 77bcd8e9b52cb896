"""A delivery status notification (RFC 3464): which addresses of a mail of ours can never be reached."""

import email
import email.policy
import re
from collections.abc import Iterator
from email.message import Message

FAILED = "failed"
FOR_EVER = "5."
# Who sends (5.1.7, 5.1.8), the server, the way of asking, the words, what is allowed: nothing about whom it was for.
# Source: RFC 3463.
NOT_THE_ADDRESS = re.compile(r"\s*5\.(?:1\.[78]|[3567]\.\d+)(?!\d)")


def blames_the_address(status: str) -> bool:
    """Whether what a server says of a mail it refuses for ever is about the address. It says nothing more: it is."""
    return NOT_THE_ADDRESS.match(status) is None


def read_bounce(data: bytes) -> tuple[str, list[str]]:
    """The Message-ID of the mail that came back, and the addresses that failed for ever. Both empty: no notification,
    or one of a delay."""
    mail = email.message_from_bytes(data, policy=email.policy.default)
    returned, failed = "", []
    for part in mail.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            failed += _failed(part)
        elif kind == "message/rfc822":
            returned = str(part.get_payload(0).get("Message-ID", ""))  # type: ignore[union-attr]
        elif kind == "text/rfc822-headers":
            returned = str(email.message_from_string(part.get_content()).get("Message-ID", ""))
    return returned.strip(), failed


def _failed(status: Message) -> Iterator[str]:
    for block in status.get_payload():
        if not isinstance(block, Message):
            continue
        action, code = str(block.get("Action", "")).strip().lower(), str(block.get("Status", "")).strip()
        recipient = block.get("Original-Recipient") or block.get("Final-Recipient") or ""
        if action == FAILED and code.startswith(FOR_EVER) and blames_the_address(code):
            yield str(recipient).rpartition(";")[2].strip()
