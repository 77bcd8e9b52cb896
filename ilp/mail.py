"""How an e-mail reaches a learner: where they read it, in their language, and in no quiet hour."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse

from accounts.actions import hear_now
from accounts.models import Learner
from accounts.queries import address_of, foot_of
from activity.registry import SendLater
from core import clock, languages
from ilp.queries import rules_of

Said = tuple[str, str]


def mail_learner(learner: Learner, *, say: Callable[[], Said], kind: str = "") -> bool:
    """One e-mail to a learner; ``say`` gives its subject and its words once the learner's language is spoken. False:
    nobody with an address that works, or an account that is closed, so that nothing is sent. Of a ``kind`` they want
    none of, nothing is sent either.

    Raises: SendLater in the quiet hours of the learner's area.
    """
    user, address = learner.user, address_of(learner)
    if not address or learner.erased_at is not None or (user is not None and not user.is_active):
        return False
    if user is not None and not hear_now(kind, [user], about=""):
        return True
    opens_at = rules_of(learner.area).open_from(clock.now())
    if opens_at > clock.now():
        raise SendLater(opens_at)
    with languages.speaking(user.language if user is not None else ""):
        subject, words = say()
        foot = foot_of(kind) if user is not None else ""
        return bool(send_mail(subject, f"{words}{foot}", None, [address]))


def mail_page(learner: Learner, say: Callable[..., Said], *facts: Any, kind: str = "") -> None:
    """The same for a learner who can sign in and read more on a page; ``say`` gives subject and words of these
    facts."""
    if learner.user is not None:
        mail_learner(learner, kind=kind, say=lambda: say(*facts))


def with_page(subject: str, words: str, page: str) -> Said:
    """Subject and words of an e-mail under whose words the address of a page stands."""
    address = settings.PORTAL_ADDRESS + reverse(page)
    return f"{settings.PORTAL_NAME}: {subject}", f"{words}\n\n{address}"
