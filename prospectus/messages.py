"""The weekly e-mail about a saved search, which says nothing of what it is."""

from typing import Any

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from accounts.actions import hear_now
from accounts.queries import foot_of
from core import languages
from prospectus import desk_messages, kinds
from prospectus.actions.saved import KIND
from prospectus.models import SavedSearch

SALT = "prospectus.saved-search"


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
    if search is None or not search.user.email or not hear_now(KIND, [search.user], about=f"search:{search.pk}"):
        return
    stop_url = settings.PORTAL_ADDRESS + reverse("prospectus:saved-search-stop", args=[token_of(search)])
    open_url = settings.PORTAL_ADDRESS + reverse("prospectus:saved-search-open", args=[search.reference])
    with languages.speaking(search.user.language):
        subject, body = saved_search(payload["courses"], open_url=open_url, stop_url=stop_url)
        EmailMessage(
            subject=subject,
            body=body + foot_of(KIND),
            to=[search.user.email],
            # One press in the reader's own mail program, without opening anything (RFC 8058).
            headers={"List-Unsubscribe": f"<{stop_url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
        ).send()


def saved_search(courses: int, *, open_url: str, stop_url: str) -> tuple[str, str]:
    """Subject and words, in the language that is being spoken."""
    news = ngettext(
        "There is %(courses)s new course in a search you saved.\n\nSee it: %(open_url)s",
        "There are %(courses)s new courses in a search you saved.\n\nSee them: %(open_url)s",
        courses,
    )
    stop = gettext(
        "Stop these e-mails: %(stop_url)s\n\n"
        "This message says as little as possible, because others may see your screen."
    )
    subject = gettext("%(portal)s: something new in a search you saved") % {"portal": settings.PORTAL_NAME}
    return subject, f"{news}\n\n{stop}" % {"courses": courses, "open_url": open_url, "stop_url": stop_url}


def register_senders() -> None:
    from activity.registry import register_sender

    register_sender(KIND, send)
    desk_messages.register_senders()
    kinds.register()
