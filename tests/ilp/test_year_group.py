"""Plans in figures: each number is what its list shows, small numbers stay hidden, and years are compared."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import RollEntry
from core import clock
from ilp import actions
from ilp.models import Plan
from ilp.queries.year_group import schools_looked_after, trend_of
from prospectus.models import Subject
from providers.models import RoleKind
from tests.factories import (
    CourseFactory,
    LearnerFactory,
    OrganisationFactory,
    RollEntryFactory,
    StaffRoleFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 18)
FIGURES, AREA = "/desk/plans/figures/", "/desk/plans/area/"


@pytest.fixture
def year(people):
    """Seven of Amina's year: not begun, begun, something waits, validated; one subject, one interest, two who ask."""
    parent = Subject.objects.create(code="05", name="Construction", plain_name="Building")
    inside = Subject.objects.create(code="05.2", name="Building and construction", parent=parent)
    course = CourseFactory(subject=inside)
    people.mates = []
    for place in range(6):
        one = LearnerFactory(user=UserFactory(), area=people.amina.area)
        RollEntryFactory(learner=one, school=people.school, year_group=11, tutor_group="11Z" if place < 3 else "11Y")
        people.mates.append(one)
        if place == 0:
            continue
        plan = actions.start_plan(learner=one, by=one.user)
        if place > 1:
            actions.add_entry(plan=plan, kind="course", course=course, by=one.user, words="Why not")
            kept = actions.add_entry(plan=plan, kind="interest", by=one.user, title=f" Foot{'B' * (place % 2)}ball ")
            for entry in plan.entries.all() if place > 3 else [kept]:
                actions.validate_entry(entry=entry, seen=1, by=people.tutor)
        if place > 4:
            actions.ask_help(learner=one, topic="money", by=one.user)
    return people


def test_every_number_is_what_its_list_shows(client, year):
    client.force_login(year.coordinator)
    page = client.get(FIGURES).context
    assert [number for _label, number, _url in page["stages"]] == [1, 2, 2, 2]
    assert [(label, number) for label, number, _url in page["subjects"]] == [("Building", 4)]
    assert [one[:2] for one in page["interests"]] == [("football", 2), ("footbball", 2)]
    assert [(label, number) for label, number, _url in page["helped"]] == [("Money and travel", 1)]
    counted = 0
    for group in ("", "?tutor_group=11Z"):
        page = client.get(FIGURES + group).context
        for _label, number, url in (*page["stages"], *page["subjects"], *page["interests"], *page["helped"]):
            assert len(client.get(url).context["rows"]) == number, url
            counted += number
    assert counted > 20
    assert "Building" in client.get("/desk/plans/?subject=05").content.decode()
    assert client.get("/desk/plans/?stage=nonsense&help_topic=x").status_code == 200


def test_not_begun_is_a_filter_of_the_list_of_plans(client, year):
    client.force_login(year.tutor)
    rows = client.get("/desk/plans/?stage=none").context["rows"]
    assert [learner for learner, _known in rows] == [year.mates[0]]


def test_a_trend_counts_who_was_on_the_roll_on_each_day_a_year_before_too(client, year):
    old = [RollEntryFactory(school=year.school, year_group=11) for _number in range(4)]
    for entry in old:
        entry.started_on, entry.ended_on = TODAY - dt.timedelta(days=500), TODAY - dt.timedelta(days=200)
        entry.save()
    Plan.objects.create(learner=old[0].learner, started_at=clock.now() - dt.timedelta(days=364))
    Plan.objects.create(learner=old[1].learner, started_at=clock.now() - dt.timedelta(days=360))
    trend = trend_of(schools_looked_after(year.tutor))
    now, week_ago = trend.weeks[0], trend.weeks[1]
    assert tuple(now) == (TODAY, 6, 7, 1, 4)
    assert (now.percent, now.percent_before) == (86, 25)
    assert tuple(week_ago) == (TODAY - dt.timedelta(days=7), 0, 7, 0, 4)
    assert [past.on for past in trend.terms] == [dt.date(2026, 7, 31), dt.date(2026, 4, 15), dt.date(2025, 12, 31)]
    assert trend_of(schools_looked_after(year.tutor), year_group="10").weeks[0].on_roll == 0
    assert trend_of(schools_looked_after(year.tutor), tutor_group="11Y").weeks[0].begun == 3
    assert trend_of(schools_looked_after(year.adviser)).weeks[0].on_roll == 0
    client.force_login(year.tutor)
    assert "86%" in client.get(FIGURES).content.decode()


def test_an_officer_sees_figures_without_small_numbers_and_no_names(client, year):
    authority = OrganisationFactory(kind="authority", area=year.amina.area)
    officer = StaffRoleFactory(organisation=authority, kind=RoleKind.OFFICER).user
    client.force_login(officer)
    page = client.get(AREA)
    assert [number for _label, number in page.context["stages"]] == [None, None, None, None]
    assert [number for _label, number in page.context["helped"]] == [None]
    here = {school: (on_roll, begun) for school, on_roll, begun in page.context["schools"]}
    assert here[year.school] == (7, None)
    assert page.context["weeks"][0].begun == 5
    words = page.content.decode()
    assert "not shown" in words
    assert not any(str(one) in words for one in (*year.mates, "ootball"))
    assert client.get(FIGURES).status_code == 403
    elsewhere = OrganisationFactory(kind="authority")
    client.force_login(StaffRoleFactory(organisation=elsewhere, kind=RoleKind.OFFICER).user)
    assert all(school.area == elsewhere.area for school, *_numbers in client.get(AREA).context["schools"])


def test_no_share_of_an_area_is_above_the_whole(client, people):
    for _number in range(8 - 2):  # with Amina and Ben eight, and rounding makes ten of them
        learner = RollEntryFactory(school=people.school, learner__area=people.amina.area).learner
        Plan.objects.create(learner=learner)
    Plan.objects.create(learner=people.ben)
    RollEntry.objects.filter(learner=people.ben).update(school=people.school)
    authority = OrganisationFactory(kind="authority", area=people.amina.area)
    client.force_login(StaffRoleFactory(organisation=authority, kind=RoleKind.OFFICER).user)
    newest = client.get(AREA).context["weeks"][0]
    assert (newest.begun, newest.percent) == (10, 100)


def test_an_adviser_counts_only_who_said_yes(client, year):
    client.force_login(year.adviser)
    assert "Nobody here" in client.get(FIGURES).content.decode()
    year.amina.consents.create(kind="advice_service", is_given=True, words="May we?", by=year.amina.user)
    page = client.get(FIGURES)
    assert sum(number for _label, number, _url in page.context["stages"]) == 1
    assert page.context["trend"] is None


@pytest.mark.parametrize("number", [1, 5])
@pytest.mark.parametrize(("page", "queries"), [("year-group", 10), ("area-plans", 11)])
def test_figures_ask_as_much_for_five_as_for_one(client, people, page, queries, number, django_assert_num_queries):
    for place in range(number):
        one = RollEntryFactory(school=people.school, year_group=7 + place, learner__user=UserFactory()).learner
        subject = Subject.objects.create(code=f"0{place + 1}", name=f"Subject {place}")
        plan = actions.start_plan(learner=one, by=one.user)
        actions.add_entry(plan=plan, kind="course", course=CourseFactory(subject=subject), by=one.user, words="")
        actions.ask_help(learner=one, topic="money", by=one.user)
    authority = OrganisationFactory(kind="authority", area=people.amina.area)
    officer = StaffRoleFactory(organisation=authority, kind=RoleKind.OFFICER).user
    client.force_login(officer if page == "area-plans" else people.tutor)
    url = reverse(f"ilp:{page}")
    client.get(url)
    with django_assert_num_queries(queries):
        assert client.get(url).status_code == 200
