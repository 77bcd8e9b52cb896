"""Amina wants a BTEC at the college with an A level at the sixth form: two providers, one programme."""

from types import SimpleNamespace

import pytest
from django.urls import reverse

from applications import actions
from applications.models import Choice
from applications.queries import broken_invariants
from tests.applications.walk import Town, again
from tests.factories import ProviderFactory


@pytest.fixture
def story(db, client):
    town = Town(choice_limit=2)
    client.force_login(town.amina.user)
    return SimpleNamespace(town=town, amina=client)


def test_amina_says_yes_to_both_halves_and_to_nothing_else(story):
    given_she_has_drafts_at_the_college_the_sixth_form_and_a_third_place(story)
    when_she_says_that_two_of_them_belong_together(story)
    then_they_count_as_one_and_all_three_can_be_sent(story)
    then_neither_provider_reads_of_the_other(story)
    when_all_three_make_an_offer_and_she_accepts_the_college(story)
    then_only_the_third_place_has_gone(story)
    when_she_accepts_the_sixth_form_too(story)
    then_both_halves_are_hers_and_nothing_is_impossible(story)


def given_she_has_drafts_at_the_college_the_sixth_form_and_a_third_place(story):
    town = story.town
    story.btec = town.draft(town.run("BTEC Engineering", study_mode="part_time"))
    story.a_level = town.draft(town.run("A level Maths", provider=town.southbank, study_mode="part_time"))
    story.third_place = ProviderFactory(name="Eastvale College", area=town.area)
    story.third = town.draft(town.run("T Level Digital", provider=story.third_place))
    story.third_admissions = town.staff("Ana Cole", story.third_place, "admissions")


def when_she_says_that_two_of_them_belong_together(story):
    page = reverse("applications:choice-companions", args=[story.btec.reference])
    assert "A level Maths, Southbank Sixth Form" in story.amina.get(page).text
    answer = story.amina.post(page, {"other": story.a_level.reference}, follow=True)
    assert "Belongs with:" in answer.text


def then_they_count_as_one_and_all_three_can_be_sent(story):
    for choice in (story.btec, story.a_level, story.third):
        assert story.amina.post(reverse("applications:choice-send", args=[choice.reference])).status_code == 302
        assert again(choice).status == "sent"


def then_neither_provider_reads_of_the_other(story):
    content = str(again(story.btec).snapshot.content)
    assert "A level" not in content
    assert "Southbank" not in content


def when_all_three_make_an_offer_and_she_accepts_the_college(story):
    town = story.town
    actions.make_offer(choice=story.btec, by=town.admissions)
    actions.make_offer(choice=story.a_level, by=town.other_admissions)
    actions.make_offer(choice=story.third, by=story.third_admissions)
    accept(story, story.btec)


def then_only_the_third_place_has_gone(story):
    assert [again(each).status for each in (story.btec, story.a_level, story.third)] == [
        "confirmed",
        "offered",
        "turned_down",
    ]


def when_she_accepts_the_sixth_form_too(story):
    accept(story, story.a_level)


def then_both_halves_are_hers_and_nothing_is_impossible(story):
    assert Choice.objects.that("is_firm").count() == 2
    assert broken_invariants() == []


def accept(story, choice):
    assert story.amina.post(reverse("applications:choice-accept", args=[choice.reference])).status_code == 302
