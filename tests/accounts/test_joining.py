"""From the e-mail of an invitation to being staff: the link, the account, the refusals, two tabs."""

import datetime as dt
import re

import pytest
from django.conf import settings
from django.core import mail
from django.urls import reverse

from accounts import actions
from accounts.desk_messages import send_invitation
from accounts.models import User
from accounts.tasks import nightly
from activity.actions import deliver
from activity.models import Event, OutboxMessage
from core import clock
from core.errors import RuleBroken, StaleState
from providers.actions import hash_of, invite_staff, make_link, resend_invitation
from providers.models import Invitation, RoleKind, StaffRole
from tests.factories import LearnerFactory, ProviderFactory, StaffRoleFactory, UserFactory
from tests.races import at_once
from tests.second_step import set_up_app

PASSWORD = "seven green bicycles"
ANSWERS = {"name": "Ana Silva", "username": "ana.silva", "password": PASSWORD, "password_again": PASSWORD}


@pytest.fixture
def manager(db):
    college = ProviderFactory(name="Northfield College")
    return StaffRoleFactory(organisation=college, kind=RoleKind.MANAGER, user=UserFactory(name="Priya Shah")).user


@pytest.fixture
def invitation(manager):
    college = manager.staff_roles.get().organisation
    return invite_staff(organisation=college, kind=RoleKind.EDITOR, email="ana@example.org", by=manager)


def link_in(message):
    found = re.search(rf"{re.escape(settings.PORTAL_ADDRESS)}(/invitation/\S+/)", message.body)
    return found[1]


@pytest.fixture
def link(invitation):
    """The address in the e-mail, delivered as the outbox does."""
    deliver(OutboxMessage.objects.get().pk)
    return link_in(mail.outbox[-1])


def test_the_email_has_the_provider_a_link_and_nobodys_name(link, invitation):
    [message] = mail.outbox
    assert message.to == ["ana@example.org"]
    assert "Northfield College" in message.subject
    assert "2 December 2026" in message.body
    for word in ("Priya", "Shah", "ana@example.org", invitation.reference):
        assert word not in message.body + message.subject


def test_nothing_that_is_kept_opens_the_link(link, invitation):
    token = link.split("/")[2]
    invitation.refresh_from_db()
    assert invitation.token_hash == hash_of(token)
    kept = [OutboxMessage.objects.values(), Event.objects.values(), Invitation.objects.values()]
    assert token not in repr([list(rows) for rows in kept])


def test_a_message_for_an_invitation_that_is_over_sends_nothing(invitation, manager):
    resend_invitation(invitation=invitation, by=manager)
    send_invitation({"invitation_id": invitation.pk, "sending": 1})
    assert mail.outbox == []


def test_opening_the_link_changes_nothing_and_takes_the_token_out_of_the_address(client, link, invitation):
    response = client.get(link)
    assert (response.status_code, response.url) == (302, "/invitation/")
    assert "no-store" in response["Cache-Control"]
    page = client.get("/invitation/").content.decode()
    assert "Join Northfield College" in page
    assert "Course editor" in page
    invitation.refresh_from_db()
    assert invitation.is_open


def test_somebody_new_makes_an_account_and_is_in(client, link, invitation):
    client.get(link)
    response = client.post("/invitation/", ANSWERS)
    assert response.url == reverse("accounts:start")

    ana = User.objects.get(username="ana.silva")
    assert (ana.name, ana.email, ana.check_password(PASSWORD)) == ("Ana Silva", "ana@example.org", True)
    role = StaffRole.objects.get(user=ana)
    assert (role.kind, role.organisation) == ("editor", invitation.organisation)
    # Young people's records are behind it: first the second step is set up, then the desk opens.
    assert client.get(reverse("prospectus:desk-courses")).url == reverse("accounts:factor-set-up")
    set_up_app(client)
    assert client.get(reverse("prospectus:desk-courses")).status_code == 200
    assert client.get("/invitation/").status_code == 404
    assert client.get(link).status_code == 404


def test_somebody_with_an_account_signs_in_and_says_yes(client, link, invitation):
    tom = UserFactory(name="Tom Reed")
    client.force_login(tom)
    client.get(link)
    assert "You are signed in as Tom Reed" in client.get("/invitation/").content.decode()
    client.post("/invitation/")
    tom.refresh_from_db()
    assert (tom.email, tom.staff_roles.get().kind) == ("ana@example.org", "editor")


def test_an_account_keeps_the_address_it_has(link, invitation):
    tom = UserFactory(email="tom@example.org")
    invitation.refresh_from_db()
    actions.join_as(invitation=invitation, token_hash=invitation.token_hash, by=tom)
    tom.refresh_from_db()
    assert tom.email == "tom@example.org"


def test_the_link_survives_signing_in_on_the_way(client, link):
    UserFactory(username="tom.reed", name="Tom Reed")
    tom = User.objects.get(username="tom.reed")
    tom.set_password(PASSWORD)
    tom.save()
    client.get(link)
    sign_in = reverse("accounts:sign-in") + "?next=/invitation/"
    response = client.post(sign_in, {"login": "tom.reed", "password": PASSWORD, "next": "/invitation/"})
    assert response.url == "/invitation/"
    assert "You are signed in as Tom Reed" in client.get("/invitation/").content.decode()


def test_a_learners_account_never_becomes_staff(client, link, invitation):
    learner = LearnerFactory()
    client.force_login(learner.user)
    client.get(link)
    assert "You are signed in as a learner" in client.get("/invitation/").content.decode()
    assert client.post("/invitation/").status_code == 200
    invitation.refresh_from_db()
    with pytest.raises(RuleBroken) as refusal:
        actions.join_as(invitation=invitation, token_hash=invitation.token_hash, by=learner.user)
    assert refusal.value.code == "learner_account"
    assert not StaffRole.objects.filter(user=learner.user).exists()


@pytest.mark.parametrize("token", ["nonsense", "0" * 43, "%00", "é"])
def test_a_link_that_never_was_says_so_kindly(client, db, token):
    response = client.get(f"/invitation/{token}/")
    assert response.status_code == 404
    assert "This link no longer works" in response.content.decode()


def test_a_link_too_old_replaced_or_opened_too_long_ago_is_over(client, link, invitation, manager):
    client.get(link)
    with clock.at(clock.now() + dt.timedelta(hours=2)):
        assert client.get("/invitation/").status_code == 404
    with clock.at(dt.date(2026, 12, 3)):
        assert client.get(link).status_code == 404
    client.get(link)
    resend_invitation(invitation=invitation, by=manager)
    assert client.post("/invitation/", ANSWERS).status_code == 404
    assert not User.objects.filter(username="ana.silva").exists()


def test_a_taken_name_and_a_weak_password_are_said_at_the_question(client, link):
    UserFactory(username="Ana.Silva")
    client.get(link)
    assert "Somebody else has this sign-in name" in client.post("/invitation/", ANSWERS).content.decode()
    weak = ANSWERS | {"username": "ana.s", "password": "12345678", "password_again": "12345678"}
    assert "Many people use this password" in client.post("/invitation/", weak).content.decode()
    assert not User.objects.filter(username="ana.s").exists()


def test_a_link_used_meanwhile_leaves_no_account_behind(link, invitation):
    invitation.refresh_from_db()
    held = {"invitation": invitation, "token_hash": invitation.token_hash}
    actions.join_as(**held, by=UserFactory())
    with pytest.raises(StaleState):
        actions.join_as_new(**held, name="Ana Silva", username="ana.silva", password=PASSWORD)
    assert not User.objects.filter(username="ana.silva").exists()


@pytest.mark.django_db(transaction=True)
def test_two_tabs_with_one_link_make_one_account():
    college = ProviderFactory()
    manager = StaffRoleFactory(organisation=college, kind=RoleKind.MANAGER).user
    invitation = invite_staff(organisation=college, kind=RoleKind.EDITOR, email="ana@example.org", by=manager)
    invitation, token = make_link(invitation_id=invitation.pk, sending=1)

    def join(username):
        return lambda: actions.join_as_new(
            invitation=invitation, token_hash=hash_of(token), name="Ana", username=username, password=PASSWORD
        )

    came = at_once(join("ana.one"), join("ana.two"))
    assert sorted(type(one).__name__ for one in came) == ["StaleState", "User"]
    assert User.objects.filter(username__startswith="ana.").count() == 1


def test_the_night_tidies_invitations_too(invitation):
    with clock.at(dt.date(2027, 1, 10)):
        nightly()
    invitation.refresh_from_db()
    assert (invitation.email, invitation.withdrawn_at is not None) == ("", True)
