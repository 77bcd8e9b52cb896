"""A learner is reminded once, the day before, of what they have booked."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.utils import timezone

from activity.actions import sweep_outbox
from core import clock
from ilp import actions
from ilp.models import ReviewReminder
from ilp.tasks import remind_of_bookings
from tests.factories import ExperienceFactory, LearnerContactFactory
from tests.races import at_once

pytestmark = pytest.mark.django_db


def at(day, hour=15):
    return clock.at(dt.datetime(2026, 11, day, hour, 35, tzinfo=ZoneInfo("Europe/London")))


@pytest.fixture
def booked(people):
    """Amina has a place on Wednesday 25 November."""
    LearnerContactFactory(learner=people.amina, email="amina@example.org")
    experience = ExperienceFactory(organisation=people.school, by=people.coordinator)
    return actions.make_booking(experience=experience, learner=people.amina, by=people.amina.user)


def letters(day, hour=15):
    with at(day, hour):
        remind_of_bookings()
        sweep_outbox()
    found = [letter for letter in mail.outbox if letter.to == ["amina@example.org"]]
    mail.outbox.clear()
    return found


def move(booked, day):
    booked.experience.starts_at = dt.datetime(2026, 11, day, 13, tzinfo=dt.UTC)
    booked.experience.ends_at = dt.datetime(2026, 11, day, 15, tzinfo=dt.UTC)
    booked.experience.save()


def test_once_on_the_day_before_with_a_day_and_nothing_else(booked, people):
    assert letters(23) == []
    assert letters(24, 6) == [], "it is night"
    (letter,) = letters(24)
    words = letter.subject + letter.body
    assert "you have something booked on 25 November 2026" in words
    assert "/my-plan/bookings/" in words
    for secret in ("Bricklaying", "Workshop", people.amina.given_name, people.school.name):
        assert secret not in words
    assert letters(24, 16) == []
    assert letters(25, 9) == []
    assert ReviewReminder.objects.get().booking == booked


def test_of_a_monday_on_friday_where_weekends_are_quiet(booked, people):
    move(booked, 23)
    assert letters(19) == []
    assert len(letters(20)) == 1
    ReviewReminder.objects.all().delete()
    assert letters(21) == [], "nobody is disturbed on Saturday"
    assert letters(22) == []


@pytest.mark.parametrize("what", ["give back", "cancel", "move", "wait"])
def test_what_was_given_back_cancelled_or_moved_is_not_reminded_of_even_when_it_was_on_its_way(booked, people, what):
    with at(24):
        if what == "wait":
            type(booked).objects.filter(pk=booked.pk).update(state="waiting")
        assert actions.send_booking_reminders() == (what != "wait")
        if what == "give back":
            actions.give_back_booking(booking=booked, by=people.amina.user)
        elif what == "cancel":
            actions.cancel_experience(experience=booked.experience, why="Snow", by=people.coordinator)
        elif what == "move":
            move(booked, 27)
        sweep_outbox()
    assert [letter for letter in mail.outbox if "something booked on" in letter.subject] == []
    mail.outbox.clear()
    assert len(letters(26)) == (what == "move"), "of the other day it is told anew"


def test_after_a_sweep_that_was_killed_the_next_one_tells_once(booked, monkeypatch):
    def killed(*args, **facts):
        raise SystemExit

    with monkeypatch.context() as patch, at(24):
        patch.setattr("ilp.actions.reminders.post", killed)
        with pytest.raises(SystemExit):
            remind_of_bookings()
    assert ReviewReminder.objects.count() == 0
    assert len(letters(24, 16)) == 1
    assert letters(24, 17) == []


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_tell_once(booked):
    def sweep():
        with at(24):
            return actions.send_booking_reminders()

    answers = at_once(*[sweep] * 2)
    assert sorted(answers) == [0, 1]
    assert timezone.localdate(booked.experience.starts_at) == ReviewReminder.objects.get().for_on
