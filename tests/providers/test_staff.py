"""Who acts for a provider, at the actions: every exit, and the two races."""

import datetime as dt
import threading

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.urls import reverse

from activity.actions import sweep_outbox
from activity.models import Event, OutboxMessage
from core import clock
from core.errors import NotAllowed, RuleBroken, StaleState
from providers import actions
from providers.actions import staff
from providers.models import Invitation, Organisation, RoleKind, StaffRole
from providers.policies import INVITATION_POLICY, ROLE_POLICY, STAFF_POLICY
from tests.factories import (
    AreaFactory,
    InvitationFactory,
    OrganisationFactory,
    ProviderFactory,
    StaffRoleFactory,
    UserFactory,
)
from tests.races import at_once

TODAY = dt.date(2026, 11, 18)
TOMORROW = dt.date(2026, 11, 19)


def role_at(organisation, kind, **facts):
    return StaffRoleFactory(organisation=organisation, kind=kind, **facts)


@pytest.fixture
def college(db):
    return ProviderFactory(name="Northfield College")


@pytest.fixture
def manager(college):
    return role_at(college, RoleKind.MANAGER, user=UserFactory(name="Priya Shah", email="priya@example.org")).user


@pytest.fixture
def help_desk(college):
    authority = OrganisationFactory(name="Northmoor Council", kind="authority", area=college.area)
    return role_at(authority, RoleKind.HELP_DESK).user


@pytest.fixture
def editor_role(college):
    return role_at(college, RoleKind.EDITOR, user=UserFactory(name="Tom Reed", email="tom@example.org"))


def broken(action, **arguments):
    with pytest.raises(RuleBroken) as refusal:
        action(**arguments)
    return refusal.value.code


def invite(college, by, email="ana@example.org", kind=RoleKind.EDITOR):
    return actions.invite_staff(organisation=college, kind=kind, email=email, by=by)


def link_of(invitation):
    """The hash of the working link, made as the outbox's sender makes it."""
    _, token = actions.make_link(invitation_id=invitation.pk, sending=invitation.sendings)
    return actions.hash_of(token)


# --- who may


def test_managers_manage_and_the_help_desk_only_where_there_is_no_manager(college, manager, help_desk, editor_role):
    elsewhere = role_at(ProviderFactory(), RoleKind.MANAGER).user
    other_desk = role_at(
        OrganisationFactory(kind="authority", area=AreaFactory(name="Eastvale")), RoleKind.HELP_DESK
    ).user
    lonely = ProviderFactory(area=college.area)
    school = OrganisationFactory(kind="school", area=college.area)
    people = {
        "manager": manager, "help desk": help_desk, "editor": editor_role.user, "another manager": elsewhere,
        "another area": other_desk, "anonymous": AnonymousUser(),
    }  # fmt: skip

    def may(organisation):
        return [name for name, user in people.items() if STAFF_POLICY.can(user, "invite", organisation)]

    assert (may(college), may(lonely), may(school)) == (["manager"], ["help desk"], [])


def test_a_manager_who_cannot_sign_in_or_has_left_is_none(college, help_desk):
    left = role_at(college, RoleKind.MANAGER, ended_on=TODAY - dt.timedelta(days=1))
    inactive = role_at(college, RoleKind.MANAGER, user=UserFactory(is_active=False))
    assert STAFF_POLICY.can(help_desk, "invite", college)
    role_at(college, RoleKind.MANAGER)
    assert not STAFF_POLICY.can(help_desk, "invite", college)
    assert left.user != inactive.user


def test_a_managers_word_holds_for_roles_of_the_provider_only(college, manager, editor_role):
    coordinator = role_at(college, RoleKind.COORDINATOR)
    assert ROLE_POLICY.can(manager, "end", editor_role)
    assert not ROLE_POLICY.can(manager, "end", coordinator)
    assert not ROLE_POLICY.can(editor_role.user, "end", editor_role)


def test_every_verb_of_an_invitation_has_a_rule(college, manager, editor_role):
    invitation = InvitationFactory(organisation=college)
    assert {verb: INVITATION_POLICY.can(manager, verb, invitation) for verb in INVITATION_POLICY.rules} == {
        "resend": True,
        "withdraw": True,
        "accept": True,
    }
    assert not INVITATION_POLICY.can(editor_role.user, "withdraw", invitation)


# --- inviting


def test_an_invitation_is_a_row_a_message_and_a_line_of_history_without_the_address(college, manager):
    invitation = invite(college, manager)

    assert (invitation.email, invitation.kind, invitation.by, invitation.token_hash) == (
        "ana@example.org",
        "editor",
        manager,
        "",
    )
    assert invitation.expires_at.date() == dt.date(2026, 12, 2)
    message = OutboxMessage.objects.get()
    assert (message.kind, message.payload) == ("staff-invitation", {"invitation_id": invitation.pk, "sending": 1})
    event = Event.objects.get()
    assert (event.verb, event.facts) == ("staff.invite", {"organisation": college.pk, "kind": "editor"})


def test_only_a_manager_invites_and_only_to_roles_of_a_provider(college, manager, editor_role):
    with pytest.raises(NotAllowed):
        invite(college, editor_role.user)
    for kind in (RoleKind.HELP_DESK, RoleKind.OFFICER, RoleKind.COORDINATOR, "nonsense"):
        assert broken(invite, college=college, by=manager, kind=kind) == "role_not_offered"


def test_nobody_is_invited_twice_or_to_what_they_have(college, manager, editor_role):
    assert broken(invite, college=college, by=manager, email="TOM@example.org") == "has_role"
    invite(college, manager)
    assert broken(invite, college=college, by=manager, email="Ana@example.org") == "already_invited"
    invite(college, manager, kind=RoleKind.ADMISSIONS)
    with pytest.raises(IntegrityError), transaction.atomic():
        InvitationFactory(organisation=college, email="ANA@example.org")


def test_fifty_invitations_may_wait(college, manager, monkeypatch):
    monkeypatch.setattr(staff, "MOST_WAITING", 2)
    invite(college, manager, email="one@example.org")
    invite(college, manager, email="two@example.org")
    assert broken(invite, college=college, by=manager, email="three@example.org") == "too_many_invitations"


def test_withdrawing_makes_no_room_for_writing_to_everybody(college, manager, monkeypatch, school_day):
    monkeypatch.setattr(staff, "MOST_A_DAY", 2)
    for name in ("one", "two"):
        invitation = invite(college, manager, email=f"{name}@example.org")
        actions.withdraw_invitation(invitation=invitation, by=manager)
    assert broken(invite, college=college, by=manager, email="three@example.org") == "too_many_invitations"
    with clock.at(dt.date(2026, 11, 20)):
        assert invite(college, manager, email="three@example.org").is_open


# --- sending again, withdrawing


def test_sending_again_ends_the_old_link_and_starts_a_new_fortnight(college, manager, school_day):
    invitation = invite(college, manager)
    old = link_of(invitation)
    with clock.at(dt.date(2026, 12, 20)):
        assert not Invitation.objects.get().is_open
        invitation = actions.resend_invitation(invitation=invitation, by=manager)
        assert (invitation.is_open, invitation.sendings) == (True, 2)
        with pytest.raises(StaleState):
            actions.accept_invitation(invitation=invitation, token_hash=old, by=UserFactory())
        # The first message, should it be late, sends nothing; the second does.
        assert actions.make_link(invitation_id=invitation.pk, sending=1) is None
        assert actions.accept_invitation(invitation=invitation, token_hash=link_of(invitation), by=UserFactory())
    assert OutboxMessage.objects.count() == 2


def test_an_invitation_is_sent_five_times_at_most(college, manager):
    invitation = invite(college, manager)
    for _ in range(4):
        invitation = actions.resend_invitation(invitation=invitation, by=manager)
    assert broken(actions.resend_invitation, invitation=invitation, by=manager) == "sent_too_often"


def test_a_withdrawn_invitation_forgets_the_address_and_is_over(college, manager):
    invitation = invite(college, manager)
    link = link_of(invitation)
    invitation = actions.withdraw_invitation(invitation=invitation, by=manager)

    assert (invitation.email, invitation.token_hash, invitation.is_open) == ("", "", False)
    for action in (actions.resend_invitation, actions.withdraw_invitation):
        with pytest.raises(StaleState):
            action(invitation=invitation, by=manager)
    for token_hash in (link, ""):
        with pytest.raises(StaleState):
            actions.accept_invitation(invitation=invitation, token_hash=token_hash, by=UserFactory())
    assert actions.make_link(invitation_id=invitation.pk, sending=1) is None


def test_only_who_manages_may_send_again_or_withdraw(college, manager, editor_role):
    invitation = invite(college, manager)
    for action in (actions.resend_invitation, actions.withdraw_invitation):
        with pytest.raises(NotAllowed):
            action(invitation=invitation, by=editor_role.user)


# --- accepting


def test_who_accepts_has_the_role_from_today_and_the_link_is_used_up(college, manager):
    invitation = invite(college, manager)
    link, ana = link_of(invitation), UserFactory()
    role = actions.accept_invitation(invitation=invitation, token_hash=link, by=ana)

    assert (role.user, role.organisation, role.kind, role.started_on, role.ended_on) == (
        ana,
        college,
        "editor",
        TODAY,
        None,
    )
    invitation.refresh_from_db()
    assert (invitation.accepted_by, invitation.email, invitation.token_hash) == (ana, "", "")
    with pytest.raises(StaleState):
        actions.accept_invitation(invitation=invitation, token_hash=link, by=UserFactory())
    event = Event.objects.first()
    assert (event.verb, event.by, event.facts) == (
        "invitation.accept",
        ana,
        {"organisation": college.pk, "role": role.pk},
    )


def test_a_wrong_or_old_link_lets_nobody_in(college, manager):
    invitation = invite(college, manager)
    link = link_of(invitation)
    with pytest.raises(StaleState):
        actions.accept_invitation(invitation=invitation, token_hash=actions.hash_of("guess"), by=UserFactory())
    with pytest.raises(NotAllowed):
        actions.accept_invitation(invitation=invitation, token_hash=link, by=AnonymousUser())
    with clock.at(dt.date(2026, 12, 3)), pytest.raises(StaleState):
        actions.accept_invitation(invitation=invitation, token_hash=link, by=UserFactory())


def test_somebody_who_has_the_role_keeps_one(college, manager, editor_role):
    StaffRole.objects.filter(pk=editor_role.pk).update(ended_on=TOMORROW)
    invitation = invite(college, manager)
    role = actions.accept_invitation(invitation=invitation, token_hash=link_of(invitation), by=editor_role.user)
    assert (role.pk, role.ended_on) == (editor_role.pk, None)


@pytest.mark.django_db(transaction=True)
def test_of_two_people_with_one_link_one_joins(monkeypatch):
    college = ProviderFactory()
    manager = role_at(college, RoleKind.MANAGER).user
    invitation = invite(college, manager)
    link, people = link_of(invitation), [UserFactory(), UserFactory()]

    def join(user):
        return lambda: actions.accept_invitation(invitation=invitation, token_hash=link, by=user)

    came = at_once(*(join(user) for user in people))
    assert sorted(type(one).__name__ for one in came) == ["StaffRole", "StaleState"]
    assert StaffRole.objects.filter(kind="editor").count() == 1


# --- giving and ending roles


def test_a_colleague_gets_another_role(college, manager, editor_role):
    given = actions.give_role(role=editor_role, kind=RoleKind.ADMISSIONS, by=manager)
    assert (given.user, given.kind, given.started_on) == (editor_role.user, "admissions", TODAY)
    assert (Event.objects.get().verb, Event.objects.get().facts) == (
        "role.give",
        {"organisation": college.pk, "kind": "admissions"},
    )
    assert broken(actions.give_role, role=editor_role, kind=RoleKind.ADMISSIONS, by=manager) == "has_role"
    assert broken(actions.give_role, role=editor_role, kind=RoleKind.HELP_DESK, by=manager) == "role_not_offered"
    with pytest.raises(NotAllowed):
        actions.give_role(role=editor_role, kind=RoleKind.MANAGER, by=editor_role.user)


def test_a_role_that_was_to_end_goes_on_when_it_is_given_again(college, manager, editor_role):
    actions.end_role(role=editor_role, last_on=TOMORROW, by=manager)
    assert actions.give_role(role=editor_role, kind=RoleKind.EDITOR, by=manager).pk == editor_role.pk
    assert StaffRole.objects.get(pk=editor_role.pk).ended_on is None


def test_a_role_ends_after_its_last_day(college, manager, editor_role):
    actions.end_role(role=editor_role, last_on=TOMORROW, by=manager)
    editing = Organisation.objects.editing_through
    assert list(editing(editor_role.user)) == [college]
    with clock.at(dt.date(2026, 11, 20)):
        assert list(editing(editor_role.user)) == []
        with pytest.raises(StaleState):
            actions.give_role(role=editor_role, kind=RoleKind.ADMISSIONS, by=manager)


def test_a_role_stops_at_once_even_on_its_first_day(college, manager):
    role = role_at(college, RoleKind.EDITOR, started_on=TODAY)
    ended = actions.end_role(role=role, last_on=None, by=manager)
    assert (ended.ended_on, ended.ended_at.date()) == (TODAY, TODAY)
    assert list(Organisation.objects.editing_through(role.user)) == []
    with pytest.raises(StaleState):
        actions.end_role(role=role, last_on=None, by=manager)
    event = Event.objects.get()
    assert (event.verb, event.facts) == (
        "role.end",
        {"organisation": college.pk, "kind": "editor", "last_on": "2026-11-18"},
    )


def test_a_last_day_that_is_over_is_refused(college, manager, editor_role):
    yesterday = TODAY - dt.timedelta(days=1)
    assert broken(actions.end_role, role=editor_role, last_on=yesterday, by=manager) == "day_passed"
    with pytest.raises(NotAllowed):
        actions.end_role(role=editor_role, last_on=None, by=editor_role.user)


def test_the_last_manager_stays(college, manager):
    own = StaffRole.objects.get(user=manager)
    assert broken(actions.end_role, role=own, last_on=None, by=manager) == "last_manager"
    other = role_at(college, RoleKind.MANAGER)
    actions.end_role(role=other, last_on=TOMORROW, by=manager)
    # The other one is there until tomorrow only, and who cannot sign in does not count.
    role_at(college, RoleKind.MANAGER, user=UserFactory(is_active=False))
    assert broken(actions.end_role, role=own, last_on=TOMORROW, by=manager) == "last_manager"
    assert actions.end_role(role=own, last_on=TODAY, by=manager).ended_on == TODAY


@pytest.mark.django_db(transaction=True)
def test_two_managers_who_end_each_other_leave_one():
    college = ProviderFactory()
    first, second = role_at(college, RoleKind.MANAGER), role_at(college, RoleKind.MANAGER)

    def end(role, by):
        return lambda: actions.end_role(role=role, last_on=TOMORROW, by=by.user)

    came = at_once(end(first, second), end(second, first))
    assert sorted(type(one).__name__ for one in came) == ["RuleBroken", "StaffRole"]
    assert StaffRole.objects.filter(ended_on=None).count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["link", "managers"])
def test_without_the_lock_both_would_have_happened(monkeypatch, what):
    """The two races above, with every lock taken away: what they prove is the lock."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_: self)
    college = ProviderFactory()
    first, second = role_at(college, RoleKind.MANAGER), role_at(college, RoleKind.MANAGER)
    if what == "link":
        invitation = invite(college, first.user)
        link = link_of(invitation)
        users = [UserFactory(), UserFactory()]
        both = [
            lambda user=user: actions.accept_invitation(invitation=invitation, token_hash=link, by=user)
            for user in users
        ]
        meet_before(monkeypatch, staff, "_have_role")
    else:
        both = [
            lambda: actions.end_role(role=first, last_on=TOMORROW, by=second.user),
            lambda: actions.end_role(role=second, last_on=TOMORROW, by=first.user),
        ]
        meet_before(monkeypatch, staff, "record")
    assert [type(one).__name__ for one in at_once(*both)] == ["StaffRole", "StaffRole"]


def meet_before(monkeypatch, module, name):
    """Both threads reach this function before either goes on."""
    barrier, real = threading.Barrier(2), getattr(module, name)

    def together(*args, **kwargs):
        barrier.wait(10)
        return real(*args, **kwargs)

    monkeypatch.setattr(module, name, together)


# --- several organisations


@pytest.fixture
def two(college):
    """Somebody who edits for one provider and manages another."""
    here = role_at(college, RoleKind.EDITOR)
    there = role_at(ProviderFactory(name="Southbank"), RoleKind.MANAGER, user=here.user)
    return here, there


def test_who_acts_for_one_sees_nothing_of_the_other_until_they_choose_all(college, two):
    here, there = two
    user = here.user
    editing = Organisation.objects.editing_through
    assert set(editing(user)) == {college, there.organisation}

    actions.act_for(organisation=college, by=user)
    assert (list(editing(user)), list(StaffRole.objects.of(user))) == ([college], [here])
    actions.act_for(organisation=there.organisation, by=user)
    assert list(editing(user)) == [there.organisation]
    actions.act_for(organisation=None, by=user)
    assert set(editing(user)) == {college, there.organisation}
    assert [(event.verb, event.facts) for event in Event.objects.order_by("pk")] == [
        ("staff.act_for", {"organisation": college.pk}),
        ("staff.act_for", {"organisation": there.organisation.pk}),
        ("staff.act_for", {"organisation": None}),
    ]


def test_nobody_acts_for_an_organisation_they_are_not_of(two):
    with pytest.raises(NotAllowed):
        actions.act_for(organisation=ProviderFactory(), by=two[0].user)


def test_when_the_role_one_acted_in_is_stopped_the_others_come_back(college, manager, two):
    here, there = two
    actions.act_for(organisation=college, by=here.user)
    actions.end_role(role=here, last_on=None, by=manager)
    assert list(StaffRole.objects.of(here.user)) == [there]


def test_the_night_brings_back_who_acted_for_a_provider_they_have_left(college, manager, two):
    here, there = two
    actions.act_for(organisation=college, by=here.user)
    actions.end_role(role=here, last_on=TODAY, by=manager)
    with clock.at(TOMORROW):
        assert list(StaffRole.objects.of(here.user)) == []
        actions.tidy_staff()
        assert list(StaffRole.objects.of(here.user)) == [there]


def test_the_night_forgets_addresses_of_invitations_a_month_too_old(college, manager):
    invitation, recent = invite(college, manager), invite(college, manager, email="bo@example.org")
    Invitation.objects.filter(pk=recent.pk).update(expires_at=clock.now() + dt.timedelta(days=30))
    with clock.at(dt.date(2027, 1, 2)):
        assert actions.tidy_staff() == 1
        assert actions.tidy_staff() == 0
    invitation.refresh_from_db()
    assert (invitation.email, invitation.withdrawn_at is None) == ("", False)
    assert list(Invitation.objects.waiting()) == [recent]


# The help desk keeps a provider's courses for a day


def test_the_help_desk_of_the_area_keeps_the_courses_until_tonight_and_the_history_says_so(college, manager, help_desk):
    role = actions.step_in(organisation=college, by=help_desk)

    assert (role.user, role.kind, role.started_on, role.ended_on) == (help_desk, RoleKind.EDITOR, TODAY, TODAY)
    assert Organisation.objects.editing_through(help_desk).get() == college
    assert not Organisation.objects.admitting_through(help_desk).exists()
    assert list(Event.objects.filter(verb="staff.step_in").values_list("by", flat=True)) == [help_desk.pk]
    assert ROLE_POLICY.can(manager, "end", role)
    with clock.at(TOMORROW):
        assert not Organisation.objects.editing_through(help_desk).exists()


def test_stepping_in_twice_is_stepping_in_once(college, help_desk):
    assert actions.step_in(organisation=college, by=help_desk) == actions.step_in(organisation=college, by=help_desk)
    assert Event.objects.filter(verb="staff.step_in").count() == 1


def test_the_managers_are_told_and_nobody_else_is(college, manager, help_desk, mailoutbox):
    role_at(college, RoleKind.EDITOR)
    role_at(OrganisationFactory(area=college.area, is_provider=True), RoleKind.MANAGER)
    actions.step_in(organisation=college, by=help_desk)
    actions.step_in(organisation=college, by=help_desk)
    sweep_outbox()

    (mail,) = mailoutbox
    assert mail.to == [manager.email]
    assert reverse("providers:staff-of", args=[college.reference]) in mail.body
    assert help_desk.username not in mail.subject + mail.body


def test_a_manager_who_has_left_by_then_is_not_told(college, manager, help_desk, mailoutbox):
    actions.step_in(organisation=college, by=help_desk)
    StaffRole.objects.filter(user=manager).update(ended_at=clock.now(), ended_on=TODAY)
    sweep_outbox()

    assert mailoutbox == []


def test_nobody_else_steps_in(college, manager, help_desk):
    other_desk = role_at(
        OrganisationFactory(kind="authority", area=AreaFactory(slug="eastvale", name="Eastvale")), RoleKind.HELP_DESK
    ).user
    officer = role_at(OrganisationFactory(kind="authority", area=college.area), RoleKind.OFFICER).user
    for user in (manager, other_desk, officer, UserFactory(), AnonymousUser()):
        with pytest.raises(NotAllowed):
            actions.step_in(organisation=college, by=user)
    school = OrganisationFactory(area=college.area, is_provider=False)
    with pytest.raises(NotAllowed):
        actions.step_in(organisation=school, by=help_desk)
    assert not StaffRole.objects.filter(kind=RoleKind.EDITOR).exists()


def test_the_page_asks_whether_it_is_meant(college, help_desk, client):
    client.force_login(help_desk)
    page = reverse("providers:staff-step-in", args=[college.reference])
    assert page in client.get(reverse("providers:staff-of", args=[college.reference])).content.decode()

    assert "Tick this, or go back" in client.post(page).content.decode()
    answer = client.post(page, {"is_knowing": "on"}, follow=True)

    assert "Until tonight you keep the courses of Northfield College." in answer.content.decode()
    assert page not in answer.content.decode()
