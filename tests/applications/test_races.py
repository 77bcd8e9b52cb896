"""Two people at the same moment: as it is, and with the lock taken out, where it must go wrong."""

import re
import threading

import pytest
from django.db import IntegrityError, OperationalError, connection, connections, transaction
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from activity.models import Event, OutboxMessage
from applications import actions
from applications.actions import answers, sending
from applications.actions import moving as moving_module
from applications.models import Choice
from applications.queries import broken_invariants
from core.errors import RuleBroken, StaleState
from prospectus.actions import places
from prospectus.models import CourseRun
from tests.applications.walk import Town, again

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 3


def at_once(*acts):
    """What each act came to, all started together, each on a connection of its own."""
    outcomes, barrier = [None] * len(acts), threading.Barrier(len(acts))

    def run(number, act):
        barrier.wait()
        try:
            act()
            outcomes[number] = "done"
        except StaleState:
            outcomes[number] = "stale"
        except OperationalError:
            outcomes[number] = "deadlock"
        except (RuleBroken, IntegrityError):
            outcomes[number] = "refused"
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.fixture
def town(transactional_db):
    return Town()


@pytest.fixture
def meeting(monkeypatch):
    """Without the lock both threads read before either writes: they wait for each other where the lock was."""

    def remove_lock():
        together = threading.Barrier(2)

        def write_after_both_have_read(move, **said):
            together.wait(timeout=5)
            return write(move, **said)

        write = moving_module._write
        monkeypatch.setattr(moving_module, "_write", write_after_both_have_read)
        monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **options: self.all())

    return remove_lock


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_two_tabs_accept_two_offers_and_one_wins(town, round_):
    first = town.choice("offered")
    second = town.choice("offered", town.run("Art", provider=town.southbank))
    outcomes = at_once(*(lambda c=c: actions.accept_offer(choice=c, by=town.amina.user) for c in (first, second)))
    assert sorted(outcomes) == ["done", "stale"]
    assert sorted(again(choice).status for choice in (first, second)) == ["accepted", "turned_down"]
    assert broken_invariants() == []


def test_without_the_lock_two_accepting_tabs_run_into_each_other(town, monkeypatch):
    first = town.choice("offered")
    second = town.choice("offered", town.run("Art", provider=town.southbank))
    both_have_read = threading.Barrier(2)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **options: self.all())
    monkeypatch.setattr(answers, "_require_in_time", lambda move: both_have_read.wait(timeout=5))
    outcomes = at_once(*(lambda c=c: actions.accept_offer(choice=c, by=town.amina.user) for c in (first, second)))
    assert sorted(outcomes) != ["done", "stale"]


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_accepting_while_the_provider_withdraws_the_offer_one_is_told(town, round_):
    choice = town.choice("offered")
    outcomes = at_once(
        lambda: actions.accept_offer(choice=choice, by=town.amina.user),
        lambda: actions.withdraw_offer(choice=choice, by=town.admissions, words="It will not run."),
    )
    # An accepted offer can still be withdrawn, so the second may succeed; a withdrawn one is not accepted.
    assert outcomes in (["done", "done"], ["stale", "done"])
    assert again(choice).status == "offer_withdrawn"
    assert broken_invariants() == []


def test_without_the_lock_an_offer_is_accepted_that_is_withdrawn(town, monkeypatch):
    """The learner has read an offer; before their yes is written, it is withdrawn. With the lock one waits for the
    other and reads anew."""
    choice = town.choice("offered")
    has_read, is_withdrawn = threading.Event(), threading.Event()
    write = moving_module._write

    def write_late(move, **said):
        if move.verb == "accept":
            has_read.set()
            is_withdrawn.wait(timeout=5)
        return write(move, **said)

    def withdraw():
        has_read.wait(timeout=5)
        actions.withdraw_offer(choice=choice, by=town.admissions, words="It will not run.")
        is_withdrawn.set()

    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **options: self.all())
    monkeypatch.setattr(moving_module, "_write", write_late)
    outcomes = at_once(lambda: actions.accept_offer(choice=choice, by=town.amina.user), withdraw)
    assert outcomes == ["done", "done"]
    assert again(choice).status == "accepted"
    assert "offer in hand without a standing offer" in " ".join(broken_invariants())


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_turning_down_while_the_provider_withdraws_the_offer_gives_the_place_back_once(town, round_):
    run = town.run()
    town.choice("offered", run, learner=town.ben)
    choice = town.choice("offered", run)
    outcomes = at_once(
        lambda: actions.turn_down_offer(choice=choice, by=town.amina.user),
        lambda: actions.withdraw_offer(choice=choice, by=town.admissions, words="It will not run."),
    )
    assert sorted(outcomes) == ["done", "stale"]
    run.refresh_from_db()
    assert run.places_taken == 1


def test_without_the_lock_both_would_be_done_and_the_place_given_back_twice(town, meeting):
    run = town.run()
    town.choice("offered", run, learner=town.ben)
    choice = town.choice("offered", run)
    meeting()
    outcomes = at_once(
        lambda: actions.turn_down_offer(choice=choice, by=town.amina.user),
        lambda: actions.withdraw_offer(choice=choice, by=town.admissions, words="It will not run."),
    )
    assert outcomes == ["done", "done"]
    run.refresh_from_db()
    assert run.places_taken == 0


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_sending_twice_at_once_sends_once(town, round_):
    choice = town.draft()
    outcomes = at_once(*[lambda: actions.send_choice(choice=choice, by=town.amina.user)] * 2)
    assert sorted(outcomes) == ["done", "stale"]
    assert Event.objects.filter(verb="choice.send").count() == 1


def test_without_the_lock_sending_twice_is_stopped_by_the_snapshots_constraint_only(town, monkeypatch):
    """Without ``select_for_update`` both have read a draft before either writes: nobody is told that it was sent."""
    choice = town.draft()
    both_have_read = threading.Barrier(2)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **options: self.all())
    monkeypatch.setattr(sending, "problems_before_sending", lambda choice: [both_have_read.wait(timeout=5)][1:])
    outcomes = at_once(*[lambda: actions.send_choice(choice=choice, by=town.amina.user)] * 2)
    assert sorted(outcomes) == ["done", "refused"]


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_the_school_endorses_while_the_service_sends_and_the_provider_has_it_once(town, round_):
    choice = town.choice("with_school")
    Choice.objects.filter(pk=choice.pk).update(endorse_due_on="2026-11-17")
    outcomes = at_once(
        lambda: actions.endorse_choice(choice=choice, by=town.coordinator),
        lambda: actions.send_unendorsed(choice=choice),
    )
    assert sorted(outcomes) == ["done", "stale"]
    assert again(choice).is_endorsed is (outcomes[0] == "done")
    assert OutboxMessage.objects.filter(kind="choice-received").count() == 1
    assert broken_invariants() == []


def test_without_the_lock_it_arrives_twice(town, meeting):
    """``meeting`` takes ``select_for_update`` out and lets both read before either writes: both are done."""
    choice = town.choice("with_school")
    Choice.objects.filter(pk=choice.pk).update(endorse_due_on="2026-11-17")
    meeting()
    outcomes = at_once(
        lambda: actions.endorse_choice(choice=choice, by=town.coordinator),
        lambda: actions.send_unendorsed(choice=choice),
    )
    assert outcomes == ["done", "done"]
    assert OutboxMessage.objects.filter(kind="choice-received").count() == 2


def test_two_offers_kept_at_once_leave_one_back_up(town):
    offers = [town.choice("offered"), town.choice("offered", town.run("Art", provider=town.southbank))]
    outcomes = at_once(*(lambda c=c: actions.hold_offer(choice=c, by=town.amina.user) for c in offers))
    assert sorted(outcomes) == ["done", "refused"]
    assert broken_invariants() == []


def test_without_the_lock_both_would_be_kept(town, meeting):
    """``meeting`` takes ``select_for_update`` out and lets both read before either writes: two back-ups."""
    offers = [town.choice("offered"), town.choice("offered", town.run("Art", provider=town.southbank))]
    meeting()
    outcomes = at_once(*(lambda c=c: actions.hold_offer(choice=c, by=town.amina.user) for c in offers))
    assert outcomes == ["done", "done"]
    assert [line.split(":")[0] for line in broken_invariants()] == ["more than one back-up"]


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_adding_a_run_twice_at_once_makes_one_choice(town, round_):
    run = town.run()
    outcomes = at_once(*[lambda: actions.add_run(learner=town.amina, run=run, by=town.amina.user)] * 2)
    assert outcomes == ["done", "done"]
    assert Choice.objects.count() == 1


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_two_offers_of_the_last_place_are_both_counted(town, round_):
    run = town.run(places=1)
    amina, ben = town.choice("sent", run), town.choice("sent", run, learner=town.ben)
    outcomes = at_once(*(lambda c=c: actions.make_offer(choice=c, by=town.admissions) for c in (amina, ben)))
    assert outcomes == ["done", "done"]
    run.refresh_from_db()
    assert (run.places_taken, run.places_left) == (2, 0)
    assert broken_invariants() == []


@pytest.mark.parametrize(("is_locked", "taken"), [(True, 2), (False, 1)])
def test_the_lock_of_a_run_keeps_a_last_place_from_being_counted_once_for_two(town, monkeypatch, is_locked, taken):
    """A counting that reads and then writes is right under the run's lock, and wrong without it."""
    run = town.run(places=1)
    amina, ben = town.choice("sent", run), town.choice("sent", run, learner=town.ben)
    both_have_read = threading.Barrier(2)

    def read_then_write(*, run_ids):
        places.lock_runs(run_ids=run_ids)
        now = CourseRun.objects.get(pk__in=run_ids).places_taken
        if not is_locked:
            both_have_read.wait(timeout=5)
        CourseRun.objects.filter(pk__in=run_ids).update(places_taken=now + 1)

    monkeypatch.setattr(moving_module, "take_places", read_then_write)
    if not is_locked:
        monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **options: self.all())
    outcomes = at_once(*(lambda c=c: actions.make_offer(choice=c, by=town.admissions) for c in (amina, ben)))
    assert outcomes == ["done", "done"]
    run.refresh_from_db()
    assert run.places_taken == taken
    assert bool(broken_invariants()) is not is_locked


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_two_learners_who_release_each_others_courses_do_not_block_each_other(town, round_):
    """Each gives up two offers for the same two runs, in opposite order. Locked in key order, both finish."""
    one, two = town.run("One"), town.run("Two")
    wanted = {
        learner: town.choice("offered", town.run(provider=town.southbank), learner=learner)
        for learner in (town.amina, town.ben)
    }
    for learner, runs in ((town.amina, (one, two)), (town.ben, (two, one))):
        for run in runs:
            town.choice("offered", run, learner=learner)
    outcomes = at_once(*(lambda w=w, b=b.user: actions.accept_offer(choice=w, by=b) for b, w in wanted.items()))
    assert outcomes == ["done", "done"]
    assert broken_invariants() == []


def test_the_runs_of_a_programme_are_locked_in_key_order(town):
    runs = [town.run(f"Run {number}") for number in range(3)]
    with (
        CaptureQueriesContext(connection) as asked,
        transaction.atomic(),
    ):
        places.lock_runs(run_ids=[run.pk for run in reversed(runs)])
    locks = [query["sql"] for query in asked if "FOR NO KEY UPDATE" in query["sql"]]
    assert len(locks) == 1
    assert re.search(r'^SELECT "prospectus_courserun"."id" .* ORDER BY 1 ASC FOR NO KEY UPDATE$', locks[0])
