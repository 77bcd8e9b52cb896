"""How somebody proves at sign-in that it is they, beside the password: an app's codes, passkeys, written-down codes.

The person is the lock: two tabs, and two people with one code, queue up at the row of the user.
"""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.db import transaction
from django.utils.translation import gettext

from accounts.actions.changes import tell_of_change
from accounts.models import Session, User
from accounts.policies import PERSON_POLICY
from accounts.queries import may_end_factor, recovery_codes_of, second_factors_of
from activity.actions import record
from core import clock
from core.errors import RuleBroken, StaleState
from core.sealing import seal, unseal

MOST_FACTORS = 10
KINDS = Authenticator.Type


@transaction.atomic
def add_app(*, secret: str, code: str, name: str, by: User) -> Authenticator:
    """Codes of this app are asked for from now on; an app that was set up before no longer counts.

    ``secret`` is what the app was shown, base 32. Raises: RuleBroken ``wrong_code``. Tells: the person.
    """
    _lock(by)
    step = _step_of(code, secret, after=None)
    if step is None:
        raise wrong_code()
    Authenticator.objects.filter(user=by, type=KINDS.TOTP).delete()
    factor = Authenticator.objects.create(
        user=by, type=KINDS.TOTP, data={"secret": seal(secret), "name": name, "step": step}
    )
    _added(factor, by)
    return factor


@transaction.atomic
def add_passkey(*, credential: dict[str, Any], name: str, by: User) -> Authenticator:
    """This key signs the person in from now on. ``credential`` is what the browser gave, checked by the form.

    Raises: RuleBroken ``too_many_factors``. Tells: the person.
    """
    _lock(by)
    if second_factors_of(by).count() >= MOST_FACTORS:
        raise RuleBroken(
            gettext("You have %(number)s already, which is as many as may. Remove one first.")
            % {"number": MOST_FACTORS},
            code="too_many_factors",
        )
    factor = WebAuthn.add(by, name, credential).instance
    _added(factor, by)
    return factor


@transaction.atomic
def rename_factor(*, factor: Authenticator, name: str, by: User) -> Authenticator:
    """It is called so. Raises: NotAllowed, StaleState (removed)."""
    factor = _own(factor, by)
    factor.data["name"] = name
    factor.save(update_fields=["data"])
    record("factor.rename", subject=factor, by=by)
    return factor


@transaction.atomic
def remove_factor(*, factor: Authenticator, by: User) -> None:
    """It no longer signs anybody in; with the last one the written-down codes go, too.

    Raises: NotAllowed, StaleState (removed), RuleBroken ``last_factor`` for staff. Tells: the person.
    """
    factor = _own(factor, by)
    if not may_end_factor(by, factor):
        raise RuleBroken(
            gettext("This is your only one, and staff need one. Add another first, then remove this one."),
            code="last_factor",
        )
    event = record("factor.remove", subject=factor, by=by, kind=factor.type)
    factor.delete()
    if not second_factors_of(by).exists():
        Authenticator.objects.filter(user=by).delete()
    tell_of_change(by, "factor-removed", event)


@transaction.atomic
def make_recovery_codes(*, by: User) -> list[str]:
    """New codes to write down, each good for one sign-in. Earlier ones no longer work.

    Raises: RuleBroken ``no_factor``: they stand in for something. Tells: the person, unless these are the first.
    """
    _lock(by)
    if not second_factors_of(by).exists():
        raise RuleBroken(gettext("Set up an app or a passkey first."), code="no_factor")
    removed, _ = Authenticator.objects.filter(user=by, type=KINDS.RECOVERY_CODES).delete()
    codes = RecoveryCodes.activate(by)
    event = record("factor.make_codes", subject=codes.instance, by=by)
    if removed:
        tell_of_change(by, "codes-made", event)
    return codes.generate_codes()


def use_code(*, user: User, code: str) -> Authenticator:
    """The app's code of this half minute, or one that was written down; either works once.

    Raises: RuleBroken ``wrong_code``. Tells: the person, when a written-down code was used.
    """
    with transaction.atomic():
        _lock(user)
        factor = Authenticator.objects.filter(user=user, type=KINDS.TOTP).first()
        if factor is not None:
            step = _step_of(code, unseal(factor.data["secret"]), after=factor.data.get("step"))
            if step is not None:
                factor.data["step"] = step
                factor.last_used_at = clock.now()
                factor.save(update_fields=["data", "last_used_at"])
                return factor
        codes = recovery_codes_of(user)
        if codes is not None and codes.validate_code("".join(code.split()).replace("-", "")):
            event = record("factor.use_code", subject=codes.instance, by=user)
            tell_of_change(user, "code-used", event)
            return codes.instance
    raise wrong_code()


@transaction.atomic
def reset_factors(*, person: User, checked: str, by: User | None) -> None:
    """The person has no second factor, is signed in nowhere, and sets a new one up with the next sign-in.

    ``checked`` is how ``by`` made sure who they are (``forms.factors.CHECKS``). Raises: NotAllowed; nobody resets
    their own. Tells: the person.
    """
    person = _lock(person)
    if by is not None:
        PERSON_POLICY.require(by, "reset_factors", person)
    Authenticator.objects.filter(user=person).delete()
    Session.objects.filter(user=person).delete()
    event = record("person.reset_factors", subject=person, by=by, checked=checked)
    tell_of_change(person, "factors-reset", event)


def wrong_code() -> RuleBroken:
    """What is said of a code that is wrong, too old, or was used."""
    return RuleBroken(
        gettext("This code is wrong or has been used. Wait for the next one in your app and type that."),
        code="wrong_code",
    )


def _step_of(code: str, secret: str, *, after: int | None) -> int | None:
    """The half minute this code belongs to, or None. None, too, for one not later than ``after``: a code that somebody
    read over a shoulder is worth nothing once it was used."""
    typed = "".join(code.split())
    for step in totp.yield_hotp_counters_from_time():
        expected = totp.format_hotp_value(totp.hotp_value(secret, step))
        if totp.compare_user_code(actual=typed, expected=expected) and (after is None or step > after):
            return step
    return None


def _added(factor: Authenticator, by: User) -> None:
    event = record("factor.add", subject=factor, by=by, kind=factor.type)
    tell_of_change(by, "factor-added", event)


def _own(factor: Authenticator, by: User) -> Authenticator:
    _lock(by)
    found: Authenticator | None = second_factors_of(by).filter(pk=factor.pk).first()
    if found is None:
        raise StaleState(f"second factor {factor.pk} is gone")
    return found


def _lock(user: User) -> User:
    return User.objects.select_for_update(no_key=True).get(pk=user.pk)
