import datetime as dt

import pytest
from django.urls import reverse

from activity.models import Event
from core.errors import NotAllowed
from prospectus.actions.opening import close_for_applications, open_for_applications
from prospectus.models import CourseRun
from prospectus.queries import opening
from providers.models import RoleKind
from tests.factories import CourseFactory, CourseRunFactory, ProviderFactory, StaffRoleFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor():
    provider = ProviderFactory(takes_applications=False)
    return StaffRoleFactory(kind=RoleKind.EDITOR, organisation=provider)


@pytest.fixture
def provider(editor):
    return editor.organisation


def run_of(provider, **facts):
    return CourseRunFactory(course=CourseFactory(provider=provider), **{"takes_applications": False} | facts)


def test_opening_takes_in_what_can_still_be_started_and_nothing_of_others(provider, editor):
    to_come = run_of(provider)
    run_of(provider, starts_on=dt.date(2026, 9, 6))
    run_of(provider, ended_on=dt.date(2026, 10, 1))
    run_of(ProviderFactory())

    assert open_for_applications(provider=provider, by=editor.user) == 1

    assert list(CourseRun.objects.open_for_applications()) == [to_come]
    event = Event.objects.get()
    assert (event.verb, event.facts) == ("provider.open_for_applications", {"runs": 1})


def test_opening_twice_changes_nothing_the_second_time(provider, editor):
    run_of(provider)
    open_for_applications(provider=provider, by=editor.user)

    assert open_for_applications(provider=provider, by=editor.user) == 0
    assert Event.objects.count() == 1


def test_closing_takes_every_run_off_the_list_to_apply_for(provider, editor):
    run_of(provider)
    open_for_applications(provider=provider, by=editor.user)

    assert close_for_applications(provider=provider, by=editor.user) == 1
    assert CourseRun.objects.open_for_applications().count() == 0


def test_only_who_keeps_the_courses_may_open_or_close(provider):
    stranger = StaffRoleFactory(kind=RoleKind.EDITOR, organisation=ProviderFactory()).user
    for action in (open_for_applications, close_for_applications):
        with pytest.raises(NotAllowed):
            action(provider=provider, by=stranger)


def test_the_page_counts_what_opening_means_today_and_opens(client, provider, editor):
    run_of(provider)
    run_of(provider, starts_on=dt.date(2026, 9, 6))
    client.force_login(editor.user)

    [counted] = opening(editor.user)
    assert (counted.runs_open, counted.runs_not_open, counted.runs_past) == (0, 1, 1)
    page = client.post(reverse("prospectus:opening-change", args=[provider.reference]), {"to": "open"}, follow=True)
    assert "1 more course runs" in page.content.decode()
    page = client.post(reverse("prospectus:opening-change", args=[provider.reference]), {"to": "closed"}, follow=True)
    assert "1 course runs closed" in page.content.decode()
