"""A college's autumn: thirty arrive, the desk shares them, talks, offers, refuses many, and works its list down."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.urls import reverse

from activity.models import Event
from applications import actions
from applications.models import Choice, Interview
from core import clock
from tests.applications.walk import Town, again

pytestmark = pytest.mark.django_db

NUMBER = 8  # learners; a college has two thousand, and the same pages


@pytest.fixture
def story(client):
    town = Town()
    client.force_login(town.admissions)
    plumbing, hair = town.run("Plumbing Level 2"), town.run("Hair Level 1")
    return SimpleNamespace(town=town, desk=client, plumbing=plumbing, hair=hair, choices=[])


def test_a_colleges_autumn(story):
    given_eight_learners_apply_for_two_courses(story)
    then_all_of_them_are_to_be_looked_at(story)
    when_the_plumbing_ones_are_given_to_a_colleague(story)
    when_the_colleague_reads_one_and_writes_down_what_was_said(story)
    then_the_list_says_what_is_whose_and_what_nobody_has_looked_at(story)
    when_the_colleague_invites_all_of_theirs_to_one_afternoon(story)
    then_after_that_afternoon_they_are_to_be_written_up(story)
    when_all_who_came_are_offered_a_place_with_one_condition(story)
    when_hair_is_full_and_the_rest_is_refused_with_kind_words(story)
    then_a_learner_reads_the_words_and_not_the_note(story)
    when_one_accepts_and_the_others_take_their_time(story)
    then_the_list_is_worked_down_and_the_timeline_tells_it(story)


def url(name, thing=None):
    return reverse(f"applications:{name}", args=[thing.reference] if thing else [])


def numbers(story):
    return {group.slug: number for group, number in story.desk.get(url("received")).context["counts"]}


def together(story, verb, answers, **asked):
    """All of the list that is asked for, on the two pages; returns the last one."""
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    page = story.desk.post(f"{url('received-pick')}?{query}", {"verb": verb, "scope": "all"})
    return story.desk.post(page.url, answers, follow=True).text


def given_eight_learners_apply_for_two_courses(story):
    for place in range(NUMBER):
        learner = story.town.learner(f"Learner{place}", "Bell", school=story.town.hollins)
        run = story.hair if place % 2 else story.plumbing
        story.choices.append(story.town.choice("sent", run, learner=learner))


def then_all_of_them_are_to_be_looked_at(story):
    assert numbers(story) == {"new": NUMBER}


def when_the_plumbing_ones_are_given_to_a_colleague(story):
    story.colleague = story.town.staff("Ola Berg", story.town.northfield, "admissions")
    role = story.colleague.staff_roles.get()
    page = together(story, "assign", {"to": role.reference}, course=story.plumbing.course.reference)
    assert "4 applications are given" in page


def when_the_colleague_reads_one_and_writes_down_what_was_said(story):
    story.desk.force_login(story.colleague)
    first = story.choices[0]
    assert story.desk.get(url("received-choice", first)).status_code == 200
    story.desk.post(url("received-note", first), {"words": "Nervous; will bring a friend."})


def then_the_list_says_what_is_whose_and_what_nobody_has_looked_at(story):
    assert numbers(story) == {"new": NUMBER - 1, "decide": 1}
    assert story.desk.get(url("received"), {"whose": "me"}).context["total"] == 4
    assert story.desk.get(url("received"), {"whose": "nobody"}).context["total"] == 4


def when_the_colleague_invites_all_of_theirs_to_one_afternoon(story):
    day = {"on_day": "24", "on_month": "11", "on_year": "2026", "at": "14:00", "place": "Workshop 2", "note": ""}
    assert "4 learners are invited" in together(story, "invite", day, whose="me")
    assert Interview.objects.count() == 4


def then_after_that_afternoon_they_are_to_be_written_up(story):
    assert numbers(story) == {"interview": 4, "new": 4}
    with clock.at(dt.date(2026, 11, 25)):
        assert numbers(story) == {"held": 4, "new": 4}


def when_all_who_came_are_offered_a_place_with_one_condition(story):
    day = {"answer_by_on_day": "18", "answer_by_on_month": "12", "answer_by_on_year": "2026"}
    said = {"kind_1": "results", "text_1": "Grade 4 or above in maths", "message": "Come and build with us."}
    assert "4 offers are made" in together(story, "offer", day | said, state="interviewing")


def when_hair_is_full_and_the_rest_is_refused_with_kind_words(story):
    said = {"reason": "full", "words": "We are full. Ask us again in January."}
    assert "4 applications are refused" in together(story, "refuse", said, group="new")


def then_a_learner_reads_the_words_and_not_the_note(story):
    first, second = story.choices[:2]
    story.desk.force_login(second.application.learner.user)
    assert "Ask us again in January" in story.desk.get(url("choice", second)).text
    story.desk.force_login(first.application.learner.user)
    page = story.desk.get(url("choice", first)).text
    assert "Come and build with us." in page
    assert "Nervous" not in page


def when_one_accepts_and_the_others_take_their_time(story):
    first = again(story.choices[0])
    actions.accept_offer(choice=first, by=first.application.learner.user)


def then_the_list_is_worked_down_and_the_timeline_tells_it(story):
    story.desk.force_login(story.town.admissions)
    assert numbers(story) == {"conditions": 1, "learner": 3, "over": 4}
    page = story.desk.get(url("received-choice", story.choices[0])).text
    told = [
        "The learner accepted the offer.",
        "An offer was made.",
        "An interview was planned.",
        "A note was written.",
        "It was given to Ola Berg to answer.",
        "The choice was sent.",
    ]
    places = [page.index(sentence) for sentence in told]
    assert places == sorted(places)
    assert "Nervous; will bring a friend." in page
    assert Choice.objects.filter(status="unsuccessful").count() == 4
    assert Event.objects.filter(verb="bulk.confirm").count() == 4
