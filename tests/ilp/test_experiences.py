"""What can be tried: put up, booked, given back, marked, written up."""

import contextlib
import datetime as dt
import re
import time
from types import SimpleNamespace

import pytest
from django.core import mail
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Learner, Receipt
from activity.actions import deliver
from activity.models import Event, OutboxMessage
from core import clock, personal
from core.errors import NotAllowed, RuleBroken, StaleState
from ilp import actions
from ilp.keeping_experiences import _forget_needs, _give_places_back, _needs_of_the_past
from ilp.models import Booking, Draft, Entry, Experience
from ilp.policies import BOOKING_POLICY, EXPERIENCE_POLICY, year_of
from ilp.queries import experience_standing
from ilp.workflow import BOOKING_FLOW, EXPERIENCE_FLOW, BookingState, ExperienceState
from prospectus.actions.experience import set_experience_requirement
from prospectus.models import ExperienceRequirement
from providers.models import RoleKind
from tests.factories import (
    CourseFactory,
    ExperienceFactory,
    LearnerContactFactory,
    LearnerFactory,
    ProviderFactory,
    RollEntryFactory,
    SiteFactory,
    StaffRoleFactory,
    SubjectFactory,
    UserFactory,
)
from tests.races import at_once

pytestmark = pytest.mark.django_db
DAY = dt.datetime(2026, 11, 25, 13, tzinfo=dt.UTC)  # when the factory's taster begins


@pytest.fixture
def college(people):
    """Northfield College with an editor, and a taster of theirs with two places."""
    provider = ProviderFactory(name="Northfield College", area=people.amina.area)
    editor = StaffRoleFactory(organisation=provider, kind=RoleKind.EDITOR).user
    taster = ExperienceFactory(organisation=provider, by=editor)
    return SimpleNamespace(provider=provider, editor=editor, taster=taster)


def book(people, experience, learner=None, **rest):
    learner = learner or people.amina
    return actions.make_booking(experience=experience, learner=learner, by=learner.user, **rest)


def others(people, number):
    """More learners of Amina's school and year."""
    entries = [
        RollEntryFactory(school=people.school, year_group=11, learner__user=UserFactory()) for _ in range(number)
    ]
    return [entry.learner for entry in entries]


def states(experience):
    return list(experience.bookings.in_turn().values_list("state", flat=True))


def told(kind):
    """The keys of the bookings that somebody is told about."""
    return set(OutboxMessage.objects.filter(kind=kind).values_list("payload__booking_id", flat=True))


def refused(function, **asked):
    with pytest.raises(RuleBroken) as refusal:
        function(**asked)
    return refusal.value.code


# --- the tables


def test_policies_know_every_verb_and_every_state_has_words():
    assert set(BOOKING_POLICY.rules) == set(BOOKING_FLOW.moves)
    assert set(EXPERIENCE_POLICY.rules) == set(EXPERIENCE_FLOW.moves)
    assert all(state.label for state in (*BookingState, *ExperienceState))


DO = {
    "give_back": lambda b, p, c: actions.give_back_booking(booking=b, by=p.amina.user),
    "agree": lambda b, p, c: actions.agree_booking(booking=b, by=p.tutor),
    "refuse": lambda b, p, c: actions.refuse_booking(booking=b, by=p.tutor),
    "allow": lambda b, p, c: allow(b, p, c),
    "call_off": lambda b, p, c: actions.cancel_experience(experience=c.taster, by=c.editor, why="Flood"),
    "mark_came": lambda b, p, c: mark(b, c, came=True),
    "mark_missed": lambda b, p, c: mark(b, c, came=False),
    "write_up": lambda b, p, c: actions.write_up_booking(booking=b, by=p.amina.user, title="Bricks"),
}
WAYS = {
    "waiting": [], "booked": [], "given_back": ["give_back"], "refused": ["refuse"], "called_off": ["call_off"],
    "came": ["mark_came"], "missed": ["mark_missed"],
}  # fmt: skip


def allow(booking, people, college):
    """The school takes its no back when somebody else has the place."""
    with contextlib.suppress(StaleState, NotAllowed):
        book(people, college.taster, others(people, 1)[0])
    actions.allow_booking(booking=booking, by=people.tutor)


def mark(booking, college, *, came):
    with clock.at(DAY):
        actions.mark_attendance(experience=college.taster, marks={booking.reference: came}, by=college.editor)


def test_every_verb_from_every_state_does_what_the_table_says(people, college):
    assert {*DO, "take_place"} == set(BOOKING_FLOW.moves)
    assert set(WAYS) == set(BookingState.values)
    college.taster.places = 1
    college.taster.save()
    rival = others(people, 1)[0]
    for state, way in WAYS.items():
        with transaction.atomic():
            if state == "waiting":
                book(people, college.taster, rival)
            booking = book(people, college.taster)
            for step in way:
                DO[step](booking, people, college)
            booking.refresh_from_db()
            assert booking.state == state
            for verb, do in DO.items():
                with transaction.atomic():
                    # Where the table has no move, it is refused or passed over.
                    with contextlib.suppress(StaleState, RuleBroken):
                        do(booking, people, college)
                    booking.refresh_from_db()
                    assert {booking.state} == (BOOKING_FLOW.targets(state, verb) or {state}), (state, verb)
                    transaction.set_rollback(True)
            transaction.set_rollback(True)


def test_every_verb_of_an_experience_does_what_the_table_says(college):
    do = {
        "change": lambda one: actions.change_experience(experience=one, by=college.editor, title="Other"),
        "publish": lambda one: actions.publish_experience(experience=one, by=college.editor),
        "cancel": lambda one: actions.cancel_experience(experience=one, by=college.editor, why="Flood"),
    }
    assert set(do) == set(EXPERIENCE_FLOW.moves)
    for state in ExperienceState.values:
        for verb, act in do.items():
            one = ExperienceFactory(organisation=college.provider, state=state)
            if EXPERIENCE_FLOW.targets(state, verb):
                assert {act(one).state} == EXPERIENCE_FLOW.targets(state, verb)
            else:
                with pytest.raises(StaleState):
                    act(one)


# --- putting up

FACTS = {
    "kind": "taster", "title": "Bricks", "what": "Build.", "subject": None, "course": None, "first_year_group": 9,
    "last_year_group": 11, "is_own_only": False, "site": None, "place": "Workshop", "starts_at": DAY,
    "ends_at": DAY + dt.timedelta(hours=2), "is_in_school_time": False, "places": 2, "closes_on": None, "bring": "",
    "access": "", "contact": "",
}  # fmt: skip


def test_a_draft_is_published_and_cancelled_and_each_is_in_the_history(people, college):
    made = actions.add_experience(organisation=college.provider, by=college.editor, **FACTS)
    assert not Experience.objects.visible_to(people.amina.user).filter(pk=made.pk).exists()
    made = actions.publish_experience(experience=made, by=college.editor)
    assert Experience.objects.visible_to(people.amina.user).filter(pk=made.pk).exists()
    with pytest.raises(StaleState):
        actions.publish_experience(experience=made, by=college.editor)
    assert refused(actions.cancel_experience, experience=made, by=college.editor, why=" ") == "why_missing"
    actions.cancel_experience(experience=made, by=college.editor, why="The workshop is flooded.")
    with pytest.raises(StaleState):
        actions.change_experience(experience=made, by=college.editor, title="Bricks again")
    verbs = Event.objects.filter(verb__startswith="experience.").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["experience.add", "experience.publish", "experience.cancel"]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"ends_at": DAY}, "times_out_of_order"),
        ({"ends_at": DAY + dt.timedelta(days=32)}, "too_long"),
        ({"first_year_group": 12}, "years_out_of_order"),
        ({"place": " "}, "no_place"),
        ({"site": SiteFactory}, "not_your_site"),
        ({"course": CourseFactory}, "not_your_course"),
        ({"closes_on": dt.date(2026, 11, 26)}, "closes_too_late"),
        ({"places": 0}, "too_many_places"),
    ],
)
def test_what_cannot_be_is_refused(college, wrong, code):
    wrong = {name: value() if isinstance(value, type) else value for name, value in wrong.items()}
    asked = FACTS | wrong
    assert refused(actions.add_experience, organisation=college.provider, by=college.editor, **asked) == code
    assert Experience.objects.count() == 1


def test_only_those_who_keep_it_may(people, college):
    stranger = StaffRoleFactory(kind=RoleKind.EDITOR).user
    admissions = StaffRoleFactory(organisation=college.provider, kind=RoleKind.ADMISSIONS).user
    for who in (stranger, admissions, people.amina.user, people.tutor, people.coordinator):
        with pytest.raises(NotAllowed):
            actions.add_experience(organisation=college.provider, by=who, **FACTS)
        with pytest.raises(NotAllowed):
            actions.cancel_experience(experience=college.taster, by=who, why="Because")
        with pytest.raises(NotAllowed):
            actions.mark_attendance(experience=college.taster, marks={}, by=who)
    assert actions.add_experience(organisation=people.school, by=people.coordinator, **FACTS).state == "draft"


def test_a_school_shows_its_own_only_to_its_own(people, college):
    visit = ExperienceFactory(organisation=people.school, is_own_only=True)
    shown = Experience.objects.visible_to
    assert shown(people.amina.user).filter(pk=visit.pk).exists()
    assert shown(people.tutor).filter(pk=visit.pk).exists()
    for who in (people.ben.user, people.other_tutor, college.editor):
        assert not shown(who).filter(pk=visit.pk).exists()
    with pytest.raises(NotAllowed):
        book(people, visit, people.ben)
    assert book(people, visit).state == "booked"


def test_more_places_go_to_those_who_wait_and_a_new_time_is_told(people, college):
    college.taster.places = 1
    college.taster.save()
    first = book(people, college.taster)
    second, third = (book(people, college.taster, one) for one in others(people, 2))
    assert states(college.taster) == ["booked", "waiting", "waiting"]
    assert refused(actions.change_experience, experience=college.taster, by=college.editor, places=0)
    actions.change_experience(experience=college.taster, by=college.editor, places=2)
    assert states(college.taster) == ["booked", "booked", "waiting"]
    assert told("booking-moved-up") == {second.pk}
    assert told("booking-changed") == set()
    code = refused(actions.change_experience, experience=college.taster, by=college.editor, places=1)
    assert code == "too_few_places"
    actions.change_experience(experience=college.taster, by=college.editor, ends_at=DAY + dt.timedelta(hours=4))
    assert told("booking-changed") == {first.pk, second.pk, third.pk}


# --- booking


def test_places_go_in_the_order_of_asking_and_a_place_given_back_moves_the_next_one_up(people, college):
    first = book(people, college.taster)
    _second, third, fourth = (book(people, college.taster, one) for one in others(people, 3))
    assert states(college.taster) == ["booked", "booked", "waiting", "waiting"]
    actions.give_back_booking(booking=first, by=people.amina.user)
    assert states(college.taster) == ["given_back", "booked", "booked", "waiting"]
    assert told("booking-moved-up") == {third.pk}
    again = book(people, college.taster)  # at the end
    actions.give_back_booking(booking=third, by=third.learner.user)
    fourth.refresh_from_db()
    again.refresh_from_db()
    assert (fourth.state, again.state) == ("booked", "waiting")


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"closes_on": dt.date(2026, 11, 17)}, "closed"),
        ({"starts_at": dt.datetime(2026, 11, 18, 9, tzinfo=dt.UTC)}, "closed"),
        ({"first_year_group": 7, "last_year_group": 10}, "not_for_you"),
    ],
)
def test_whom_it_is_not_for_is_told_in_a_sentence(people, college, facts, code):
    experience = ExperienceFactory(organisation=college.provider, **facts)
    assert refused(book, people=people, experience=experience) == code
    assert not Booking.objects.exists()


def test_the_sentence_says_which_years_and_which_is_yours(people):
    with pytest.raises(RuleBroken, match=r"This is for Years 7 to 10\. You are in Year 11\."):
        book(people, ExperienceFactory(first_year_group=7, last_year_group=10))


def test_once_at_a_time_so_many_and_a_clash_only_knowingly(people, college, monkeypatch):
    book(people, college.taster)
    assert refused(book, people=people, experience=college.taster) == "booked_already"
    same_time = ExperienceFactory(organisation=college.provider, starts_at=DAY + dt.timedelta(hours=1))
    right_after = ExperienceFactory(
        organisation=college.provider, starts_at=DAY + dt.timedelta(hours=2), ends_at=DAY + dt.timedelta(hours=3)
    )
    assert refused(book, people=people, experience=same_time) == "clash"
    assert book(people, same_time, despite_clash=True).state == "booked"
    monkeypatch.setattr("ilp.actions.bookings.MOST_BOOKINGS", 2)
    assert refused(book, people=people, experience=right_after, despite_clash=True) == "too_many_bookings"


def test_nobody_books_or_gives_back_for_somebody_else(people, college):
    booking = book(people, college.taster)
    for who in (people.ben.user, people.tutor, people.adviser, college.editor):
        with pytest.raises(NotAllowed):
            actions.make_booking(experience=college.taster, learner=people.amina, by=who)
        with pytest.raises(NotAllowed):
            actions.give_back_booking(booking=booking, by=who)
    draft = ExperienceFactory(state="draft")
    with pytest.raises(NotAllowed):
        book(people, draft)


def test_cancelled_tells_all_and_ends_every_booking(people, college):
    bookings = [book(people, college.taster, one) for one in (people.amina, *others(people, 2))]
    actions.cancel_experience(experience=college.taster, by=college.editor, why="The workshop is flooded.")
    assert states(college.taster) == ["called_off"] * 3
    assert told("booking-called-off") == {booking.pk for booking in bookings}
    assert Experience.objects.visible_to(people.amina.user).filter(pk=college.taster.pk).exists()  # she can read why
    assert not Experience.objects.visible_to(people.ben.user).filter(pk=college.taster.pk).exists()
    with pytest.raises(StaleState):
        actions.give_back_booking(booking=bookings[0], by=people.amina.user)
    with pytest.raises(StaleState):
        book(people, college.taster)


def test_the_school_says_yes_once_or_no(people, college):
    booking = book(people, college.taster)
    waiting = [book(people, college.taster, one) for one in others(people, 2)][-1]
    for who in (people.amina.user, people.other_tutor, people.adviser, college.editor):
        with pytest.raises(NotAllowed):
            actions.agree_booking(booking=booking, by=who)
        with pytest.raises(NotAllowed):
            actions.refuse_booking(booking=booking, by=who)
    at = actions.agree_booking(booking=booking, by=people.tutor).agreed_at
    assert actions.agree_booking(booking=booking, by=people.coordinator).agreed_at == at
    actions.refuse_booking(booking=booking, by=people.coordinator)
    waiting.refresh_from_db()
    assert (states(college.taster)[0], waiting.state) == ("refused", "booked")
    assert told("booking-refused") == {booking.pk}


def test_a_no_stands_until_the_school_takes_it_back(client, people, college):
    booking = actions.refuse_booking(booking=book(people, college.taster), by=people.tutor)
    assert refused(book, people=people, experience=college.taster) == "school_said_no"
    client.force_login(people.amina.user)
    page = text(client.get(reverse("ilp:experience", args=[college.taster.reference])))
    assert "Ask your tutor if you still want to go." in page
    assert reverse("ilp:booking-make", args=[college.taster.reference]) not in page
    for who in (people.amina.user, people.other_tutor, people.adviser, college.editor):
        with pytest.raises(NotAllowed):
            actions.allow_booking(booking=booking, by=who)
    last = [book(people, college.taster, one) for one in others(people, 2)][-1]
    client.force_login(people.coordinator)
    listed = reverse("ilp:school-booking", args=[college.taster.reference])
    allow_url = reverse("ilp:booking-allow", args=[booking.reference])
    assert allow_url in text(client.get(listed))
    assert client.post(allow_url).url == listed
    booking.refresh_from_db()
    assert (booking.state, booking.agreed_by, last.state) == ("waiting", people.coordinator, "booked")
    assert booking.asked_at > last.asked_at
    assert told("booking-allowed") == {booking.pk}
    actions.give_back_booking(booking=last, by=last.learner.user)
    booking.refresh_from_db()
    assert booking.state == "booked"
    with pytest.raises(StaleState):
        actions.allow_booking(booking=booking, by=people.tutor)


def test_who_moves_up_again_after_a_no_was_taken_back_is_told_again(people, college):
    college.taster.places = 1
    college.taster.save()
    first = book(people, college.taster)
    second, third = (book(people, college.taster, one) for one in others(people, 2))
    actions.give_back_booking(booking=first, by=people.amina.user)
    assert told("booking-moved-up") == {second.pk}
    actions.refuse_booking(booking=second, by=people.tutor)
    assert actions.allow_booking(booking=second, by=people.tutor).state == "waiting"
    third.refresh_from_db()
    assert third.state == "booked"

    actions.give_back_booking(booking=third, by=third.learner.user)

    second.refresh_from_db()
    assert second.state == "booked"
    assert OutboxMessage.objects.filter(kind="booking-moved-up", payload__booking_id=second.pk).count() == 2


def test_a_no_takes_an_earlier_yes_back(client, people, college):
    booking = actions.agree_booking(booking=book(people, college.taster), by=people.tutor)
    booking = actions.refuse_booking(booking=booking, by=people.tutor)
    booking.refresh_from_db()
    assert (booking.agreed_at, booking.agreed_by) == (None, None)
    client.force_login(people.amina.user)
    page = text(client.get(reverse("ilp:experience", args=[college.taster.reference])))
    assert "Your school has said yes." not in page


def test_a_no_is_not_taken_back_for_what_has_begun_or_was_called_off(people, college):
    booking = actions.refuse_booking(booking=book(people, college.taster), by=people.tutor)
    with clock.at(DAY), pytest.raises(RuleBroken) as refusal:
        actions.allow_booking(booking=booking, by=people.tutor)
    assert refusal.value.code == "has_begun"
    actions.cancel_experience(experience=college.taster, by=college.editor, why="Flood")
    with pytest.raises(StaleState):
        actions.allow_booking(booking=booking, by=people.tutor)


def test_another_time_needs_another_yes_of_the_school(people, college):
    booking = actions.agree_booking(booking=book(people, college.taster), by=people.tutor)
    actions.change_experience(experience=college.taster, by=college.editor, title="Other", place="Hall")
    booking.refresh_from_db()
    assert booking.agreed_at is not None
    times = {"starts_at": DAY + dt.timedelta(days=1), "ends_at": DAY + dt.timedelta(days=1, hours=2)}
    actions.change_experience(experience=college.taster, by=college.editor, **times)
    booking.refresh_from_db()
    assert (booking.state, booking.agreed_at, booking.agreed_by) == ("booked", None, None)
    assert actions.agree_booking(booking=booking, by=people.tutor).agreed_at is not None


def test_year_groups_without_a_roll_come_from_the_date_of_birth():
    for born, year in ((dt.date(2010, 9, 1), 11), (dt.date(2010, 8, 31), 12), (dt.date(2013, 8, 31), 9)):
        assert year_of(LearnerFactory(birth_on=born)) == year


# --- the day, and after


def attend(people, college, came=True, learner=None):
    booking = book(people, college.taster, learner)
    with clock.at(DAY):
        actions.mark_attendance(experience=college.taster, marks={booking.reference: came}, by=college.editor)
    booking.refresh_from_db()
    return booking


def test_marks_come_from_the_day_on_and_can_be_put_right(people, college):
    booking = book(people, college.taster)
    stranger = book(people, ExperienceFactory(), others(people, 1)[0])
    marks = {booking.reference: True, stranger.reference: True}
    asked = {"experience": college.taster, "by": college.editor}
    assert refused(actions.mark_attendance, marks=marks, **asked) == "too_early"
    with clock.at(DAY):
        assert len(actions.mark_attendance(marks=marks, **asked)) == 1
        assert actions.mark_attendance(marks=marks, **asked) == []
        assert told("booking-came") == {booking.pk}
        actions.mark_attendance(marks={booking.reference: False}, **asked)
        code = refused(actions.give_back_booking, booking=stranger, by=stranger.learner.user)
    assert states(college.taster) == ["missed"]
    assert code == "has_begun"


def test_who_was_there_writes_about_it_once_and_it_is_validated_as_any_entry(people, college):
    booking = attend(people, college)
    answers = {"title": "Bricklaying", "words": "I can do this.", "made_from": "ACDEFG3467"}
    with pytest.raises(NotAllowed):
        actions.write_up_booking(booking=booking, by=people.ben.user, **answers)
    entry = actions.write_up_booking(booking=booking, by=people.amina.user, **answers)
    assert actions.write_up_booking(booking=booking, by=people.amina.user, **answers) == entry
    answers["made_from"] = ""
    assert refused(actions.write_up_booking, booking=booking, by=people.amina.user, **answers) == "written_up"
    assert (Entry.objects.count(), entry.kind, entry.booking) == (1, "experience", booking)
    assert actions.validate_entry(entry=entry, seen=1, by=people.tutor).state == "validated"


def test_another_forms_name_does_not_pass_off_what_it_wrote_as_about_this(people, college, add):
    skill = add(made_from="ACDEFG3467")
    actions.validate_entry(entry=skill, seen=1, by=people.tutor)
    strangers = actions.start_plan(learner=people.ben, by=people.ben.user)
    actions.add_entry(plan=strangers, kind="skill", title="Ben's", made_from="ACDEFG3469", by=people.ben.user)
    course = CourseFactory(provider=college.provider)
    asked = {"scope": "provider", "must_be_validated": True, "by": college.editor}
    set_experience_requirement(course=course, is_required=True, **asked)
    second = ExperienceFactory(organisation=college.provider)
    for experience, named in ((college.taster, "ACDEFG3467"), (second, "ACDEFG3469")):
        booking = book(people, experience, despite_clash=True)
        with clock.at(DAY):
            actions.mark_attendance(experience=experience, marks={booking.reference: True}, by=college.editor)
        entry = actions.write_up_booking(booking=booking, by=people.amina.user, made_from=named, title="Bricks")
        assert (entry.kind, entry.booking, entry.made_from) == ("experience", booking, "")
    assert experience_standing(people.amina, course).lacks == "validation"


def test_who_was_not_there_has_nothing_to_write(people, college):
    booking = attend(people, college, came=False)
    with pytest.raises(StaleState):
        actions.write_up_booking(booking=booking, by=people.amina.user, title="Bricklaying")


def test_erasure_and_the_night_give_places_to_those_who_wait(people, college):
    booking = book(people, college.taster, access_needs=["quiet"], needs_words="Nuts")
    waiting = [book(people, college.taster, one) for one in others(people, 2)][-1]
    _give_places_back(people.amina)
    assert actions.fill_all_places() == 1
    waiting.refresh_from_db()
    assert waiting.state == "booked"
    assert not _needs_of_the_past(dt.date(2026, 11, 25)).exists()
    assert _forget_needs(_needs_of_the_past(dt.date(2026, 11, 26))) == 1
    booking.refresh_from_db()
    assert (booking.access_needs, booking.needs_words) == ([], "")


def test_whoever_was_marked_before_it_began_has_no_second_place(people, college):
    booking = book(people, college.taster)
    with clock.at(DAY - dt.timedelta(hours=4)):
        actions.mark_attendance(experience=college.taster, marks={booking.reference: False}, by=college.editor)
        assert refused(book, people=people, experience=college.taster) == "booked_already"
    assert states(college.taster) == ["missed"]


# --- what a course asks for


def test_a_requirement_is_met_by_being_there_and_where_said_by_a_validated_entry(people, college):
    course = CourseFactory(provider=college.provider, subject=SubjectFactory(code="05"))
    assert experience_standing(people.amina, course) is None
    set_experience_requirement(course=course, is_required=True, kind="taster", scope="provider", by=college.editor)
    assert experience_standing(people.amina, course).lacks == "place"
    booking = book(people, college.taster)
    assert experience_standing(people.amina, course).lacks == "coming"
    with clock.at(DAY):
        actions.mark_attendance(experience=college.taster, marks={booking.reference: True}, by=college.editor)
    assert experience_standing(people.amina, course).is_met
    asked = {"course": course, "is_required": True, "by": college.editor, "must_be_validated": True}
    set_experience_requirement(scope="provider", **asked)
    assert experience_standing(people.amina, course).lacks == "write_up"
    entry = actions.write_up_booking(booking=booking, by=people.amina.user, title="Bricklaying")
    assert experience_standing(people.amina, course).lacks == "validation"
    actions.validate_entry(entry=entry, seen=1, by=people.tutor)
    assert experience_standing(people.amina, course).is_met
    for narrower in ({"scope": "course"}, {"scope": "subject"}, {"scope": "provider", "kind": "open_day"}):
        set_experience_requirement(**asked, **narrower)
        assert experience_standing(people.amina, course).lacks == "place"
    college.taster.subject = SubjectFactory(code="05.2", parent_id="05")
    college.taster.save()
    set_experience_requirement(**asked, scope="subject")
    assert experience_standing(people.amina, course).is_met
    set_experience_requirement(course=course, is_required=False, by=college.editor)
    assert experience_standing(people.amina, course) is None


def test_a_requirement_needs_a_subject_and_is_the_providers(people, college):
    course = CourseFactory(provider=college.provider, subject=None)
    asked = {"course": course, "is_required": True, "scope": "subject"}
    assert refused(set_experience_requirement, by=college.editor, **asked) == "course_without_subject"
    with pytest.raises(NotAllowed):
        set_experience_requirement(by=people.tutor, **asked)
    assert not ExperienceRequirement.objects.exists()


# --- messages and the calendar


def test_an_email_says_what_and_the_day_and_nothing_else(people, college):
    LearnerContactFactory(learner=people.amina, email="amina@example.org")
    attend(people, college)
    for message in OutboxMessage.objects.filter(kind="booking-came"):
        deliver(message.pk)
    letter = mail.outbox[0]
    words = letter.subject + letter.body
    assert letter.to == ["amina@example.org"]
    assert "25 November 2026" in words
    for secret in ("Bricklaying", "Northfield", people.amina.given_name):
        assert secret not in words


def test_a_calendar_takes_it_in(client, college):
    title = "Bricks; mortar, and\nÜbung " + "ü" * 40
    Experience.objects.filter(pk=college.taster.pk).update(title=title, place="Hall")
    answer = client.get(reverse("ilp:experience-calendar", args=[college.taster.reference]))
    lines = answer.content.decode().split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert "STATUS:CONFIRMED" in lines
    assert "DTSTART:20261125T130000Z" in lines
    assert all(len(line.encode()) <= 75 for line in lines)
    summary = "".join(lines).partition("SUMMARY:")[2].partition("LOCATION")[0]
    assert summary.replace(" ü", "ü").startswith("Bricks\\; mortar\\, and\\nÜbung")


# --- pages


def text(response):
    return " ".join(response.content.decode().split())


def test_a_learner_finds_books_and_gives_back(client, people, college):
    client.force_login(people.amina.user)
    assert "Bricklaying taster" in text(client.get("/experiences/?kind=taster&place=workshop&days=31&mine=on"))
    assert "Nothing like that just now" in text(client.get("/experiences/?kind=open_day"))
    url = reverse("ilp:booking-make", args=[college.taster.reference])
    assert "sees your name, your school and your year group" in text(client.get(url))
    page = client.post(url, {"access_needs": ["quiet"], "needs_words": "Nuts"}, follow=True)
    assert "You have a place." in text(page)
    booking = Booking.objects.get()
    assert booking.need_words == ["A quiet place to go to", "Nuts"]
    assert "You have booked this already." in text(client.post(url, {}))
    page = text(client.get("/my-plan/bookings/"))
    assert "Wednesday 25 November 2026, 13:00 to 15:00" in page
    assert "(1 to come)" in text(client.get("/my-plan/"))
    page = client.post(reverse("ilp:booking-give-back", args=[booking.reference]), follow=True)
    assert "Given back." in text(page)


def test_a_clash_and_a_full_one_are_said_before_booking(client, people, college):
    book(people, college.taster)
    full = ExperienceFactory(organisation=college.provider, places=1, title="Plumbing taster")
    book(people, full, others(people, 1)[0])
    client.force_login(people.amina.user)
    url = reverse("ilp:booking-make", args=[full.reference])
    page = text(client.get(url))
    assert "You have a place at something else at that time" in page
    assert "All places are gone." in page
    assert "You have a place at “Bricklaying taster”" in text(client.post(url, {}))
    page = client.post(url, {"despite_clash": "on"}, follow=True)
    assert "You are on the waiting list." in text(page)


def test_the_provider_marks_all_on_one_page_and_sees_no_more_than_it_needs(client, people, college):
    booking = book(people, college.taster, needs_words="Nuts")
    LearnerContactFactory(learner=people.amina, email="amina@example.org", phone="07700 900123")
    client.force_login(college.editor)
    url = reverse("ilp:desk-experience", args=[college.taster.reference])
    page = text(client.get(url))
    assert str(people.amina) in page
    assert people.school.name in page
    assert "Nuts" in page
    for secret in ("amina@example.org", "07700 900123", f"{people.amina.birth_on:%Y}"):
        assert secret not in page.replace("2026", "")
    seen = Receipt.objects.get(learner=people.amina)
    assert (seen.section, seen.role.kind) == ("experiences", "editor")
    with clock.at(DAY):
        assert "Save who came" in text(client.get(url))
        page = client.post(url, {f"came-{booking.reference}": "yes"}, follow=True)
    assert "Saved for 1 learner." in text(page)
    assert "__________" in text(client.get(reverse("ilp:sign-in-sheet", args=[college.taster.reference])))


def test_the_provider_puts_one_up_and_mends_what_is_wrong(client, college):
    client.force_login(college.editor)
    url = reverse("ilp:experience-add", args=[college.provider.reference])
    course = CourseFactory(provider=college.provider, title="Plumbing Level 2")
    typed = {
        "kind": "taster", "title": "Pipes", "what": "Bend a pipe.", "starts_on_0": "4", "starts_on_1": "12",
        "starts_on_2": "2026", "begins": "13:00", "ends": "12:00", "place": "Workshop", "first_year_group": "9",
        "last_year_group": "11", "places": "12", "course": course.reference,
    }  # fmt: skip
    names = client.get(url).context["form"]["starts_on"].field.widget.widgets_names
    typed |= {f"starts_on{name}": value for name, value in zip(names, ("4", "12", "2026"), strict=True)}
    assert "It ends before it begins." in text(client.post(url, typed))
    page = client.post(url, typed | {"ends": "15:00"}, follow=True)
    assert "Saved as a draft." in text(page)
    made = Experience.objects.get(title="Pipes")
    assert (made.when, made.course) == ("Friday 4 December 2026, 13:00 to 15:00", course)
    publish = reverse("ilp:experience-publish", args=[made.reference])
    assert "Published." in text(client.post(publish, follow=True))
    change = reverse("ilp:experience-change", args=[made.reference])
    assert 'value="Pipes"' in text(client.get(change))
    cancel = reverse("ilp:experience-cancel", args=[made.reference])
    assert "Say why, in a sentence" in text(client.post(cancel, {"why": ""}))
    client.post(cancel, {"why": "Flood"})
    made.refresh_from_db()
    assert (made.state, made.why_cancelled) == ("cancelled", "Flood")


def test_a_tutor_sees_who_goes_and_says_yes_for_those_ticked(client, people, college):
    college.taster.is_in_school_time = True
    college.taster.save()
    booking = book(people, college.taster)
    book(people, college.taster, people.ben)
    client.force_login(people.tutor)
    assert "Bricklaying taster" in text(client.get("/desk/bookings/"))
    url = reverse("ilp:school-booking", args=[college.taster.reference])
    page = text(client.get(url))
    assert str(people.amina) in page
    assert str(people.ben) not in page
    agree = reverse("ilp:booking-agree", args=[college.taster.reference])
    assert "Tick the learners who may go." in text(client.post(agree, {}, follow=True))
    bens = Booking.objects.get(learner=people.ben)
    page = client.post(agree, {"booking": [booking.reference, bens.reference, "\0"]}, follow=True)
    assert "You have said yes for 1 learner." in text(page)
    bens.refresh_from_db()
    assert bens.agreed_at is None
    page = client.post(reverse("ilp:booking-refuse", args=[booking.reference]), follow=True)
    assert "The learner is told" in text(page)


def test_a_yes_is_said_for_all_that_can_be_and_the_others_are_named_with_why(client, people, college):
    kept = book(people, college.taster)
    gone, said_no = (book(people, college.taster, one) for one in others(people, 2))
    actions.give_back_booking(booking=gone, by=gone.learner.user)
    actions.refuse_booking(booking=said_no, by=people.coordinator)
    client.force_login(people.tutor)
    url = reverse("ilp:booking-agree", args=[college.taster.reference])
    page = text(client.post(url, {"booking": [gone.reference, kept.reference, said_no.reference]}))
    assert "You have said yes for 1 of 3 learners." in page
    assert f"{gone.learner}: has given the place back" in page
    assert f"{said_no.learner}: the school has said no" in page
    kept.refresh_from_db()
    assert kept.agreed_by == people.tutor


def test_a_tutor_says_yes_for_the_whole_list_at_once(client, people, college):
    college.taster.is_in_school_time = True
    college.taster.save()
    for one in (people.amina, *others(people, 2), people.ben):
        book(people, college.taster, one)
    client.force_login(people.tutor)
    url = reverse("ilp:school-booking", args=[college.taster.reference])
    listing = client.get(url)
    assert "Say yes for all 3" in text(listing)
    listed = re.findall(r'name="listed" value="(\w+)"', listing.content.decode())
    (newcomer,) = others(people, 1)
    unseen = book(people, college.taster, newcomer)
    all_of_them = {"all": "1", "listed": listed}
    page = client.post(reverse("ilp:booking-agree", args=[college.taster.reference]), all_of_them, follow=True)
    assert "You have said yes for 3 learners." in text(page)
    assert "Say yes for all" not in text(page)
    left = set(Booking.objects.filter(agreed_at=None).values_list("learner", flat=True))
    assert left == {people.ben.pk, unseen.learner_id}, "who booked after the page was opened was not looked at"


def test_what_nobody_could_book_any_more_is_not_published_and_not_offered_on_course_pages(client, people, college):
    course = CourseFactory(provider=college.provider)
    draft = ExperienceFactory(
        organisation=college.provider, by=college.editor, state="draft", closes_on=dt.date(2026, 11, 17), course=course
    )
    assert refused(actions.publish_experience, experience=draft, by=college.editor) == "closed_already"
    draft.closes_on = dt.date(2026, 11, 18)
    draft.save()
    actions.publish_experience(experience=draft, by=college.editor)
    book_url = reverse("ilp:booking-make", args=[draft.reference])
    assert book_url in text(client.get(course.get_absolute_url()))
    with clock.at(dt.datetime(2026, 11, 19, 10, tzinfo=dt.UTC)):
        assert book_url not in text(client.get(course.get_absolute_url()))


def test_a_change_keeps_the_course_site_and_subject_that_could_not_be_chosen_today(client, people, college):
    course = CourseFactory(provider=college.provider, state="draft")
    site = SiteFactory(organisation=college.provider, ended_on=dt.date(2026, 9, 1))
    inside = SubjectFactory(code="05.2", parent=SubjectFactory(code="05"))
    experience = college.taster
    experience.course, experience.site, experience.subject = course, site, inside
    experience.save()
    client.force_login(college.editor)
    url = reverse("ilp:experience-change", args=[experience.reference])
    form = client.get(url).context["form"]
    said = {name: form[name].value() or "" for name in form.fields if name not in ("starts_on", "ends_on", "closes_on")}
    said |= {"starts_on_day": 25, "starts_on_month": 11, "starts_on_year": 2026, "title": "Bricks and more"}
    assert client.post(url, said | {"begins": "13:00", "ends": "15:00", "is_in_school_time": ""}).status_code == 302
    experience.refresh_from_db()
    assert experience.title == "Bricks and more"
    assert (experience.course, experience.site, experience.subject) == (course, site, inside)


def test_what_is_ticked_twice_is_kept_once(people, college):
    assert book(people, college.taster, access_needs=["quiet", "quiet"]).access_needs == ["quiet"]


def test_write_up_is_offered_prefilled_and_kept_as_a_draft_that_knows_its_booking(client, people, college):
    booking = attend(people, college)
    client.force_login(people.amina.user)
    assert "Write about what you went to" in text(client.get("/my-plan/"))
    url = reverse("ilp:booking-write-up", args=[booking.reference])
    form = client.get(url).context["form"]
    assert form["title"].value() == "Bricklaying taster"
    kept = {"draft": "ACDEFG3467", "seen": "0", "title": "Bricks", "booking": booking.reference}
    client.post(url, kept | {"later": "1"})
    draft = Draft.objects.get()
    page = client.get(f"/my-plan/add/experience/?draft={draft.reference}")
    assert page.url == f"{url}?draft={draft.reference}"
    assert client.get(page.url).context["form"]["title"].value() == "Bricks"
    page = client.post(url, kept | {"words": "I can do this."}, follow=True)
    assert "Was there on 25 November 2026, says Northfield College" in text(page)
    assert not Draft.objects.exists()


def test_the_page_to_write_does_not_say_of_whoever_was_not_there_that_they_were(client, people, college):
    booking = attend(people, college, came=False)
    client.force_login(people.amina.user)
    response = client.get(reverse("ilp:booking-write-up", args=[booking.reference]))
    assert response.status_code == 409
    assert "says you were there" not in text(response)


def test_a_draft_that_names_no_booking_is_kept_all_the_same(client, people):
    client.force_login(people.amina.user)
    kept = {"draft": "ACDEFG3467", "seen": "0", "title": "Bricks", "booking": "A\0B", "later": "1"}
    assert client.post("/my-plan/add/experience/", kept).status_code == 302
    assert Draft.objects.get().answers["booking"] == "AB"


def test_a_course_that_is_not_there_has_nothing_to_try(client, college):
    page = text(client.get("/experiences/?course=NOTHERE"))
    assert "Nothing like that just now" in page
    assert "Bricklaying taster" not in page


def test_the_course_page_says_what_to_try_and_where_to_book_it(client, college):
    course = CourseFactory(provider=college.provider, title="Bricklaying Level 1")
    college.taster.course = course
    college.taster.save()
    client.force_login(college.editor)
    url = reverse("prospectus:course-experience", args=[course.reference])
    as_of = client.get(url).context["form"].initial["as_of"]
    client.post(
        url, {"as_of": as_of, "is_required": "yes", "kind": "taster", "scope": "course", "must_be_validated": "on"}
    )
    client.logout()
    page = text(client.get(course.get_absolute_url()))
    assert "Before you apply: a taster of this course, with Northfield College." in page
    assert "have that validated by an adult" in page
    assert reverse("ilp:booking-make", args=[college.taster.reference]) in page
    assert f"/experiences/?kind=taster&amp;course={course.reference}" in page
    assert "Bricklaying taster" in text(client.get(f"/experiences/?course={course.reference}"))
    page = text(client.get(reverse("prospectus:provider", args=[college.provider.reference])))
    assert "/experiences/?place=Northfield+College" in page


@pytest.mark.parametrize("number", [1, 5])
def test_lists_ask_as_much_for_five_as_for_one(client, people, college, number, django_assert_num_queries):
    for at in range(number):
        experience = ExperienceFactory(
            organisation=college.provider, starts_at=DAY + dt.timedelta(days=at), ends_at=DAY + dt.timedelta(days=at)
        )
        book(people, experience)
        if at:
            book(people, college.taster, others(people, 1)[0])
    book(people, college.taster, despite_clash=True)
    for user, path, queries in (
        (people.amina.user, "/experiences/", 8),
        (people.amina.user, "/my-plan/bookings/", 5),
        (college.editor, "/desk/experiences/", 6),
        (college.editor, reverse("ilp:desk-experience", args=[college.taster.reference]), 10),
        (people.tutor, "/desk/bookings/", 5),
        (people.tutor, reverse("ilp:school-booking", args=[college.taster.reference]), 8),
    ):
        client.force_login(user)
        client.get(path)
        with django_assert_num_queries(queries):
            assert client.get(path).status_code == 200


# --- at once


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_two_ask_for_the_last_place_and_one_waits(self, people, college):
        college.taster.places = 1
        college.taster.save()
        other = others(people, 1)[0]
        at_once(lambda: book(people, college.taster), lambda: book(people, college.taster, other))
        assert sorted(states(college.taster)) == ["booked", "waiting"]

    def test_without_the_lock_both_would_have_it(self, people, college, monkeypatch):
        college.taster.places = 1
        college.taster.save()
        other = others(people, 1)[0]
        plain = Experience.objects.all()
        monkeypatch.setattr(
            "ilp.actions.bookings.lock_experience",
            lambda key: plain.select_related("organisation", "site", "course").get(pk=key),
        )
        fill = actions.bookings.fill_places

        def slowly(*args, **kwargs):
            filled = fill(*args, **kwargs)
            time.sleep(0.3)
            return filled

        monkeypatch.setattr("ilp.actions.bookings.fill_places", slowly)
        at_once(lambda: book(people, college.taster), lambda: book(people, college.taster, other))
        assert states(college.taster) == ["booked", "booked"]

    def test_a_place_is_given_back_while_whoever_is_next_is_erased_and_they_do_not_get_it(self, people, college):
        college.taster.places = 1
        college.taster.save()
        booking, other = book(people, college.taster), others(people, 1)[0]
        book(people, college.taster, other)

        def erase():
            with transaction.atomic():
                personal.hold_still(Learner.objects.select_for_update().get(pk=other.pk))
                _give_places_back(other)
                time.sleep(0.4)

        def give_back():
            time.sleep(0.2)
            actions.give_back_booking(booking=booking, by=people.amina.user)

        assert at_once(erase, give_back) == [None, None]
        assert states(college.taster) == ["given_back", "given_back"]

    def test_a_place_is_given_back_while_somebody_asks_and_none_is_left_empty(self, people, college):
        college.taster.places = 1
        college.taster.save()
        booking, other = book(people, college.taster), others(people, 1)[0]
        at_once(
            lambda: actions.give_back_booking(booking=booking, by=people.amina.user),
            lambda: book(people, college.taster, other),
        )
        assert Booking.objects.get(learner=other).state == "booked"
        assert timezone.localdate(booking.asked_at) == clock.today()
