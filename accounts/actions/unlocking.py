"""A learner claims their record: code and date of birth first, then a sign-in name and password."""

import datetime as dt

from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actions.codes import code_hash
from accounts.models import Learner, Recovery, UnlockCode, UnlockFailure, User
from accounts.queries import failures_at, failures_from, failures_of, opening_of
from accounts.registry import unlocked
from activity.actions import post, record
from activity.models import OutboxMessage
from core import clock
from core.errors import RuleBroken, StaleState, TooManyTries
from providers.models import Organisation

CODE_LIMIT, CODE_TIME = 5, dt.timedelta(hours=1)
ADDRESS_LIMIT, ADDRESS_TIME = 20, dt.timedelta(minutes=15)
SCHOOL_LIMIT, SCHOOL_TIME = 20, dt.timedelta(hours=1)
CODE_LIMIT_THEN = 2  # tries for each code, while its school is above that limit
FAILURES_KEPT = dt.timedelta(days=1)

# One sentence for a code that does not exist and for a wrong date: which half was right is nobody's business.
NO_MATCH = _(
    "That code and date of birth do not match. Check both with your letter. "
    "If they are right, ask your school to check your date of birth."
)


def check_code(*, code: str, birth_on: dt.date, address_hash: str) -> UnlockCode:
    """The open code these two halves belong to. Every wrong try is counted, whatever the page answers.

    ``code`` comes from ``read_code``; ``address_hash`` stands for the network address.
    Raises: RuleBroken ``no_match``; with the right date also ``code_used``, ``code_ended``, ``code_expired``;
    TooManyTries after five wrong dates for one code in an hour, or two while twenty were wrong at its school (then the
    right one has to wait, too), and for wrong tries only after twenty from one address in fifteen minutes (others
    behind that address may be an IT room).
    Tells: the school's coordinators and the area's help desk, ``unlock-guessing``, once a day when many are wrong.
    """
    with transaction.atomic():
        found = UnlockCode.objects.select_for_update(of=("self",)).select_related("learner")
        unlock_code = found.filter(code_hash=code_hash(code)).first()
        school = school_of(unlock_code.learner) if unlock_code is not None else None
        if unlock_code is not None and failures_of(unlock_code, within=CODE_TIME) >= tries_at(school):
            raise TooManyTries(
                gettext("This code has been tried too often with a wrong date of birth."), wait_minutes=60
            )
        if unlock_code is not None and unlock_code.learner.birth_on == birth_on:
            return _open_code(unlock_code)
        is_hot = failures_from(address_hash, within=ADDRESS_TIME) >= ADDRESS_LIMIT
        UnlockFailure.objects.create(unlock_code=unlock_code, address_hash=address_hash)
        if school is not None:
            tell_of_guessing(school)
    # Raised outside the transaction, or the failure would not be counted.
    if is_hot:
        raise TooManyTries(gettext("There have been too many wrong tries from here."), wait_minutes=15)
    raise RuleBroken(str(NO_MATCH), code="no_match")


def _open_code(unlock_code: UnlockCode) -> UnlockCode:
    """The same code. Raises: RuleBroken when it no longer unlocks anything."""
    if unlock_code.used_at is not None or unlock_code.learner.user_id is not None:
        raise RuleBroken(
            gettext(
                "You have used this code already. Sign in with the name and password you chose, "
                "or ask your school if you have forgotten them."
            ),
            code="code_used",
        )
    if unlock_code.ended_at is not None:
        raise RuleBroken(
            gettext(
                "There is a newer letter for you, and only its code works. "
                "Use that one, or ask your school for another."
            ),
            code="code_ended",
        )
    if unlock_code.expires_on < clock.today():
        raise RuleBroken(gettext("This code has expired. Ask your school for a new letter."), code="code_expired")
    if unlock_code.letter_run_id is not None:
        _require_open_days(unlock_code.learner)
    return unlock_code


def _require_open_days(learner: Learner) -> None:
    """Raises: RuleBroken ``unlock_not_yet``, ``unlock_over``."""
    school = school_of(learner)
    opening = opening_of(school, area_id=school.area_id if school else learner.area_id)
    if opening.is_open:
        return
    if opening.opens_on is not None:
        raise RuleBroken(
            gettext(
                "Your code is right, but it is too early. You can use it from %(date)s. "
                "Keep your letter until then. You can look at courses now."
            )
            % {"date": date_format(opening.opens_on, "j E Y")},
            code="unlock_not_yet",
        )
    raise RuleBroken(
        gettext(
            "The days on which learners of your school can use their letters are over. "
            "Ask your school: they can help you."
        ),
        code="unlock_over",
    )


def school_of(learner: Learner) -> Organisation | None:
    """The school whose roll the learner is on today."""
    return Organisation.objects.filter(roll_entries__in=learner.roll_entries.current()).first()


def tries_at(school: Organisation | None) -> int:
    """How many wrong dates one code of this school may have. Fewer for everybody's while many are tried there: a
    guesser with a stack of letters is slowed, and an IT room still gets in."""
    if school is not None and failures_at(school, within=SCHOOL_TIME) >= SCHOOL_LIMIT:
        return CODE_LIMIT_THEN
    return CODE_LIMIT


def tell_of_guessing(school: Organisation) -> None:
    """The school's coordinators and the area's help desk are told, once a day, once many tries were wrong."""
    key = f"unlock-guessing:{school.pk}:{clock.today()}"
    wrong = failures_at(school, within=SCHOOL_TIME)
    if wrong >= SCHOOL_LIMIT and not OutboxMessage.objects.filter(key=key).exists():
        record("unlock.guessing", subject=school, by=None, wrong=wrong)
        post("unlock-guessing", key=key, school_id=school.pk)


def unlock_account(*, unlock_code: UnlockCode, username: str, password: str) -> User:
    """The learner signs in with this name and password from now on, and the code is used up.

    Raises: StaleState (the code was used, replaced or has expired since it was checked), RuleBroken
    ``username_taken`` and ``username_number``, ValidationError of the password rules.
    """
    username = username.strip().lower()
    try:
        with transaction.atomic():
            # The learner is the lock, as in printing letters: two tabs with one code queue up here.
            learner = Learner.objects.select_for_update(no_key=True).filter(pk=unlock_code.learner_id).first()
            if learner is None:
                raise StaleState("The record has become one with another.")
            unlock_code = UnlockCode.objects.select_for_update().get(pk=unlock_code.pk)
            unlock_code.learner = learner
            try:
                _open_code(unlock_code)
            except RuleBroken as refusal:
                raise StaleState(refusal.message) from refusal
            _check_username(username, learner)
            user = User(username=username, name=str(learner))
            validate_password(password, user)
            user.set_password(password)
            user.save()
            learner.user = user
            learner.save(update_fields=["user"])
            unlock_code.used_at = clock.now()
            unlock_code.save(update_fields=["used_at"])
            Recovery.objects.filter(unlock_code=unlock_code).update(used_at=unlock_code.used_at)
            record("learner.unlock", subject=learner, by=user)
            unlocked(learner)
    except IntegrityError as error:
        # Somebody took the name between the check and the save.
        raise username_taken() from error
    return user


def _check_username(username: str, learner: Learner) -> None:
    if username.upper() in {learner.upn, learner.uln}:
        raise RuleBroken(
            gettext("Do not use your UPN or ULN: other people can look it up. Choose another sign-in name."),
            code="username_number",
        )
    if User.objects.filter(username__iexact=username).exists():
        raise username_taken()


def username_taken() -> RuleBroken:
    """What to say of a sign-in name that is somebody else's."""
    return RuleBroken(gettext("Somebody else has this sign-in name. Choose another one."), code="username_taken")


def remove_old_failures() -> int:
    """Wrong tries older than a day are gone. The answer is how many were removed."""
    removed, _ = UnlockFailure.objects.filter(at__lte=clock.now() - FAILURES_KEPT).delete()
    return removed
