"""Interviews: times a provider sets up, a learner who chooses, changes and gives back, and who came."""

import datetime as dt

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from activity.actions import sweep_outbox
from activity.models import OutboxMessage
from applications import actions
from applications.models import Interview, InterviewReminder, InterviewSession, InterviewSlot
from applications.queries import broken_invariants, next_step, timeline
from applications.queries.interviews import days_to_book, free_slots
from core import clock
from core.errors import NotAllowed, RuleBroken, StaleState
from providers.models import Closure
from tests.applications.walk import again
from tests.factories import CourseFactory, SiteFactory

pytestmark = pytest.mark.django_db
FRIDAY = dt.date(2026, 11, 27)


def moment(day, hour, minute=0):
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour, minute)))


def session(town, *, day=FRIDAY, hour=13, hours=1, by=None, provider=None, **said):
    provider = provider or town.northfield
    facts = {"slot_minutes": 20, "places": 1, "room": "Room 12"} | said
    starts_at, ends_at = moment(day, hour), moment(day, hour) + dt.timedelta(hours=hours)
    return actions.add_session(
        provider=provider, by=by or town.admissions, starts_at=starts_at, ends_at=ends_at, **facts
    )


def refusal(act, **arguments):
    with pytest.raises(RuleBroken) as broken:
        act(**arguments)
    return broken.value.code


def asked(town, *runs, learner=None):
    """A choice whose learner is asked to choose a time."""
    choice = town.choice("sent", *runs, learner=learner)
    actions.invite_to_interview(choice=choice, by=choice.provider.staff_roles.get(kind="admissions").user)
    return again(choice)


def booked(town, made=None, number=0):
    made = made or session(town)
    choice = asked(town)
    slot = made.slots.all()[number]
    actions.book_interview(choice=choice, slot=slot, by=town.amina.user)
    return again(choice)


def kinds():
    return list(OutboxMessage.objects.order_by("pk").values_list("kind", flat=True))


# What a provider sets up


def test_a_session_is_cut_into_slots_of_one_length(town):
    made = session(town, hours=1, slot_minutes=25)
    assert [timezone.localtime(slot.starts_at).strftime("%H:%M") for slot in made.slots.all()] == ["13:00", "13:25"]
    assert made.where == "Online: Room 12"
    site = SiteFactory(organisation=town.northfield, name="Main Campus", postcode="N1 1AA")
    assert session(town, hour=15, site=site).where == "Room 12, Main Campus, N1 1AA"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"day": dt.date(2026, 11, 17)}, "session_in_past"),
        ({"hours": -1}, "times_out_of_order"),
        ({"hours": 12}, "times_out_of_order"),
        ({"slot_minutes": 90}, "slot_too_long"),
        ({"hours": 10, "slot_minutes": 5}, "too_many_slots"),
        ({"places": 201}, "too_many_places"),
        ({"day": dt.date(2026, 11, 28)}, "closed_day"),
        ({"day": dt.date(2026, 12, 25)}, "closed_day"),
    ],
)
def test_a_session_that_cannot_be_is_refused(town, said, code):
    assert refusal(session, town=town, **said) == code


def test_a_closure_of_the_area_is_said_before_and_a_yes_is_enough(town):
    Closure.objects.create(area=town.area, name="Half-term", starts_on=FRIDAY, ends_on=FRIDAY)
    assert refusal(session, town=town) == "closed_day"
    assert session(town, is_closed_day_meant=True).slots.count() == 3


def test_only_ones_own_people_sites_and_courses(town):
    for by in (town.other_admissions, town.coordinator, town.amina.user):
        with pytest.raises(NotAllowed):
            session(town, by=by)
    assert refusal(session, town=town, site=SiteFactory(organisation=town.southbank)) == "not_your_site"
    assert refusal(session, town=town, courses=[CourseFactory(provider=town.southbank)]) == "not_your_course"


# The learner chooses


def test_the_learner_chooses_a_time_and_everybody_reads_it(town):
    choice = booked(town, number=1)
    planned = choice.planned_interviews[0]
    assert (planned.starts_at, planned.place) == (moment(FRIDAY, 13, 20), "Online: Room 12")
    assert next_step(choice).text == "Go to your interview with Northfield College at 13:20, Online: Room 12"
    entries = [(entry.sentence, entry.more) for entry in timeline(choice, audience="learner")][:2]
    assert entries == [
        ("You chose a time for the interview.", ["For Friday 27 November 2026, 13:20."]),
        ("Northfield College asked you to an interview.", []),
    ]
    assert kinds()[-2:] == ["interview-to-choose", "interview-booked"]
    assert broken_invariants() == []


def test_asking_to_choose_needs_a_free_time_for_the_course(town):
    other = CourseFactory(provider=town.northfield)
    session(town, courses=[other])
    choice = town.choice("sent")
    assert refusal(actions.invite_to_interview, choice=choice, by=town.admissions) == "no_free_slots"
    made = session(town, hour=9, courses=[other, choice.choice_runs.first().run.course])
    assert {slot.session_id for slot in free_slots(again(choice))} == {made.pk}
    actions.invite_to_interview(choice=choice, by=town.admissions)
    assert next_step(again(choice)).text == "Choose a time for your interview with Northfield College"


def test_a_time_can_be_changed_and_what_was_stays_told(town):
    made = session(town)
    choice = booked(town, made)
    first, second, _third = made.slots.all()
    actions.book_interview(choice=choice, slot=second, by=town.amina.user)
    actions.book_interview(choice=choice, slot=second, by=town.amina.user)
    assert list(Interview.objects.order_by("pk").values_list("state", "slot")) == [
        ("moved", first.pk),
        ("planned", second.pk),
    ]
    assert [slot.pk for slot in free_slots(choice)] == [first.pk, made.slots.all()[2].pk]


def test_every_no_to_a_time_has_a_reason(town):
    made, later = session(town, change_hours=3), session(town, hour=15)
    slot = made.slots.first()
    choice = asked(town)
    book = {"choice": choice, "by": town.amina.user}
    with pytest.raises(NotAllowed):
        actions.book_interview(choice=choice, slot=slot, by=town.admissions)
    with pytest.raises(StaleState):
        actions.book_interview(choice=town.choice("sent"), slot=slot, by=town.amina.user)
    elsewhere = session(town, provider=town.southbank, by=town.other_admissions)
    assert refusal(actions.book_interview, slot=elsewhere.slots.first(), **book) == "slot_gone"
    about_another = session(town, hour=17, courses=[CourseFactory(provider=town.northfield)])
    assert refusal(actions.book_interview, slot=about_another.slots.first(), **book) == "slot_gone"
    with clock.at(moment(FRIDAY, 10, 1)):
        assert refusal(actions.book_interview, slot=slot, **book) == "slot_gone"
    ben = asked(town, town.run(), learner=town.ben)
    actions.book_interview(choice=ben, slot=slot, by=town.ben.user)
    assert refusal(actions.book_interview, slot=slot, **book) == "slot_full"
    actions.end_session(session=later, by=town.admissions)
    assert refusal(actions.book_interview, slot=later.slots.first(), **book) == "slot_gone"
    actions.book_interview(slot=made.slots.all()[1], **book)
    with clock.at(moment(FRIDAY, 11)):
        assert refusal(actions.book_interview, slot=made.slots.all()[2], **book) == "change_too_late"


def test_another_interview_at_that_time_is_said_before_and_refused(town):
    booked(town)
    other = session(town, provider=town.southbank, by=town.other_admissions, slot_minutes=30)
    choice = asked(town, town.run("Art", provider=town.southbank))
    times = [(time.clash is not None, time.left) for day in days_to_book(choice) for time in day.times]
    assert times == [(True, 1), (False, 1)]
    code = refusal(actions.book_interview, choice=choice, slot=other.slots.first(), by=town.amina.user)
    assert code == "interview_clash"


def test_a_time_given_back_is_free_again_and_the_provider_reads_why(town, client):
    choice = booked(town)
    assert refusal(actions.give_back_interview, choice=choice, by=town.amina.user, words=" ") == "reason_words_missing"
    with clock.at(moment(FRIDAY, 9)):
        give_back = {"choice": choice, "by": town.amina.user, "words": "Bus"}
        assert refusal(actions.give_back_interview, **give_back) == "change_too_late"
    actions.give_back_interview(choice=choice, by=town.amina.user, words="My bus comes later.")
    assert free_slots(again(choice)).count() == 3
    assert again(choice).status == "interviewing"
    assert kinds()[-1] == "interview-given-back"
    with pytest.raises(StaleState):
        actions.give_back_interview(choice=choice, by=town.amina.user, words="My bus comes later.")
    client.force_login(town.admissions)
    page = client.get(reverse("applications:received-choice", args=[choice.reference])).text
    assert "The learner wrote: My bus comes later." in page
    assert "the learner has still to choose a time" in page
    assert broken_invariants() == []


# The provider changes its mind


def test_a_session_called_off_asks_whoever_booked_to_choose_again(town):
    made = session(town)
    choice = booked(town, made)
    actions.end_session(session=made, by=town.admissions)
    assert again(choice).planned_interviews[0].starts_at is None
    assert kinds()[-1] == "interview-to-choose"
    assert timeline(choice, audience="learner")[0].sentence == (
        "Northfield College called this time off. Choose another one."
    )
    with pytest.raises(StaleState):
        actions.end_session(session=made, by=town.admissions)
    assert broken_invariants() == []


def test_a_new_place_is_told_and_places_that_are_taken_stay(town):
    made = session(town, places=2)
    choice = booked(town, made)
    ben = asked(town, town.run(), learner=town.ben)
    actions.book_interview(choice=ben, slot=made.slots.first(), by=town.ben.user)
    change = {"session": made, "by": town.admissions, "room": "The library", "note": "", "change_hours": 24}
    assert refusal(actions.change_session, **change, places=1) == "too_few_places"
    assert refusal(actions.change_session, **change, places=0) == "too_many_places"
    actions.change_session(**change, places=3)
    assert again(choice).planned_interviews[0].place == "Online: The library"
    assert kinds()[-2:] == ["interview-changed", "interview-changed"]
    actions.change_session(**change, places=4)
    assert kinds().count("interview-changed") == 2
    for act in (actions.change_session, actions.end_session):
        extra = {"places": 3, "room": "Hall"} if act is actions.change_session else {}
        with pytest.raises(NotAllowed):
            act(session=made, by=town.other_admissions, **extra)


def test_an_interview_is_arranged_anew_and_a_missed_one_stays_missed(town):
    choice = booked(town)
    session(town, day=dt.date(2026, 12, 4))
    with pytest.raises(NotAllowed):
        actions.rearrange_interview(choice=choice, by=town.amina.user)
    past = {"choice": choice, "by": town.admissions, "starts_at": clock.now() - dt.timedelta(days=1), "place": "Hall"}
    assert refusal(actions.rearrange_interview, **past) == "interview_in_past"
    assert refusal(actions.record_attendance, choice=choice, by=town.admissions, came=False) == "not_yet"
    with clock.at(moment(FRIDAY, 16)):
        actions.record_attendance(choice=choice, by=town.admissions, came=False)
        actions.record_attendance(choice=choice, by=town.admissions, came=False)
        actions.rearrange_interview(choice=choice, by=town.admissions)
    assert list(Interview.objects.order_by("pk").values_list("state", "came")) == [("missed", False), ("planned", None)]
    sentences = [entry.sentence for entry in timeline(choice, audience="provider")]
    assert sentences[:2] == ["The interview was arranged anew.", "The learner did not come to the interview."]
    assert broken_invariants() == []


@pytest.mark.parametrize(("came", "state"), [(True, "done"), (False, "missed"), (None, "done")])
def test_what_became_of_it_is_kept_when_the_provider_decides(town, came, state):
    choice = booked(town)
    with clock.at(moment(FRIDAY, 16)):
        if came is not None:
            actions.record_attendance(choice=choice, by=town.admissions, came=came)
        actions.make_offer(choice=choice, by=town.admissions)
    assert Interview.objects.get().state == state


# Reminders


def test_the_learner_is_reminded_once_the_day_before_and_again_of_another_time(town):
    made = session(town)
    choice = booked(town, made)
    assert actions.remind_of_interviews() == 0
    with clock.at(moment(dt.date(2026, 11, 26), 16)):
        assert [actions.remind_of_interviews() for _ in range(2)] == [1, 0]
        assert InterviewReminder.objects.count() == 1
        mail.outbox.clear()
        sweep_outbox()
    told = [one for one in mail.outbox if one.subject.endswith("please sign in: Friday 27 November 2026")]
    assert len(told) == 1
    assert not [word for word in ("Northfield", "Room", "Amina") if word in told[0].body + told[0].subject]
    with clock.at(moment(dt.date(2026, 11, 26), 12)):
        actions.book_interview(choice=choice, slot=made.slots.all()[2], by=town.amina.user)
        assert actions.remind_of_interviews() == 1


def test_of_a_monday_the_learner_is_told_on_friday_and_in_no_quiet_hour(town):
    made = session(town, day=dt.date(2026, 11, 30))
    booked(town, made)
    with clock.at(moment(FRIDAY, 23)):
        assert actions.remind_of_interviews() == 0
    with clock.at(moment(FRIDAY, 16)):
        assert actions.remind_of_interviews() == 1


# Pages


def test_the_learner_books_in_two_presses_and_takes_it_along(town, client):
    session(town)
    choice = asked(town)
    client.force_login(town.amina.user)
    assert (
        reverse("applications:interview-book", args=[choice.reference]) in client.get(reverse("applications:home")).text
    )
    book = reverse("applications:interview-book", args=[choice.reference])
    page = client.get(book)
    assert "Press a time to book it." in page.text
    slot = InterviewSlot.objects.first()
    answer = client.post(book, {"slot": slot.reference}, follow=True)
    assert "Your interview is booked." in answer.text
    assert "Friday 27 November 2026, 13:00, Online: Room 12" in answer.text
    assert client.post(book, {"slot": slot.reference}).status_code == 302  # pressed twice
    assert "Choose one of the times." in client.post(book, {}).text
    ics = client.get(reverse("applications:interview-calendar", args=[choice.reference])).text
    assert "DTSTART:20261127T130000Z" in ics
    assert "Northfield" not in ics
    back = reverse("applications:interview-give-back", args=[choice.reference])
    assert "Say in a few words why you cannot come" in client.post(back, {"words": ""}).text
    assert "You have given the time back." in client.post(back, {"words": "Dentist"}, follow=True).text
    assert client.get(back).status_code == 409


def test_the_desk_invites_to_choose_only_where_times_are_free(town, client):
    choice = town.choice("sent")
    client.force_login(town.admissions)
    invite = reverse("applications:choice-invite", args=[choice.reference])
    assert "The learner chooses one of the free times" not in client.get(invite).text
    session(town)
    page = client.get(invite).text
    assert "The learner chooses one of the free times" in page
    assert "Free now: 3." in page
    assert "Enter the date of the interview" in client.post(invite, {"how": "fixed"}).text
    assert client.post(invite, {"how": "choose"}).status_code == 302
    assert Interview.objects.get().starts_at is None
    anew = reverse("applications:interview-rearrange", args=[choice.reference])
    assert client.get(anew).status_code == 200
    fixed = {"how": "fixed", "on_day": "4", "on_month": "12", "on_year": "2026", "at": "14:30", "place": "Hall"}
    assert client.post(anew, fixed).status_code == 302
    assert again(choice).planned_interviews[0].starts_at == moment(dt.date(2026, 12, 4), 14, 30)


SATURDAY = {
    "on_day": "28", "on_month": "11", "on_year": "2026", "begins": "13:00", "ends": "14:00", "slot_minutes": "20",
    "places": "1", "room": "Room 12", "change_hours": "24", "site": "", "interviewers": "Mr Hale", "note": "",
}  # fmt: skip


def test_a_session_is_set_up_changed_and_called_off_on_the_desk(town, client):
    client.force_login(town.admissions)
    assert "No times yet" in client.get(reverse("applications:interviews")).text
    add = reverse("applications:session-add", args=[town.northfield.reference])
    assert "Yes, it is meant" not in client.get(add).text
    page = client.post(add, SATURDAY)
    assert "Saturday 28 November 2026 is at a weekend or in a holiday." in page.text
    assert "Yes, it is meant to be on that day" in page.text
    answer = client.post(add, SATURDAY | {"is_closed_day_meant": "on"}, follow=True)
    made = InterviewSession.objects.get()
    assert "Mr Hale" in answer.text
    change = reverse("applications:session-change", args=[made.reference])
    assert 'value="Room 12"' in client.get(change).text
    client.post(change, SATURDAY | {"room": "Room 14"})
    made.refresh_from_db()
    assert made.room == "Room 14"
    ics = client.get(reverse("applications:session-calendar", args=[made.reference])).text
    assert "DTEND:20261128T140000Z" in ics
    end = reverse("applications:session-end", args=[made.reference])
    assert "Nobody has booked." in client.get(end).text
    assert "Called off" in client.post(end, follow=True).text


def test_the_days_list_names_who_comes_and_says_who_came(town, client):
    choice = booked(town)
    client.force_login(town.admissions)
    day = reverse("applications:interviews-day", args=["2026-11-27"])
    page = client.get(day).text
    assert "Amina Yusuf" in page
    assert "Save who came" not in page
    assert "Nobody comes on this day" in client.get(reverse("applications:interviews-day", args=["2026-11-26"])).text
    assert client.get(reverse("applications:interviews-day", args=["soon"])).status_code == 404
    with clock.at(moment(FRIDAY, 16)):
        assert "Save who came" in client.get(day).text
        answer = client.post(day, {f"came_{choice.reference}": "yes"}, follow=True)
    assert "Saved for 1 learner." in answer.text
    assert Interview.objects.get().came is True
    assert choice.application.learner.receipts.filter(section="application").exists()
    client.force_login(town.other_admissions)
    assert "Amina" not in client.get(day).text


@pytest.mark.parametrize("number", [1, 5])
def test_lists_ask_as_much_for_five_rows_as_for_one(town, client, number):
    made = session(town, places=9, courses=[])
    for hour in range(number - 1):
        session(town, hour=hour + 8)
    for place in range(number):
        learner = town.learner(f"Learner{place}", "Khan", school=town.hollins)
        choice = asked(town, town.run(), learner=learner)
        actions.book_interview(choice=choice, slot=made.slots.first(), by=learner.user)
    client.force_login(town.admissions)
    counts = []
    for url in (
        reverse("applications:interviews"),
        reverse("applications:interviews-day", args=["2026-11-27"]),
        reverse("applications:session", args=[made.reference]),
    ):
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        counts.append(len(queries))
    assert counts == [9, 10, 8]


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "20261127x"])
def test_a_day_before_or_after_all_calendars_does_not_exist(town, client, day):
    client.force_login(town.admissions)
    assert client.get(reverse("applications:interviews-day", args=[day])).status_code == 404


def test_a_course_that_is_not_published_any_more_stays_what_a_session_is_for(town, client):
    run = town.run("Plumbing")
    made = session(town, courses=[run.course])
    run.course.state = "draft"
    run.course.save()
    client.force_login(town.admissions)
    url = reverse("applications:session-change", args=[made.reference])
    said = {"room": "Room 1", "places": "1", "change_hours": "24", "site": "", "interviewers": "", "note": "Bring ID."}
    assert "Plumbing" in client.get(url).text
    assert client.post(url, said | {"courses": [run.course.pk]}).status_code == 302
    assert list(made.courses.all()) == [run.course], "for none it would be for all"


def test_who_has_been_there_is_told_of_no_new_place(town):
    choice = booked(town)
    made = InterviewSession.objects.get()
    with clock.at(moment(FRIDAY, 13, 30)):
        actions.change_session(session=made, by=town.admissions, places=1, room="Room 1")
    assert "interview-changed" not in kinds()
    assert again(choice).planned_interviews[0].place == "Online: Room 12"


def test_arranging_it_anew_pressed_twice_is_once(town):
    session(town)
    choice = asked(town)
    for said in ({"starts_at": moment(FRIDAY, 9), "place": "Room 4"}, {}):
        before = len(kinds())
        for _twice in range(2):
            actions.rearrange_interview(choice=choice, by=town.admissions, **said)
        assert len(kinds()) == before + 1
    assert choice.interviews.count() == 3
