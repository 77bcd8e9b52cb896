"""Two at a desk ask two learners for the last place, and one learner says yes twice, at the same moment."""

import pytest
from django.db.models import QuerySet

from applications import actions
from applications.models import ClearingInvitation
from applications.queries.clearing import is_placeless
from core.errors import RuleBroken
from tests.applications.walk import Town, walk_to
from tests.races import at_once, meeting

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def last_place(transactional_db):
    town = Town()
    run = town.run("Plumbing for all", places=1)
    listings = []
    for learner in (town.amina, town.ben):
        walk_to(town.draft(town.run(provider=town.southbank), learner=learner), "unsuccessful")
        listings.append(actions.agree_to_clearing(application=learner.applications.get(), by=learner.user))

    def ask(listing):
        return lambda: actions.invite_from_clearing(listing=listing, run=run, by=town.admissions)

    return [ask(listing) for listing in listings]


def test_one_of_two_gets_the_last_place(last_place):
    answers = at_once(*last_place)
    assert sorted(type(answer).__name__ for answer in answers) == ["ClearingInvitation", "RuleBroken"]
    assert next(one for one in answers if isinstance(one, RuleBroken)).code == "no_place_left"
    assert ClearingInvitation.objects.count() == 1


def two_yeses():
    """One learner presses yes to two invitations at once. How many applications came of it, and what was answered."""
    town = Town()
    refused = walk_to(town.draft(town.run(provider=town.southbank)), "unsuccessful")
    listing = actions.agree_to_clearing(application=refused.application, by=town.amina.user)
    asked = [
        actions.invite_from_clearing(listing=listing, run=town.run(title, places=2), by=town.admissions)
        for title in ("Plumbing by day", "Plumbing by night")
    ]
    answers = at_once(*(lambda one=one: actions.take_invitation(invitation=one, by=town.amina.user) for one in asked))
    return refused.application.choices.filter(status="sent").count(), sorted(type(one).__name__ for one in answers)


def test_of_two_yeses_at_once_one_applies():
    assert two_yeses() == (1, ["ClearingInvitation", "StaleState"])
    assert sorted(ClearingInvitation.objects.values_list("state", flat=True)) == ["ended", "taken"]


def test_without_the_lock_nobody_is_told_that_it_was_once(monkeypatch):
    meet = meeting()

    def both_have_looked(application):
        found = is_placeless(application)
        meet()
        return found

    monkeypatch.setattr("applications.actions.clearing.is_placeless", both_have_looked)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **options: self.all())
    _sent, answers = two_yeses()
    assert "StaleState" not in answers  # both applied, or the database had to break a deadlock
