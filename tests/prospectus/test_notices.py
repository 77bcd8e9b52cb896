"""E-mails to providers whose courses need a look."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import connection

from activity.actions import sweep_outbox
from activity.models import Event, OutboxMessage
from core import clock
from core.errors import NotAllowed, RuleBroken
from prospectus.actions.mending import confirm_courses
from prospectus.actions.notices import pause_notices, resume_notices, tell_providers
from prospectus.models import Course, FreshnessNotice, HealthPause
from prospectus.tasks import tell_providers as hourly
from providers.models import Area, Closure
from tests.factories import (
    CycleFactory,
    OrganisationFactory,
    ProviderFactory,
    RoleKind,
    StaffRoleFactory,
    UserFactory,
)
from tests.prospectus.test_health import course
from tests.races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def northfield():
    """A college that last checked its courses in March 2026: amber in October, red from November."""
    CycleFactory()
    northfield = ProviderFactory(name="Northfield College")
    course(northfield, checked_on=dt.date(2026, 3, 1))
    Course.objects.update(created_at=dt.datetime(2025, 1, 1, tzinfo=dt.UTC))
    return northfield


@pytest.fixture
def editor(northfield):
    return keeper(northfield, RoleKind.EDITOR, "editor@northfield.example")


@pytest.fixture
def help_desk(northfield):
    council = OrganisationFactory(name="Northmoor Council", kind="authority", area=northfield.area)
    return StaffRoleFactory(kind=RoleKind.HELP_DESK, organisation=council).user


def keeper(provider, kind, email, **role):
    user = UserFactory(email=email)
    StaffRoleFactory(kind=kind, organisation=provider, user=user, **{"started_on": dt.date(2025, 1, 1)} | role)
    return user


def told(day, hour=10):
    """How many providers are told at this hour of the day."""
    moment = dt.datetime.combine(dt.date.fromisoformat(day), dt.time(hour), ZoneInfo("Europe/London"))
    with clock.at(moment):
        return tell_providers()


def steps():
    return list(FreshnessNotice.objects.order_by("due_on").values_list("step", "due_on"))


def test_a_year_that_was_forgotten_is_told_on_each_occasion_once(northfield, editor):
    day = dt.date(2026, 9, 25)
    while day < dt.date(2026, 11, 21):
        told(day.isoformat())
        told(day.isoformat(), hour=14)
        day += dt.timedelta(days=1)

    assert steps() == [
        ("turned_amber", dt.date(2026, 10, 1)),
        ("one_week_amber", dt.date(2026, 10, 8)),
        ("week_before_red", dt.date(2026, 10, 25)),
        ("turned_red", dt.date(2026, 11, 1)),
        ("still_red", dt.date(2026, 11, 8)),
        ("still_red", dt.date(2026, 11, 15)),
    ]
    # The 25th of October and the Sundays after it are told on Mondays.
    assert [f"{row.created_at:%a %d}" for row in FreshnessNotice.objects.order_by("due_on")] == [
        "Thu 01", "Thu 08", "Mon 26", "Mon 02", "Mon 09", "Mon 16",
    ]  # fmt: skip
    assert OutboxMessage.objects.count() == 6


@pytest.mark.parametrize("hour", [0, 7, 17, 23])
def test_nothing_leaves_outside_working_hours(northfield, editor, hour):
    assert told("2026-11-18", hour=hour) == 0
    assert told("2026-11-18", hour=9) == 1


def test_nothing_leaves_on_days_nobody_works(northfield, editor):
    Closure.objects.create(
        area=northfield.area, name="Half term", starts_on=dt.date(2026, 11, 18), ends_on=dt.date(2026, 11, 18)
    )

    assert [told(day) for day in ("2026-11-14", "2026-11-15", "2026-11-18", "2026-11-19")] == [0, 0, 0, 1]


def test_what_was_missed_is_made_up_for_with_the_latest_occasion_alone(northfield, editor):
    assert told("2026-11-18") == 1
    assert steps() == [("still_red", dt.date(2026, 11, 15))]


def test_a_provider_that_is_green_is_left_alone(northfield, editor):
    assert told("2026-09-30") == 0
    with clock.at(dt.date(2026, 11, 17)):
        confirm_courses(provider=northfield, by=editor)
    assert told("2026-11-18") == 0


def test_after_an_update_the_next_years_occasions_are_told_again(northfield, editor):
    told("2026-10-01")
    with clock.at(dt.date(2026, 10, 2)):
        confirm_courses(provider=northfield, by=editor)

    assert told("2026-11-02") == 0
    assert told("2027-10-01") == 1
    assert steps()[-1] == ("turned_amber", dt.date(2027, 10, 1))


def test_an_area_whose_courses_come_from_elsewhere_is_not_written_to(northfield, editor):
    Area.objects.update(holding="feed")

    assert told("2026-11-18") == 0


def test_editors_and_managers_with_an_address_get_the_e_mail_and_nobody_else(northfield, editor):
    keeper(northfield, RoleKind.MANAGER, "manager@northfield.example")
    keeper(northfield, RoleKind.ADMISSIONS, "admissions@northfield.example")
    keeper(northfield, RoleKind.EDITOR, "")
    keeper(northfield, RoleKind.EDITOR, "gone@northfield.example", ended_on=dt.date(2026, 11, 17))
    keeper(ProviderFactory(), RoleKind.EDITOR, "other@southbank.example", started_on=dt.date(2026, 11, 10))

    hourly()
    sweep_outbox()

    assert sorted(sent.to[0] for sent in mail.outbox) == ["editor@northfield.example", "manager@northfield.example"]
    assert mail.outbox[0].subject.endswith("please look through the courses of Northfield College")
    assert "Your courses still count as out of date. The light is red." in mail.outbox[0].body
    assert "/desk/health/" in mail.outbox[0].body
    assert FreshnessNotice.objects.get().people == 2


def test_an_occasion_nobody_could_be_told_of_is_on_the_record(northfield):
    assert told("2026-11-18") == 1

    assert FreshnessNotice.objects.get().people == 0
    assert not OutboxMessage.objects.exists()


def test_who_looked_meanwhile_is_not_written_to(northfield, editor):
    told("2026-11-18")
    confirm_courses(provider=northfield, by=editor)

    sweep_outbox()

    assert mail.outbox == []
    assert OutboxMessage.objects.get().sent_at is not None


def test_who_left_meanwhile_is_not_written_to(northfield, editor):
    told("2026-11-18")
    northfield.staff_roles.update(ended_on=dt.date(2026, 11, 17))

    sweep_outbox()

    assert mail.outbox == []


def pause(provider, by, until="2026-11-30"):
    return pause_notices(provider=provider, until_on=dt.date.fromisoformat(until), reason="New system", by=by)


def test_while_it_is_paused_nothing_is_told_up_to_and_with_its_last_day(northfield, editor, help_desk):
    pause(northfield, help_desk)

    assert [told(day) for day in ("2026-11-18", "2026-11-30", "2026-12-01")] == [0, 0, 1]
    assert steps() == [("still_red", dt.date(2026, 11, 29))]


def test_a_pause_holds_back_what_waits_to_be_sent(northfield, editor, help_desk):
    told("2026-11-18")
    pause(northfield, help_desk)

    sweep_outbox()

    assert mail.outbox == []


def test_a_pause_is_ended_or_replaced_and_stays_on_record(northfield, editor, help_desk):
    pause(northfield, help_desk)
    pause(northfield, help_desk, until="2026-12-24")
    resume_notices(provider=northfield, by=help_desk)
    resume_notices(provider=northfield, by=help_desk)

    assert HealthPause.objects.filter(ended_at=None).count() == 0
    assert HealthPause.objects.count() == 2
    assert told("2026-11-18") == 1
    assert list(Event.objects.order_by("pk").values_list("verb", flat=True)) == [
        "provider.pause_notices",
        "provider.pause_notices",
        "provider.resume_notices",
    ]


@pytest.mark.parametrize(("until", "code"), [("2026-11-17", "pause_over"), ("2027-11-20", "pause_too_long")])
def test_a_pause_is_for_days_to_come_and_at_most_a_year(northfield, help_desk, until, code):
    with pytest.raises(RuleBroken) as refused:
        pause(northfield, help_desk, until=until)

    assert refused.value.code == code
    assert pause(northfield, help_desk, until="2026-11-18").until_on == dt.date(2026, 11, 18)


@pytest.mark.parametrize("action", [pause, lambda provider, by: resume_notices(provider=provider, by=by)])
def test_a_provider_cannot_pause_its_own_e_mails(northfield, editor, action):
    with pytest.raises(NotAllowed):
        action(northfield, editor)


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_tell_a_provider_once(northfield, editor):
    results = at_once(tell_providers, tell_providers)

    assert sorted(results) == [0, 1]
    assert FreshnessNotice.objects.count() == 1
    assert OutboxMessage.objects.count() == 1
    connection.close()
