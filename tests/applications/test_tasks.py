import datetime as dt
import io
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from accounts.models import User
from activity.actions import deliver, sweep_outbox
from activity.models import OutboxMessage
from applications import actions
from applications.messages import MESSAGES
from applications.models import AnswerReminder, Choice, Interview, Offer
from applications.queries import broken_invariants
from applications.tasks import nightly
from core import clock
from prospectus.models import CourseRun
from tests.applications.walk import again

LONDON = ZoneInfo("Europe/London")


def night_of(day):
    with clock.at(day):
        return {what: number for what, number in nightly().items() if number}


def test_an_unanswered_offer_is_reminded_twice_and_then_lapses(town):
    choice = town.choice("offered")  # answer by 2 December
    ran = {}
    for day in range(18, 31):
        ran[day] = night_of(dt.date(2026, 11, day))
    for day in range(1, 5):
        ran[day] = night_of(dt.date(2026, 12, day))
    assert {day: what for day, what in ran.items() if what} == {
        25: {"reminded": 1},
        30: {"reminded": 1},
        3: {"lapsed": 1},
    }
    assert again(choice).status == "lapsed"
    assert choice.choice_runs.get().run.places_taken == 0


def test_a_second_run_of_the_same_night_sends_nothing(town):
    town.choice("offered")
    day = dt.date(2026, 11, 30)
    assert night_of(day) == {"reminded": 1}
    assert night_of(day) == {}
    assert AnswerReminder.objects.count() == 1


def test_after_nights_without_a_worker_nobody_loses_an_offer_unreminded(town):
    choice = town.choice("offered")
    assert night_of(dt.date(2026, 12, 10)) == {"reminded": 1}
    assert night_of(dt.date(2026, 12, 11)) == {"reminded": 1}
    assert again(choice).standing_offer.answer_by_on == dt.date(2026, 12, 15)
    assert night_of(dt.date(2026, 12, 15)) == {}
    assert night_of(dt.date(2026, 12, 16)) == {"lapsed": 1}


def test_the_school_that_ran_out_of_time_no_longer_holds_the_choice(town):
    choice = town.choice("with_school")
    assert night_of(dt.date(2026, 12, 2)) == {}
    assert night_of(dt.date(2026, 12, 3)) == {"sent unendorsed": 1}
    assert again(choice).is_endorsed is False


def test_the_end_of_the_cycle_closes_drafts_and_undecided_and_leaves_places_alone(town):
    choices = [
        town.choice(state, learner=town.learner(state.title(), "Bell", school=town.hollins))
        for state in ("draft", "sent", "held", "confirmed")
    ]
    assert night_of(dt.date(2027, 10, 31)) == {}
    assert night_of(dt.date(2027, 11, 1)) == {"closed": 3}
    assert [again(choice).status for choice in choices] == ["not_sent", "unsuccessful", "turned_down", "confirmed"]


def test_what_fails_for_one_choice_leaves_the_others_done(town, monkeypatch, caplog):
    first, second = town.draft(), town.draft(learner=town.ben)
    close = actions.close_choice
    monkeypatch.setattr(actions, "close_choice", lambda choice: 1 / 0 if choice == first else close(choice=choice))
    assert night_of(dt.date(2027, 11, 1)) == {"closed": 1}
    assert (again(first).status, again(second).status) == ("draft", "not_sent")
    assert f"nightly work failed for choice {first.pk}" in caplog.text


def test_the_impossible_is_found_and_named_by_key(town):
    choice = town.choice("accepted")
    call_command("check_invariants", stdout=io.StringIO())
    Offer.objects.update(ended_at=clock.now())
    CourseRun.objects.update(places_taken=7)
    run = choice.choice_runs.get().run
    assert broken_invariants() == [
        f"offer in hand without a standing offer: choice {choice.pk} ({choice.reference})",
        f"places taken differ from the choices that take them: run {run.pk} ({run.reference})",
    ]
    with pytest.raises(CommandError, match="2 impossible things"):
        call_command("check_invariants", stdout=io.StringIO())
    assert night_of(dt.date(2026, 11, 18))["broken"] == 2


# E-mails


def sent_mails():
    for message in OutboxMessage.objects.filter(sent_at=None).order_by("pk"):
        deliver(message.pk)
    mails, mail.outbox[:] = list(mail.outbox), []
    return mails


def test_the_learner_is_asked_to_act_by_a_date_and_told_nothing_else(town):
    town.choice("offered", town.run("Plumbing Level 2"))
    to_provider, to_learner = sent_mails()
    assert to_provider.bcc == ["priya@example.org"]
    assert to_learner.to == ["amina@example.org"]
    assert to_learner.subject == "Next Step: please sign in and answer by Wednesday 2 December 2026"
    assert to_learner.body.startswith(
        "There is news about your application. Sign in and answer by Wednesday 2 December 2026."
    )


def test_a_learner_reads_it_in_their_language_and_people_at_work_in_english(town):
    User.objects.update(language="pl")
    town.choice("offered")
    to_desk, to_learner = sent_mails()
    assert to_learner.subject == "Next Step: zaloguj się i odpowiedz do dnia: Środa 2 grudnia 2026"
    assert to_learner.body.startswith("Jest wiadomość o Twoim podaniu. Zaloguj się i odpowiedz do dnia: Środa")
    assert "please sign in" in to_desk.subject


@pytest.mark.parametrize("kind", sorted(MESSAGES))
def test_no_message_names_provider_course_learner_or_outcome(town, kind):
    from applications import messages

    choice = town.choice("offered", town.run("Plumbing Level 2"))
    type(choice).objects.filter(pk=choice.pk).update(placed_with=town.southbank)  # somebody for every kind to reach
    facts = {"choice_id": choice.pk, "user_id": town.admissions.pk}
    if kind == "choice-assigned":
        actions.assign_choice(choice=choice, to=town.admissions, by=town.admissions)
    if kind == "interview-choose-reminder":
        Interview.objects.create(choice=choice, by=town.admissions)
    mail.outbox[:] = []
    messages.send(kind, facts)
    assert len(mail.outbox) == 1
    words = f"{mail.outbox[0].subject} {mail.outbox[0].body}".lower()
    leaks = [
        "northfield",
        "plumbing",
        "amina",
        "yusuf",
        "refus",
        "offer",
        "accept",
        "unsuccessful",
        "reserve",
        "interview",
    ]
    assert [leak for leak in leaks if leak in words] == []
    # Of several nobody sees the others.
    sent = mail.outbox[0]
    assert sent.to == (["amina@example.org"] if messages.MESSAGES[kind].audience is None else [])
    assert bool(sent.bcc) != bool(sent.to)


def test_a_learner_is_written_to_when_quiet_hours_are_over_and_a_college_at_once(town):
    friday_night = dt.datetime(2026, 11, 20, 21, tzinfo=LONDON)
    with clock.at(friday_night):
        town.choice("offered")
        assert [one.to or one.bcc for one in sent_mails()] == [["priya@example.org"]]
    with clock.at(dt.datetime(2026, 11, 23, 6, 59, tzinfo=LONDON)):
        sweep_outbox()
        assert mail.outbox == []
    with clock.at(dt.datetime(2026, 11, 23, 7, tzinfo=LONDON)):
        sweep_outbox()
        sweep_outbox()
    assert [one.to for one in mail.outbox] == [["amina@example.org"]]


def test_whoever_answered_in_the_night_is_not_told_in_the_morning_that_they_have_not(town):
    choice = town.choice("offered")
    sent_mails()
    assert night_of(dt.datetime(2026, 11, 25, 2, 30, tzinfo=LONDON)) == {"reminded": 1}
    with clock.at(dt.datetime(2026, 11, 25, 6, tzinfo=LONDON)):
        assert sent_mails() == []
        actions.accept_offer(choice=choice, by=town.amina.user)
    with clock.at(dt.datetime(2026, 11, 25, 8, tzinfo=LONDON)):
        assert [one.to for one in sent_mails() if one.to] == []
    assert not OutboxMessage.objects.filter(sent_at=None).exists()


def test_a_learner_without_an_address_is_no_error(town):
    town.amina.contact.delete()
    town.choice("offered")
    assert [each.bcc for each in sent_mails()] == [["priya@example.org"]]
    assert not OutboxMessage.objects.filter(sent_at=None).exists()


def test_a_message_is_sent_once(town):
    town.choice("sent")
    assert len(sent_mails()) == 1
    for message in OutboxMessage.objects.all():
        deliver(message.pk)
    assert mail.outbox == []


def test_every_choice_in_the_queue_is_real(town):
    town.choice("sent")
    assert set(OutboxMessage.objects.values_list("payload__choice_id", flat=True)) == set(
        Choice.objects.values_list("pk", flat=True)
    )
