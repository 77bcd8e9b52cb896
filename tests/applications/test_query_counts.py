"""How often the learner's pages ask the database: the same with one choice and with five.

Three of each number are the session, the person and their roles.
"""

import pytest
from django.urls import reverse

from applications import actions
from applications.models import Choice
from tests.applications.test_written import planned

PAGES = {
    "choice": 10,
    "choice of a draft": 10,
    "choice-edit": 10,
    "choice-send": 30,
    "choice-withdraw": 14,
    "choice-accept": 15,
    "profile": 14,
}


@pytest.fixture
def written(town):
    """``written(rows)``: so many choices with the provider, and among them the ones the pages are about."""

    def write(rows):
        planned(town, title="Mending bicycles")
        sent = [town.choice("sent", town.run(f"Course {n}"), town.run(f"Extra {n}")) for n in range(rows)]
        offered = town.choice("offered", town.run("Joinery"), town.run("Painting"))
        for number in range(rows):
            actions.ask_question(
                provider=town.northfield, cycle=town.cycle, by=town.admissions, kind="short", words=f"Question {number}"
            )
        drafts = [town.draft(town.run(f"Draft {n}"), town.run(f"Draft extra {n}")) for n in range(rows)]
        return {
            "choice": sent[0],
            "choice of a draft": drafts[0],
            "choice-edit": drafts[0],
            "choice-send": drafts[0],
            "choice-withdraw": sent[0],
            "choice-accept": offered,
            "profile": drafts[0].application,
        }

    return write


@pytest.mark.parametrize("rows", [1, 5])
def test_single_pages_ask_as_often_for_one_choice_as_for_five(town, client, written, django_assert_num_queries, rows):
    town.cycle.choice_limit = 20
    town.cycle.save()
    things = written(rows)
    client.force_login(town.amina.user)
    for page, number in PAGES.items():
        address = reverse(f"applications:{page.split()[0]}", args=[things[page].reference])
        client.get(address)  # what is kept between requests is kept
        with django_assert_num_queries(number):
            assert client.get(address).status_code == 200, page
    assert Choice.objects.filter(application__learner=town.amina).count() == 2 * rows + 1
