"""After a no: what is shown instead, what is left out, and what is said where nothing is known."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import SchoolGrade
from applications import actions
from applications.queries import alternatives_to, needs_others
from core import clock
from prospectus.actions import refresh_search
from prospectus.models import EntryRequirement
from providers.models import Outcode
from tests.applications.test_views import url
from tests.applications.walk import again
from tests.factories import AreaFactory, CourseFactory, CourseRunFactory, ProviderFactory, SiteFactory


@pytest.fixture
def refused(town):
    return town.choice("unsuccessful", town.run("Plumbing Level 2"))


def course(title, provider, *, site=None, levels=("2",), **run):
    made = CourseFactory(title=title, provider=provider, levels=list(levels))
    where = {"site": site} if site else {}
    return CourseRunFactory(course=made, **where, **run)


def shown(choice):
    refresh_search()
    return [one.course.title for one in alternatives_to(again(choice))]


def test_full_closed_higher_and_chosen_courses_are_left_out_and_unknown_places_are_a_maybe(town, client, refused):
    course("Plumbing unknown", town.southbank, places=None)
    course("Plumbing full", town.southbank, places=0)
    course("Plumbing closed", town.southbank, takes_applications=False)
    course("Plumbing higher", town.southbank, levels=["3"])
    drafted = course("Plumbing drafted", town.southbank)
    actions.add_run(learner=town.amina, run=drafted, by=town.amina.user)
    withdrawn = course("Plumbing taken away", town.southbank)
    gone = actions.add_run(learner=town.amina, run=withdrawn, by=town.amina.user)
    actions.withdraw_choice(choice=gone, by=town.amina.user, reason="changed_mind")

    assert sorted(shown(refused)) == ["Plumbing taken away", "Plumbing unknown"]
    client.force_login(town.amina.user)
    assert "We do not know how many places are left: there may be one." in client.get(url("choice", refused)).text


def test_the_own_area_comes_first_and_what_is_out_of_reach_of_home_is_left_out(town, refused):
    Outcode.objects.create(code="ZN1", latitude=53.00, longitude=-1.50, country="ENG")
    town.amina.contact.postcode = "ZN1 1AA"
    town.amina.contact.save()
    here = {"latitude": 53.01, "longitude": -1.50}
    refused.choice_runs.get().run.site.__class__.objects.update(**here)
    neighbour = ProviderFactory(name="Eastgate College", area=AreaFactory(name="Eastmoor"))
    course("Plumbing Level 2 next door", neighbour, site=SiteFactory(organisation=neighbour, **here))
    course("Plumbing own", town.southbank, site=SiteFactory(organisation=town.southbank, **here))
    far = SiteFactory(organisation=town.southbank, latitude=53.25, longitude=-1.50)
    course("Plumbing far", town.southbank, site=far)
    course("Plumbing somewhere", town.southbank, site=SiteFactory(organisation=town.southbank))

    assert sorted(shown(refused)[:2]) == ["Plumbing own", "Plumbing somewhere"]
    assert shown(refused)[2:] == ["Plumbing Level 2 next door"]
    miles = {one.course.title: one.miles for one in alternatives_to(refused)}
    assert round(miles["Plumbing own"], 1) == 0.7
    assert miles["Plumbing somewhere"] is None


def test_a_requirement_the_schools_grades_do_not_meet_takes_a_course_out(town, refused):
    for title, grade in (("Plumbing hard", "6"), ("Plumbing easy", "4"), ("Plumbing other", "9")):
        run = course(title, town.southbank)
        EntryRequirement.objects.create(
            course=run.course, position=1, grade=grade, subject_words="Maths" if grade != "9" else "Latin"
        )
    SchoolGrade.objects.create(learner=town.amina, kind="predicted", subject="Maths", value="5", school=town.hollins)
    assert sorted(shown(refused)) == ["Plumbing easy", "Plumbing other"]
    asks = {one.course.title: one.asks for one in alternatives_to(refused)}
    assert asks["Plumbing easy"] == ["Maths at grade 4 or above"]


def test_a_grade_in_another_subject_takes_no_course_out(town, refused):
    run = course("Plumbing and books", town.southbank)
    EntryRequirement.objects.create(course=run.course, position=1, grade="5", subject_words="Literature")
    for subject in ("IT", "\u0627\u0631\u062f\u0648"):  # the second is Urdu, in its own letters
        SchoolGrade.objects.create(
            learner=town.amina, kind="predicted", subject=subject, value="3", school=town.hollins
        )
    assert shown(refused) == ["Plumbing and books"]
    SchoolGrade.objects.filter(subject="IT").update(subject="Literature")
    assert shown(refused) == []


def test_who_needs_others_is_who_ended_without_a_place(town, refused):
    assert needs_others(refused)
    with clock.at(dt.date(2027, 11, 1)):
        assert not needs_others(refused)
    turned_down = town.choice("turned_down", town.run("Art"))
    assert needs_others(turned_down)
    town.choice("sent", town.run("Music"))
    assert not needs_others(turned_down)
    assert needs_others(refused)
    town.choice("confirmed", town.run("Drama"))
    assert not needs_others(refused)


def test_where_nothing_fits_there_are_other_ways_on(town, client, refused):
    client.force_login(town.amina.user)
    page = client.get(url("choice", refused)).text
    assert "Nothing that is close to it takes applications today." in page
    assert "Search further away for Plumbing Level 2" in page
    assert "Tell us what you wanted" in page


@pytest.mark.parametrize("rows", [1, 5])
def test_alternatives_ask_the_same_number_of_questions(town, refused, rows):
    for number in range(rows):
        run = course(f"Plumbing {number}", town.southbank)
        EntryRequirement.objects.create(course=run.course, position=1, grade="4", subject_words="Maths")
    refresh_search()
    choice = again(refused)
    with CaptureQueriesContext(connection) as asked:
        assert len(alternatives_to(choice)) == min(rows, 4)
    assert len(asked) == 9
