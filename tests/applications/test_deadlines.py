"""Days that are near at a desk or a school: told once, before it is too late, and to whoever wants to hear of it."""

import datetime as dt

import pytest
from django.core import mail
from django.utils import timezone

from accounts.actions import choose_mail, make_daily_mails
from accounts.models import DailyItem
from activity.actions import sweep_outbox
from activity.models import OutboxMessage
from applications import actions
from applications.models import Choice
from applications.queries.deadlines import near_deadlines
from applications.queries.situations import load_of_provider
from core import clock
from prospectus.actions.consortia import create_consortium, join_consortium
from providers.models import Closure
from tests.applications.walk import Town, again
from tests.races import at_once

pytestmark = pytest.mark.django_db
FRIDAY, MONDAY = dt.date(2026, 11, 20), dt.date(2026, 11, 23)


def due(town, day, *, learner=None, state="sent"):
    choice = town.choice(state, learner=learner)
    dates = {"answer_due_on": day} if state == "sent" else {"endorse_due_on": day}
    Choice.objects.filter(pk=choice.pk).update(**dates)
    return choice


def told():
    """Who was told what since, by the subject."""
    sweep_outbox()
    mails, mail.outbox[:] = list(mail.outbox), []
    return [(one.subject, one.bcc) for one in mails]


def test_a_desk_is_told_once_of_each_day_that_is_two_working_days_ahead(town):
    due(town, FRIDAY)
    due(town, FRIDAY, learner=town.ben)
    due(town, MONDAY, learner=town.learner("Cara", "Bell", school=town.hollins))
    told()
    assert (actions.tell_of_deadlines(), actions.tell_of_deadlines()) == (1, 1)
    subject = "Next Step: please answer 2 applications by Friday 20 November 2026"
    assert told() == [(subject, ["priya@example.org"])]
    with clock.at(dt.date(2026, 11, 19)):  # Monday is two working days ahead, too
        actions.tell_of_deadlines()
        (monday,) = told()
    assert monday[0] == "Next Step: please answer 1 application by Monday 23 November 2026"


def test_nothing_is_said_of_what_is_answered_by_then_or_late_or_far(town):
    choice = due(town, FRIDAY)
    due(town, dt.date(2026, 11, 17), learner=town.ben)
    due(town, dt.date(2026, 11, 30), learner=town.learner("Cara", "Bell", school=town.hollins))
    told()
    actions.tell_of_deadlines()
    actions.refuse_choice(choice=again(choice), by=town.admissions, reason="full")
    assert [subject for subject, bcc in told() if bcc] == []
    assert OutboxMessage.objects.get(kind="answers-due").sent_at is not None


@pytest.mark.parametrize(("release_on", "left"), [(None, 1), (FRIDAY, 0), (MONDAY, 1)])
def test_what_is_decided_and_released_in_time_is_no_work_any_more(town, release_on, left):
    choice = due(town, FRIDAY)
    release = actions.open_release(provider=town.northfield, name="Offers", by=town.admissions)
    actions.stage_decision(release=release, choice=again(choice), verb="refuse", by=town.admissions, reason="full")
    if release_on:
        at = timezone.make_aware(dt.datetime.combine(release_on, dt.time(12)))
        actions.set_release(release=release, by=town.admissions, release_at=at, number=1)
    assert sum(one.number for one in near_deadlines("answers-due")) == left
    assert load_of_provider(town.northfield.pk).number == left
    with clock.at(MONDAY):  # late, and said so at the desk: its hour is what is waited for
        assert load_of_provider(town.northfield.pk).number == (0 if release_on else 1)


def test_nothing_leaves_on_a_day_on_which_nobody_works_there(town):
    Closure.objects.create(area=town.area, name="Training", starts_on=clock.today(), ends_on=clock.today())
    due(town, FRIDAY)
    assert actions.tell_of_deadlines() == 0


def test_a_school_hears_what_goes_on_without_its_word(town):
    due(town, FRIDAY, state="with_school")
    told()
    actions.tell_of_deadlines()
    subject = "Next Step: please read 1 choice by Friday 20 November 2026"
    assert told() == [(subject, ["carys@example.org"])]


def test_a_partner_hears_of_what_is_placed_with_it(town):
    lead, editor = town.staff("Eve Lund", town.northfield, "editor"), town.staff("Sam Ito", town.southbank, "editor")
    line = create_consortium(lead=town.northfield, name="Line", partners=[town.southbank], by=lead)
    join_consortium(consortium=line, by=editor)
    choice = due(town, FRIDAY)
    course = choice.choice_runs.get().run.course
    course.consortium = line
    course.save()
    actions.place_choice(choice=choice, partner=town.southbank, by=town.admissions)
    assert {one.organisation_id for one in near_deadlines("answers-due")} == {town.northfield.pk, town.southbank.pk}


def test_whoever_wants_one_e_mail_a_day_finds_it_there_and_who_wants_none_hears_nothing(town):
    colleague = town.staff("Mina Roy", town.northfield, "admissions")
    choose_mail(choices={"deadlines": "daily"}, by=town.admissions)
    choose_mail(choices={"deadlines": "never"}, by=colleague)
    due(town, FRIDAY)
    told()
    with clock.at(clock.now().replace(hour=7, minute=20)):
        actions.tell_of_deadlines()
        assert told() == []
    assert DailyItem.objects.get().user == town.admissions
    make_daily_mails()
    sweep_outbox()
    (daily,) = mail.outbox
    assert "Days by which you answer: 1" in daily.body


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_tell_once():
    town = Town()
    due(town, FRIDAY)
    at_once(actions.tell_of_deadlines, actions.tell_of_deadlines)
    assert OutboxMessage.objects.filter(kind="answers-due").count() == 1
