"""A learner lets somebody in, changes what they may see, and ends it. The learner is the lock."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actions.codes import code_hash, new_code
from accounts.actions.unlocking import ADDRESS_LIMIT, ADDRESS_TIME, username_taken
from accounts.models import Learner, SharedSection, Supporter, UnlockFailure, User
from accounts.policies import LEARNER_POLICY, SUPPORTER_POLICY
from accounts.queries import failures_from, open_supporter
from activity.actions import post, record
from core import clock
from core.errors import RuleBroken, StaleState, TooManyTries

MOST_AT_ONCE = 10  # people a learner has let in or asked: more is a mistake, or somebody else at the keyboard
MOST_A_DAY = 5  # invitations of one learner, ended ones too, so that nobody writes to the world in our name
LONGEST = dt.timedelta(days=2 * 366)


@transaction.atomic
def invite_supporter(
    *, learner: Learner, kind: str, known_as: str, sections: Iterable[str], until_on: dt.date, email: str = "", by: Any
) -> tuple[Supporter, str]:
    """Somebody may accept to see these sections until that day. The second answer is the code to hand over, which is
    kept nowhere; it is empty where the invitation goes by e-mail.

    Raises: NotAllowed (only the learner), RuleBroken ``too_many_supporters``, ``too_many_invitations``,
    ``already_invited``, ``nothing_shared``, ``until_over`` or ``until_too_far``.
    Tells: the address, ``supporter-invitation``.
    """
    learner = Learner.objects.select_for_update(no_key=True).get(pk=learner.pk)
    LEARNER_POLICY.require(by, "invite_supporter", learner)
    sections = _checked(sections, until_on)
    _require_room(learner, email)
    code = "" if email else new_code()
    supporter = Supporter.objects.create(
        learner=learner,
        kind=kind,
        known_as=known_as.strip(),
        sections=sections,
        until_on=until_on,
        email=email,
        token_hash=code_hash(code) if code else "",
        expires_at=clock.now() + Supporter.GOOD_FOR,
    )
    if email:
        post("supporter-invitation", key=f"supporter-invitation:{supporter.pk}", supporter_id=supporter.pk)
    record("supporter.invite", subject=supporter, by=by, sections=sections, until_on=until_on.isoformat())
    return supporter, code


def _checked(sections: Iterable[str], until_on: dt.date) -> list[str]:
    """The sections in their order. Raises: RuleBroken."""
    wanted = {SharedSection(section).value for section in sections}
    if not wanted:
        raise RuleBroken(_("Choose at least one thing they may see."), code="nothing_shared")
    if until_on < clock.today():
        raise RuleBroken(_("The last day is over already. Choose today or a later day."), code="until_over")
    if until_on > clock.today() + LONGEST:
        raise RuleBroken(_("The last day can be two years from now at most."), code="until_too_far")
    return [section for section in SharedSection.values if section in wanted]


def _require_room(learner: Learner, email: str) -> None:
    mine = Supporter.objects.filter(learner=learner)
    waiting = mine.waiting()
    if waiting.count() + mine.holding().count() >= MOST_AT_ONCE:
        raise RuleBroken(
            _("You have let in or asked %(most)s people, which is as many as you can. End one first.")
            % {"most": MOST_AT_ONCE},
            code="too_many_supporters",
        )
    if mine.filter(created_at__gt=clock.now() - dt.timedelta(days=1)).count() >= MOST_A_DAY:
        raise RuleBroken(
            _("You have asked %(most)s people today, which is as many as you can. Go on tomorrow.")
            % {"most": MOST_A_DAY},
            code="too_many_invitations",
        )
    if email and waiting.filter(email__iexact=email).exists():
        raise RuleBroken(
            _("You have asked somebody at this address already. They can still answer."), code="already_invited"
        )


@transaction.atomic
def change_supporter(*, supporter: Supporter, sections: Iterable[str], until_on: dt.date, by: Any) -> Supporter:
    """From now on they may see these sections until that day.

    Raises: NotAllowed (only the learner), StaleState (over), RuleBroken as in inviting.
    """
    supporter = _locked(supporter)
    SUPPORTER_POLICY.require(by, "change", supporter)
    if supporter.is_over:
        raise StaleState(f"supporter {supporter.pk} is over")
    supporter.sections, supporter.until_on = _checked(sections, until_on), until_on
    supporter.save(update_fields=["sections", "until_on"])
    record("supporter.change", subject=supporter, by=by, sections=supporter.sections, until_on=until_on.isoformat())
    return supporter


@transaction.atomic
def end_supporter(*, supporter: Supporter, by: Any) -> Supporter:
    """They see nothing more from this moment, and an invitation that nobody has used is dead.

    Raises: NotAllowed (the learner, or the supporter), StaleState (ended already).
    """
    supporter = _locked(supporter)
    SUPPORTER_POLICY.require(by, "end", supporter)
    if supporter.ended_at is not None:
        raise StaleState(f"supporter {supporter.pk} has ended")
    supporter.ended_at = clock.now()
    supporter.email = supporter.token_hash = ""
    supporter.save(update_fields=["ended_at", "email", "token_hash"])
    record("supporter.end", subject=supporter, by=by)
    return supporter


def _locked(supporter: Supporter) -> Supporter:
    Learner.objects.select_for_update(no_key=True).get(pk=supporter.learner_id)
    return Supporter.objects.select_related("learner").get(pk=supporter.pk)


def token_hash_of(token: str) -> str:
    """What is kept of a link. The token has 256 random bits, so it needs no salt and no stretching."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def make_supporter_link(*, supporter_id: int) -> tuple[Supporter, str] | None:
    """The invitation and the token of its one working link, which is kept nowhere but in the e-mail.

    None where there is nothing to send any more. For whoever delivers the message, in its transaction.
    """
    supporter: Supporter | None = Supporter.objects.select_for_update(no_key=True).filter(pk=supporter_id).first()
    if supporter is None or not supporter.is_waiting or not supporter.email:
        return None
    token = secrets.token_urlsafe(32)
    supporter.token_hash = token_hash_of(token)
    supporter.save(update_fields=["token_hash"])
    return supporter, token


def check_supporter_code(*, code: str, address_hash: str) -> Supporter:
    """The open invitation with this code. Every wrong try is counted as one of its network address.

    ``code`` comes from ``read_code``. Raises: RuleBroken ``no_such_code``; TooManyTries after as many wrong tries
    from one address as unlocking allows, and then for wrong codes only.
    """
    supporter: Supporter | None = open_supporter(code_hash(code))
    if supporter is not None:
        return supporter
    is_hot = failures_from(address_hash, within=ADDRESS_TIME) >= ADDRESS_LIMIT
    UnlockFailure.objects.create(unlock_code=None, address_hash=address_hash)
    if is_hot:
        raise TooManyTries(_("There have been too many wrong tries from here."), wait_minutes=15)
    raise RuleBroken(
        _("This code does not work. Check each letter. It may be used already, or too old: ask for a new one."),
        code="no_such_code",
    )


@transaction.atomic
def accept_supporter(*, supporter: Supporter, token_hash: str, by: Any) -> Supporter:
    """This person sees what the learner ticked, from now on, and link or code is used up.

    Raises: NotAllowed (not signed in), StaleState (used, ended or too old), RuleBroken ``learner_account`` and
    ``supports_already``. Tells: the learner, ``supporter-joined``, where they have an e-mail address.
    """
    supporter = _locked(supporter)
    SUPPORTER_POLICY.require(by, "accept", supporter)
    if not supporter.is_waiting or not token_hash or supporter.token_hash != token_hash:
        raise StaleState(f"supporter {supporter.pk} is over")
    if Learner.objects.filter(user=by).exists():
        raise RuleBroken(
            _("You are signed in as a learner. Sign out, open the link again and make an account of your own."),
            code="learner_account",
        )
    others = Supporter.objects.filter(learner=supporter.learner, user=by, ended_at=None)
    if others.holding().exists():
        raise RuleBroken(_("You support this learner already. They can change what you see."), code="supports_already")
    others.update(ended_at=clock.now())  # their time was over
    supporter.user, supporter.accepted_at = by, clock.now()
    supporter.email = supporter.token_hash = ""
    supporter.save()
    User.objects.filter(pk=by.pk).update(is_supporter=True)
    post("supporter-joined", key=f"supporter-joined:{supporter.pk}", supporter_id=supporter.pk)
    record("supporter.accept", subject=supporter, by=by)
    return supporter


def join_as_supporter(*, supporter: Supporter, token_hash: str, name: str, username: str, password: str) -> User:
    """A new account sees what the learner ticked; an invitation by e-mail gives it its address.

    Raises: StaleState (used, ended or too old), RuleBroken ``username_taken``, ValidationError of the password rules.
    """
    username, email = username.strip().lower(), supporter.email
    try:
        with transaction.atomic():
            if User.objects.filter(username__iexact=username).exists():
                raise username_taken()
            user = User(username=username, name=name.strip(), email=email, is_supporter=True)
            validate_password(password, user)
            user.set_password(password)
            user.save()
            accept_supporter(supporter=supporter, token_hash=token_hash, by=user)
    except IntegrityError as error:
        # Somebody took the name between the check and the save.
        raise username_taken() from error
    return user
