"""Zara is in Year 9. She would like to learn about engines one day a week from Year 10, and stays at her school."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import RollEntry
from applications import actions
from applications.models import Application, Choice
from applications.queries import broken_invariants
from providers.actions.cycles import TERMS, add_cycle
from tests.applications.walk import STATEMENT, Town, again
from tests.factories import OrganisationFactory, StaffRoleFactory


@pytest.fixture
def story(db):
    town = Town()
    zara = town.learner("Zara", "Bell", school=town.hollins)
    RollEntry.objects.filter(learner=zara).update(year_group=9)
    run = town.run("Engines, one day a week", starts_on=dt.date(2027, 9, 6))
    run.course.stage = "key_stage_4"
    run.course.save(update_fields=["stage"])
    council = OrganisationFactory(kind="authority", area=town.area)
    imran = StaffRoleFactory(kind="help_desk", organisation=council).user
    client = Client()
    client.force_login(zara.user)
    return SimpleNamespace(town=town, learner=zara, run=run, imran=imran, zara=client)


def test_zara_chooses_a_day_at_the_college_and_stays_on_her_schools_roll(story):
    given_there_is_no_year_of_applications_for_her_and_she_is_told_so(story)
    when_the_area_adds_one_for_year_9_with_its_own_dates_and_limit(story)
    then_everybody_reads_who_it_is_for(story)
    when_she_adds_the_course_and_sends_it_through_her_school(story)
    then_it_is_in_her_own_cycle_and_a_year_11_learner_cannot_follow(story)
    when_the_college_offers_her_the_place_and_she_starts(story)
    then_she_is_still_on_the_roll_of_her_school(story)


def given_there_is_no_year_of_applications_for_her_and_she_is_told_so(story):
    answer = story.zara.post(reverse("applications:add-run", args=[story.run.reference]), follow=True)
    assert "have not been announced yet in your area" in answer.text


def when_the_area_adds_one_for_year_9_with_its_own_dates_and_limit(story):
    terms = {name: getattr(story.town.cycle, name) for name in TERMS}
    terms |= {"first_year_group": 9, "last_year_group": 9, "choice_limit": 1, "has_endorsement": True}
    terms |= {"opens_on": dt.date(2026, 11, 1), "closes_on": dt.date(2027, 3, 1)}
    story.cycle = add_cycle(area=story.town.area, entry_year=2027, phase="pre_16", terms=terms, by=story.imran)


def then_everybody_reads_who_it_is_for(story):
    page = Client().get(reverse("applications:how-it-works", args=["northmoor", 2027, "pre_16"])).text
    assert "For learners in Year 9." in page
    assert "You may have 1 choice under way at once." in page


def when_she_adds_the_course_and_sends_it_through_her_school(story):
    story.zara.post(reverse("applications:add-run", args=[story.run.reference]))
    story.choice = Choice.objects.get(application__learner=story.learner)
    Application.objects.filter(pk=story.choice.application_id).update(statement=STATEMENT)
    story.zara.post(reverse("applications:choice-send", args=[story.choice.reference]))
    assert again(story.choice).status == "with_school"
    actions.endorse_choice(choice=story.choice, by=story.town.coordinator)


def then_it_is_in_her_own_cycle_and_a_year_11_learner_cannot_follow(story):
    assert story.choice.application.cycle == story.cycle
    older = Client()
    older.force_login(story.town.amina.user)
    answer = older.post(reverse("applications:add-run", args=[story.run.reference]), follow=True)
    assert "This is for learners in Year 9." in answer.text


def when_the_college_offers_her_the_place_and_she_starts(story):
    actions.make_offer(choice=story.choice, by=story.town.admissions)
    story.zara.post(reverse("applications:choice-accept", args=[story.choice.reference]))
    actions.enrol(choice=story.choice, by=story.town.admissions)


def then_she_is_still_on_the_roll_of_her_school(story):
    entry = RollEntry.objects.current().get(learner=story.learner)
    assert (entry.school, entry.year_group) == (story.town.hollins, 9)
    assert broken_invariants() == []
