"""A conversation on paper, for the record."""

import json
from collections.abc import Sequence

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format

from core import clock
from core.typesetting import all_drawable, typeset
from ilp.models import Conversation, Message

TEMPLATE = "templates/ilp/transcript.typ"


def transcript_pdf(*, conversation: Conversation, thread: Sequence[Message]) -> bytes:
    """One accessible PDF (PDF/UA-1) of these messages, oldest first. Words go in as data, never as markup."""
    about = {
        "portal": settings.PORTAL_NAME,
        "learner": str(conversation.learner),
        "service": str(conversation.service),
        "made_on": date_format(clock.today(), "j F Y"),
        "messages": [
            {
                "who": _who(conversation, message),
                "when": date_format(timezone.localtime(message.sent_at), "j F Y, H:i"),
                "lines": message.text.split("\n"),
                "files": [file.name for file in message.attachments.all()],
            }
            for message in thread
        ],
    }
    written = json.dumps(all_drawable(about)).encode()
    return typeset({"main": (settings.BASE_DIR / TEMPLATE).read_bytes(), "about.json": written})


def _who(conversation: Conversation, message: Message) -> str:
    if message.is_from_learner:
        return str(conversation.learner)
    if message.by is None:
        return str(conversation.service)
    return f"{message.by}, {message.role.get_kind_display()}" if message.role else str(message.by)
