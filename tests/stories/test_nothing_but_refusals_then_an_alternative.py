"""Amina is refused everywhere. Her page leads her to a course that fits, and she gets a place on it."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.urls import reverse

from applications import actions
from applications.models import Choice
from prospectus.actions import refresh_search
from tests.applications.walk import Town, again
from tests.factories import CourseFactory, CourseRunFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(client):
    return SimpleNamespace(town=Town(), client=client)


def test_nothing_but_refusals_then_an_alternative(story):
    given_amina_has_applied_for_plumbing_at_two_colleges(story)
    given_heating_has_a_place_and_joinery_is_full(story)
    when_both_refuse_her(story)
    then_the_page_after_signing_in_leads_her_on(story)
    then_her_choice_shows_what_fits_and_nothing_that_is_full(story)
    when_she_adds_heating_with_one_press_and_sends_it(story)
    when_the_college_offers_and_she_accepts(story)
    then_she_has_a_place_and_nothing_is_suggested_any_more(story)


# --- the steps


def given_amina_has_applied_for_plumbing_at_two_colleges(story):
    town = story.town
    story.first = town.choice("sent", town.run("Plumbing Level 2"))
    story.second = town.choice("sent", town.run("Plumbing Skills Level 2", provider=town.southbank))


def given_heating_has_a_place_and_joinery_is_full(story):
    town = story.town
    story.heating = town.run("Plumbing and Heating Level 2", provider=town.southbank, places=3)
    full = CourseFactory(title="Plumbing and Joinery Level 2", provider=town.southbank)
    CourseRunFactory(course=full, places=0)
    higher = CourseFactory(title="Plumbing Level 3", provider=town.southbank, levels=["3"])
    CourseRunFactory(course=higher)
    closed = CourseFactory(title="Plumbing Closed Level 2", provider=town.southbank)
    CourseRunFactory(course=closed, apply_until_on=dt.date(2026, 11, 17))
    refresh_search()


def when_both_refuse_her(story):
    town = story.town
    actions.refuse_choice(choice=story.first, by=town.admissions, reason="full")
    actions.refuse_choice(choice=story.second, by=town.other_admissions, reason="entry_requirements")


def then_the_page_after_signing_in_leads_her_on(story):
    story.client.force_login(story.town.amina.user)
    page = story.client.get(reverse("accounts:welcome")).text
    assert "See courses that fit you" in page
    home = story.client.get(reverse("applications:home")).text
    assert "Nothing is under way for you now" in home
    assert home.count("See courses that fit") == 1


def then_her_choice_shows_what_fits_and_nothing_that_is_full(story):
    page = story.client.get(address(story.first))
    assert [one.course.title for one in page.context["alternatives"]] == ["Plumbing and Heating Level 2"]
    assert "3 places are left today." in page.text
    assert "your people" in page.text
    story.page = page.text


def when_she_adds_heating_with_one_press_and_sends_it(story):
    button = reverse("applications:add-run", args=[story.heating.reference])
    assert f'action="{button}"' in story.page
    story.client.post(button)
    story.choice = Choice.objects.get(status="draft")
    story.client.post(address(story.choice, "-send"))
    assert again(story.choice).status == "sent"


def when_the_college_offers_and_she_accepts(story):
    actions.make_offer(choice=story.choice, by=story.town.other_admissions)
    page = story.client.get(address(story.choice, "-accept"))
    story.client.post(address(story.choice, "-accept"), {"seen": page.context["form"]["seen"].value()})


def then_she_has_a_place_and_nothing_is_suggested_any_more(story):
    assert again(story.choice).status == "confirmed"
    assert "Other courses that fit" not in story.client.get(address(story.first)).text


def address(choice, verb=""):
    return reverse(f"applications:choice{verb}", args=[choice.reference])
