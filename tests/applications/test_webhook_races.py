"""What an address is told while others write, when it does not answer, and when whoever tells it dies."""

import datetime as dt
import json
import os
import signal
import threading
import warnings

import pytest
from django.core import mail
from django.db import connection, connections
from django.test import Client

from activity.actions import sweep_outbox
from applications import actions
from applications.actions import deliveries
from applications.models import Choice, Webhook, WebhookDelivery, WebhookTry
from applications.views import api_shapes
from core import clock
from tests.applications.hooks import Receiver, add, again, work
from tests.applications.systems import API, System
from tests.applications.test_placing import on_a_line
from tests.applications.walk import Town
from tests.outside import LOCAL, running
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town(transactional_db, settings):
    settings.OUTGOING_PRIVATE_NETWORKS = [LOCAL]
    return Town()


@pytest.fixture
def receiver(town):
    with running() as outside:
        receiver = Receiver(outside)
        receiver.outside = outside
        yield receiver


def later(school_day, **how_long):
    school_day.shift(dt.timedelta(**how_long))


def change(choice):
    """Something about it is another."""
    Choice.objects.filter(pk=choice.pk).update(reason_words=f"Words of {clock.now()}")


def test_changes_are_told_once_by_reference_and_signed_as_the_docs_say(town, receiver):
    before = town.choice("sent")
    _webhook, secret, _manager = add(town, receiver)
    assert work() == []  # what was there before is no news
    first, second = town.choice("sent", town.run("Joinery")), town.choice("sent", town.run("Art"), learner=town.ben)
    actions.make_offer(choice=first, by=town.admissions, message="Welcome, Amina")
    town.choice("sent", town.run("A level Biology", provider=town.southbank), learner=town.ben)

    assert len(work()) == 1
    (said,) = receiver.said
    assert (said["type"], said["provider"], said["gone"]) == ("applications.changed", town.northfield.reference, [])
    assert sorted(said["changed"]) == sorted([first.reference, second.reference])
    assert said.keys() == api_shapes.ChangedEvent.model_validate(said).model_dump().keys()
    system = System(town)
    assert sorted(system.walk(said["since"])[0]) == sorted(said["changed"])
    headers, body = receiver.heard[0]
    assert (headers["webhook-id"], headers["content-type"]) == (said["id"], "application/json")
    assert not [word for word in ("Amina", "Yusuf", "Welcome", "Joinery") if word in f"{headers} {body}"]
    assert (receiver.is_signed(secret), receiver.is_signed(secret.swapcase())) == (True, False)
    receiver.heard.append((headers, body.replace(b"changed", b"gone")))
    assert not receiver.is_signed(secret)
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, delivery.attempts.get().status, delivery.attempts.get().sentence) == ("delivered", 204, "")
    assert work() == []
    change(before)
    work()
    assert receiver.said[-1]["changed"] == [before.reference]


def test_the_description_has_the_event_where_openapi_3_1_wants_it():
    described = json.loads(Client().get(f"{API}/openapi.json").content)
    event = described["webhooks"]["changed"]["post"]
    assert {"id", "type", "timestamp", "provider", "since", "changed", "gone"} == set(
        event["requestBody"]["content"]["application/json"]["schema"]["properties"]
    )
    assert [one["name"] for one in event["parameters"]] == ["webhook-id", "webhook-timestamp", "webhook-signature"]


def test_an_address_that_fails_is_tried_ever_later_then_stopped_and_goes_on_where_it_was(town, receiver, school_day):
    webhook, _secret, manager = add(town, receiver)
    choice = town.choice("sent")
    receiver.status, waits = 500, []
    work()
    other = town.choice("sent", town.run("Joinery"), learner=town.ben)
    while again(webhook).state == "on":
        work()
        assert work() == []  # not before its time
        delivery = WebhookDelivery.objects.get()
        waits.append(round((delivery.next_at - clock.now()).total_seconds() / 60))
        later(school_day, minutes=max(waits[-1], 0), seconds=5)
    assert waits[:-1] == [1, 5, 15, 60, 240, 720, 1440, 1440]
    assert WebhookTry.objects.filter(status=500).count() == len(receiver.heard) == 9
    assert len({said["id"] for said in receiver.said}) == 1
    assert WebhookTry.objects.first().sentence.startswith("It answered 500.")
    sweep_outbox()
    sweep_outbox()
    (told,) = [one for one in mail.outbox if one.subject.endswith("of your own system does not answer")]
    assert (told.bcc, "for three days" in told.body) == (["mo@example.org"], True)
    assert work() == []

    receiver.status = 200
    receiver.heard.clear()
    actions.send_test_event(webhook=webhook, by=manager)
    work()
    assert [said["type"] for said in receiver.said] == ["test"]
    actions.switch_on_webhook(webhook=webhook, by=manager)
    work()
    assert [said["changed"] for said in receiver.said[1:]] == [[choice.reference], [other.reference]]


def test_a_redirect_is_not_followed_and_no_answer_says_why(town, receiver, settings):
    _webhook, _secret, manager = add(town, receiver)
    receiver.status, receiver.headers = 302, {"Location": receiver.outside.url("/elsewhere")}
    town.choice("sent")
    work()
    assert [path for _method, path, _headers in receiver.outside.asked] == ["/hooks"]
    # What was public when it was added is not asked once it leads inside.
    settings.OUTGOING_PRIVATE_NETWORKS = []
    delivery = actions.hasten_delivery(delivery=WebhookDelivery.objects.get(), by=manager)
    actions.deliver_to_webhook(delivery.pk)
    assert len(receiver.outside.asked) == 1
    first, second = WebhookTry.objects.all()
    assert (first.status, "not followed" in first.sentence) == (302, True)
    assert (second.status, "private network" in second.sentence) == (None, True)
    assert WebhookDelivery.objects.get().tries == 1  # pressed by hand, it counts as none


def test_both_secrets_sign_for_three_days(town, receiver, school_day):
    webhook, old, manager = add(town, receiver)
    _webhook, new = actions.renew_secret(webhook=webhook, by=manager)
    actions.send_test_event(webhook=webhook, by=manager)
    work()
    assert (receiver.is_signed(old), receiver.is_signed(new)) == (True, True)
    later(school_day, days=3, seconds=5)
    actions.send_test_event(webhook=webhook, by=manager)
    work()
    assert (receiver.is_signed(old), receiver.is_signed(new)) == (False, True)


def test_what_changes_while_it_is_told_comes_with_the_next(town, receiver):
    _webhook, _secret, _manager = add(town, receiver)
    choice, other = town.choice("sent"), town.choice("sent", town.run("Art"), learner=town.ben)
    done = []

    def meanwhile():
        # Asked while its delivery is under way: nothing is locked, so the change goes through at once.
        if not done:
            done.append(True)
            change(choice)
            connection.close()

    receiver.meanwhile = meanwhile
    work()
    assert [sorted(said["changed"]) for said in receiver.said] == [
        sorted([choice.reference, other.reference]),
        [choice.reference],
    ]


def test_a_partner_is_told_of_what_is_theirs_no_more(town, receiver):
    choice = on_a_line(town)
    add(town, receiver, provider=town.southbank)
    for partner in (town.southbank, None):
        actions.place_choice(choice=choice, partner=partner, by=town.admissions)
        work()
    assert [(said["changed"], said["gone"]) for said in receiver.said] == [
        ([choice.reference], []),
        ([], [choice.reference]),
    ]


def test_after_a_copy_was_put_back_it_is_told_everything_again(town, receiver):
    webhook, _secret, _manager = add(town, receiver)
    choice = town.choice("sent")
    Webhook.objects.update(told_in=2**61)
    work()
    assert receiver.said[0]["changed"] == [choice.reference]
    assert again(webhook).told_in < 2**61


def test_more_than_one_delivery_holds_are_several(town, receiver, monkeypatch):
    monkeypatch.setattr(deliveries, "MOST_NAMED", 2)
    add(town, receiver)
    choices = [town.choice("sent", town.run(f"Course {number}")) for number in range(3)]
    work()
    assert [len(said["changed"]) for said in receiver.said] == [2, 1]
    told = [reference for said in receiver.said for reference in said["changed"]]
    assert told == [choice.reference for choice in choices]


# Two at once, and nobody at all


def told_by_two(town, receiver):
    add(town, receiver)
    town.choice("sent")
    at_once(actions.sweep_webhooks, actions.sweep_webhooks)
    delivery = WebhookDelivery.objects.get()
    at_once(*[lambda: actions.deliver_to_webhook(delivery.pk)] * 2)
    return delivery


def test_two_sweeps_and_two_workers_tell_it_once(town, receiver):
    told_by_two(town, receiver)
    assert len(receiver.heard) == WebhookTry.objects.count() == 1


def test_without_the_lock_it_would_be_told_twice(town, receiver, monkeypatch):
    both = threading.Barrier(2, timeout=10)
    monkeypatch.setattr(deliveries, "_lock", lambda key: Webhook.objects.select_related("provider").get(pk=key))
    monkeypatch.setattr(deliveries.secrets, "token_hex", lambda _size: f"worker {both.wait()}")
    told_by_two(town, receiver)
    assert len(receiver.heard) == 2


def test_a_worker_killed_while_it_asks_leaves_a_delivery_that_is_told_again_under_the_same_name(town, receiver):
    add(town, receiver)
    choice = town.choice("sent")
    actions.sweep_webhooks()
    delivery, child = WebhookDelivery.objects.get(), 0
    held = threading.Event()

    def meanwhile():
        os.kill(child, signal.SIGKILL)
        held.set()

    receiver.meanwhile = meanwhile
    connections.close_all()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 warns of forking beside threads
        child = os.fork()
    if child == 0:
        try:
            receiver.outside.server.socket.close()
            actions.deliver_to_webhook(delivery.pk)
        finally:
            os._exit(1)
    _pid, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert held.wait(10)
    receiver.meanwhile = None
    delivery.refresh_from_db()
    assert (delivery.state, delivery.tries, delivery.lease_until is not None) == ("waiting", 1, True)
    assert work() == []  # somebody may still be asking
    WebhookDelivery.objects.update(lease_until=delivery.lease_until - deliveries.LEASE)
    assert work() == [delivery.pk]
    assert [said["id"] for said in receiver.said] == [delivery.reference] * 2
    assert receiver.said[0] == receiver.said[1]
    assert receiver.said[0]["changed"] == [choice.reference]
    first, second = WebhookTry.objects.all()
    assert (first.sentence, second.status) == ("The portal itself stopped while it was asking.", 204)


def test_whatever_ends_each_worker_is_met_ever_later_as_an_address_that_fails(town, receiver, school_day):
    add(town, receiver)
    town.choice("sent")
    actions.sweep_webhooks()
    delivery = WebhookDelivery.objects.get()
    for _killed in range(2):
        assert deliveries._claim(delivery.pk)
        WebhookDelivery.objects.update(lease_until=None)
    work()
    assert receiver.heard == []
    later(school_day, minutes=5, seconds=5)
    assert work() == [delivery.pk]
    assert len(receiver.heard) == 1


def test_nothing_is_open_in_the_database_while_an_address_is_asked_and_a_slow_one_holds_up_nobody(town, receiver):
    slow = Receiver(receiver.outside, "/slow")
    _webhook, _secret, manager = add(town, slow)
    actions.add_webhook(provider=town.northfield, address=receiver.address, by=manager)
    town.choice("sent")
    actions.sweep_webhooks()
    is_asked, may_answer = threading.Event(), threading.Event()

    def meanwhile():
        is_asked.set()
        assert may_answer.wait(4)

    slow.meanwhile = meanwhile
    first, second = WebhookDelivery.objects.order_by("webhook_id").values_list("pk", flat=True)

    def deliver():
        try:
            actions.deliver_to_webhook(first)
        finally:
            connection.close()

    thread = threading.Thread(target=deliver)
    thread.start()
    assert is_asked.wait(10)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND xact_start IS NOT NULL"
        )
        (number,) = cursor.fetchone()
    actions.deliver_to_webhook(second)
    assert (number, len(receiver.heard), WebhookDelivery.objects.get(pk=first).state) == (0, 1, "waiting")
    may_answer.set()
    thread.join(10)
    assert WebhookDelivery.objects.get(pk=first).state == "delivered"


def test_a_delivery_that_kills_every_worker_is_given_up(town, receiver):
    webhook, _secret, _manager = add(town, receiver)
    town.choice("sent")
    actions.sweep_webhooks()
    WebhookDelivery.objects.update(tries=9)
    work()
    assert (again(webhook).state, receiver.heard) == ("stopped", [])
