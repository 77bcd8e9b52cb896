"""Every list of the desk beside the worklist asks the database as often for twelve rows as for one, and is paged."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications import actions
from applications.models import BulkItem
from core import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def asks(client):
    """``asks(town, address)``: how many queries the page makes for Northfield's admissions, and the page."""

    def count(town, address):
        client.force_login(town.admissions)
        client.get(address)  # what is kept between requests is kept
        with CaptureQueriesContext(connection) as queries:
            page = client.get(address)
        assert page.status_code == 200
        return len(queries), page

    return count


def sent(town, number, run=None):
    run = run or town.run(places=99)
    learners = [town.learner(f"Learner{at}", "Reed", school=town.hollins) for at in range(number)]
    return [town.choice("sent", run, learner=learner) for learner in learners]


@pytest.mark.parametrize("number", [1, 12])
def test_clearing(town, asks, number):
    town.run(places=40)
    for choice in sent(town, number, run=town.run(provider=town.southbank)):
        actions.refuse_choice(choice=choice, by=town.other_admissions, reason="full")
        listing = actions.agree_to_clearing(application=choice.application, by=choice.application.learner.user)
    actions.invite_from_clearing(listing=listing, run=town.run(places=40), by=town.admissions)
    asked, page = asks(town, reverse("applications:clearing"))
    assert page.text.count("Ask to apply") == number
    assert asked == 9


@pytest.mark.parametrize("number", [1, 12])
def test_many_answered_together_before_and_after(town, asks, number):
    run = actions.pick_choices(verb="refuse", choices=sent(town, number), by=town.admissions)
    address = reverse("applications:received-together", args=[run.reference])
    before, page = asks(town, address)
    assert page.text.count("Reed") == number
    actions.confirm_bulk(run=run, answers={"reason": "full", "words": ""}, by=town.admissions)
    BulkItem.objects.update(state="left", why="It has moved on since you picked it.")
    type(run).objects.update(ended_at=clock.now())
    after, page = asks(town, address)
    assert page.text.count("It has moved on") == number
    assert (before, after) == (17, 13)


@pytest.mark.parametrize("number", [1, 12])
def test_notes_and_what_has_happened(town, asks, number):
    (choice,) = sent(town, 1)
    for at in range(number):
        actions.write_note(choice=choice, words=f"Rang again, the {at}th time.", by=town.admissions)
    asked, page = asks(town, reverse("applications:received-choice", args=[choice.reference]))
    assert page.text.count("Rang again") == number
    assert asked == 14


def test_a_page_of_what_has_happened_ends(town, asks, monkeypatch):
    monkeypatch.setattr("applications.views.admissions.ENTRIES_PER_PAGE", 3)
    (choice,) = sent(town, 1)
    for at in range(4):
        actions.write_note(choice=choice, words=f"Note {at}.", by=town.admissions)
    address = reverse("applications:received-choice", args=[choice.reference])
    _asked, first = asks(town, address)
    _asked, second = asks(town, f"{address}?page=2")
    said = [[at for at in range(4) if f"Note {at}." in page.text] for page in (first, second)]
    assert said == [[2, 3], [0, 1]]  # newest of all is that it was looked at
