"""E-mails that come back: through a real server that refuses, and as returned mail."""

import io
import socket
import sys
from email import message_from_bytes
from email.message import Message
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.mime.text import MIMEText
from types import SimpleNamespace

import pytest
from aiosmtpd.controller import Controller
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command

from accounts import actions
from accounts.mail import Backend, sealed_id
from accounts.models import LearnerContact, User
from activity.actions import sweep_outbox
from core.errors import NotAllowed
from tests.factories import LearnerFactory, UserFactory

pytestmark = pytest.mark.django_db

GONE, FULL, BARRED = "gone@example.org", "full@example.org", "barred@example.org"


class Server:
    """Takes mail for everybody but three: one it will never know, one whose box is full today, one it bars us from."""

    def __init__(self):
        self.taken = []

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):  # noqa: N802 - its interface
        if address == GONE:
            return "550 5.1.1 nobody has this address"
        if address == FULL:
            return "452 4.2.2 mailbox full"
        if address == BARRED:
            return "550 5.7.1 relaying denied"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - its interface
        self.taken.append(envelope)
        return "250 OK"


@pytest.fixture
def server():
    handler = Server()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield SimpleNamespace(taken=handler.taken, backend=Backend(host="127.0.0.1", port=port, use_tls=False))
    controller.stop()


def mail_to(server, *addresses):
    return server.backend.send_messages([EmailMessage("Next Step: please sign in", "Sign in.", bcc=list(addresses))])


@pytest.fixture
def gone():
    return UserFactory(email=GONE)


def again(thing):
    return type(thing)._default_manager.get(pk=thing.pk)


def test_whoever_cannot_be_reached_is_kept_and_the_others_get_it(server, gone):
    reached = UserFactory(email="priya@example.org")
    assert mail_to(server, gone.email, reached.email) == 1
    assert [envelope.rcpt_tos for envelope in server.taken] == [[reached.email]]
    assert (again(gone).is_bouncing, again(reached).is_bouncing) == (True, False)


def test_nobody_left_to_write_to_is_no_error_and_the_server_is_not_asked_again(server, gone):
    assert mail_to(server, gone.email) == 1
    server.backend.host = "nowhere.invalid"
    assert mail_to(server, gone.email.upper()) == 0
    assert server.taken == []


def test_a_full_box_is_tried_again_and_blames_nobody(server):
    person = UserFactory(email=FULL)
    with pytest.raises(OSError, match="mailbox full"):
        mail_to(server, FULL)
    assert not again(person).is_bouncing


def test_a_server_that_does_not_let_us_send_blames_nobody(server, gone):
    person = UserFactory(email=BARRED)
    with pytest.raises(OSError, match="relaying denied"):
        mail_to(server, BARRED)
    assert mail_to(server, BARRED, "priya@example.org") == 1
    assert not again(person).is_bouncing


def test_who_says_that_a_shared_address_is_right_is_written_to_again(server):
    amina, ben = UserFactory(email="family@example.org"), UserFactory(email="Family@example.org")
    other = UserFactory(email=GONE)
    for address in ("family@example.org", GONE):
        actions.note_bounce(address=address)
    assert mail_to(server, amina.email) == 0
    actions.try_address_again(user=amina, by=amina)
    assert mail_to(server, amina.email) == 1
    assert [again(one).is_bouncing for one in (amina, ben, other)] == [False, False, True]


def test_nothing_of_an_address_stays_when_it_is_taken_away(gone):
    actions.note_bounce(address=GONE)
    actions.remove_email(user=gone, by=gone)
    assert (again(gone).email, again(gone).bounced_email) == ("", "")


def test_a_new_address_is_written_to_and_the_old_one_says_that_it_is_right(server, gone):
    mail_to(server, gone.email)
    User.objects.filter(pk=gone.pk).update(email="new@example.org")
    assert not again(gone).is_bouncing
    assert mail_to(server, "new@example.org") == 1
    User.objects.filter(pk=gone.pk).update(email=GONE)
    assert again(gone).is_bouncing
    actions.try_address_again(user=gone, by=gone)
    assert not again(gone).is_bouncing
    with pytest.raises(NotAllowed):
        actions.try_address_again(user=gone, by=UserFactory())


def returned(*, message_id, action="failed", status="5.1.1", address=GONE):
    """A notification as RFC 3464 has it."""
    original = Message()
    original["Message-ID"], original["To"] = message_id, address
    original.set_payload("Sign in.")
    server, recipient = Message(), Message()
    server["Reporting-MTA"] = "dns; example.net"
    recipient["Final-Recipient"] = f"rfc822; {address}"
    recipient["Action"], recipient["Status"] = action, status
    report = MIMEMultipart("report", report_type="delivery-status")
    said = MIMENonMultipart("message", "delivery-status")
    said.set_payload([server, recipient])
    for part in (MIMEText("It could not be delivered."), said, MIMEMessage(original)):
        report.attach(part)
    return report.as_bytes()


def take(monkeypatch, data):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data)))
    out = io.StringIO()
    call_command("take_bounce", stdout=out)
    return out.getvalue().strip()


def test_a_mail_that_comes_back_later_counts_where_it_was_ours(monkeypatch, gone):
    contact = LearnerContact.objects.create(learner=LearnerFactory(), email=GONE)
    said = take(monkeypatch, returned(message_id=sealed_id([GONE])))
    assert said == "Addresses that failed: 1. Where they stand here: 2."
    assert (again(gone).is_bouncing, again(contact).is_bouncing) == (True, True)


@pytest.mark.parametrize("said", [{"action": "delayed", "status": "4.4.1"}, {"status": "4.2.2"}, {"status": "5.7.1"}])
def test_what_may_still_arrive_is_no_bounce(monkeypatch, gone, said):
    assert (
        take(monkeypatch, returned(message_id=sealed_id([GONE]), **said))
        == "Addresses that failed: 0. Where they stand here: 0."
    )
    assert not again(gone).is_bouncing


def test_who_got_a_mail_of_ours_cannot_silence_somebody_else_with_its_number(server, monkeypatch, gone):
    mail_to(server, "mallory@example.org", "priya@example.org")
    number = message_from_bytes(server.taken[0].content)["Message-ID"]
    assert take(monkeypatch, returned(message_id=number)) == "Addresses that failed: 0. Where they stand here: 0."
    assert not again(gone).is_bouncing
    mallory = UserFactory(email="Mallory@example.org")
    take(monkeypatch, returned(message_id=number, address="mallory@example.org"))
    assert again(mallory).is_bouncing


@pytest.mark.parametrize("data", [returned(message_id="<forged@next-step.example>"), b"", b"\xff\x00 not a mail"])
def test_what_does_not_prove_to_be_ours_changes_nothing(monkeypatch, gone, data):
    with pytest.raises(CommandError, match="Nothing has changed"):
        take(monkeypatch, data)
    assert not again(gone).is_bouncing


def test_people_are_shown_it_and_say_that_it_is_right(client, gone):
    client.force_login(gone)
    assert "E-mails do not reach you" not in client.get("/account/").content.decode()
    actions.note_bounce(address=GONE.upper())
    assert "E-mails do not reach you" in client.get("/account/").content.decode()
    page = client.post("/account/address/again/", follow=True).content.decode()
    assert "E-mails do not reach you" not in page
    assert "We send e-mails to your address again." in page


def test_a_link_somebody_has_asked_for_is_tried_and_nothing_else_is(server):
    person = UserFactory(email="back@example.org")
    actions.note_bounce(address=person.email)
    asked, other = (EmailMessage("Next Step: choose a new password", "Link.", to=[person.email]) for _ in range(2))
    asked.is_asked_for = True

    assert server.backend.send_messages([asked, other]) == 1

    assert [envelope.rcpt_tos for envelope in server.taken] == [[person.email]]
    assert again(person).is_bouncing  # until they say that it is right


def test_the_recovery_link_is_one_that_was_asked_for(mailoutbox):
    person = UserFactory(email="back@example.org")
    actions.note_bounce(address=person.email)
    actions.ask_recovery_link(email=person.email, address_hash="here")
    sweep_outbox()

    assert [(sent.to, sent.is_asked_for) for sent in mailoutbox] == [([person.email], True)]


def test_whoever_has_such_an_address_later_is_marked_when_the_first_e_mail_is_held_back(server, gone):
    mail_to(server, GONE)
    sister = LearnerContact.objects.create(learner=LearnerFactory(), email=GONE.upper())
    assert not again(sister).is_bouncing

    assert mail_to(server, GONE) == 0

    assert again(sister).is_bouncing
    assert again(gone).is_bouncing
