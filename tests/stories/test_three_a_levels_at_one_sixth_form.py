"""Amina wants three A levels at one sixth form: one choice of three courses, endorsed, offered and accepted as one."""

from types import SimpleNamespace

import pytest
from django.urls import reverse

from applications import actions
from applications.models import Choice
from prospectus.models import CourseRun
from tests.applications.walk import STATEMENT, Town, again

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(client):
    return SimpleNamespace(town=Town(has_endorsement=True), client=client)


def test_three_a_levels_at_one_sixth_form(story):
    given_southbank_teaches_four_a_levels_two_of_them_at_the_same_time(story)
    when_amina_puts_three_of_them_into_one_choice(story)
    then_she_is_told_that_two_are_taught_at_the_same_time(story)
    when_she_takes_one_out_and_adds_the_fourth(story)
    when_she_sends_it_and_her_school_endorses_it_with_another(story)
    then_the_sixth_form_reads_one_application_for_three_courses(story)
    when_the_sixth_form_offers_her_all_three(story)
    then_a_place_of_each_is_taken_and_none_of_the_one_she_dropped(story)
    when_she_reads_what_accepting_means_and_accepts(story)
    then_she_has_the_three_and_the_other_college_is_told(story)


# --- the steps


def given_southbank_teaches_four_a_levels_two_of_them_at_the_same_time(story):
    town = story.town
    blocks = {"Biology": "A", "Chemistry": "B", "History": "B", "Maths": "C"}
    story.runs = {
        title: town.run(f"{title} A level", provider=town.southbank, option_block=block, places=5)
        for title, block in blocks.items()
    }
    story.other = town.choice("with_school", town.run("Plumbing Level 2"))


def when_amina_puts_three_of_them_into_one_choice(story):
    story.client.force_login(story.town.amina.user)
    add(story, "Biology")
    story.choice = Choice.objects.get(status="draft")
    for title in ("Chemistry", "History"):
        add(story, title, choice=story.choice.reference)
    assert again(story.choice).programme == "Biology A level with Chemistry A level with History A level"


def then_she_is_told_that_two_are_taught_at_the_same_time(story):
    page = story.client.post(address(story.choice, "-send"))
    assert "are taught at the same time. Take one out." in page.text
    assert again(story.choice).status == "draft"


def when_she_takes_one_out_and_adds_the_fourth(story):
    kept = [story.runs[title].pk for title in ("Biology", "Chemistry")]
    story.client.post(address(story.choice, "-edit"), {"rank": 1, "runs": kept})
    add(story, "Maths", choice=story.choice.reference)
    assert again(story.choice).programme == "Biology A level with Chemistry A level with Maths A level"
    assert STATEMENT.strip() in again(story.choice).application.statement


def when_she_sends_it_and_her_school_endorses_it_with_another(story):
    story.client.post(address(story.choice, "-send"))
    assert again(story.choice).status == "with_school"
    story.client.force_login(story.town.coordinator)
    ticked = "&".join(f"choice={choice.reference}" for choice in (story.choice, story.other))
    many = f"{reverse('applications:endorsements-endorse')}?{ticked}"
    assert "Endorse and send 2 choices" in story.client.get(many).text
    assert "2 choices endorsed and sent" in story.client.post(many, {"note": "Works hard."}).text


def then_the_sixth_form_reads_one_application_for_three_courses(story):
    story.client.force_login(story.town.other_admissions)
    page = story.client.get(reverse("applications:received-choice", args=[story.choice.reference])).text
    assert all(f"{title} A level" in page for title in ("Biology", "Chemistry", "Maths"))
    assert "Plumbing" not in page


def when_the_sixth_form_offers_her_all_three(story):
    condition = actions.Condition("results", "Grade 6 in maths")
    actions.make_offer(choice=story.choice, by=story.town.other_admissions, conditions=[condition])


def then_a_place_of_each_is_taken_and_none_of_the_one_she_dropped(story):
    assert places(story) == {"Biology": 1, "Chemistry": 1, "History": 0, "Maths": 1}


def when_she_reads_what_accepting_means_and_accepts(story):
    story.client.force_login(story.town.amina.user)
    page = story.client.get(address(story.choice, "-accept"))
    assert "Grade 6 in maths" in page.text
    assert "Plumbing Level 2 at Northfield College" in page.text
    story.client.post(address(story.choice, "-accept"), {"seen": page.context["form"]["seen"].value()})


def then_she_has_the_three_and_the_other_college_is_told(story):
    assert (again(story.choice).status, again(story.other).status) == ("accepted", "withdrawn")
    assert places(story) == {"Biology": 1, "Chemistry": 1, "History": 0, "Maths": 1}
    home = story.client.get(reverse("applications:home")).text
    assert "You have a place." in home


def add(story, title, **answers):
    story.client.post(reverse("applications:add-run", args=[story.runs[title].reference]), answers)


def places(story):
    taken = dict(CourseRun.objects.values_list("pk", "places_taken"))
    return {title: taken[run.pk] for title, run in story.runs.items()}


def address(choice, verb=""):
    return reverse(f"applications:choice{verb}", args=[choice.reference])
