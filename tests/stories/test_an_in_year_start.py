"""Ben started at the college in September and it was wrong for him. In November he finds a start in January."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from applications import actions
from applications.models import Choice
from applications.queries import broken_invariants
from core import clock
from providers.models import StaffRole
from tests.applications.walk import Town, again, walk_to
from tests.factories import CycleFactory


@pytest.fixture
def story(db):
    # Entry in September 2026; the next year has not opened yet.
    town = Town(opens_on=dt.date(2026, 12, 1))
    StaffRole.objects.update(started_on=dt.date(2026, 1, 1))
    year = {"entry_year": 2026, "opens_on": dt.date(2025, 9, 15), "closes_on": dt.date(2026, 8, 31)}
    CycleFactory(area=town.area, ends_on=dt.date(2027, 7, 31), **year)
    client = Client()
    client.force_login(town.ben.user)
    return SimpleNamespace(town=town, ben=client)


def test_ben_leaves_in_november_and_starts_again_in_january(story):
    given_he_started_bricklaying_in_september(story)
    when_he_finds_a_course_that_starts_in_january(story)
    then_he_may_send_it_on_any_day(story)
    when_the_college_offers_it_he_has_to_have_left_first(story)
    when_he_says_that_he_has_left(story)
    then_the_new_place_is_his_and_the_old_start_stays_true(story)


def given_he_started_bricklaying_in_september(story):
    town = story.town
    with clock.at(dt.date(2026, 6, 1)):
        bricks = town.draft(town.run("Bricklaying Level 1", starts_on=dt.date(2026, 9, 7)), learner=town.ben)
        walk_to(bricks, "confirmed")
    with clock.at(dt.date(2026, 9, 8)):
        story.old = actions.enrol(choice=bricks, by=town.admissions)


def when_he_finds_a_course_that_starts_in_january(story):
    town = story.town
    run = town.run("Kitchen skills", provider=town.southbank, starts_on=dt.date(2027, 1, 11))
    assert story.ben.post(reverse("applications:add-run", args=[run.reference])).status_code == 302
    story.new = Choice.objects.get(application__learner=town.ben, status="draft")
    assert story.new.application == story.old.application


def then_he_may_send_it_on_any_day(story):
    assert story.ben.post(reverse("applications:choice-send", args=[story.new.reference])).status_code == 302
    assert again(story.new).status == "sent"


def when_the_college_offers_it_he_has_to_have_left_first(story):
    actions.make_offer(choice=story.new, by=story.town.other_admissions)
    page = story.ben.post(reverse("applications:choice-accept", args=[story.new.reference]))
    assert "You have already started somewhere else." in page.text


def when_he_says_that_he_has_left(story):
    page = reverse("applications:choice-leave", args=[story.old.reference])
    day = {"left_on_day": "13", "left_on_month": "11", "left_on_year": "2026"}
    assert "You left on 13 November 2026" in story.ben.post(page, day, follow=True).text


def then_the_new_place_is_his_and_the_old_start_stays_true(story):
    assert story.ben.post(reverse("applications:choice-accept", args=[story.new.reference])).status_code == 302
    assert [again(each).status for each in (story.old, story.new)] == ["enrolled", "confirmed"]
    assert broken_invariants() == []
