"""Every page of this app in a real browser: no barrier that axe can find, and nothing wider than the screen."""

import pytest
from django.urls import reverse

from applications import actions
from tests.applications.walk import Town
from tests.look import look

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def town(transactional_db):
    return Town(choice_limit=20)


def address(name, thing=None):
    return reverse(f"applications:{name}", args=[thing.reference] if thing else [])


@pytest.mark.parametrize("width", [360, 1280])
def test_the_learners_pages(town, open_page, axe, width):
    page = open_page(address("home"), width=width, user=town.amina.user)
    look(page, axe)
    draft = town.draft(town.run("English A level"), town.run("History A level"))
    offered = town.choice("offered", town.run("Plumbing Level 2"))
    town.choice("held", town.run("Joinery Level 2", provider=town.southbank))
    referred = town.choice("sent", town.run("Engineering and Manufacturing T Level", provider=town.southbank))
    town.choice("interviewing", town.run("Hair and Beauty Level 1"))
    actions.refer_choice(
        choice=referred,
        by=town.other_admissions,
        runs=[town.run("Heating", provider=town.southbank)],
        message="Closer.",
    )
    page.goto(reverse("prospectus:course", args=[town.run("English Language A level").course.reference]))
    look(page, axe)
    pages = [
        ("home", None),
        ("choice", offered),
        ("choice", referred),
        ("choice", draft),
        ("choice-edit", draft),
        ("profile", draft.application),
        ("choice-send", draft),
        ("choice-accept", offered),
        ("choice-hold", offered),
        ("choice-turn-down", offered),
        ("choice-withdraw", offered),
        ("choice-referral", referred),
    ]
    for name, thing in pages:
        page.goto(address(name, thing))
        look(page, axe)


@pytest.mark.parametrize("width", [360, 1280])
def test_the_desks_pages(town, open_page, axe, width):
    page = open_page(address("received"), width=width, user=town.admissions)
    look(page, axe)
    states = ["sent", "offered", "interviewing", "accepted", "confirmed", "unsuccessful"]
    run = town.run("Engineering and Manufacturing T Level", places=1)
    choices = {
        state: town.choice(state, run, learner=town.learner(f"Learner {state[:3]}", "Bell", school=town.hollins))
        for state in states
    }
    page.goto(address("received"))
    look(page, axe)
    pages = [
        ("received-choice", "sent"),
        ("received-choice", "accepted"),
        ("choice-offer", "sent"),
        ("choice-change-offer", "offered"),
        ("choice-invite", "sent"),
        ("choice-refuse", "sent"),
        ("choice-refer", "sent"),
        ("choice-fail-conditions", "accepted"),
        ("choice-confirm", "accepted"),
    ]
    for name, state in pages:
        page.goto(address(name, choices[state]))
        look(page, axe)
    page.goto(address("choice-refuse", choices["sent"]))
    page.get_by_role("button", name="Refuse").click()
    page.get_by_role("heading", name="There is a problem").wait_for()
    look(page, axe)


@pytest.mark.parametrize("width", [360, 1280])
def test_the_schools_pages(town, open_page, axe, width):
    page = open_page(address("endorsements"), width=width, user=town.coordinator)
    look(page, axe)
    choice = town.choice("with_school", town.run("Plumbing Level 2"))
    for name, thing in [
        ("endorsements", None),
        ("endorsement", choice),
        ("choice-endorse", choice),
        ("choice-give-back", choice),
    ]:
        page.goto(address(name, thing))
        look(page, axe)
