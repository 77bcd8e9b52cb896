"""What an e-mail about one choice says of all the others: event by situation."""

import datetime as dt

import pytest
from django.core import mail

from activity.models import OutboxMessage
from applications import actions, messages
from applications.models import ChooseReminder
from applications.queries.situations import Facing, Situation, facing
from core import clock
from tests.applications.test_tasks import sent_mails
from tests.applications.walk import again
from tests.races import at_once, meeting

pytestmark = pytest.mark.django_db

S = Situation
DECEMBER_2 = dt.date(2026, 12, 2)


def others(town, *states):
    """Amina's other choices, each at another course, in these states."""
    return [town.choice(state, town.run(f"Course {number}")) for number, state in enumerate(states)]


@pytest.mark.parametrize(
    ("states", "situation"),
    [
        ([], S.NOTHING),
        (["draft"], S.DRAFTS),
        (["unsuccessful", "withdrawn"], S.NOTHING),
        (["unsuccessful", "draft"], S.DRAFTS),
        (["sent"], S.WAITING),
        (["sent", "draft"], S.WAITING),
        (["interviewing", "unsuccessful"], S.WAITING),
        (["held"], S.KEPT),
        (["held", "sent"], S.WAITING),
        (["offered"], S.ANSWER),
        (["offered", "held"], S.ANSWER),
        (["offered", "sent"], S.ANSWER_OTHERS),
        (["offered", "offered", "sent"], S.ANSWER_SEVERAL),
        (["accepted"], S.PLACE),
        (["confirmed"], S.PLACE),
    ],
)
def test_the_whole_application_stands_in_one_situation(town, states, situation):
    application = town.draft().application
    choices = application.choices.all()
    actions.withdraw_choice(choice=choices[0], by=town.amina.user, reason="changed_mind")
    others(town, *states)

    assert facing(application).situation == situation


def test_the_day_is_the_first_one_that_matters(town, django_assert_num_queries):
    first, second = others(town, "offered", "offered")
    type(first.standing_offer).objects.filter(choice=second).update(answer_by_on=dt.date(2026, 11, 27))

    with django_assert_num_queries(2):
        assert facing(first.application) == Facing(S.ANSWER_SEVERAL, dt.date(2026, 11, 27))


def test_after_the_last_day_nobody_is_sent_to_apply(town):
    (choice,) = others(town, "unsuccessful")

    with clock.at(choice.application.cycle.closes_on + dt.timedelta(days=1)):
        assert facing(choice.application) == Facing(S.NOTHING_LATE)


def test_answers_that_are_late_have_no_day(town):
    (choice,) = others(town, "sent")

    with clock.at(choice.answer_due_on + dt.timedelta(days=1)):
        assert facing(choice.application) == Facing(S.WAITING_UNDATED)


def refused_beside(town, *states):
    """The e-mail about a no, with these other choices."""
    choice = town.choice("sent", town.run("Joinery Level 2"))
    others(town, *states)
    sent_mails()
    actions.refuse_choice(choice=choice, by=town.admissions, reason="full")
    (told,) = sent_mails()
    return told


@pytest.mark.parametrize(
    ("states", "subject", "sentence"),
    [
        (
            ["offered"],
            "Next Step: please sign in and answer by Wednesday 2 December 2026",
            "Something waits for your answer until Wednesday 2 December 2026. Everybody else has answered you.",
        ),
        (
            ["offered", "sent"],
            "Next Step: please sign in and answer by Wednesday 2 December 2026",
            "Something waits for your answer until Wednesday 2 December 2026. Others have still to answer you.",
        ),
        (["sent"], "Next Step: please sign in", "The next answer to you is due by "),
        (["draft"], "Next Step: please sign in and send what you have written by ", "is not sent yet. Send it by "),
        ([], "Next Step: please sign in. You can apply until ", "You can apply for something else until "),
    ],
)
def test_a_no_reads_by_what_else_there_is(town, states, subject, sentence):
    told = refused_beside(town, *states)

    assert told.subject.startswith(subject)
    assert told.body.startswith("There is news about your application. Sign in to read it.\n\n")
    assert sentence in told.body


def test_an_offer_says_whether_others_have_still_to_answer(town):
    first = town.choice("sent", town.run("Joinery Level 2"))
    others(town, "sent")
    sent_mails()
    actions.make_offer(choice=first, by=town.admissions, answer_by_on=DECEMBER_2)
    (told,) = sent_mails()

    assert told.subject == "Next Step: please sign in and answer by Wednesday 2 December 2026"
    assert "Others have still to answer you. You may wait for them until that day." in told.body


def test_an_offer_that_was_answered_in_the_night_is_not_told_of_in_the_morning(town):
    with clock.at(dt.datetime(2026, 11, 18, 22, tzinfo=dt.UTC)):
        choice = town.choice("offered")
        sent_mails()
        actions.accept_offer(choice=choice, by=town.amina.user)
    with clock.at(dt.datetime(2026, 11, 19, 9, tzinfo=dt.UTC)):
        assert [one for one in sent_mails() if one.to] == []


def test_the_desk_reads_how_much_waits_and_until_when(town):
    town.choice("sent")
    sent_mails()
    second = town.choice("sent", town.run("Joinery Level 2"), learner=town.ben)
    (told,) = sent_mails()

    assert "2 wait for an answer. The first is to be answered by " in told.body
    assert told.body.endswith("/account/e-mails/")
    assert second.application.learner_id == town.ben.pk


# Given to a colleague


def test_a_colleague_is_told_of_what_is_given_to_them_and_nobody_of_their_own(town):
    owen = town.staff("Ola Berg", town.northfield, "admissions")
    choice = town.choice("sent")
    sent_mails()
    actions.assign_choice(choice=choice, to=town.admissions, by=town.admissions)
    assert sent_mails() == []
    actions.assign_choice(choice=choice, to=owen, by=town.admissions)
    actions.assign_choice(choice=choice, to=owen, by=town.admissions)
    (told,) = sent_mails()

    assert told.bcc == [owen.email]
    assert told.body.startswith("A colleague has given you an application. Sign in and answer by ")


def test_of_several_given_within_an_hour_a_colleague_hears_once(town):
    ola = town.staff("Ola Berg", town.northfield, "admissions")
    run = town.run()
    choices = [town.choice("sent", run), town.choice("sent", run, learner=town.ben)]
    later = town.choice("sent", town.run("Joinery Level 2"))
    sent_mails()
    for choice in choices:
        actions.assign_choice(choice=choice, to=ola, by=town.admissions)
    assert [told.bcc for told in sent_mails()] == [[ola.email]]
    with clock.at(clock.now() + dt.timedelta(hours=1, minutes=1)):
        actions.assign_choice(choice=later, to=ola, by=town.admissions)
        assert [told.bcc for told in sent_mails()] == [[ola.email]]


def test_whose_it_is_no_more_hears_nothing(town):
    ola, eva = (town.staff(name, town.northfield, "admissions") for name in ("Ola Berg", "Eva Lind"))
    choice = town.choice("sent")
    sent_mails()
    actions.assign_choice(choice=choice, to=ola, by=town.admissions)
    actions.assign_choice(choice=choice, to=eva, by=town.admissions)

    assert [told.bcc for told in sent_mails()] == [[eva.email]]


# Reminded to choose a time


@pytest.fixture
def asked(town):
    from tests.applications.test_interviews import asked, session

    session(town, day=dt.date(2026, 12, 18))
    return asked(town)


def reminded_on(*days, hour=16):
    found = []
    for day in days:
        with clock.at(dt.datetime.combine(day, dt.time(hour), tzinfo=dt.UTC)):
            found += [day.day] * actions.remind_to_choose()
    return found


def november(*days):
    return [dt.date(2026, 11, day) for day in days]


def test_whoever_has_not_chosen_a_time_is_reminded_twice_by_working_days(town, asked):
    # Asked on Wednesday 18 November: Monday is the third working day after it, Thursday the third after that.
    assert reminded_on(*november(18, 19, 20, 21, 22, 23, 23, 24, 25, 26, 27, 30)) == [23, 26]
    assert ChooseReminder.objects.count() == 2
    assert OutboxMessage.objects.filter(kind="interview-choose-reminder").count() == 2


def test_in_quiet_hours_and_without_a_free_time_nobody_is_reminded(town, asked):
    assert reminded_on(*november(23), hour=23) == []
    town.northfield.interview_sessions.update(ended_at=clock.now())
    assert reminded_on(*november(23)) == []


def test_whoever_chose_before_it_was_sent_hears_nothing(town, asked):
    from applications.queries.interviews import free_slots

    assert reminded_on(*november(23)) == [23]
    sent_mails()
    OutboxMessage.objects.filter(kind="interview-choose-reminder").update(sent_at=None)
    actions.book_interview(choice=asked, slot=free_slots(asked).first(), by=town.amina.user)
    mail.outbox.clear()
    with clock.at(dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC)):
        assert [one for one in sent_mails() if one.to] == []
    assert reminded_on(*november(26)) == []
    assert again(asked).planned_interviews[0].starts_at is not None


def test_of_a_choice_that_is_placed_neither_desk_reads_the_number_of_the_other(town):
    choice = town.choice("sent")
    for partner, says in ((None, True), (town.southbank, False)):
        type(choice).objects.filter(pk=choice.pk).update(placed_with=partner)
        messages.send("referral-answered", {"choice_id": choice.pk})
        assert ("1 waits for an answer." in mail.outbox[-1].body) is says


class TestTwoWorkersAtOnce:
    pytestmark = pytest.mark.django_db(transaction=True)

    def test_remind_once(self, town, asked):
        def remind():
            with clock.at(dt.datetime(2026, 11, 23, 16, tzinfo=dt.UTC)):
                return actions.remind_to_choose()

        assert sorted(at_once(remind, remind)) == [0, 1]

    def test_would_stumble_over_each_other_without_the_lock(self, town, asked, monkeypatch):
        from applications.actions import interview_reminders as interviews

        monkeypatch.setattr(interviews, "lock_application", lambda _key: None)
        counted = interviews.free_slots
        meet = meeting()
        monkeypatch.setattr(interviews, "free_slots", lambda choice: meet() or counted(choice))

        def remind():
            with clock.at(dt.datetime(2026, 11, 23, 16, tzinfo=dt.UTC)):
                return actions.remind_to_choose()

        assert "IntegrityError" in {type(one).__name__ for one in at_once(remind, remind)}
