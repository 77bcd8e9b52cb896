"""A release that two carry out at once, and one whose process is killed in the middle."""

import datetime as dt
import os
import signal
import warnings

import pytest
from django.db import connections
from django.utils import timezone

from activity.models import Event
from applications import actions
from applications.actions import releases as releases_module
from applications.models import Choice, Release, StagedDecision
from applications.queries import broken_invariants
from core import clock
from core.errors import StaleState
from tests.applications.walk import Town
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
NOON = timezone.make_aware(dt.datetime.combine(dt.date(2026, 11, 20), dt.time(12)))


@pytest.fixture
def release(transactional_db):
    town = Town()
    made = actions.open_release(provider=town.northfield, name="First offers", by=town.admissions)
    for title in ("Plumbing", "Tiling", "Joinery", "Art"):
        choice = town.choice("sent", town.run(title, places=9))
        actions.stage_decision(release=made, choice=choice, verb="offer", by=town.admissions)
    made.person = town.admissions
    return made


def set_hour(release, number=4):
    return actions.set_release(release=release, by=release.person, release_at=NOON, number=number)


def run():
    with clock.at(NOON):
        return actions.release_decisions()


def told():
    return sorted(Event.objects.filter(verb="choice.offer").values_list("subject", flat=True))


def all_done_once():
    assert set(Choice.objects.values_list("status", flat=True)) == {"offered"}
    assert len(told()) == len(set(told())) == 4
    assert set(StagedDecision.objects.values_list("outcome", flat=True)) == {"done"}
    assert Release.objects.get().released_at is not None
    assert broken_invariants() == []


def test_two_people_set_the_hour_at_once_and_one_is_told(release):
    outcomes = at_once(lambda: set_hour(release), lambda: set_hour(release))
    assert [isinstance(one, StaleState) for one in outcomes].count(True) == 1


def test_two_workers_at_once_carry_each_decision_out_once(release):
    set_hour(release)
    at_once(run, run)
    all_done_once()


def test_killed_in_the_middle_the_next_run_goes_on_where_it_ended(release):
    set_hour(release)
    connections.close_all()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 warns of forking beside threads
        child = os.fork()
    if child == 0:
        # The third answer is written and not yet marked as done, when nothing of ours gets to handle it.
        mark, seen = releases_module._mark, []

        def mark_or_die(decision, outcome, **said):
            seen.append(decision)
            if len(seen) == 3:
                os.kill(os.getpid(), signal.SIGKILL)
            mark(decision, outcome, **said)

        releases_module._mark = mark_or_die
        try:
            run()
        finally:
            os._exit(1)
    _pid, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert len(told()) == StagedDecision.objects.filter(outcome="done").count() == 2
    assert Release.objects.get().released_at is None
    run()
    all_done_once()
