"""An organisation signs its people on itself: set, tried, switched on and off; joined to accounts, and used.

Lock order: the person, then the sign-on.
"""

import re
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from accounts.actions.changes import tell_of_change
from accounts.models import Learner, Session, SignOn, SignOnDomain, SignOnIdentity, User
from accounts.openid import TWO_FACTORS, Said, SignOnFailed, check_address
from accounts.policies import SIGN_ON_POLICY
from accounts.queries import acts_elsewhere, acts_there
from activity.actions import record
from core import clock
from core.errors import RuleBroken, StaleState
from core.sealing import SealBroken, seal, unseal
from providers.models import Organisation

DOMAIN = re.compile(r"(?=.{4,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+")
MOST_DOMAINS = 20
# Anybody can have an address there, so it says nothing about where somebody works.
FOR_ANYBODY = {
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "hotmail.co.uk", "live.com", "live.co.uk", "msn.com",
    "yahoo.com", "yahoo.co.uk", "icloud.com", "me.com", "aol.com", "btinternet.com", "proton.me", "protonmail.com",
}  # fmt: skip


@transaction.atomic
def set_sign_on(
    *,
    organisation: Organisation,
    issuer: str,
    client_id: str,
    secret: str,
    domains: list[str],
    trusts_factor: bool,
    strong_level: str,
    by: Any,
) -> SignOn:
    """The organisation's issuer is this one. What was tried before counts no more where anything it stands on changed.

    An empty ``secret`` leaves the one that is kept, as long as issuer and client stay: it is shown to nobody, a new
    issuer least of all. Raises: NotAllowed, RuleBroken ``address``, ``secret_needed``, ``domain_wrong``,
    ``domain_anybodys``, ``domain_taken``, ``domain_needed``.
    """
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    SIGN_ON_POLICY.require(by, "set", organisation)
    try:
        check_address(issuer)
    except SignOnFailed as problem:
        raise RuleBroken(str(problem.sentence), code="address") from None
    sign_on = SignOn.objects.select_for_update().filter(organisation=organisation).first() or SignOn(
        organisation=organisation
    )
    is_other = (sign_on.issuer, sign_on.client_id) != (issuer, client_id)
    if is_other and not secret:
        raise RuleBroken(gettext("Enter the client secret: it belongs to issuer and client."), code="secret_needed")
    names = _clean_domains(domains)
    if is_other or secret:
        sign_on.tried_at = sign_on.on_at = None
    if secret:
        sign_on.secret = seal(secret)
    sign_on.issuer, sign_on.client_id = issuer, client_id
    sign_on.trusts_factor, sign_on.strong_level = trusts_factor, strong_level
    sign_on.changed_at = clock.now()
    sign_on.save()
    SignOnDomain.objects.filter(sign_on=sign_on).exclude(domain__in=names).delete()
    try:
        with transaction.atomic():
            held = set(SignOnDomain.objects.filter(sign_on=sign_on).values_list("domain", flat=True))
            for name in names:
                if name not in held:
                    SignOnDomain.objects.create(sign_on=sign_on, domain=name)
    except IntegrityError:
        raise RuleBroken(
            gettext("Another organisation has said that one of these endings is its own. Ask your area’s officer."),
            code="domain_taken",
        ) from None
    record(
        "sign_on.set", subject=sign_on, by=by, organisation=organisation.pk, is_other=is_other or bool(secret),
        trusts_factor=trusts_factor,
    )  # fmt: skip
    return sign_on


@transaction.atomic
def note_trial(*, sign_on: SignOn, tried: SignOn, by: Any) -> SignOn:
    """Somebody who may set it came back signed on. ``tried`` is how it was set when they left.

    Raises: NotAllowed, StaleState (it was set otherwise meanwhile).
    """
    current = _lock(sign_on)
    SIGN_ON_POLICY.require(by, "set", current.organisation)
    if current.changed_at != tried.changed_at:
        raise StaleState(f"sign-on {sign_on.pk} was set otherwise while it was tried")
    current.tried_at = clock.now()
    current.save(update_fields=["tried_at"])
    record("sign_on.try", subject=current, by=by, organisation=current.organisation_id)
    return current


@transaction.atomic
def switch_on(*, sign_on: SignOn, by: Any) -> SignOn:
    """Its people can sign in by it. Raises: NotAllowed, RuleBroken ``not_tried``."""
    current = _lock(sign_on)
    SIGN_ON_POLICY.require(by, "set", current.organisation)
    if current.tried_at is None:
        raise RuleBroken(
            gettext("Try it first, so that nobody stands before a door that does not open."), code="not_tried"
        )
    if current.on_at is None:
        current.on_at = clock.now()
        current.save(update_fields=["on_at"])
        record("sign_on.switch_on", subject=current, by=by, organisation=current.organisation_id)
    return current


@transaction.atomic
def switch_off(*, sign_on: SignOn, by: Any) -> SignOn:
    """Nobody signs in by it; whoever has is signed out, but for the one who does this. Raises: NotAllowed."""
    current = _lock(sign_on)
    SIGN_ON_POLICY.require(by, "set", current.organisation)
    if current.on_at is not None:
        current.on_at = None
        current.save(update_fields=["on_at"])
        Session.objects.filter(user__in=current.identities.values("user")).exclude(user=by).delete()
        record("sign_on.switch_off", subject=current, by=by, organisation=current.organisation_id)
    return current


@transaction.atomic
def join_sign_on(*, sign_on: SignOn, said: Said, by: User) -> SignOnIdentity:
    """From now on the issuer's person is this account, whatever becomes of the address.

    The account's own address and the one the issuer has proved must be the same, so that nobody joins another's.
    Raises: NotAllowed (does not act for the organisation), StaleState (switched off), RuleBroken ``not_verified``,
    ``other_domain``, ``other_address``, ``identity_taken`` or ``has_identity``. Tells: the person.
    """
    person = User.objects.select_for_update(no_key=True).get(pk=by.pk)
    sign_on = _lock(sign_on)
    SIGN_ON_POLICY.require(person, "join", sign_on)
    if sign_on.on_at is None:
        raise StaleState(f"sign-on {sign_on.pk} is off")
    require_own_address(sign_on, said)
    if not person.email or person.email.lower() != said.email.lower():
        raise RuleBroken(
            gettext("Your account here has another address than the one you signed on with, so they are not joined."),
            code="other_address",
        )
    known = SignOnIdentity.objects.filter(sign_on=sign_on, issuer=sign_on.issuer, subject=said.subject).first()
    if known is not None and known.user_id == person.pk:
        return known
    if known is not None:
        raise RuleBroken(gettext("It is joined to another account already."), code="identity_taken")
    if SignOnIdentity.objects.filter(sign_on=sign_on, user=person, issuer=sign_on.issuer).exists():
        raise RuleBroken(gettext("Your account is joined to somebody else there. Part it first."), code="has_identity")
    # One of an earlier issuer of the same organisation means nobody any more.
    SignOnIdentity.objects.filter(sign_on=sign_on, user=person).delete()
    identity = SignOnIdentity.objects.create(sign_on=sign_on, user=person, issuer=sign_on.issuer, subject=said.subject)
    event = record("sign_on.join", subject=identity, by=person, organisation=sign_on.organisation_id)
    tell_of_change(person, "sign-on-joined", event)
    return identity


@transaction.atomic
def part_sign_on(*, identity: SignOnIdentity, by: User) -> None:
    """The account is no longer that person's. Raises: NotAllowed, StaleState (parted). Tells: the person."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    found = SignOnIdentity.objects.select_related("sign_on").filter(pk=identity.pk).first()
    if found is None:
        raise StaleState(f"identity {identity.pk} is parted")
    SIGN_ON_POLICY.require(by, "part", found)
    event = record("sign_on.part", subject=found, by=by, organisation=found.sign_on.organisation_id)
    found.delete()
    tell_of_change(by, "sign-on-parted", event)


@transaction.atomic
def use_identity(*, sign_on: SignOn, said: Said) -> tuple[User, bool] | None:
    """The account of this person, and whether what they proved there stands for a second factor here. None: no account
    is joined to them.

    A second factor counts where the organisation is set to be trusted for it, says so of this sign-in, and is the only
    one the person acts for. Raises: StaleState (switched off), RuleBroken ``not_theirs`` (acts there no more, or the
    account was closed).
    """
    sign_on = _lock(sign_on)
    if sign_on.on_at is None:
        raise StaleState(f"sign-on {sign_on.pk} is off")
    known = SignOnIdentity.objects.filter(issuer=sign_on.issuer, subject=said.subject, sign_on=sign_on)
    identity = known.select_related("user").first()
    if identity is None:
        return None
    user = identity.user
    is_learner = Learner.objects.filter(user=user).exists()
    if is_learner or not user.is_active or not acts_there(user, sign_on.organisation_id):
        raise RuleBroken(
            gettext("You no longer act for %(organisation)s here. Ask a manager there to invite you.")
            % {"organisation": sign_on.organisation},
            code="not_theirs",
        )
    identity.used_at = clock.now()
    identity.save(update_fields=["used_at"])
    has_two = TWO_FACTORS in said.methods or bool(said.level and said.level == sign_on.strong_level)
    return user, sign_on.trusts_factor and has_two and not acts_elsewhere(user, sign_on.organisation_id)


def require_own_address(sign_on: SignOn, said: Said) -> None:
    """The issuer has proved an address, and it is one of the organisation's.

    Raises: RuleBroken ``not_verified`` or ``other_domain``.
    """
    if not said.email or not said.is_verified:
        raise RuleBroken(
            gettext(
                "%(organisation)s says who you are, but not that your e-mail address is proved. The first time we need "
                "that. Sign in with your sign-in name, and tell whoever looks after computers there."
            )
            % {"organisation": sign_on.organisation},
            code="not_verified",
        )
    domain = said.email.rpartition("@")[2].lower()
    if not sign_on.domains.filter(domain=domain).exists():
        raise RuleBroken(
            gettext("Your address is not one of %(organisation)s.") % {"organisation": sign_on.organisation},
            code="other_domain",
        )


def secret_of(sign_on: SignOn) -> str:
    """The client secret, in clear. Raises: SignOnFailed ``secret_lost`` where its key is gone."""
    try:
        return unseal(sign_on.secret)
    except SealBroken:
        raise SignOnFailed(gettext("The client secret has to be entered again."), code="secret_lost") from None


def _clean_domains(domains: list[str]) -> list[str]:
    names = sorted({name.strip().lstrip("@").lower() for name in domains} - {""})
    if not names:
        raise RuleBroken(gettext("Enter at least one ending of your people’s addresses."), code="domain_needed")
    for name in names:
        if not DOMAIN.fullmatch(name) or len(names) > MOST_DOMAINS:
            raise RuleBroken(
                gettext("“%(name)s” is not the ending of an address, such as college.ac.uk.") % {"name": name[:80]},
                code="domain_wrong",
            )
        if name in FOR_ANYBODY:
            raise RuleBroken(
                gettext("Anybody can have an address at %(name)s, so it says nothing about where they work.")
                % {"name": name},
                code="domain_anybodys",
            )
    return names


def _lock(sign_on: SignOn) -> SignOn:
    found = SignOn.objects.select_for_update(of=("self",)).select_related("organisation")
    return found.get(pk=sign_on.pk)
