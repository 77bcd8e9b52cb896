"""Opening date by date: the routes, the days, the cycle, the pages, and what learners read and search by."""

import datetime as dt

import pytest
from django.urls import reverse

from activity.models import Event
from core import clock
from core.errors import NotAllowed, RuleBroken
from prospectus.actions import refresh_search
from prospectus.actions.opening import set_opening
from prospectus.models import CourseRun, CourseSearch, is_apprenticeship_service
from prospectus.queries.opening import OpeningQuery, Route, openable_runs, state_of
from providers.models import Organisation, RoleKind
from tests.factories import CourseFactory, CourseRunFactory, CycleFactory, ProviderFactory, StaffRoleFactory

pytestmark = pytest.mark.django_db
SERVICE = "https://www.findapprenticeship.service.gov.uk/apprenticeship/VAC1"
MARCH, JUNE = dt.date(2027, 3, 1), dt.date(2027, 6, 30)


@pytest.fixture
def editor(town):
    CycleFactory(area=town.northmoor)
    CourseRun.objects.filter(course__provider=town.northfield).update(takes_applications=False)
    return StaffRoleFactory(kind=RoleKind.EDITOR, organisation=town.northfield).user


@pytest.fixture
def run(town):
    """Plumbing from September 2027."""
    return town.plumbing.runs.get(starts_on=dt.date(2027, 9, 6))


def settle(town, by, *runs, route=Route.HERE, **days):
    return set_opening(provider=town.northfield, runs=[run.pk for run in runs], route=route, by=by, **days)


def broken(*args, **kwargs):
    with pytest.raises(RuleBroken) as refusal:
        settle(*args, **kwargs)
    return refusal.value.code


def now(run):
    return CourseRun.objects.select_related("course__provider").get(pk=run.pk)


def in_search(run):
    return CourseSearch.objects.get(run=run).takes_applications


# --- the action


def test_a_date_opens_from_one_day_until_another(town, editor, run):
    assert settle(town, editor, run, from_on=MARCH, until_on=JUNE) == 1
    assert not CourseRun.objects.open_for_applications().filter(pk=run.pk).exists()
    with clock.at(MARCH):
        assert CourseRun.objects.open_for_applications().filter(pk=run.pk).exists()
    with clock.at(dt.date(2027, 7, 1)):
        assert not CourseRun.objects.open_for_applications().filter(pk=run.pk).exists()
    event = Event.objects.get(verb="provider.set_opening")
    assert (event.by, event.facts) == (
        editor,
        {"route": "here", "from_on": "2027-03-01", "until_on": "2027-06-30", "runs": [run.pk]},
    )


def test_search_has_what_takes_applications_here_now_or_later_and_not_what_is_over(town, editor, run):
    settle(town, editor, run, from_on=MARCH, until_on=JUNE)
    assert in_search(run)
    with clock.at(dt.date(2027, 7, 1)):
        refresh_search()
        assert not in_search(run)


def test_a_link_closes_it_here_and_asking_takes_all_out(town, editor, run):
    settle(town, editor, run)
    settle(town, editor, run, route=Route.OWN, url="https://college.example/apply", until_on=JUNE)
    own = now(run)
    assert (own.takes_applications, own.apply_url, own.apply_until_on, in_search(run)) == (
        False,
        "https://college.example/apply",
        JUNE,
        False,
    )
    settle(town, editor, run, route=Route.ASK)
    asked = now(run)
    assert (asked.takes_applications, asked.apply_url, asked.apply_until_on) == (False, "", None)


def test_an_apprenticeship_has_an_address_of_the_service(town, editor, run):
    assert broken(town, editor, run, route=Route.APPRENTICESHIP) == "link_missing"
    assert broken(town, editor, run, route=Route.OWN) == "link_missing"
    trick = "https://findapprenticeship.service.gov.uk.evil.example/"
    assert broken(town, editor, run, route=Route.APPRENTICESHIP, url=trick) == "other_link"
    settle(town, editor, run, route=Route.APPRENTICESHIP, url=SERVICE)
    assert now(run).is_on_apprenticeship_service


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        (SERVICE, True),
        ("https://findapprenticeship.service.gov.uk", True),
        ("https://www.gov.uk/apply-apprenticeship", True),
        ("https://www.gov.uk/other", False),
        ("https://notfindapprenticeship.service.gov.uk/", False),
        ("https://evil.example/?findapprenticeship.service.gov.uk", False),
        ("https://[broken", False),
        ("", False),
    ],
)
def test_what_counts_as_the_service(url, is_one):
    assert is_apprenticeship_service(url) is is_one


def test_days_that_cannot_be_are_refused(town, editor, run):
    assert broken(town, editor, run, from_on=JUNE, until_on=MARCH) == "days_not_in_order"
    assert broken(town, editor, run, until_on=dt.date(2026, 11, 17)) == "day_passed"
    assert broken(town, editor, run, until_on=dt.date(2027, 9, 7)) == "after_start"
    assert broken(town, editor, run, from_on=dt.date(2026, 9, 14)) == "outside_cycle"
    flexible = town.run(town.plumbing, town.near, is_flexible_start=True, starts_on=None, takes_applications=False)
    assert settle(town, editor, flexible, from_on=dt.date(2026, 9, 1), until_on=dt.date(2028, 1, 1)) == 1


def test_the_last_day_is_within_the_cycle_of_the_entry_year(town, editor, run):
    late = town.run(town.plumbing, town.near, starts_on=dt.date(2028, 3, 1), takes_applications=False)
    assert broken(town, editor, late, until_on=dt.date(2027, 11, 1)) == "outside_cycle"
    assert settle(town, editor, late, until_on=dt.date(2027, 10, 31)) == 1
    # A year without a cycle yet says nothing about days.
    later = town.run(town.plumbing, town.near, starts_on=dt.date(2029, 9, 1), takes_applications=False)
    assert settle(town, editor, later, until_on=dt.date(2029, 6, 1)) == 1


def test_a_date_that_has_changed_meanwhile_or_is_of_another_is_refused(town, editor, run):
    CourseRun.objects.filter(pk=run.pk).update(ended_on=dt.date(2026, 11, 1))
    assert broken(town, editor, run) == "dates_changed"
    assert broken(town, editor, town.heating.runs.get()) == "dates_changed"


def test_a_provider_that_took_none_takes_them_for_these_dates_only(town, editor, run):
    other = town.cars.runs.get()
    CourseRun.objects.filter(pk=other.pk).update(takes_applications=True)
    Organisation.objects.filter(pk=town.northfield.pk).update(takes_applications=False)
    settle(town, editor, run)
    assert Organisation.objects.get(pk=town.northfield.pk).takes_applications
    assert set(CourseRun.objects.filter(course__provider=town.northfield, takes_applications=True)) == {run}


def test_only_who_keeps_the_courses_sets_it(town, run):
    stranger = StaffRoleFactory(kind=RoleKind.EDITOR, organisation=town.southbank).user
    with pytest.raises(NotAllowed):
        settle(town, stranger, run)


def test_the_list_and_the_words_agree_on_every_state(town, editor, run):
    town.northfield.refresh_from_db()
    settled = {
        "open": {},
        "later": {"from_on": MARCH},
        "link": {"route": Route.OWN, "url": "https://college.example/"},
        "ask": {"route": Route.ASK},
    }
    for state, days in settled.items():
        settle(town, editor, run, **days)
        assert state_of(now(run), town.northfield) == state
        assert run in openable_runs(town.northfield, OpeningQuery(state=state))
        assert all(
            run not in openable_runs(town.northfield, OpeningQuery(state=each)) for each in {*settled, "over"} - {state}
        )
    settle(town, editor, run, until_on=MARCH)
    with clock.at(dt.date(2027, 3, 2)):
        assert state_of(now(run), town.northfield) == "over"
        assert run in openable_runs(town.northfield, OpeningQuery(state="over"))


# --- what learners read


def course_page(client, town):
    return client.get(town.plumbing.get_absolute_url()).content.decode()


def test_the_course_page_says_when_it_opens_and_when_it_has_closed(client, town, editor, run):
    settle(town, editor, run, from_on=MARCH, until_on=JUNE)
    page = course_page(client, town)
    assert "Opens on 1 March 2027" in page
    assert "Here, from 1 March 2027" in page
    with clock.at(dt.date(2027, 7, 1)):
        assert "Closed on 30 June 2027" in course_page(client, town)


def test_the_course_page_leads_to_the_apprenticeship_service(client, town, editor, run):
    settle(town, editor, run, route=Route.APPRENTICESHIP, url=SERVICE, from_on=MARCH)
    page = course_page(client, town)
    assert "Apply on Find an apprenticeship" in page
    assert "from 1 March 2027" in page
    assert "On the government’s Find an apprenticeship service" in page


# --- the pages


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


def urls(town):
    return [reverse(f"prospectus:opening-{name}", args=[town.northfield.reference]) for name in ("runs", "set")]


def test_many_at_once_by_what_they_have_in_common(desk, town):
    listed, settled = urls(town)
    page = desk.get(listed, {"subject": "05"}).content.decode()
    assert "Plumbing Level 2" in page
    assert "Motor Vehicle Maintenance" not in page
    assert "Set all 2 of this list" in page
    form = desk.get(settled, {"subject": "05", "all": "1"})
    assert "How learners apply for 2 dates" in form.content.decode()
    assert "Save for 2 dates" in form.content.decode()
    answers = {"route": "here", "number": "2"}
    page = desk.post(f"{settled}?subject=05&all=1", answers, follow=True).content.decode()
    assert "Saved for 2 dates." in page
    assert set(town.plumbing.runs.values_list("takes_applications", flat=True)) == {True}
    assert not town.cars.runs.get().takes_applications


def test_a_number_that_is_no_longer_true_is_said_and_nothing_saved(desk, town):
    settled = urls(town)[1] + "?subject=05&all=1"
    town.run(town.plumbing, town.near, takes_applications=False)
    page = desk.post(settled, {"route": "here", "number": "2"}).content.decode()
    assert "It was 2 when you opened this page, and is 3 dates now" in page
    assert not town.plumbing.runs.filter(takes_applications=True).exists()
    assert 'name="number" value="3"' in page


def test_one_date_shows_what_it_has_and_other_peoples_are_left_out(desk, town, editor, run):
    settle(town, editor, run, from_on=MARCH)
    others = town.heating.runs.get()
    form = desk.get(urls(town)[1], {"run": [run.reference, others.reference]}).context["form"]
    assert form.initial == {"route": "here", "from_on": MARCH, "until_on": None, "url": "", "number": 1}


def test_an_address_beside_here_and_a_broken_rule_are_said(desk, town, run):
    settled = f"{urls(town)[1]}?run={run.reference}"
    page = desk.post(settled, {"route": "here", "url": "https://a.example", "number": "1"}).content.decode()
    assert "Take the address out" in page
    page = desk.post(settled, {"route": "own", "number": "1"}).content.decode()
    assert "Give the address of the page to apply on" in page
    assert "javascript" not in desk.post(
        settled, {"route": "own", "url": "javascript:alert(1)", "number": "1"}
    ).headers.get("Location", "")
    assert now(run).apply_url == ""


def test_nothing_ticked_goes_back_and_nothing_found_says_so(desk, town):
    listed, settled = urls(town)
    assert "Tick some dates first." in desk.get(settled, follow=True).content.decode()
    assert "No date fits all you have chosen." in desk.get(listed, {"level": "8"}).content.decode()
    other = reverse("prospectus:opening-runs", args=[town.southbank.reference])
    assert desk.get(other).status_code == 404


@pytest.mark.parametrize("number", [1, 5])
def test_the_list_costs_the_same_for_one_and_for_five(client, number, django_assert_num_queries):
    provider = ProviderFactory()
    for _ in range(number):
        CourseRunFactory(course=CourseFactory(provider=provider))
    client.force_login(StaffRoleFactory(kind=RoleKind.EDITOR, organisation=provider).user)
    with django_assert_num_queries(10):
        client.get(reverse("prospectus:opening-runs", args=[provider.reference]))
