"""From the plan to the check where a course has several starts, and what many drafts ask of the database."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications import actions
from applications.models import Application, Choice
from applications.queries.questions import drafts_concerned_by
from tests.factories import CourseRunFactory, ProviderFactory, SiteFactory

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"applications:{name}", args=[getattr(one, "reference", one) for one in args])


def test_a_course_with_several_starts_asks_which_first_and_then_leads_to_the_check(town, client):
    first = town.run("Plumbing", places=10, starts_on=dt.date(2027, 9, 6))
    site = SiteFactory(organisation=town.northfield, name="Riverside")
    second = CourseRunFactory(course=first.course, site=site, places=None, starts_on=dt.date(2027, 10, 4))
    CourseRunFactory(course=first.course, starts_on=dt.date(2031, 9, 1))  # announced for nobody yet
    client.force_login(town.amina.user)
    press = url("apply", first.course)
    assert client.post(press)["Location"] == press
    page = client.get(press).text
    assert "Starts 6 September 2027" in page
    assert "10 places left" in page
    assert "Starts 4 October 2027, Riverside" in page
    assert "We do not know how many places are left." in page
    assert "2031" not in page
    assert not Application.objects.exists(), "looking writes nothing"
    assert "Choose where and when you want to start" in client.post(press, {"run": ""}).text
    assert client.post(press, {"run": "another"}).status_code == 200
    answer = client.post(press, {"run": second.reference})
    choice = Choice.objects.get()
    assert answer["Location"] == url("choice-send", choice)
    assert choice.choice_runs.get().run == second
    first.course.runs.update(takes_applications=False)
    for answer in (client.get(press), client.post(press)):
        assert answer["Location"] == reverse("prospectus:course", args=[first.course.reference])


def test_one_question_counts_the_drafts_that_each_question_concerns(town):
    runs = [town.run(title) for title in ("Plumbing", "Tiling", "Joinery")]
    for learner in (town.amina, town.ben):
        town.draft(*runs[:2], learner=learner)
    town.draft(runs[2])
    town.choice("sent", runs[0], learner=town.learner("Cara", "Bell", school=town.hollins))
    town.draft(town.run("Elsewhere", provider=town.southbank))

    def ask(words, *courses):
        return actions.ask_question(
            provider=town.northfield, cycle=town.cycle, by=town.admissions, kind="short", words=words, courses=courses
        )

    asked = [ask("All?"), ask("Some?", runs[0].course, runs[1].course), ask("One?", runs[2].course)]
    asked.append(ask("None?", town.run("Nobody").course))
    with CaptureQueriesContext(connection) as queries:
        counts = drafts_concerned_by(asked)
    assert [counts[one.pk] for one in asked] == [3, 2, 1, 0]
    assert len(queries) == 1


def test_sending_several_asks_seven_questions_more_for_each(town, client):
    def asked():
        client.get(page)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page).status_code == 200
        return len(queries)

    page = url("choices-send", town.draft(town.run("Plumbing")).application)
    client.force_login(town.amina.user)
    one = asked()
    for number in range(4):
        town.draft(town.run(f"Course {number}", provider=ProviderFactory(area=town.area)))
    assert [one, asked()] == [21, 21 + 4 * 7]
