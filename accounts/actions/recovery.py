"""A learner who cannot sign in is helped back by somebody who knows them. Nobody ever sees a password."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from accounts.actions.codes import code_hash, in_groups, issue_codes, new_code
from accounts.actions.unlocking import (
    ADDRESS_LIMIT,
    ADDRESS_TIME,
    CODE_TIME,
    NO_MATCH,
    check_code,
    school_of,
    tell_of_guessing,
    tries_at,
)
from accounts.models import (
    IdentityCheck,
    Learner,
    LearnerSearch,
    Recovery,
    RecoveryRule,
    UnlockCode,
    UnlockFailure,
    User,
)
from accounts.policies import RECOVERY_POLICY
from accounts.queries import failures_from
from activity.actions import post, record
from core import clock
from core.errors import NotAllowed, RuleBroken, StaleState, TooManyTries
from providers.models import Area, Organisation

SEARCHES_AN_HOUR = 30  # of one person at the help desk


@transaction.atomic
def start_recovery(*, learner: Learner, identity_check: IdentityCheck, by: Any) -> tuple[Recovery, str]:
    """The learner's recovery is begun, and an earlier one ended. With it comes the code to hand over, shown this once.

    Above the area's limit for one person in a day the code is empty and a second person has to agree first.
    Raises: NotAllowed, RuleBroken ``account_ended``. Tells: the learner, ``recovery-made``.
    """
    # The helper is a lock, too: two tabs must not both be the last one below the limit.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    learner = _lock(learner.pk)
    RECOVERY_POLICY.require(by, "start", learner)
    if learner.user is not None and not learner.user.is_active:
        raise RuleBroken(gettext("This account was ended. Ask the help desk of your area."), code="account_ended")
    now = clock.now()
    _end_open(learner)
    needs_second = helped_today(by) >= limit_of(learner.area)
    recovery = Recovery.objects.create(
        learner=learner, by=by, identity_check=identity_check, asked_at=now, needs_second=needs_second
    )
    record("recovery.start", subject=learner, by=by, check=identity_check.pk, needs_second=needs_second)
    return recovery, "" if needs_second else _issue(recovery, by=by)


@transaction.atomic
def agree_recovery(*, recovery: Recovery, by: Any) -> Recovery:
    """A second person agrees; whoever began it can now have the code.

    Raises: NotAllowed (may not help this learner, or began it), StaleState (agreed, replaced or a day old).
    """
    learner = _lock(recovery.learner_id)
    recovery = Recovery.objects.get(pk=recovery.pk)
    RECOVERY_POLICY.require(by, "start", learner)
    if by.pk == recovery.by_id:
        raise NotAllowed(f"agree to own recovery {recovery.pk}")
    if not recovery.is_waiting or _is_old(recovery):
        raise StaleState(f"recovery {recovery.pk} waits for nobody")
    recovery.second = by
    recovery.save(update_fields=["second"])
    record("recovery.agree", subject=learner, by=by, recovery=recovery.pk)
    return recovery


@transaction.atomic
def issue_recovery(*, recovery: Recovery, by: Any) -> str:
    """The code, shown this once to whoever began it, after a second person agreed.

    Raises: NotAllowed, StaleState (shown already, not agreed, replaced or a day old). Tells: ``recovery-made``.
    """
    learner = _lock(recovery.learner_id)
    recovery = Recovery.objects.get(pk=recovery.pk)
    RECOVERY_POLICY.require(by, "start", learner)
    if by.pk != recovery.by_id:
        raise NotAllowed(f"issue recovery {recovery.pk}")
    if recovery.issued_at or recovery.ended_at or recovery.is_waiting or _is_old(recovery):
        raise StaleState(f"recovery {recovery.pk} has no code to show")
    recovery.learner = learner
    return _issue(recovery, by=by)


def _issue(recovery: Recovery, *, by: Any) -> str:
    learner, code, now = recovery.learner, new_code(), clock.now()
    recovery.issued_at, recovery.expires_at = now, now + Recovery.GOOD_FOR
    if learner.user_id is None:
        issue_codes(codes={learner.pk: code}, letter_run=None, expires_on=timezone.localdate(recovery.expires_at))
        recovery.unlock_code = UnlockCode.objects.get(code_hash=code_hash(code))
    else:
        recovery.code_hash = code_hash(code)
        post("recovery-made", key=f"recovery-made:{recovery.pk}", user_id=learner.user_id)
    recovery.save()
    record("recovery.issue", subject=learner, by=by, check=recovery.identity_check_id)
    return in_groups(code)


def check_any_code(*, code: str, birth_on: dt.date, address_hash: str) -> UnlockCode | Recovery:
    """The open unlock code, or the open recovery, these two halves belong to.

    Refusals as of ``check_code``. A wrong date for a code that helps somebody back in counts at their school, too.
    """
    if not Recovery.objects.filter(code_hash=code_hash(code)).exists():
        return check_code(code=code, birth_on=birth_on, address_hash=address_hash)
    with transaction.atomic():
        found = Recovery.objects.select_for_update(of=("self",)).select_related("learner__user")
        recovery = found.get(code_hash=code_hash(code))
        school = school_of(recovery.learner)
        if recovery.failures.filter(at__gt=clock.now() - CODE_TIME).count() >= tries_at(school):
            raise TooManyTries(
                gettext("This code has been tried too often with a wrong date of birth."), wait_minutes=60
            )
        if recovery.learner.birth_on == birth_on:
            return _require_open(recovery)
        is_hot = failures_from(address_hash, within=ADDRESS_TIME) >= ADDRESS_LIMIT
        UnlockFailure.objects.create(recovery=recovery, address_hash=address_hash)
        if school is not None:
            tell_of_guessing(school)
    if is_hot:
        raise TooManyTries(gettext("There have been too many wrong tries from here."), wait_minutes=15)
    raise RuleBroken(str(NO_MATCH), code="no_match")


def _require_open(recovery: Recovery) -> Recovery:
    if recovery.used_at is not None:
        raise RuleBroken(
            gettext("You have used this code already. Sign in with the password you chose, or ask for another code."),
            code="code_used",
        )
    if recovery.ended_at is not None:
        raise RuleBroken(gettext("There is a newer code for you, and only that one works."), code="code_ended")
    if not recovery.is_open:
        raise RuleBroken(
            gettext("This code has expired: it worked for two days. Ask for another one."), code="code_expired"
        )
    return recovery


@transaction.atomic
def recover_account(*, recovery: Recovery, password: str) -> User:
    """The learner signs in with this password from now on; everybody who was signed in as them is not any more, and
    their passkeys are gone: who is helped back in by somebody else has lost what they had, or somebody has it.

    Raises: StaleState (used, replaced or expired since it was checked), ValidationError of the password rules.
    Tells: the learner, ``password-changed``.
    """
    learner = _lock(recovery.learner_id)
    recovery = Recovery.objects.select_for_update(of=("self",)).select_related("learner__user").get(pk=recovery.pk)
    try:
        _require_open(recovery)
    except RuleBroken as refusal:
        raise StaleState(refusal.message) from refusal
    user = set_new_password(user=learner.user, password=password)  # type: ignore[arg-type]
    passkeys = end_passkeys(user, keep=())
    recovery.used_at = recovery.told_at = clock.now()
    recovery.save(update_fields=["used_at", "told_at"])
    record("recovery.use", subject=learner, by=user, **({"passkeys_ended": passkeys} if passkeys else {}))
    return user


def end_passkeys(user: User, *, keep: Collection[int]) -> int:
    """Only these of the person's passkeys sign them in from now on. Returns how many are gone."""
    return Authenticator.objects.filter(user=user).exclude(pk__in=keep).delete()[0]


def set_new_password(*, user: User, password: str) -> User:
    """Sessions end because they carry a hash of the password; every link sent by e-mail is dead, too.

    Raises: ValidationError of the password rules. Tells: the person, ``password-changed``.
    """
    validate_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    now = clock.now()
    user.sign_in_links.filter(used_at=None, ended_at=None).update(ended_at=now, email="", token_hash="")
    post("password-changed", key=f"password-changed:{user.pk}:{now.timestamp()}", user_id=user.pk)
    return user


@transaction.atomic
def tell_of_recoveries(*, user: User) -> list[Recovery]:
    """The recoveries this learner has not been told of since they signed in; from now on they have."""
    untold = Recovery.objects.filter(learner__user=user, told_at=None, issued_at__isnull=False)
    found = list(untold.select_for_update(of=("self",)).select_related("identity_check").order_by("pk"))
    if found:
        Recovery.objects.filter(pk__in=[one.pk for one in found]).update(told_at=clock.now())
    return found


def find_learner(
    *, given_name: str, family_name: str, birth_on: dt.date, school: Organisation | None, area: Area, by: Any
) -> Learner | None:
    """The one learner with exactly these, on the roll of this school (None: on no roll) in the help desk's area.

    Opens the learner's recovery to this person for half an hour. Every search is on record, its words are not.
    Raises: NotAllowed, TooManyTries after thirty searches in an hour.
    """
    RECOVERY_POLICY.require(by, "find", area)
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=by.pk)
        since = clock.now() - dt.timedelta(hours=1)
        if LearnerSearch.objects.filter(by=by, at__gt=since).count() >= SEARCHES_AN_HOUR:
            raise TooManyTries(gettext("You have searched for many learners within an hour."), wait_minutes=60)
        found = Learner.objects.filter(
            area=area, given_name__iexact=given_name, family_name__iexact=family_name, birth_on=birth_on
        )
        found = found.on_roll_of([school.pk]).filter(pk__in=found) if school else found.on_no_roll()
        people = list(found[:2])
        learner = people[0] if len(people) == 1 else None
        LearnerSearch.objects.create(by=by, area=area, learner=learner)
        record("learner.find", subject=learner or area, by=by, is_found=learner is not None)
    return learner


@transaction.atomic
def set_recovery_limit(*, area: Area, daily_limit: int, by: Any) -> RecoveryRule:
    """So many learners may one member of staff help in a day alone. Raises: NotAllowed, RuleBroken ``limit_range``."""
    RECOVERY_POLICY.require(by, "set_limit", area)
    if not 0 <= daily_limit <= 200:
        raise RuleBroken(gettext("Give a number from 0 to 200."), code="limit_range")
    rule, _is_new = RecoveryRule.objects.update_or_create(area=area, defaults={"daily_limit": daily_limit})
    record("recovery.limit", subject=area, by=by, daily_limit=daily_limit)
    return rule


def limit_of(area: Area) -> int:
    rule = RecoveryRule.objects.filter(area=area).first()
    return rule.daily_limit if rule else RecoveryRule.DAILY_LIMIT


def helped_today(user: Any) -> int:
    """How many learners this person has helped since midnight without a second person."""
    midnight = timezone.make_aware(dt.datetime.combine(clock.today(), dt.time()))
    alone = Recovery.objects.filter(by=user, asked_at__gte=midnight, needs_second=False)
    return alone.values("learner").distinct().count()


def _lock(learner_id: int) -> Learner:
    return (
        Learner.objects.select_for_update(of=("self",), no_key=True).select_related("user", "area").get(pk=learner_id)
    )


def _end_open(learner: Learner) -> None:
    Recovery.objects.open().filter(learner=learner).update(ended_at=clock.now())


def _is_old(recovery: Recovery) -> bool:
    return recovery.asked_at < clock.now() - dt.timedelta(days=1)
