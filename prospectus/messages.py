"""The weekly e-mail about a saved search: that there is something new, and nothing of what it is."""

from typing import Any

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.urls import reverse

from prospectus.actions.saved import KIND
from prospectus.models import SavedSearch

SALT = "prospectus.saved-search"
BODY = """{news} in a search you saved.

See {them}: {open_url}

Stop these e-mails: {stop_url}

This message says as little as possible, because others may see your screen."""


def token_of(search: SavedSearch) -> str:
    """Whoever has it may stop the e-mails of this search, and nothing else."""
    return signing.Signer(salt=SALT).sign(search.reference)


def reference_of(token: str) -> str | None:
    try:
        return signing.Signer(salt=SALT).unsign(token)
    except signing.BadSignature:
        return None


def send(payload: dict[str, Any]) -> None:
    """One e-mail to the owner, unless the search is gone, wants none by now, or its owner has no address."""
    search = SavedSearch.objects.select_related("user").filter(pk=payload["saved_search_id"], is_mailed=True).first()
    if search is None or not search.user.email:
        return
    courses = payload["courses"]
    stop_url = settings.PORTAL_ADDRESS + reverse("prospectus:saved-search-stop", args=[token_of(search)])
    EmailMessage(
        subject=f"{settings.PORTAL_NAME}: something new in a search you saved",
        body=BODY.format(
            news="There is 1 new course" if courses == 1 else f"There are {courses} new courses",
            them="it" if courses == 1 else "them",
            open_url=settings.PORTAL_ADDRESS + reverse("prospectus:saved-search-open", args=[search.reference]),
            stop_url=stop_url,
        ),
        to=[search.user.email],
        # One press in the reader's own mail program, without opening anything (RFC 8058).
        headers={"List-Unsubscribe": f"<{stop_url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    ).send()


def register_senders() -> None:
    from activity.registry import register_sender

    register_sender(KIND, send)
