import datetime as dt
import time

import pytest
from django.db import transaction

from activity.actions import deliver, post, post_all, record, sweep_outbox
from activity.actions import outbox as outbox_actions
from activity.models import Event, OutboxMessage
from activity.querysets import OutboxQuerySet
from activity.registry import SendLater
from core import clock
from tests.factories import AreaFactory
from tests.races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(kinds):
    """Payloads sent, by a sender that keeps them."""
    payloads = []
    kinds.register_sender("offer-accepted", payloads.append)
    return payloads


def test_a_message_is_sent_once_however_often_it_is_delivered(sent):
    message = post("offer-accepted", key="offer-accepted:7", choice_id=7)
    deliver(message.pk)
    deliver(message.pk)
    message.refresh_from_db()
    assert sent == [{"choice_id": 7}]
    assert (message.tries, message.sent_at is not None, message.last_error) == (1, True, "")


def test_posting_the_same_occasion_again_tells_nobody_again(sent):
    first = post("offer-accepted", key="offer-accepted:7", choice_id=7)
    assert post("offer-accepted", key="offer-accepted:7", choice_id=7) == first
    assert sweep_outbox() == 1
    assert sweep_outbox() == 0
    assert len(sent) == 1


def test_a_worker_is_told_after_the_commit_and_only_of_a_new_message(
    sent, monkeypatch, django_capture_on_commit_callbacks
):
    woken = []
    monkeypatch.setattr("activity.actions.waking.wake", lambda *told: woken.append(told))
    with django_capture_on_commit_callbacks(execute=True):
        message = post("offer-accepted", key="offer-accepted:7", choice_id=7)
        post("offer-accepted", key="offer-accepted:7", choice_id=7)
        assert woken == []
    assert woken == [("activity.deliver", message.pk)]


def test_many_are_posted_once_each_with_one_nudge(sent, monkeypatch, django_capture_on_commit_callbacks):
    nudges = []
    monkeypatch.setattr("activity.actions.waking.wake", lambda task, *ids: nudges.append((task, ids)))
    post("offer-accepted", key="offer-accepted:7", choice_id=7)
    with django_capture_on_commit_callbacks(execute=True):
        post_all("offer-accepted", {f"offer-accepted:{choice}": {"choice_id": choice} for choice in (7, 8, 9)})
    with django_capture_on_commit_callbacks(execute=True):
        post_all("offer-accepted", {"offer-accepted:8": {"choice_id": 8}})
    assert nudges == [("activity.sweep_outbox", ())]
    assert sweep_outbox() == 3
    assert sorted(payload["choice_id"] for payload in sent) == [7, 8, 9]


def test_what_is_rolled_back_tells_nobody(sent):
    with transaction.atomic():
        post("offer-accepted", key="offer-accepted:7", choice_id=7)
        transaction.set_rollback(True)
    assert sweep_outbox() == 0
    assert sent == []


def test_a_failed_try_keeps_the_kind_of_error_undoes_what_the_sender_wrote_and_waits_longer_each_time(kinds):
    def broken(payload):
        record("message.half-written", subject=AreaFactory(), by=None)
        raise ConnectionRefusedError("amina@example.org said no")

    kinds.register_sender("offer-accepted", broken)
    message = post("offer-accepted", key="offer-accepted:7")
    waits = []
    moment = clock.now()
    for _ in range(4):
        with clock.at(moment):
            assert sweep_outbox() == 1
            assert sweep_outbox() == 0
        message.refresh_from_db()
        waits.append(message.next_try_at - moment)
        moment = message.next_try_at
    assert waits == [dt.timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)]
    assert (message.tries, message.last_error, message.sent_at) == (4, "ConnectionRefusedError", None)
    assert not Event.objects.exists()


def test_one_broken_message_does_not_hold_up_the_others(sent):
    lost = post("no-such-kind", key="lost")
    post("offer-accepted", key="offer-accepted:7", choice_id=7)
    assert sweep_outbox() == 2
    lost.refresh_from_db()
    assert sent == [{"choice_id": 7}]
    assert lost.last_error == "KeyError"


def test_after_three_days_a_message_is_given_up_and_stays_visible(kinds):
    message = post("no-such-kind", key="lost")
    with clock.at(clock.now() + dt.timedelta(days=3)):
        deliver(message.pk)
        message.refresh_from_db()
        assert message.given_up_at == clock.now()
        assert sweep_outbox() == 0


def test_the_longest_wait_is_an_hour(kinds):
    message = post("no-such-kind", key="lost")
    OutboxMessage.objects.update(tries=500)
    deliver(message.pk)
    message.refresh_from_db()
    assert message.next_try_at <= clock.now() + outbox_actions.LONGEST_WAIT


class TestTwoWorkersAtOnce:
    pytestmark = pytest.mark.django_db(transaction=True)

    @pytest.fixture
    def message(self, kinds):
        self.sent = []

        def slow(payload):
            self.sent.append(payload)
            time.sleep(0.3)

        kinds.register_sender("offer-accepted", slow)
        return post("offer-accepted", key="offer-accepted:7", choice_id=7)

    def test_send_it_once(self, message):
        assert at_once(*[lambda: deliver(message.pk)] * 2) == [None, None]
        assert self.sent == [{"choice_id": 7}]

    def test_would_send_it_twice_without_the_row_lock(self, message, monkeypatch):
        monkeypatch.setattr(OutboxQuerySet, "select_for_update", lambda queryset, **_: queryset)
        at_once(*[lambda: deliver(message.pk)] * 2)
        assert self.sent == [{"choice_id": 7}] * 2


def test_a_message_that_names_its_hour_waits_for_it_and_that_is_no_try(kinds):
    told, morning = [], clock.now() + dt.timedelta(hours=9)

    def send(payload):
        if clock.now() < morning:
            raise SendLater(morning)
        told.append(payload)

    kinds.register_sender("by-day", send)
    message = post("by-day", key="by-day:7", choice_id=7)
    deliver(message.pk)
    assert sweep_outbox() == 0
    message.refresh_from_db()
    assert (told, message.tries, message.next_try_at, message.last_error) == ([], 0, morning, "")
    with clock.at(morning):
        assert (sweep_outbox(), sweep_outbox()) == (1, 0)
    assert told == [{"choice_id": 7}]
