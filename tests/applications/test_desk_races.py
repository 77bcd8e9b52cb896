"""Two people of one desk at the same moment: as it is, and with the lock taken out, where it must go wrong."""

import threading

import pytest
from django.db.models import QuerySet

from activity.models import Event
from applications import actions
from applications.models import DeskNote, Handling
from applications.queries import broken_invariants
from applications.queries.desk import owner_of
from tests.applications.walk import Town, again
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town(transactional_db):
    town = Town()
    town.colleague = town.staff("Ola Berg", town.northfield, "manager")
    return town


@pytest.fixture
def looked_at(town):
    choice = town.choice("sent")
    actions.look_at_choice(choice=choice, by=town.admissions)
    return choice


@pytest.fixture
def without_the_lock(monkeypatch):
    """``without_the_lock(model)``: both have read before either writes a row of this model."""

    def take_out(model):
        both_have_read, save = threading.Barrier(2), model.save

        def save_late(self, *args, **kwargs):
            both_have_read.wait(timeout=5)
            return save(self, *args, **kwargs)

        monkeypatch.setattr(model, "save", save_late)
        monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **options: self.all())

    return take_out


def given_to_the_same_colleague(town, choice):
    return at_once(
        *(
            lambda by=by: actions.assign_choice(choice=choice, to=town.colleague, by=by)
            for by in (town.admissions, town.colleague)
        )
    )


def test_two_take_the_same_application_and_the_history_ends_with_whose_it_is(town, looked_at):
    people = (town.admissions, town.colleague)
    outcomes = at_once(*(lambda one=one: actions.assign_choice(choice=looked_at, to=one, by=one) for one in people))
    assert not any(isinstance(outcome, Exception) for outcome in outcomes)
    told = Event.objects.filter(verb="choice.assign").order_by("pk")
    assert [event.facts["person"] for event in told] in ([people[0].pk, people[1].pk], [people[1].pk, people[0].pk])
    assert owner_of(again(looked_at)).pk == told.last().facts["person"]
    assert broken_invariants() == []


def test_two_who_give_it_to_the_same_colleague_do_so_once(town, looked_at):
    given_to_the_same_colleague(town, looked_at)
    assert Event.objects.filter(verb="choice.assign").count() == 1


def test_without_the_lock_it_is_given_to_the_same_colleague_twice(town, looked_at, without_the_lock):
    without_the_lock(Handling)
    given_to_the_same_colleague(town, looked_at)
    assert Event.objects.filter(verb="choice.assign").count() == 2


def test_the_first_look_of_two_is_one_persons(town):
    choice = town.choice("sent")
    at_once(*(lambda by=by: actions.look_at_choice(choice=choice, by=by) for by in (town.admissions, town.colleague)))
    assert Handling.objects.get(choice=choice).looked_by in (town.admissions, town.colleague)


def written_twice(town, choice):
    write = {"choice": choice, "words": "Rang the school.", "by": town.admissions}
    return at_once(*[lambda: actions.write_note(**write)] * 2)


def test_a_note_pressed_twice_at_once_is_one_and_two_notes_are_two(town, looked_at):
    written_twice(town, looked_at)
    assert DeskNote.objects.count() == 1
    at_once(
        lambda: actions.write_note(choice=looked_at, words="The reference is here.", by=town.admissions),
        lambda: actions.write_note(choice=looked_at, words="The mock results are here.", by=town.colleague),
    )
    assert sorted(DeskNote.objects.values_list("words", "by")) == [
        ("Rang the school.", town.admissions.pk),
        ("The mock results are here.", town.colleague.pk),
        ("The reference is here.", town.admissions.pk),
    ]
    assert Event.objects.filter(verb="choice.note").count() == 3


def test_without_the_lock_a_note_pressed_twice_is_two(town, looked_at, without_the_lock):
    without_the_lock(DeskNote)
    written_twice(town, looked_at)
    assert DeskNote.objects.count() == 2
