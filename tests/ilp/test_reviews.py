"""A learner and an adult talk: each writes, targets are agreed, and nothing that was said is changed or lost."""

import datetime as dt

import pytest

from activity.actions import sweep_outbox
from activity.models import Event, OutboxMessage
from core import clock
from core.errors import NotAllowed, StaleState
from ilp import actions
from ilp.models import Review, ReviewDraft, ReviewWords, Target
from ilp.policies import REVIEW_POLICY
from ilp.workflow import REVIEW_FLOW, ReviewState
from tests.factories import LearnerContactFactory, LearnerFactory, RollEntryFactory
from tests.ilp.reviewing import NEXT_WEEK, Refusal, finished, planned, target
from tests.ilp.test_validating import let_in, say_yes
from tests.races import at_once, meeting

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 18)


# The table


def test_the_policy_knows_every_verb_and_every_state_has_words():
    assert set(REVIEW_POLICY.rules) == set(REVIEW_FLOW.moves)
    assert all(state.label for state in ReviewState)


DO = {
    "move": lambda r, p: actions.move_review(review=r, on=TODAY, by=p.tutor),
    "write": lambda r, p: actions.write_words(review=r, text=f"Said {clock.now()}", by=p.amina.user).review,
    "agree": lambda r, p: target(p, r, what=f"Target {clock.now()}").review,
    "finish": lambda r, p: actions.finish_review(review=r, on=TODAY, by=p.tutor),
    "call_off": lambda r, p: actions.call_off_review(review=r, reason="Snow", by=p.tutor),
    "answer": lambda r, p: actions.answer_review(review=r, agrees=True, by=p.amina.user).review,
    "add": lambda r, p: actions.add_words(review=r, text="And I like art.", by=p.amina.user).review,
}


@pytest.mark.parametrize("state", ReviewState.values)
def test_every_verb_from_every_state_does_what_the_table_says(people, state):
    for day, verb in enumerate(REVIEW_FLOW.moves):
        review = planned(people, on=TODAY - dt.timedelta(days=day + 1))
        actions.write_words(review=review, text="We talked.", by=people.tutor)
        if state != "planned":
            review = DO[{"finished": "finish", "called_off": "call_off"}[state]](review, people)
        if REVIEW_FLOW.targets(state, verb):
            assert {DO[verb](review, people).state} == REVIEW_FLOW.targets(state, verb), verb
        else:
            with pytest.raises(StaleState):
                DO[verb](review, people)
        Review.objects.planned().update(state="called_off")


# Who


def test_adults_of_the_school_lead_and_the_adviser_with_consent(people):
    for adult in (people.tutor, people.coordinator):
        planned(people, by=adult, kind="termly" if adult == people.tutor else "annual")
        assert Review.objects.visible_to(adult).exists()
    for stranger in (people.other_tutor, people.ben.user, people.adviser, people.amina.user):
        with pytest.raises(NotAllowed):
            planned(people, by=stranger, kind="careers")
    for stranger in (people.other_tutor, people.ben.user, people.adviser):
        assert not Review.objects.visible_to(stranger).exists()
    say_yes(people.amina)
    assert Review.objects.visible_to(people.adviser).count() == 2
    assert planned(people, by=people.adviser, kind="careers").lead.kind == "adviser"
    say_yes(people.amina, is_given=False)
    assert not Review.objects.visible_to(people.adviser).exists()


def test_it_ends_with_the_relation_and_the_role(people):
    review = finished(people)
    people.amina.roll_entries.update(ended_on=TODAY)
    assert not Review.objects.visible_to(people.tutor).exists()
    with pytest.raises(NotAllowed):
        actions.add_words(review=review, text="One thing more.", by=people.tutor)
    people.amina.roll_entries.update(ended_on=None)
    people.tutor.staff_roles.update(ended_on=TODAY - dt.timedelta(days=1))
    people.tutor.__dict__.pop("_roles_today", None)
    assert not Review.objects.visible_to(people.tutor).exists()
    assert Review.objects.visible_to(people.amina.user).get() == review


def test_who_was_let_in_reads_the_section_and_writes_nothing(people):
    review = finished(people)
    mentor = let_in(people.amina, "professional", ["reviews"])
    assert Review.objects.visible_to(mentor).get() == review
    assert not Review.objects.visible_to(let_in(people.amina, "parent", ["plan"])).exists()
    with pytest.raises(NotAllowed):
        actions.add_words(review=review, text="I was there, too.", by=mentor)


# Planning


def test_a_review_is_planned_and_the_learner_told_once_of_each_day(people, mailoutbox):
    LearnerContactFactory(learner=people.amina, email="amina@example.org")
    review = planned(people, at_time=dt.time(9, 30), place=" Room 4 ")
    assert (review.state, review.place, review.lead.user) == ("planned", "Room 4", people.tutor)
    actions.move_review(review=review, on=NEXT_WEEK, at_time=dt.time(10), by=people.tutor)
    sweep_outbox()
    assert [mail.subject.partition(": ")[2] for mail in mailoutbox] == ["you have a review on 25 November 2026"]
    assert "Room 4" not in mailoutbox[0].body
    assert str(people.tutor) not in mailoutbox[0].body
    actions.move_review(review=review, on=NEXT_WEEK + dt.timedelta(days=1), by=people.tutor, seen=NEXT_WEEK)
    with Refusal("changed_meanwhile"):
        actions.move_review(review=review, on=NEXT_WEEK, by=people.coordinator, seen=NEXT_WEEK)
    actions.call_off_review(review=review, reason="The tutor is ill", by=people.tutor)
    sweep_outbox()
    assert "is called off" in mailoutbox[-1].subject
    assert "ill" not in mailoutbox[-1].body
    assert Event.objects.filter(verb__in=["review.plan", "review.move", "review.call_off"]).count() == 4


def test_moved_away_and_back_the_learner_is_told_each_time(people, mailoutbox):
    LearnerContactFactory(learner=people.amina, email="amina@example.org")
    review = planned(people)
    sweep_outbox()
    for on in (NEXT_WEEK + dt.timedelta(days=1), NEXT_WEEK):
        review = actions.move_review(review=review, on=on, by=people.tutor)
        sweep_outbox()
    days = [mail.subject.partition("review on ")[2] for mail in mailoutbox]
    assert days == ["25 November 2026", "26 November 2026", "25 November 2026"]


@pytest.mark.parametrize("days", [-367, 2 * 366 + 1])
def test_a_day_far_away_is_refused(people, days):
    with Refusal("day_out_of_range"):
        planned(people, on=TODAY + dt.timedelta(days=days))
    with Refusal("day_out_of_range"):
        actions.plan_reviews(
            learners=[people.amina], kind="termly", on=TODAY + dt.timedelta(days=days), by=people.tutor
        )


def test_one_of_a_kind_is_planned_for_a_day(people):
    planned(people)
    with Refusal("planned_already"):
        planned(people)
    other = planned(people, on=TODAY)
    with Refusal("planned_already"):
        actions.move_review(review=other, on=NEXT_WEEK, by=people.tutor)


def test_many_are_planned_one_after_another_and_who_cannot_is_passed_over(people):
    done, passed_over = actions.plan_reviews(
        learners=[people.ben, people.amina],
        kind="termly",
        on=NEXT_WEEK,
        at_time=dt.time(9),
        minutes=10,
        by=people.tutor,
    )
    assert [(one.learner, one.at_time) for one in done] == [(people.amina, dt.time(9))]
    assert passed_over == [people.ben]
    again = actions.plan_reviews(learners=[people.amina], kind="termly", on=TODAY, by=people.tutor)
    assert (again.done, again.passed_over) == ([], [people.amina])
    with Refusal("too_many"):
        actions.plan_reviews(learners=[people.amina] * 121, kind="annual", on=TODAY, by=people.tutor)
    with Refusal("too_late"):
        actions.plan_reviews(
            learners=[people.amina] * 120, kind="annual", on=TODAY, at_time=dt.time(9), minutes=10, by=people.tutor
        )


@pytest.mark.parametrize("number", [2, 12])
def test_planning_asks_as_much_for_a_class_as_for_two(people, number, django_assert_num_queries):
    mates = [RollEntryFactory(school=people.school, year_group=11).learner for _number in range(number - 1)]
    erased = LearnerFactory(erased_at=clock.now())
    learners = [*mates, erased, people.amina, people.amina]
    role = people.tutor.staff_roles.get()
    with django_assert_num_queries(12):
        done, passed_over = actions.plan_reviews(learners=learners, kind="annual", on=NEXT_WEEK, by=people.tutor)
    assert ([one.learner for one in done], passed_over) == ([*mates, people.amina], [erased, people.amina])
    assert {one.lead for one in Review.objects.all()} == {role}
    events = Event.objects.filter(verb="review.plan")
    assert {(event.subject, event.by) for event in events} == {
        (f"ilp.review:{one.pk}", people.tutor) for one in Review.objects.all()
    }
    assert set(OutboxMessage.objects.filter(kind="review-planned").values_list("payload__review_id", flat=True)) == {
        one.pk for one in done
    }


# Writing


def test_each_writes_their_own_and_nobody_changes_anothers(people):
    review = planned(people)
    actions.write_words(review=review, text="Maths is hard.", by=people.amina.user)
    actions.write_words(review=review, text="She works well.", by=people.tutor)
    actions.write_words(review=review, text="I agree with the tutor.", by=people.coordinator)
    actions.write_words(review=review, text="Maths is hard for me.", seen=1, by=people.amina.user)
    assert [(one.text, one.is_from_learner, one.number) for one in review.words.order_by("pk")] == [
        ("Maths is hard for me.", True, 2),
        ("She works well.", False, 1),
        ("I agree with the tutor.", False, 1),
    ]
    assert review.words.get(by=people.tutor).role.kind == "tutor"
    with Refusal("words_missing"):
        actions.write_words(review=review, text="  ", seen=1, by=people.tutor)


def test_two_devices_lose_nothing_and_say_so(people):
    review = planned(people)
    actions.write_words(review=review, text="On the phone", by=people.amina.user)
    with Refusal("changed_meanwhile"):
        actions.write_words(review=review, text="On the tablet", seen=0, by=people.amina.user)
    assert actions.write_words(review=review, text="On the phone", seen=0, by=people.amina.user).number == 1


def test_a_draft_is_the_writers_own_until_it_is_shown(people):
    review = planned(people)
    keep = {"review": review, "reference": "ACDEFG3467", "by": people.amina.user}
    actions.keep_review_draft(text="Half a sent", **keep)
    draft = actions.keep_review_draft(text="Half a sentence", **keep)
    assert ReviewDraft.objects.get() == draft
    assert not ReviewDraft.objects.visible_to(people.tutor).exists()
    assert actions.keep_review_draft(review=review, reference="ACDEFG3467", text="Mine", by=people.tutor) is None
    with pytest.raises(NotAllowed):
        actions.keep_review_draft(review=review, reference="BCDEFG3467", text="Mine", by=people.ben.user)
    actions.write_words(review=review, text="A sentence", by=people.amina.user, made_from="ACDEFG3467")
    assert not ReviewDraft.objects.exists()
    assert actions.keep_review_draft(text="Half", **keep) is None  # it comes too late


def test_half_written_words_have_the_name_of_a_form_and_there_is_room_for_so_many(people, monkeypatch):
    review = planned(people)
    for forged in ("", "A", "A&B=CDEF34", "ACDEFG34671", "\u0661" * 10):
        assert actions.keep_review_draft(review=review, reference=forged, text="x", by=people.amina.user) is None
    monkeypatch.setattr("ilp.actions.reviews.MOST_DRAFTS", 1)
    keep = {"review": review, "by": people.amina.user}
    actions.keep_review_draft(reference="ACDEFG3467", text="One", **keep)
    actions.keep_review_draft(reference="ACDEFG3467", text="One, longer", **keep)
    with Refusal("too_many_drafts"):
        actions.keep_review_draft(reference="BCDEFG3467", text="Two", **keep)
    assert ReviewDraft.objects.get().text == "One, longer"


def test_a_finished_review_is_fixed_and_what_comes_later_has_its_own_date(people):
    review = planned(people)
    with Refusal("not_held_yet"):
        actions.finish_review(review=review, on=NEXT_WEEK, by=people.tutor)
    with Refusal("nothing_said"):
        actions.finish_review(review=review, on=TODAY, by=people.tutor)
    actions.write_words(review=review, text="We talked.", by=people.tutor)
    review = actions.finish_review(review=review, on=TODAY, by=people.tutor, who_else="Her mother")
    assert (review.on, review.who_else, review.finished_by) == (TODAY, "Her mother", people.tutor)
    with pytest.raises(StaleState):
        actions.write_words(review=review, text="Something else.", seen=1, by=people.tutor)
    with pytest.raises(StaleState):
        target(people, review)
    actions.add_words(review=review, text="It was Tuesday.", by=people.tutor)
    actions.add_words(review=review, text="It was Tuesday.", by=people.tutor)
    assert list(review.words.values_list("kind", "text")) == [("said", "We talked."), ("added", "It was Tuesday.")]


def test_the_learner_agrees_or_sees_it_differently_and_both_stay(people):
    review = finished(people)
    with Refusal("words_missing"):
        actions.answer_review(review=review, agrees=False, by=people.amina.user)
    actions.answer_review(review=review, agrees=False, text="I never said that.", by=people.amina.user)
    actions.answer_review(review=review, agrees=True, by=people.amina.user)
    with Refusal("said_already"):
        actions.answer_review(review=review, agrees=True, by=people.amina.user)
    with pytest.raises(NotAllowed):
        actions.answer_review(review=review, agrees=True, by=people.tutor)
    said = ReviewWords.objects.filter(review=review).exclude(kind="said")
    assert [one.kind for one in said] == ["different", "agreed"]
    assert Review.objects.get().words.get(kind="said").text == "We talked about maths."


def test_the_learner_is_told_that_it_can_be_read(people, mailoutbox):
    LearnerContactFactory(learner=people.amina, email="amina@example.org")
    finished(people, on=TODAY)
    sweep_outbox()
    assert "your review of 18 November 2026 is written down" in mailoutbox[-1].subject
    assert "maths" not in mailoutbox[-1].body


# Two at once


@pytest.mark.django_db(transaction=True)
def test_two_who_finish_it_at_once_finish_it_once(people):
    review = planned(people)
    actions.write_words(review=review, text="We talked.", by=people.tutor)
    results = at_once(
        lambda: actions.finish_review(review=review, on=TODAY, by=people.tutor),
        lambda: actions.finish_review(review=review, on=TODAY, by=people.coordinator),
    )
    assert sorted(type(one).__name__ for one in results) == ["Review", "StaleState"]
    assert Event.objects.filter(verb="review.finish").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_twice_at_once_sets_one_target(people):
    review = planned(people)
    assert [type(one) for one in at_once(lambda: target(people, review), lambda: target(people, review))] == [
        Target
    ] * 2
    assert Target.objects.count() == 1


def plan_at_once(people):
    return at_once(
        *[
            lambda who=who: actions.plan_reviews(learners=[people.amina], kind="annual", on=NEXT_WEEK, by=who)
            for who in (people.tutor, people.coordinator)
        ]
    )


@pytest.mark.django_db(transaction=True)
def test_two_who_plan_for_a_class_at_once_plan_one_each(people):
    assert sorted(len(one.done) for one in plan_at_once(people)) == [0, 1]


@pytest.mark.django_db(transaction=True)
def test_without_the_learners_lock_the_second_would_fail(people, monkeypatch):
    monkeypatch.setattr("ilp.actions.reviews.lock_learners", lambda _keys: {people.amina.pk: people.amina})
    known = actions.reviews.roles_towards
    meet = meeting()
    monkeypatch.setattr("ilp.actions.reviews.roles_towards", lambda *who: (meet(), known(*who))[1])
    assert "IntegrityError" in {type(one).__name__ for one in plan_at_once(people)}
