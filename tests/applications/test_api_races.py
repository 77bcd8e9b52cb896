"""What another system is told while others write, and what becomes of its requests when a process dies."""

import threading

import psycopg
import pytest
from django.db import OperationalError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Receipt
from activity.models import Event
from applications import actions
from applications.models import ApiCall, Choice
from applications.queries import changes
from tests.applications.systems import API, System
from tests.applications.test_placing import on_a_line
from tests.applications.walk import Town, again

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town(transactional_db):
    return Town()


class Elsewhere:
    """Somebody else's transaction, which goes on until it is let end."""

    def __init__(self, act):
        self.is_begun, self.may_end, self.error, self.pid = threading.Event(), threading.Event(), None, None
        self.thread = threading.Thread(target=self._run, args=[act])
        self.thread.start()
        assert self.is_begun.wait(20)

    def _run(self, act):
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_backend_pid()")
                    (self.pid,) = cursor.fetchone()
                act()
                self.hold()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            self.error = error
        finally:
            connections.close_all()

    def hold(self):
        self.is_begun.set()
        assert self.may_end.wait(20)

    def end(self):
        self.may_end.set()
        self.thread.join(20)
        assert not self.thread.is_alive()


def late_news(town):
    """What a system is told of two choices when the one that changed first is committed last."""
    system = System(town)
    slow, quick = town.choice("sent"), town.choice("sent", town.run("Joinery"), learner=town.ben)
    _known, since = system.walk()
    told = []
    writing = Elsewhere(lambda: actions.put_on_reserve(choice=slow, by=town.admissions))
    try:
        actions.put_on_reserve(choice=quick, by=town.admissions)
        first, since = system.walk(since)
        told += first
    finally:
        writing.end()
    assert writing.error is None
    rest, since = system.walk(since)
    assert system.walk(since) == ([], since)
    return [slow.reference, quick.reference], told + rest


def test_nothing_is_missed_and_nothing_told_twice_while_somebody_writes(town):
    both, told = late_news(town)
    assert told == both


def test_who_writes_in_another_database_of_the_server_holds_nothing_back(town):
    system, choice = System(town), town.choice("sent")
    _known, since = system.walk()
    known = connection.get_connection_params()
    there = {name: known[name] for name in ("host", "port", "user", "password") if name in known}
    with psycopg.connect(dbname="postgres", **there) as stranger:
        stranger.execute("SELECT pg_current_xact_id()")
        actions.put_on_reserve(choice=choice, by=town.admissions)
        assert system.walk(since)[0] == [choice.reference]


def test_without_the_horizon_what_is_committed_late_is_never_told(town, monkeypatch):
    monkeypatch.setattr(changes, "_numbers", lambda: (2**62, 2**62))
    (slow, quick), told = late_news(town)
    assert (slow in told, quick in told) == (False, True)


def test_everything_that_hangs_on_a_choice_is_news(town):
    system, choice = System(town), town.choice("offered")
    version, since = system.get(f"/choices/{choice.reference}")["ETag"], system.walk()[1]
    offer = again(choice).standing_offer
    for change in (
        lambda: offer.conditions.update(state="met"),
        lambda: Choice.objects.filter(pk=choice.pk).update(reason_words="Words."),
        lambda: type(offer).objects.filter(pk=offer.pk).update(message="Hello"),
    ):
        change()
        told, since = system.walk(since)
        assert told == [choice.reference]
        assert system.get(f"/choices/{choice.reference}")["ETag"] != version
    answered = system.answer(choice, "withdraw", reason="other", if_match=version)
    assert (answered.status_code, again(choice).status) == (412, "offered")
    # After a copy was put back onto another server its numbers begin anew.
    ahead = str(changes.Cursor(2**61, 1))
    assert system.get("/choices", since=ahead).json()["code"] == "cursor_unknown"


def test_the_learners_order_and_what_belongs_together_is_no_news(town):
    system, choice = System(town), town.choice("sent")
    other = town.choice("sent", town.run("A level Biology", provider=town.southbank))
    version, since = system.get(f"/choices/{choice.reference}")["ETag"], system.walk()[1]
    actions.rank_choice(choice=other, rank=1, by=town.amina.user)
    actions.join_companions(choice=choice, other=other, by=town.amina.user)
    assert (again(choice).rank, again(choice).companion_group) == (2, 1)
    assert system.walk(since) == ([], since)
    assert system.get(f"/choices/{choice.reference}")["ETag"] == version
    actions.put_on_reserve(choice=choice, by=town.admissions)
    assert system.walk(since)[0] == [choice.reference]


def test_a_decision_that_waits_for_its_hour_is_not_told(town):
    system = System(town)
    choice = town.choice("sent")
    before, since = system.get(f"/choices/{choice.reference}"), system.walk()[1]
    release = actions.open_release(provider=town.northfield, name="First offers", by=town.admissions)
    actions.stage_decision(release=release, choice=choice, verb="refuse", by=town.admissions, reason="full")
    after = system.get(f"/choices/{choice.reference}")
    assert (after.json(), system.walk(since)) == (before.json(), ([], since))


def test_what_has_not_changed_is_not_read_again(town):
    system = System(town)
    choice = town.choice("sent")
    seen = system.get(f"/choices/{choice.reference}")["ETag"]
    Receipt.objects.all().delete()
    same = system.client.get(f"{API}/choices/{choice.reference}", headers={"If-None-Match": seen})
    assert (same.status_code, same.content, same["ETag"], Receipt.objects.count()) == (304, b"", seen, 0)
    actions.put_on_reserve(choice=choice, by=town.admissions)
    assert (
        system.client.get(f"{API}/choices/{choice.reference}", headers={"If-None-Match": seen}).json()["state"]
        == "reserve_list"
    )


def test_a_partners_own_system_is_told_that_it_is_theirs_no_more_and_nothing_else(town):
    choice = on_a_line(town)
    lead, partner = System(town), System(town, provider=town.southbank)
    beginning = partner.get("/choices").json()
    assert (beginning["items"], beginning["gone"]) == ([], [])
    actions.place_choice(choice=choice, partner=town.southbank, by=town.admissions)
    told, since = partner.walk()
    assert told == [choice.reference]

    actions.place_choice(choice=choice, partner=None, by=town.admissions)
    page = partner.get("/choices", since=since).json()
    assert (page["items"], page["gone"], page["has_more"]) == ([], [choice.reference], False)
    assert partner.get(f"/choices/{choice.reference}").status_code == 404
    assert partner.get("/choices", since=page["since"]).json()["gone"] == []
    assert lead.get("/choices").json()["gone"] == []

    # And placed there once more, it is theirs again.
    actions.place_choice(choice=choice, partner=town.southbank, by=town.admissions)
    page = partner.get("/choices").json()
    assert ([item["reference"] for item in page["items"]], page["gone"]) == ([choice.reference], [])


def test_a_request_whose_process_dies_is_done_by_the_next_try_and_only_once(town, monkeypatch):
    system, choice = System(town), town.choice("sent")
    done, dying = actions.make_offer, []

    def slowly(**said):
        offered = done(**said)
        dying[0].hold()
        return offered

    monkeypatch.setattr("applications.views.api.actions.make_offer", slowly)

    class Dying(Elsewhere):
        def __init__(self, act):
            dying.append(self)
            super().__init__(act)

    system.get("/choices")  # the hour of its last use is written
    first = Dying(lambda: system.answer(choice, "offer", key="offer-amina"))
    # Meanwhile the system, which heard nothing, asks again.
    again_at_once = system.answer(choice, "offer", key="offer-amina")
    assert (again_at_once.status_code, again_at_once.json()["code"]) == (409, "in_flight")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [first.pid])
    first.end()
    assert isinstance(first.error, OperationalError)
    assert (again(choice).status, ApiCall.objects.count()) == ("sent", 0)

    monkeypatch.setattr("applications.views.api.actions.make_offer", done)
    answers = [system.answer(choice, "offer", key="offer-amina") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert Event.objects.filter(verb="choice.offer").count() == 1


def test_a_page_asks_the_same_for_one_and_for_five(town):
    system, number = System(town), 0
    system.get("/choices")
    for rows in (1, 5):
        while number < rows:
            number += 1
            town.choice(
                "sent", town.run(f"Course {number}"), learner=town.learner("Eve", f"No{number}", school=town.hollins)
            )
        with CaptureQueriesContext(connection) as asked:
            page = system.get("/choices").json()
        assert len(page["items"]) == rows
        # Beside a busy neighbour on the same server the numbers are looked at again.
        looks = sum("pg_snapshot_xip" in each["sql"] for each in asked)
        assert 1 <= looks <= changes.TRIES
        assert len(asked) - looks == 7
