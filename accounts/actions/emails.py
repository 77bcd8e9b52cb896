"""An address of one's own: added, confirmed, taken away, and used to get back in."""

import datetime as dt
import secrets
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from accounts.actions.codes import keyed_hash
from accounts.actions.recovery import end_passkeys, set_new_password
from accounts.models import Learner, RecoveryAsk, SignInLink, SignInLinkKind, User
from accounts.policies import EMAIL_POLICY
from activity.actions import post, record
from core import clock
from core.errors import RuleBroken, StaleState, TooManyTries
from providers.actions import hash_of

LINKS_A_DAY = 5  # to addresses one person wants to confirm
ASKS_AN_HOUR = 3  # answered for one address
ADDRESS_LIMIT, ADDRESS_TIME = 40, dt.timedelta(minutes=15)
ASKS_KEPT = dt.timedelta(days=1)


@transaction.atomic
def add_email(*, user: User, email: str, password: str, by: Any) -> SignInLink:
    """A link is sent to the address; whoever opens it there confirms it. Until then nothing changes.

    Raises: NotAllowed, RuleBroken ``wrong_password``, ``too_many_links``. Tells: the address, ``sign-in-link``.
    """
    EMAIL_POLICY.require(by, "add", user)
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    since = clock.now() - dt.timedelta(days=1)
    if user.sign_in_links.filter(kind=SignInLinkKind.CONFIRM, created_at__gt=since).count() >= LINKS_A_DAY:
        raise RuleBroken(gettext("Many links have been sent today. Try again tomorrow."), code="too_many_links")
    # A phone that lies about must not be enough to take an account over for good.
    if not user.check_password(password):
        raise RuleBroken(gettext("This is not your password."), code="wrong_password")
    user.sign_in_links.filter(kind=SignInLinkKind.CONFIRM, used_at=None, ended_at=None).update(
        ended_at=clock.now(), email="", token_hash=""
    )
    link = _new_link(user, SignInLinkKind.CONFIRM, email)
    post("sign-in-link", key=f"sign-in-link:{link.pk}", link_id=link.pk)
    record("email.add", subject=user, by=by)
    return link


def confirm_email(*, link: SignInLink) -> User:
    """The address is the person's own now. Having the link is what allows it: it was sent there and nowhere else.

    Raises: StaleState (used, replaced or too old). Tells: the address before, ``email-changed``.
    """
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).get(pk=link.user_id)
        link = _open_link(link, SignInLinkKind.CONFIRM)
        user.email = link.email
        user.save(update_fields=["email"])
        _use(link)
        record("email.confirm", subject=user, by=user)
    return user


@transaction.atomic
def remove_email(*, user: User, by: Any) -> User:
    """The portal knows no address of theirs any more. Raises: NotAllowed."""
    EMAIL_POLICY.require(by, "remove", user)
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    user.email = user.bounced_email = ""
    user.save(update_fields=["email", "bounced_email"])
    user.sign_in_links.filter(used_at=None, ended_at=None).update(ended_at=clock.now(), email="", token_hash="")
    record("email.remove", subject=user, by=by)
    return user


def ask_recovery_link(*, email: str, address_hash: str) -> None:
    """If somebody has this address, a link to choose a new password is sent to it. The answer is the same if not.

    Raises: TooManyTries after many from one network address.
    """
    email = email.strip().lower()
    with transaction.atomic():
        now = clock.now()
        if RecoveryAsk.objects.filter(address_hash=address_hash, at__gt=now - ADDRESS_TIME).count() >= ADDRESS_LIMIT:
            raise TooManyTries(gettext("There have been many questions from here."), wait_minutes=15)
        email_hash = keyed_hash("email", email)
        lately = RecoveryAsk.objects.filter(email_hash=email_hash, at__gt=now - dt.timedelta(hours=1)).count()
        # The same rows and the same message for every address: neither the page nor its time tells who is here.
        is_answered = lately < ASKS_AN_HOUR
        ask = RecoveryAsk.objects.create(
            email=email if is_answered else "", email_hash=email_hash, address_hash=address_hash
        )
        post("recovery-ask", key=f"recovery-ask:{ask.pk}", ask_id=ask.pk)


@transaction.atomic
def make_recovery_links(*, ask_id: int) -> list[tuple[str, str]]:
    """Address and token for each account with the address asked for; the address is forgotten by the row.

    For whoever delivers the message, in the transaction that marks it as sent.
    """
    ask = RecoveryAsk.objects.select_for_update().filter(pk=ask_id).exclude(email="").first()
    if ask is None:
        return []
    people = User.objects.filter(email__iexact=ask.email, is_active=True).order_by("pk")[:5]  # brothers and sisters
    made = []
    for user in people:
        link = _new_link(user, SignInLinkKind.RECOVER, user.email)
        made.append((user.email, _make_token(link)))
        record("recovery.link", subject=user, by=None)
    ask.email = ""
    ask.save(update_fields=["email"])
    return made


@transaction.atomic
def make_confirm_link(*, link_id: int) -> tuple[str, str] | None:
    """The address to confirm and the token of its link. None where it is over. For whoever delivers the message."""
    link = SignInLink.objects.select_for_update().filter(pk=link_id, used_at=None, ended_at=None).first()
    if link is None or link.expires_at <= clock.now():
        return None
    return link.email, _make_token(link)


def recover_by_link(*, link: SignInLink, password: str, keep: Collection[int] = ()) -> User:
    """The person signs in with this password from now on; the link and all sessions are over.

    Of a learner's passkeys only those of ``keep`` still work. Staff keep their second step: whoever reads their mail
    must not be able to take it away.

    Raises: StaleState (used, replaced or too old), ValidationError of the password rules. Tells: ``password-changed``.
    """
    with transaction.atomic():
        learner = Learner.objects.filter(user=link.user_id).select_for_update(no_key=True).first()
        user = User.objects.select_for_update(no_key=True).get(pk=link.user_id)
        link = _open_link(link, SignInLinkKind.RECOVER)
        if not user.is_active or user.email.lower() != link.email.lower():
            raise StaleState(f"link {link.pk} went to an address that is not theirs any more")
        set_new_password(user=user, password=password)
        _use(link)
        passkeys = end_passkeys(user, keep=keep) if learner is not None else 0
        ended = {"passkeys_ended": passkeys} if passkeys else {}
        record("recovery.use", subject=learner or user, by=user, is_by_email=True, **ended)
    return user


def remove_old_links() -> int:
    """Questions older than a day, and links whose time is over, keep no address. How many rows were tidied."""
    removed, _ = RecoveryAsk.objects.filter(at__lte=clock.now() - ASKS_KEPT).delete()
    over = SignInLink.objects.filter(expires_at__lte=clock.now()).exclude(email="", token_hash="")
    return removed + over.update(email="", token_hash="")


def _new_link(user: User, kind: str, email: str) -> SignInLink:
    expires_at = clock.now() + SignInLink.GOOD_FOR[SignInLinkKind(kind)]
    return SignInLink.objects.create(user=user, kind=kind, email=email, expires_at=expires_at)


def _make_token(link: SignInLink) -> str:
    token = secrets.token_urlsafe(32)
    link.token_hash = hash_of(token)
    link.save(update_fields=["token_hash"])
    return token


def _open_link(link: SignInLink, kind: str) -> SignInLink:
    again = SignInLink.objects.open().select_for_update().filter(pk=link.pk, kind=kind, token_hash=link.token_hash)
    if (found := again.first()) is None:
        raise StaleState(f"link {link.pk} is over")
    return found


def _use(link: SignInLink) -> None:
    link.used_at = clock.now()
    link.email = link.token_hash = ""
    link.save(update_fields=["used_at", "email", "token_hash"])
