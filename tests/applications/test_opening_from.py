"""Providers join step by step: from which day each takes applications here, and what everybody reads until then."""

import datetime as dt

import pytest
from django.urls import reverse

from activity.models import Event
from applications import actions
from applications.queries.opening import area_opening, open_runs_of
from core import clock
from core.errors import NotAllowed, RuleBroken
from prospectus.actions.opening import open_area_from, open_from
from prospectus.models import CourseSearch
from prospectus.queries.opening import OpeningQuery, openable_runs, state_of
from prospectus.tasks import nightly
from tests.factories import OrganisationFactory, StaffRoleFactory

JANUARY = dt.date(2027, 1, 4)


@pytest.fixture
def imran(town):
    """The area's coordinator."""
    council = OrganisationFactory(name="Northmoor Council", kind="authority", area=town.area)
    return StaffRoleFactory(kind="help_desk", organisation=council).user


def opened(town, imran, from_on):
    """Northfield takes applications from this day, said before it took any."""
    town.northfield.refresh_from_db()
    town.northfield.takes_applications = False
    town.northfield.save()
    provider = open_from(provider=town.northfield, from_on=from_on, by=imran)
    provider.takes_applications = True
    provider.save()
    town.northfield.refresh_from_db()
    return provider


def in_search():
    """The courses that search says one may apply for here."""
    return sorted(CourseSearch.objects.filter(takes_applications=True).values_list("title", flat=True))


def test_before_its_day_nobody_applies_and_everybody_reads_from_when(town, imran, client):
    run = town.run(apply_url="https://www.example.org/apply")
    other = town.run("Art", provider=town.southbank)
    draft = town.draft(run)
    opened(town, imran, JANUARY)
    for refused in (
        lambda: actions.add_run(learner=town.ben, run=run, by=town.ben.user),
        lambda: actions.send_choice(choice=draft, by=town.amina.user),
    ):
        run.refresh_from_db()
        with pytest.raises(RuleBroken) as broken:
            refused()
        assert broken.value.code == "provider_not_open"
        assert "Northfield College takes applications here from Monday 4 January 2027." in broken.value.message
    page = client.get(reverse("prospectus:course", args=[run.course.reference]), follow=True).text
    assert "You can apply here from 4 January 2027" in page
    assert "Here, from 4 January 2027" in page
    assert "Apply on the provider’s own site" in page
    address = reverse("prospectus:provider", args=[town.northfield.reference])
    provider_page = client.get(address, follow=True).text
    assert "Here, with your one application, from 4 January 2027" in provider_page
    nightly()
    assert in_search() == ["art"]
    assert state_of(run, town.northfield) == "later"
    assert list(openable_runs(town.northfield, OpeningQuery(state="later"))) == [run]
    rows = {row.provider.name: row for row in area_opening(town.area).providers}
    assert (rows["Northfield College"].here, rows["Northfield College"].later) == (0, 1)
    assert rows["Northfield College"].first_on == JANUARY
    assert rows["Southbank Sixth Form"].here == 1
    with clock.at(JANUARY):
        nightly()
        assert in_search() == ["art", "plumbing level 2"]
        assert actions.send_choice(choice=draft, by=town.amina.user).status == "sent"
    assert other.course.provider.opens_on is None


def test_search_knows_at_once_when_a_provider_or_an_area_opens(town, imran):
    town.run()
    provider = opened(town, imran, JANUARY)
    nightly()
    assert in_search() == []
    open_from(provider=provider, from_on=None, by=imran)
    assert in_search() == ["plumbing level 2"]
    town.area.applying_from_on = JANUARY
    town.area.save()
    nightly()
    assert in_search() == []
    open_area_from(area=town.area, from_on=None, by=imran)
    assert in_search() == ["plumbing level 2"]


def test_only_the_areas_coordinator_says_so_and_nobody_who_applies_today_is_shut_out(town, imran, client):
    town.run()
    with pytest.raises(NotAllowed):
        open_from(provider=town.northfield, from_on=JANUARY, by=town.admissions)
    address = reverse("applications:provider-opening", args=[town.area.slug, town.northfield.reference])
    client.force_login(imran)
    assert address in client.get("/desk/application-rules/").text
    day = {"from_on_day": "4", "from_on_month": "1", "from_on_year": "2027"}
    assert "takes applications here already" in client.post(address, day).text
    town.northfield.refresh_from_db()
    assert town.northfield.applying_from_on is None
    assert not Event.objects.filter(verb="provider.open_from").exists()
    town.northfield.takes_applications = False
    town.northfield.save()
    assert client.post(address, day).status_code == 302
    assert client.post(address, day).status_code == 302
    event = Event.objects.get(verb="provider.open_from")
    assert event.facts == {"before": None, "after": "2027-01-04"}


def test_a_course_says_for_which_school_years_it_is(town, client):
    town.cycle.first_year_group = town.cycle.last_year_group = 11
    town.cycle.save()
    dated = town.run(starts_on=dt.date(2027, 9, 6))
    any_day = town.run("Art", is_flexible_start=True, starts_on=None)
    assert open_runs_of(dated.course_id, "post_16") == {dated.pk: "Year 11"}
    assert open_runs_of(any_day.course_id, "post_16") == {any_day.pk: "Year 11"}
    page = reverse("prospectus:course", args=[dated.course.reference])
    assert "For young people in Year 11" in client.get(page, follow=True).text
    client.force_login(town.amina.user)
    assert "For young people in Year 11" in client.get(page, follow=True).text
    town.draft(dated)
    assert "For young people in" not in client.get(page, follow=True).text
