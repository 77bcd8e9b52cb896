"""Who acts for an organisation: asked, joined, given another role, let go.

Lock order: the organisation, then the invitation or the roles. Whoever else would change its staff waits.
"""

import datetime as dt
import hashlib
import secrets
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from activity.actions import post, record
from core import clock
from core.errors import NotAllowed, RuleBroken, StaleState
from providers.models import PROVIDER_ROLES, Invitation, Organisation, RoleKind, StaffRole
from providers.policies import INVITATION_POLICY, ROLE_POLICY, STAFF_POLICY
from providers.querysets import forget_roles

KIND = "staff-invitation"
STEPPED_IN = "staff-stepped-in"
MOST_WAITING = 50  # invitations of one organisation, so that nobody sends the world e-mails in its name
MOST_A_DAY = 100  # of one organisation, withdrawn ones too: withdrawing must not make room for writing to everybody
MOST_SENDINGS = 5  # of one invitation
KEPT_FOR = dt.timedelta(days=30)  # after its time is over: long enough to send it again


def hash_of(token: str) -> str:
    """What is kept of a link. The token has 256 random bits, so it needs no salt and no stretching."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def invite_staff(*, organisation: Organisation, kind: str, email: str, by: Any) -> Invitation:
    """Somebody is asked by e-mail to act for the organisation in this role.

    Raises: NotAllowed, RuleBroken ``role_not_offered``, ``has_role``, ``already_invited`` or
    ``too_many_invitations``. Tells: the address, ``staff-invitation``.
    """
    organisation = lock_organisation(organisation.pk)
    STAFF_POLICY.require(by, "invite", organisation)
    _require_offered(kind)
    roles = StaffRole.objects.current().filter(organisation=organisation, kind=kind)
    if roles.filter(user__email__iexact=email).exists():
        raise RuleBroken(_("Somebody with this e-mail address has this role already."), code="has_role")
    waiting = Invitation.objects.waiting().filter(organisation=organisation)
    if waiting.filter(email__iexact=email, kind=kind).exists():
        raise RuleBroken(
            _("This address has been invited to this role already. Send that invitation again, or withdraw it."),
            code="already_invited",
        )
    invitation = new_invitation(organisation=organisation, kind=kind, email=email, by=by)
    record("staff.invite", subject=invitation, by=by, organisation=organisation.pk, kind=kind)
    return invitation


@transaction.atomic
def resend_invitation(*, invitation: Invitation, by: Any) -> Invitation:
    """It is sent once more with a new link and a new fortnight; the old link is dead at once.

    Raises: NotAllowed, StaleState (used or withdrawn), RuleBroken ``sent_too_often``. Tells: the address.
    """
    invitation = _lock_invitation(invitation, "resend", by=by)
    send_again(invitation)
    record("invitation.resend", subject=invitation, by=by, organisation=invitation.organisation_id)
    return invitation


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by: Any) -> Invitation:
    """Its link is dead, and its address forgotten.

    Raises: NotAllowed, StaleState (used or withdrawn).
    """
    invitation = _lock_invitation(invitation, "withdraw", by=by)
    _withdraw(invitation)
    record("invitation.withdraw", subject=invitation, by=by, organisation=invitation.organisation_id)
    return invitation


@transaction.atomic
def make_link(*, invitation_id: int, sending: int) -> tuple[Invitation, str] | None:
    """The invitation and the token of its one working link, which is kept nowhere but in the e-mail.

    None where there is nothing to send: it is over, or was sent again since. For whoever delivers the message, in the
    transaction that marks it as sent.
    """
    invitations = Invitation.objects.select_for_update(of=("self",), no_key=True).select_related("organisation")
    invitation: Invitation | None = invitations.filter(pk=invitation_id, sendings=sending).first()
    if invitation is None or not invitation.is_open:
        return None
    token = secrets.token_urlsafe(32)
    invitation.token_hash = hash_of(token)
    invitation.save(update_fields=["token_hash"])
    return invitation, token


@transaction.atomic
def accept_invitation(*, invitation: Invitation, token_hash: str, by: Any) -> StaffRole:
    """This person has the role from today, and the link is used up. Somebody who has the role already keeps it.

    Raises: NotAllowed (not signed in), StaleState (used, withdrawn, sent again or too old).
    """
    lock_organisation(invitation.organisation_id)
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    INVITATION_POLICY.require(by, "accept", invitation)
    if not invitation.is_open or not token_hash or invitation.token_hash != token_hash:
        raise StaleState(f"invitation {invitation.pk} is over or its link was replaced")
    role = _have_role(user=by, organisation=invitation.organisation, kind=invitation.kind)
    invitation.accepted_at, invitation.accepted_by = clock.now(), by
    invitation.email = invitation.token_hash = ""
    invitation.save()
    record("invitation.accept", subject=invitation, by=by, organisation=invitation.organisation_id, role=role.pk)
    return role


@transaction.atomic
def give_role(*, role: StaffRole, kind: str, by: Any) -> StaffRole:
    """Whoever has ``role`` has another one at the same organisation from today, without a last day.

    Raises: NotAllowed, StaleState (no colleague any more), RuleBroken ``role_not_offered`` or ``has_role``.
    """
    organisation = lock_organisation(role.organisation_id)
    STAFF_POLICY.require(by, "give_role", organisation)
    current = StaffRole.objects.current().select_related("user").filter(pk=role.pk).first()
    if current is None:
        raise StaleState(f"role {role.pk} has ended")
    _require_offered(kind)
    held = StaffRole.objects.current().filter(user=current.user, organisation=organisation, kind=kind, ended_on=None)
    if held.exists():
        raise RuleBroken(_("%(user)s has this role already.") % {"user": current.user}, code="has_role")
    given = _have_role(user=current.user, organisation=organisation, kind=kind)
    record("role.give", subject=given, by=by, organisation=organisation.pk, kind=kind)
    return given


@transaction.atomic
def name_manager(*, adviser: StaffRole, by: Any) -> StaffRole:
    """This adviser manages their advice service, too, from today: who has which caseload is theirs to say. Twice is
    once.

    Raises: NotAllowed, StaleState (no adviser any more).
    """
    organisation = lock_organisation(adviser.organisation_id)
    STAFF_POLICY.require(by, "name_manager", organisation)
    today = StaffRole.objects.current().filter(organisation=organisation)
    current = today.select_related("user").filter(pk=adviser.pk, kind=RoleKind.ADVISER).first()
    if current is None:
        raise StaleState(f"role {adviser.pk} has ended")
    if held := today.filter(user=current.user, kind=RoleKind.MANAGER, ended_on=None).first():
        return held
    given = _have_role(user=current.user, organisation=organisation, kind=RoleKind.MANAGER)
    record("role.give", subject=given, by=by, organisation=organisation.pk, kind=given.kind)
    return given


@transaction.atomic
def step_in(*, organisation: Organisation, by: Any) -> StaffRole:
    """The help desk keeps the provider's courses until tonight, as an editor does: for a provider that asked, or has
    nobody. Whatever is done so is in the history as theirs, and the provider's managers see the role and can end it.

    Raises: NotAllowed. Tells: the managers, ``staff-stepped-in``.
    """
    organisation = lock_organisation(organisation.pk)
    STAFF_POLICY.require(by, "step_in", organisation)
    held = StaffRole.objects.current().filter(user=by, organisation=organisation, kind=RoleKind.EDITOR)
    if role := held.order_by("pk").first():
        return role
    role = StaffRole.objects.create(user=by, organisation=organisation, kind=RoleKind.EDITOR, ended_on=clock.today())
    forget_roles(by)
    record("staff.step_in", subject=role, by=by, organisation=organisation.pk)
    managers = StaffRole.objects.current().filter(organisation=organisation, kind=RoleKind.MANAGER).exclude(user=by)
    for user_id in managers.order_by("user").values_list("user", flat=True).distinct():
        post(STEPPED_IN, key=f"{STEPPED_IN}:{role.pk}:{user_id}", role_id=role.pk, user_id=user_id)
    return role


@transaction.atomic
def end_role(*, role: StaffRole, last_on: dt.date | None, by: Any) -> StaffRole:
    """The role lasts to the end of this day; without a day it stops now. What was done in it stays.

    Raises: NotAllowed, StaleState (it has ended), RuleBroken ``day_passed``, or ``last_manager`` where nobody would
    be left who can bring others in.
    """
    lock_organisation(role.organisation_id)
    found = StaffRole.objects.current().select_for_update(of=("self",)).select_related("organisation", "user")
    current = found.filter(pk=role.pk).first()
    if current is None:
        raise StaleState(f"role {role.pk} has ended")
    ROLE_POLICY.require(by, "end", current)
    today = clock.today()
    if last_on is not None and last_on < today:
        raise RuleBroken(_("The last day is over already. Give today or a later day."), code="day_passed")
    if current.kind == RoleKind.MANAGER and current.organisation.is_provider:
        _require_another_manager(current, last_on or today)
    current.ended_on, current.ended_at = last_on or today, None if last_on else clock.now()
    current.save()
    record(
        "role.end",
        subject=current,
        by=by,
        organisation=current.organisation_id,
        kind=current.kind,
        last_on=current.ended_on.isoformat(),
    )
    bring_back(Q(user=current.user_id))
    forget_roles(by)
    return current


@transaction.atomic
def act_for(*, organisation: Organisation | None, by: Any) -> None:
    """This person acts for this one of their organisations from now on, on every page; None: for all of them.

    Raises: NotAllowed where they have no role there today.
    """
    mine = StaffRole.objects.current().select_for_update().filter(user=by).order_by("pk")
    if organisation is not None and organisation.pk not in {role.organisation_id for role in mine}:
        raise NotAllowed(f"act for {organisation.pk}")
    roles = StaffRole.objects.current().filter(user=by)
    chosen = Q() if organisation is None else Q(organisation=organisation)
    roles.filter(chosen).update(is_aside=False)
    if organisation is not None:
        roles.exclude(chosen).update(is_aside=True)
    forget_roles(by)
    record("staff.act_for", subject=by, by=by, organisation=organisation.pk if organisation else None, roles=None)


def tidy_staff() -> int:
    """Invitations nobody used are withdrawn a month after their time, and nobody acts for an organisation they have
    left while they have another. Returns how many invitations."""
    bring_back(Q())
    old = Invitation.objects.waiting().filter(expires_at__lte=clock.now() - KEPT_FOR)
    number = 0
    for key in old.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            invitation = Invitation.objects.waiting().select_for_update().filter(pk=key).first()
            if invitation is None:
                continue
            _withdraw(invitation)
            record("invitation.withdraw", subject=invitation, by=None, organisation=invitation.organisation_id)
            number += 1
    return number


def lock_organisation(organisation_id: int) -> Organisation:
    """Whoever else would change its staff waits."""
    return Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)


def _lock_invitation(invitation: Invitation, verb: str, *, by: Any) -> Invitation:
    lock_organisation(invitation.organisation_id)
    found = Invitation.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=invitation.pk)
    INVITATION_POLICY.require(by, verb, found)
    if found.accepted_at is not None or found.withdrawn_at is not None:
        raise StaleState(f"Cannot {verb} invitation {found.pk}: it is over")
    return found


def new_invitation(*, organisation: Organisation, kind: str, email: str, by: Any) -> Invitation:
    """It waits, and is on its way. For actions that have locked the organisation and asked who may.

    Raises: RuleBroken ``too_many_invitations``.
    """
    if Invitation.objects.waiting().filter(organisation=organisation).count() >= MOST_WAITING:
        raise RuleBroken(
            _("%(most_waiting)s invitations are waiting, which is as many as may. Withdraw some that nobody has used.")
            % {"most_waiting": MOST_WAITING},
            code="too_many_invitations",
        )
    since = clock.now() - dt.timedelta(days=1)
    if Invitation.objects.filter(organisation=organisation, created_at__gt=since).count() >= MOST_A_DAY:
        raise RuleBroken(
            _("%(most_a_day)s invitations have been sent within a day, which is as many as may. Go on tomorrow.")
            % {"most_a_day": MOST_A_DAY},
            code="too_many_invitations",
        )
    invitation = Invitation.objects.create(
        organisation=organisation, kind=kind, email=email, by=by, expires_at=clock.now() + Invitation.GOOD_FOR
    )
    _send(invitation)
    return invitation


def send_again(invitation: Invitation) -> None:
    """With a new link and a new fortnight; for actions that hold it. Raises: RuleBroken ``sent_too_often``."""
    if invitation.sendings >= MOST_SENDINGS:
        raise RuleBroken(
            _(
                "It has been sent %(most_sendings)s times. Check the address with the person, withdraw "
                "this invitation and make a new one."
            )
            % {"most_sendings": MOST_SENDINGS},
            code="sent_too_often",
        )
    invitation.sendings += 1
    invitation.token_hash = ""
    invitation.expires_at = clock.now() + Invitation.GOOD_FOR
    invitation.save()
    _send(invitation)


def _send(invitation: Invitation) -> None:
    key = f"{KIND}:{invitation.pk}:{invitation.sendings}"
    post(KIND, key=key, invitation_id=invitation.pk, sending=invitation.sendings)


def _withdraw(invitation: Invitation) -> None:
    invitation.withdrawn_at = clock.now()
    invitation.email = invitation.token_hash = ""
    invitation.save()


def _require_offered(kind: str) -> None:
    if kind not in PROVIDER_ROLES:
        raise RuleBroken(_("Choose one of the roles of a provider."), code="role_not_offered")


def _have_role(*, user: Any, organisation: Organisation, kind: str) -> StaffRole:
    """The person's open role of this kind; one that was to end goes on."""
    held = StaffRole.objects.current().select_for_update().filter(user=user, organisation=organisation, kind=kind)
    role = held.order_by("ended_on").last() or StaffRole(user=user, organisation=organisation, kind=kind)
    role.ended_on, role.is_aside = None, False
    role.save()
    forget_roles(user)
    return role


def _require_another_manager(leaving: StaffRole, last_on: dt.date) -> None:
    others = StaffRole.objects.current().filter(
        Q(ended_on=None) | Q(ended_on__gt=last_on),
        organisation=leaving.organisation_id,
        kind=RoleKind.MANAGER,
        user__is_active=True,
    )
    if not others.exclude(user=leaving.user_id).exists():
        raise RuleBroken(
            _("%(user)s is the last manager of %(organisation)s. Make somebody else a manager first.")
            % {"user": leaving.user, "organisation": leaving.organisation},
            code="last_manager",
        )


def bring_back(whose: Q) -> None:
    """Who acts for nobody any more, because the role they acted in has ended, acts for all the others again."""
    acting = StaffRole.objects.current().filter(user=OuterRef("user"), is_aside=False)
    StaffRole.objects.current().filter(whose, ~Exists(acting), is_aside=True).update(is_aside=False)
