"""What became of messages, for those who look after an area."""

import datetime as dt

import pytest
from django.core import mail

from activity.actions import deliver, post, sweep_outbox
from activity.models import Event, OutboxMessage
from activity.queries import outbox_by_kind
from core import clock
from tests.factories import AreaFactory, OrganisationFactory, StaffRoleFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    role = StaffRoleFactory(kind="help_desk", organisation=OrganisationFactory(kind="authority", area=AreaFactory()))
    client.force_login(role.user)
    return client


@pytest.fixture
def failing(monkeypatch):
    """A kind that fails until ``works`` is filled."""
    from activity import registry

    works = []

    def send(payload):
        if not works:
            raise ConnectionRefusedError("priya@example.org")
        mail.EmailMessage("Next Step", "Sign in.", to=["priya@example.org"]).send()

    monkeypatch.setitem(registry.SENDERS, "offer-made", send)
    return works


def given_up(number=1):
    messages = [post("offer-made", key=f"offer-made:{n}", choice_id=n) for n in range(number)]
    with clock.at(clock.now() + dt.timedelta(days=4)):
        for message in messages:
            deliver(message.pk)
    return messages


def test_nothing_was_sent_yet(desk):
    page = desk.get("/desk/outbox/").content.decode()
    assert "Nothing sent yet" in page
    assert "None. Everything got through" in page


def test_what_was_given_up_is_shown_and_tried_again_once_more(desk, failing, django_capture_on_commit_callbacks):
    (message,) = given_up()
    post("choice-sent", key="choice-sent:1", choice_id=1)
    assert [tuple(row) for row in outbox_by_kind()] == [
        ("offer-made", 0, 0, 0, 1, 0, 0),
        ("choice-sent", 0, 1, 0, 0, 0, 0),
    ]
    page = desk.get("/desk/outbox/").content.decode()
    assert "Offer made" in page
    assert "ConnectionRefusedError" in page
    assert "priya" not in page
    failing.append("works")
    desk.post(f"/desk/outbox/{message.pk}/again/", follow=True)
    desk.post(f"/desk/outbox/{message.pk}/again/", follow=True)
    sweep_outbox()
    sweep_outbox()
    assert len(mail.outbox) == 1
    assert Event.objects.filter(verb="message.try_again").count() == 1
    page = desk.post(f"/desk/outbox/{message.pk}/again/", follow=True).content.decode()
    assert "It has been sent meanwhile." in page
    assert "It is being tried again" not in page


@pytest.mark.parametrize("number", [1, 5])
def test_it_asks_as_much_for_five_as_for_one(desk, failing, number, django_assert_num_queries):
    given_up(number)
    desk.get("/desk/outbox/")
    with django_assert_num_queries(8):
        desk.get("/desk/outbox/")


def test_many_are_paged(desk):
    now = clock.now()
    OutboxMessage.objects.bulk_create(
        OutboxMessage(key=f"offer-made:{n}", kind="offer-made", given_up_at=now, tries=80) for n in range(60)
    )
    assert desk.get("/desk/outbox/?page=2").content.decode().count("Try again") == 10


def test_single_messages_are_listed_by_state_and_kind_and_name_nobody(desk, failing, django_assert_num_queries):
    failed, waiting = (post(kind, key=f"{kind}:12345", choice_id=12345) for kind in ("offer-made", "choice-sent"))
    deliver(failed.pk)
    OutboxMessage.objects.create(key="held", kind="offer-made", held_at=clock.now())
    desk.get("/desk/outbox/")
    with django_assert_num_queries(8):
        page = desk.get("/desk/outbox/?state=trying").text
    assert "Failing, tried again (1)" in page
    assert "ConnectionRefusedError" in page
    assert "Next try" in page
    assert "12345" not in page
    only = desk.get(f"/desk/outbox/?state=waiting&kind={waiting.kind}").text
    assert "Waiting for its hour: Choice sent" in only
    assert "None." in desk.get(f"/desk/outbox/?state=waiting&kind={failed.kind}").text
    assert "Held until somebody says that it may go (1)" in only
    assert desk.get("/desk/outbox/?state=nothing&kind=%00").status_code == 200
