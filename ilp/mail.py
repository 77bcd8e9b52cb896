"""How an e-mail reaches a learner: where they read it, in their language, and in no quiet hour."""

from collections.abc import Callable

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse

from accounts.models import Learner
from accounts.queries import address_of
from activity.registry import SendLater
from core import clock, languages
from ilp.queries import rules_of


def mail_learner(learner: Learner, *, say: Callable[[], tuple[str, str]]) -> bool:
    """One e-mail to a learner; ``say`` gives its subject and its words once the learner's language is spoken. False:
    nobody with an address that works, or an account that is closed, so that nothing is sent.

    Raises: SendLater in the quiet hours of the learner's area.
    """
    user, address = learner.user, address_of(learner)
    if not address or learner.erased_at is not None or (user is not None and not user.is_active):
        return False
    opens_at = rules_of(learner.area).open_from(clock.now())
    if opens_at > clock.now():
        raise SendLater(opens_at)
    with languages.speaking(user.language if user is not None else ""):
        subject, words = say()
        return bool(send_mail(subject, words, None, [address]))


def mail_unlocked(learner: Learner, *, subject: Callable[[], str], words: Callable[[], str], page: str) -> None:
    """The same for a learner who can sign in and read more on ``page``, whose address stands under the words."""
    if learner.user is not None:
        address = settings.PORTAL_ADDRESS + reverse(page)
        mail_learner(learner, say=lambda: (f"{settings.PORTAL_NAME}: {subject()}", f"{words()}\n\n{address}"))
