"""Two learners and one place: as it is, and with the lock taken out, where both get it."""

import threading

import pytest
from django.db.models import QuerySet

from applications import actions
from applications.actions import interviews as interviews_module
from applications.models import Interview
from core.errors import RuleBroken
from tests.applications.test_interviews import asked, session
from tests.applications.walk import Town
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def both_book(monkeypatch, *, is_locked):
    town = Town()
    slot = session(town).slots.first()
    amina, ben = asked(town), asked(town, town.run(), learner=town.ben)
    if not is_locked:
        # Both have counted before either writes: they wait for each other where the lock was.
        together, count = threading.Barrier(2), interviews_module.clashing

        def clashing(*args, **kwargs):
            together.wait(timeout=5)
            return count(*args, **kwargs)

        monkeypatch.setattr(interviews_module, "clashing", clashing)
        monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **options: self.all())
    outcomes = at_once(
        *(
            lambda c=choice: actions.book_interview(choice=c, slot=slot, by=c.application.learner.user)
            for choice in (amina, ben)
        )
    )
    refused = [one.code for one in outcomes if isinstance(one, RuleBroken)]
    return refused, Interview.objects.filter(slot=slot, state="planned").count()


def test_one_place_is_booked_by_one_of_two_who_press_at_once(transactional_db, monkeypatch):
    assert both_book(monkeypatch, is_locked=True) == (["slot_full"], 1)


def test_without_the_lock_both_have_it(transactional_db, monkeypatch):
    assert both_book(monkeypatch, is_locked=False) == ([], 2)
