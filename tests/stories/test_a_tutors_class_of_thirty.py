"""A tutor's class of thirty: every plan read and validated on one page, then a review with each, one after another."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.test import Client

from core import clock
from ilp import actions
from ilp.models import Entry, Review
from providers.models import RoleKind
from tests.factories import LearnerFactory, RollEntryFactory, SchoolFactory, StaffRoleFactory, UserFactory

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
FRIDAY = {"on_day": "20", "on_month": "11", "on_year": "2026"}


@pytest.fixture
def story(client):
    school = SchoolFactory(name="Hollins Park School")
    tutor = StaffRoleFactory(kind=RoleKind.TUTOR, organisation=school, user=UserFactory(name="Priya Shah")).user
    client.force_login(tutor)
    return SimpleNamespace(school=school, tutor=tutor, desk=client)


def test_a_tutors_class_of_thirty(story):
    given_thirty_learners_of_11z_who_have_written_and_one_who_has_not(story)
    when_she_reads_what_waits_and_says_let_us_talk_of_one(story)
    then_nothing_waits_and_the_figures_say_so(story)
    when_she_plans_ten_minutes_with_each_of_the_class(story)
    then_each_has_a_time_of_their_own(story)
    when_the_first_learner_prepares_and_they_talk(story)
    then_the_learner_reads_it_and_sees_one_thing_differently(story)
    then_the_list_says_who_is_still_to_come(story)
    then_the_target_is_carried_into_the_next_review(story)


def given_thirty_learners_of_11z_who_have_written_and_one_who_has_not(story):
    story.learners = []
    for number in range(31):
        one = LearnerFactory(user=UserFactory(), area=story.school.area, family_name=f"Reed{number:02}")
        RollEntryFactory(learner=one, school=story.school, year_group=11, tutor_group="11Z")
        story.learners.append(one)
        if number < 30:
            plan = actions.start_plan(learner=one, by=one.user)
            actions.add_entry(plan=plan, kind="skill", title="Mending", words="At home", by=one.user)


def when_she_reads_what_waits_and_says_let_us_talk_of_one(story):
    page = story.desk.get("/desk/plans/waiting/?tutor_group=11Z")
    assert page.context["number"] == 30
    said = {f"entry-{entry.reference}-1": "validate" for entry, _asked in page.context["rows"]}
    last = list(said)[-1]
    said |= {last: "talk", last.replace("entry-", "words-"): "Mending what?"}
    answer = story.desk.post("/desk/plans/waiting/?tutor_group=11Z", said, follow=True)
    assert "You have answered 30 entries." in answer.content.decode()


def then_nothing_waits_and_the_figures_say_so(story):
    assert Entry.objects.filter(state="validated").count() == 29
    stages = story.desk.get("/desk/plans/figures/?tutor_group=11Z").context["stages"]
    assert [number for _label, number, _url in stages] == [1, 0, 1, 29]


def when_she_plans_ten_minutes_with_each_of_the_class(story):
    address = "/desk/reviews/plan/?tutor_group=11Z"
    assert "Plan reviews with 31 learners" in story.desk.post(address, {"all": "1"}).content.decode()
    answers = {"all": "1", "meant": "1", "kind": "termly", "at_time": "9", "minutes": "10", "place": "Room 4"} | FRIDAY
    assert "31 reviews are planned." in story.desk.post(address, answers, follow=True).content.decode()


def then_each_has_a_time_of_their_own(story):
    times = list(Review.objects.order_by("at_time").values_list("at_time", flat=True))
    assert (times[0], times[-1], len(set(times))) == (dt.time(9), dt.time(14), 31)


def when_the_first_learner_prepares_and_they_talk(story):
    story.learner = story.learners[0]
    story.phone = Client()
    story.phone.force_login(story.learner.user)
    story.review = f"/reviews/{Review.objects.get(learner=story.learner).reference}/"
    blank = {"draft": "ACDEFG3467", "seen": "0"}
    story.phone.post(f"{story.review}write/", blank | {"text": "Maths is hard since September."})
    with clock.at(dt.date(2026, 11, 20)):
        page = story.desk.get(story.review).content.decode()
        assert "Maths is hard since September." in page
        text = "She is doing well. Maths needs help."
        story.desk.post(f"{story.review}write/", {"draft": "BCDEFG3467", "seen": "0", "text": text})
        due = {"due_on_day": "1", "due_on_month": "3", "due_on_year": "2027"}
        story.desk.post(f"{story.review}target/", {"what": "Grade 5 in maths", "how_known": "The mock exam"} | due)
        story.desk.post(f"{story.review}action/", {"what": "Go to the Wednesday lesson", "owner": ""} | due)
        assert story.desk.post(f"{story.review}finish/", FRIDAY).status_code == 302


def then_the_learner_reads_it_and_sees_one_thing_differently(story):
    with clock.at(dt.date(2026, 11, 21)):
        assert "Maths needs help." in story.phone.get(story.review).content.decode()
        story.phone.post(f"{story.review}answer/", {"agrees": "no", "text": "It is only the fractions."})
        page = story.desk.get(story.review).content.decode()
        assert page.index("Maths needs help.") < page.index("It is only the fractions.")
        assert "Go to the Wednesday lesson" in story.phone.get("/my-reviews/").content.decode()


def then_the_list_says_who_is_still_to_come(story):
    with clock.at(dt.date(2026, 11, 21)):
        numbers = story.desk.get("/desk/reviews/").context["numbers"]
    assert {one.value: number for one, number, _url in numbers} == {"overdue": 30, "due": 0, "coming": 0, "held": 1}


def then_the_target_is_carried_into_the_next_review(story):
    with clock.at(dt.date(2027, 2, 20)):
        review = actions.plan_review(learner=story.learner, kind="termly", on=dt.date(2027, 2, 22), by=story.tutor)
        address = f"/reviews/{review.reference}/"
        page = story.desk.get(address).content.decode()
        assert "She is doing well." in page
        assert "Carry it into this review" in page
        page = story.desk.post(f"{address}carry/", follow=True).content.decode()
        assert "Carried from the review of 20 November 2026" in page
