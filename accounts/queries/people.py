"""Who somebody is here, where they land, and how they sign in."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.db.models import F
from django.db.models.functions import Lower
from django.urls import NoReverseMatch, reverse

from accounts.models import (
    Learner,
    LearnerContact,
    Recovery,
    SignInLink,
    Supporter,
    User,
)
from accounts.registry import HOMES
from providers.models import Invitation, Organisation, StaffRole
from providers.queries import roles_today


def address_of(learner: Learner) -> str:
    """Where a learner reads e-mail: the address they gave to be reached at, else that of their account. Or empty."""
    contact = LearnerContact.objects.filter(learner=learner).first()
    return (contact.email if contact else "") or (learner.user.email if learner.user else "")


WITH_ADDRESS = (User, LearnerContact)


def bounced(addresses: Iterable[str]) -> set[str]:
    """Those of these addresses, in small letters, to which nothing is sent because e-mails came back."""
    asked = {address.lower() for address in addresses}
    found: set[str] = set()
    for model in WITH_ADDRESS:
        rows = model._default_manager.exclude(bounced_email="").annotate(came_back=Lower("bounced_email"))
        found.update(rows.filter(came_back__in=asked, email__iexact=F("came_back")).values_list("came_back", flat=True))
    return found


def own_learner_of(user: Any) -> Learner | None:
    """The learner record this person signs in for, asked of the database once per request."""
    if not user.is_authenticated:
        return None
    if not hasattr(user, "own_learner"):
        user.own_learner = Learner.objects.filter(user=user).first()
    return user.own_learner


def is_learner(user: Any) -> bool:
    return own_learner_of(user) is not None


def helped_before(user: Any, learner: Any) -> list[Recovery]:
    """How this learner was helped to sign in, as far as ``user`` may know: the last ten times, the newest first."""
    return list(Recovery.objects.visible_to(user).filter(learner=learner).for_list()[:10])


def home_of(user: Any) -> str:
    """The address this person lands on after signing in: the prospectus unless a floor has a better page."""
    for home in sorted(HOMES.values(), key=lambda home: (home.order, home.url_name)):
        if home.is_for(user):
            try:
                return reverse(home.url_name)
            except NoReverseMatch:
                continue
    return "/"


# Letters that Unicode does not take apart into a plain letter and an accent.
PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"})


def free_username(learner: Learner) -> str:
    """A sign-in name to suggest: known name and family name in plain letters, with a number when it is taken."""
    parts = []
    for name in (learner.known_as, learner.family_name):
        plain = unicodedata.normalize("NFKD", name.lower().translate(PLAIN)).encode("ascii", "ignore").decode()
        parts.append(re.sub(r"[^a-z0-9]+", "", plain)[:20])
    stem = ".".join(part for part in parts if part) or "learner"
    if len(stem) < 4:
        stem = f"{stem}.learner"
    taken = {
        name.lower() for name in User.objects.filter(username__istartswith=stem).values_list("username", flat=True)
    }
    if stem not in taken:
        return stem
    return next(f"{stem}{number}" for number in range(2, len(taken) + 3) if f"{stem}{number}" not in taken)


def second_factors_of(user: Any) -> Any:
    """What this person can prove at sign-in beside the password: an app's codes and passkeys, the oldest first."""
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return Authenticator.objects.filter(user=user, type__in=kinds).order_by("created_at", "pk")


def passkeys_of(user: Any) -> Any:
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).order_by("created_at", "pk")


def has_passkey(user: Any) -> bool:
    return passkeys_of(user).exists()


def recovery_codes_of(user: Any) -> RecoveryCodes | None:
    """The codes this person wrote down, or None. How many are left: ``len(codes.get_unused_codes())``."""
    found = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    return RecoveryCodes(found) if found else None


def may_end_factor(user: Any, factor: Authenticator) -> bool:
    """Staff keep one; learners may do without."""
    return not roles_today(user) or second_factors_of(user).exclude(pk=factor.pk).exists()


def open_link(token_hash: str, *, kind: str = "") -> SignInLink | None:
    """The link sent by e-mail that has this hash and works now, with its person."""
    links = SignInLink.objects.open().select_related("user").filter(token_hash=token_hash)
    return links.filter(kind=kind).first() if kind else links.first()


def open_invitation(token_hash: str) -> Invitation | None:
    """The invitation whose working link has this hash."""
    found = Invitation.objects.waiting().select_related("organisation").filter(token_hash=token_hash).first()
    return found if token_hash and found is not None and found.is_open else None


def open_supporter(token_hash: str) -> Supporter | None:
    """The learner's invitation whose working link or code has this hash."""
    found = Supporter.objects.waiting().select_related("learner").filter(token_hash=token_hash).first()
    return found if token_hash else None


def help_desks() -> list[Organisation]:
    """The organisations that run a help desk today and can be reached, to be named to the public."""
    roles = StaffRole.objects.current().filter(kind="help_desk", user__is_active=True)
    open_ones = Organisation.objects.filter(pk__in=roles.values("organisation"), ended_on=None)
    return list(open_ones.exclude(email="", phone="").select_related("area").order_by("area__name", "name"))
