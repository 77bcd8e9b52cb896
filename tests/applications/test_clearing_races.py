"""Two at a desk ask two learners for the last place at the same moment."""

import pytest

from applications import actions
from applications.models import ClearingInvitation
from core.errors import RuleBroken
from tests.applications.walk import Town, walk_to
from tests.races import at_once

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
