import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from activity.models import Event, OutboxMessage
from applications import actions
from applications.actions import Condition
from applications.models import Choice, Interview, OfferCondition, OutsideOffer, Snapshot
from applications.queries import broken_invariants, sha256_of, timeline, warnings_before_sending
from core import clock
from core.errors import NotAllowed, RuleBroken, StaleState
from tests.applications.walk import Town, again
from tests.factories import CourseFactory, CourseRunFactory, CycleFactory, UserFactory


def refusal(act, /, *args, **kwargs):
    """The code with which a rule says no."""
    with pytest.raises(RuleBroken) as caught:
        act(*args, **kwargs)
    return caught.value.code


def told(choice):
    """The kinds of message about this choice, in order."""
    messages = OutboxMessage.objects.filter(payload__choice_id=choice.pk).order_by("pk")
    return list(messages.values_list("kind", flat=True))


# Drafts


def test_adding_a_run_starts_the_application_of_the_cycle_it_begins_in(town):
    next_year = CycleFactory(
        area=town.area, entry_year=2028, opens_on="2027-09-15", closes_on="2028-08-31", ends_on="2028-10-31"
    )
    this = actions.add_run(learner=town.amina, run=town.run(), by=town.amina.user)
    later = actions.add_run(learner=town.amina, run=town.run(starts_on=dt.date(2028, 9, 4)), by=town.amina.user)
    assert [this.application.cycle, later.application.cycle] == [town.cycle, next_year]


@pytest.mark.parametrize("starts_on", [dt.date(2027, 1, 11), None])
def test_a_run_that_starts_sooner_or_any_day_is_for_the_cycle_that_is_open(town, starts_on):
    CycleFactory(area=town.area, entry_year=2028, opens_on="2027-09-15", closes_on="2028-08-31", ends_on="2028-10-31")
    run = town.run(starts_on=starts_on, is_flexible_start=starts_on is None)
    assert actions.add_run(learner=town.amina, run=run, by=town.amina.user).application.cycle == town.cycle


def test_a_run_of_a_year_nobody_has_announced_is_refused(town):
    run = town.run(starts_on=dt.date(2029, 9, 3))
    assert refusal(actions.add_run, learner=town.amina, run=run, by=town.amina.user) == "no_cycle"


@pytest.mark.parametrize(
    "run",
    [
        {"takes_applications": False},
        {"ended_on": dt.date(2026, 11, 1)},
        {"starts_on": dt.date(2026, 11, 17)},
        {"apply_until_on": dt.date(2026, 11, 17)},
        {"apply_from_on": dt.date(2026, 11, 19)},
        {"course__state": "withdrawn"},
    ],
)
def test_a_run_that_takes_no_applications_today_is_refused(town, run):
    run = CourseRunFactory(course__provider=town.northfield, **run)
    assert refusal(actions.add_run, learner=town.amina, run=run, by=town.amina.user) == "run_closed"


def test_a_programme_is_at_one_provider(town):
    draft = town.draft(town.run())
    elsewhere = town.run(provider=town.southbank)
    add = {"learner": town.amina, "run": elsewhere, "by": town.amina.user, "choice": draft}
    assert refusal(actions.add_run, **add) == "other_provider"


def test_twenty_drafts_are_enough(town):
    course = CourseFactory(provider=town.northfield)
    runs = [CourseRunFactory(course=course) for _ in range(21)]
    for run in runs[:20]:
        actions.add_run(learner=town.amina, run=run, by=town.amina.user)
    assert refusal(actions.add_run, learner=town.amina, run=runs[20], by=town.amina.user) == "too_many_drafts"


def test_nobody_else_adds_to_a_learners_application(town):
    for by in (town.ben.user, town.admissions, town.other_coordinator):
        with pytest.raises(NotAllowed):
            actions.add_run(learner=town.amina, run=town.run(), by=by)


def test_what_is_sent_is_no_longer_a_draft(town):
    choice = town.choice("sent", town.run("English"), town.run("History"))
    with pytest.raises(StaleState):
        actions.add_run(learner=town.amina, run=town.run(), by=town.amina.user, choice=choice)
    with pytest.raises(StaleState):
        actions.remove_run(choice=choice, run=choice.choice_runs.first().run, by=town.amina.user)


def test_the_last_run_of_a_choice_stays(town):
    draft = town.draft()
    assert refusal(actions.remove_run, choice=draft, run=draft.choice_runs.get().run, by=town.amina.user) == "last_run"


def test_ranks_close_up(town):
    first, second, third = (town.draft(town.run(f"Course {n}")) for n in range(3))
    actions.rank_choice(choice=third, rank=1, by=town.amina.user)
    assert [again(choice).rank for choice in (first, second, third)] == [2, 3, 1]


def test_a_coordinator_sends_for_a_learner_without_the_internet_and_is_named(town):
    learner = town.learner("Cara", "Bell", school=town.hollins)
    learner.user, user = None, learner.user
    learner.save()
    actions.assist(learner=learner, cycle=town.cycle, how="present", by=town.coordinator)
    choice = actions.add_run(learner=learner, run=town.run(), by=town.coordinator)
    actions.write_profile(
        application=choice.application, by=town.coordinator, statement="On paper.", predicted_grades="", needs=""
    )
    sent = actions.send_choice(choice=choice, by=town.coordinator)
    assert (sent.status, sent.entered_by) == ("sent", town.coordinator)
    assert user != town.coordinator


# Sending


def test_sending_freezes_what_the_provider_will_see(town):
    choice = town.choice("sent", town.run("Plumbing Level 2"))
    content = choice.snapshot.content
    assert choice.snapshot.sha256 == sha256_of(content)
    assert content["learner"] == {
        "given_name": "Amina",
        "family_name": "Yusuf",
        "preferred_name": "",
        "birth_on": "2011-03-31",
    }
    assert content["school"] == {"name": "Hollins Park School", "year_group": 11, "tutor_group": "11A"}
    assert content["contact"]["email"] == "amina@example.org"
    assert [run["title"] for run in content["runs"]] == ["Plumbing Level 2"]
    assert "rank" not in str(content)


def test_a_snapshot_cannot_be_changed_only_emptied(town):
    snapshot = town.choice("sent").snapshot
    with pytest.raises(IntegrityError), transaction.atomic():
        Snapshot.objects.filter(pk=snapshot.pk).update(content={"learner": {}})
    Snapshot.objects.filter(pk=snapshot.pk).update(content=None)
    snapshot.refresh_from_db()
    assert (snapshot.content, snapshot.birth_on) == (None, None)


def test_sending_tells_the_provider_and_starts_its_time_to_answer(town):
    choice = town.choice("sent")
    assert choice.answer_due_on == dt.date(2026, 12, 9)  # 15 working days
    assert told(choice) == ["choice-received"]


def test_where_the_area_asks_the_school_has_it_first(town):
    choice = town.choice("with_school")
    assert (choice.sent_at, choice.endorse_due_on) == (None, dt.date(2026, 12, 2))
    assert told(choice) == ["choice-with-school"]
    assert not Choice.objects.visible_to(town.admissions).exists()


def test_a_choice_without_a_statement_is_not_sent(town):
    choice = town.draft()
    actions.write_profile(
        application=choice.application, by=town.amina.user, statement=" ", predicted_grades="", needs=""
    )
    assert refusal(actions.send_choice, choice=choice, by=town.amina.user) == "statement_missing"
    assert not Snapshot.objects.exists()


def test_before_the_cycle_opens_only_courses_that_start_during_the_year_are_applied_for(db):
    town = Town(opens_on=dt.date(2026, 12, 1))
    september = town.draft(town.run())
    any_day = town.draft(town.run("Start now", starts_on=dt.date(2027, 1, 11)))
    assert refusal(actions.send_choice, choice=september, by=town.amina.user) == "cycle_not_open"
    assert actions.send_choice(choice=any_day, by=town.amina.user).status == "sent"


def test_after_the_closing_date_it_is_late_and_after_the_end_it_is_over(town):
    choice = town.draft(town.run(starts_on=dt.date(2027, 12, 1)))
    with clock.at(dt.date(2027, 9, 1)):
        assert "The date to apply was Tuesday 31 August 2027. Courses may be full." in warnings_before_sending(choice)
    with clock.at(dt.date(2027, 11, 1)):
        assert refusal(actions.send_choice, choice=choice, by=town.amina.user) == "cycle_closed"


def test_a_run_that_closed_since_stops_the_choice(town):
    choice = town.draft()
    choice.choice_runs.get().run.course.runs.update(ended_on=dt.date(2026, 11, 18))
    assert refusal(actions.send_choice, choice=choice, by=town.amina.user) == "run_closed"


def test_a_provider_that_stopped_taking_applications_stops_the_choice(town):
    choice = town.draft()
    town.northfield.takes_applications = False
    town.northfield.save()
    assert refusal(actions.send_choice, choice=choice, by=town.amina.user) == "provider_closed"


def test_the_same_run_is_not_sent_in_two_choices(town):
    run, extra = town.run(), town.run("Maths")
    programme = town.draft(extra, run)
    single = actions.add_run(learner=town.amina, run=town.run("Art"), by=town.amina.user)
    actions.add_run(learner=town.amina, run=run, by=town.amina.user, choice=single)
    actions.send_choice(choice=programme, by=town.amina.user)
    assert refusal(actions.send_choice, choice=single, by=town.amina.user) == "run_in_live_choice"


def test_two_runs_of_one_option_block_clash(town):
    choice = town.draft(town.run("English", option_block="B"), town.run("History", option_block="B"))
    assert refusal(actions.send_choice, choice=choice, by=town.amina.user) == "option_clash"


def test_the_limit_counts_live_choices_but_not_those_that_wait_too_long(db):
    town = Town(choice_limit=1)
    first = town.choice("sent")
    second = town.draft(town.run("Art"))
    assert refusal(actions.send_choice, choice=second, by=town.amina.user) == "limit_reached"
    with clock.at(dt.date(2026, 12, 10)):
        assert again(first).is_waiting_too_long
        assert actions.send_choice(choice=second, by=town.amina.user).status == "sent"


def test_a_choice_given_back_is_frozen_anew(town):
    choice = town.choice("with_school")
    actions.give_back_choice(choice=choice, by=town.coordinator, note="Say more.")
    actions.write_profile(
        application=choice.application, by=town.amina.user, statement="Better.", predicted_grades="", needs=""
    )
    actions.send_choice(choice=choice, by=town.amina.user)
    assert again(choice).snapshot.content["statement"] == "Better."
    assert told(choice) == ["choice-with-school", "choice-given-back", "choice-with-school"]


def test_the_school_has_its_days_and_then_the_service_sends(town):
    choice = town.choice("with_school")
    with clock.at(dt.date(2026, 12, 2)):
        assert refusal(actions.send_unendorsed, choice=choice) == "school_has_time"
    with clock.at(dt.date(2026, 12, 3)):
        sent = actions.send_unendorsed(choice=choice)
    assert (sent.status, sent.is_endorsed, sent.answer_due_on) == ("sent", False, dt.date(2026, 12, 24))
    assert told(choice) == ["choice-with-school", "choice-received", "choice-sent", "choice-unendorsed"]


# Decisions


def test_an_interview_ends_with_the_decision(town):
    choice = town.choice("interviewing")
    actions.make_offer(choice=choice, by=town.admissions)
    assert Interview.objects.get().state == "cancelled"
    held = town.choice("interviewing", town.run("Art"))
    with clock.at(dt.date(2026, 11, 26)):
        actions.make_offer(choice=held, by=town.admissions)
    assert Interview.objects.get(choice=held).state == "done"


def test_refusing_needs_a_known_reason_and_words_for_something_else(town):
    choice = town.choice("sent")
    assert refusal(actions.refuse_choice, choice=choice, by=town.admissions, reason="bad") == "reason_unknown"
    assert refusal(actions.refuse_choice, choice=choice, by=town.admissions, reason="other") == "reason_words_missing"
    actions.refuse_choice(choice=choice, by=town.admissions, reason="other", words="Ask again in June.")
    assert told(choice)[-1] == "choice-refused"
    assert "June" not in str(Event.objects.values_list("facts"))


def test_a_suggestion_is_one_at_a_time_and_the_providers_own(town):
    choice, own = town.choice("sent"), town.run("Heating")
    refer = {"choice": choice, "by": town.admissions}
    assert refusal(actions.refer_choice, **refer, runs=[]) == "referral_empty"
    assert refusal(actions.refer_choice, **refer, runs=[town.run(provider=town.southbank)]) == "referral_elsewhere"
    assert refusal(actions.refer_choice, **refer, runs=[town.run(ended_on=dt.date(2026, 1, 1))]) == "run_ended"
    actions.refer_choice(**refer, runs=[own])
    assert refusal(actions.refer_choice, **refer, runs=[own]) == "referral_open"


def test_a_suggestion_that_has_since_ended_cannot_be_taken(town):
    choice, own = town.choice("sent"), town.run("Heating")
    actions.refer_choice(choice=choice, by=town.admissions, runs=[own])
    own.ended_on = dt.date(2026, 11, 18)
    own.save()
    assert refusal(actions.take_referral, choice=choice, by=town.amina.user) == "run_ended"


def test_a_suggestion_ends_when_the_choice_is_decided(town):
    choice = town.choice("sent")
    actions.refer_choice(choice=choice, by=town.admissions, runs=[town.run("Heating")])
    actions.make_offer(choice=choice, by=town.admissions)
    assert choice.referrals.get().state == "ended"


# Offers


def test_an_offer_takes_a_place_of_each_run_and_gives_the_areas_time_to_answer(town):
    english, history = town.run("English"), town.run("History")
    choice = town.choice("offered", english, history)
    assert choice.standing_offer.answer_by_on == dt.date(2026, 12, 2)  # 10 working days
    assert [each.run.places_taken for each in choice.choice_runs.all()] == [1, 1]
    actions.turn_down_offer(choice=choice, by=town.amina.user)
    assert [each.run.places_taken for each in again(choice).choice_runs.all()] == [0, 0]


def test_an_offer_for_a_run_since_withdrawn_is_refused(town):
    choice = town.choice("sent")
    run = choice.choice_runs.get().run
    run.ended_on = dt.date(2026, 11, 18)
    run.save()
    assert refusal(actions.make_offer, choice=choice, by=town.admissions) == "run_ended"
    assert again(choice).status == "sent"


def test_an_offer_for_a_course_since_withdrawn_is_refused(town):
    choice = town.choice("sent")
    course = choice.choice_runs.get().run.course
    course.state = "withdrawn"
    course.save()
    assert refusal(actions.make_offer, choice=choice, by=town.admissions) == "run_ended"


@pytest.mark.parametrize(
    ("day", "code"), [(dt.date(2026, 12, 1), "answer_by_too_soon"), (dt.date(2027, 11, 1), "answer_by_after_cycle")]
)
def test_the_answer_by_date_keeps_to_the_areas_rules(town, day, code):
    choice = town.choice("sent")
    assert refusal(actions.make_offer, choice=choice, by=town.admissions, answer_by_on=day) == code


def test_a_refused_choice_can_still_be_offered(town):
    choice = town.choice("unsuccessful")
    offered = actions.make_offer(choice=choice, by=town.admissions)
    assert (offered.status, offered.refusal_reason) == ("offered", "")


def test_a_changed_offer_is_a_new_row_and_takes_no_second_place(town):
    choice = town.choice("offered")
    changed = actions.change_offer(choice=choice, by=town.admissions, conditions=[Condition("other", "A portfolio")])
    assert [each.text for each in changed.standing_offer.conditions.all()] == ["A portfolio"]
    assert choice.offers.count() == 2
    assert changed.choice_runs.get().run.places_taken == 1
    assert told(choice)[-2:] == ["offer-made", "offer-changed"]


def test_the_same_offer_again_changes_nothing_and_tells_nobody(town):
    choice = town.choice("offered")
    offer = {
        "conditions": [Condition("other", "A portfolio")],
        "answer_by_on": dt.date(2026, 12, 11),
        "message": "Well done",
    }
    for _ in range(2):
        actions.change_offer(choice=choice, by=town.admissions, **offer)
    assert choice.offers.count() == 2
    assert told(choice).count("offer-changed") == 1


def test_withdrawing_an_offer_needs_words(town):
    choice = town.choice("offered")
    assert refusal(actions.withdraw_offer, choice=choice, by=town.admissions, words=" ") == "reason_words_missing"


def test_an_offer_does_not_lapse_before_its_day_nor_without_two_reminders(town):
    choice = town.choice("offered")
    assert refusal(actions.lapse_offer, choice=choice) == "offer_still_open"
    with clock.at(dt.date(2026, 12, 3)):
        assert refusal(actions.lapse_offer, choice=choice) == "not_reminded"


def test_the_last_reminder_leaves_two_working_days(town):
    choice = town.choice("offered")
    with clock.at(dt.date(2026, 11, 25)):
        assert actions.remind_to_answer(choice=choice).number == 1
        assert actions.remind_to_answer(choice=choice) is None  # one a day
    with clock.at(dt.date(2026, 12, 3)):
        assert actions.remind_to_answer(choice=choice).number == 2
    with clock.at(dt.date(2026, 12, 4)):
        assert actions.remind_to_answer(choice=choice) is None
    assert again(choice).standing_offer.answer_by_on == dt.date(2026, 12, 7)
    assert told(choice).count("offer-reminder") == 2


def test_what_is_answered_is_not_reminded(town):
    assert actions.remind_to_answer(choice=town.choice("accepted")) is None


# Answers


def test_accepting_releases_the_competing_choices_and_tells_each_provider_once(town):
    northfield = town.choice("offered", town.run("Plumbing"))
    offered = town.choice("offered", town.run("Bricklaying", provider=town.southbank))
    undecided = town.choice("sent", town.run("Art", provider=town.southbank))
    draft = town.draft(town.run("Music"))
    backup = town.choice("held", town.run("Joinery", provider=town.southbank))
    accepted = actions.accept_offer(choice=northfield, by=town.amina.user)
    assert accepted.status == "accepted"
    states = [again(choice).status for choice in (offered, undecided, draft, backup)]
    assert states == ["turned_down", "withdrawn", "draft", "held"]
    assert again(undecided).withdrawal_reason == "other_place"
    assert told(northfield)[-1] == "offer-accepted"
    assert told(offered)[-1] == "offer-turned-down"
    assert told(undecided)[-1] == "choice-withdrawn"
    assert told(draft) == []
    assert broken_invariants() == []


def test_an_offer_without_conditions_is_a_certain_place_at_once(town):
    choice = town.choice("sent")
    actions.make_offer(choice=choice, by=town.admissions)
    assert actions.accept_offer(choice=choice, by=town.amina.user).status == "confirmed"


def test_companion_choices_do_not_release_each_other(town):
    first, second = town.choice("offered"), town.choice("offered", town.run("Art", provider=town.southbank))
    Choice.objects.update(companion_group=1)
    actions.accept_offer(choice=first, by=town.amina.user)
    assert actions.accept_offer(choice=second, by=town.amina.user).status == "accepted"
    assert again(first).status == "accepted"


def test_an_offer_lasts_to_the_end_of_its_day_in_london_and_no_longer(town):
    choice = town.choice("offered")
    with clock.at(dt.datetime(2026, 12, 3, 0, 1, tzinfo=dt.UTC)):
        assert refusal(actions.accept_offer, choice=choice, by=town.amina.user) == "offer_expired"
        assert refusal(actions.hold_offer, choice=choice, by=town.amina.user) == "offer_expired"
    with clock.at(dt.datetime(2026, 12, 2, 23, 59, tzinfo=dt.UTC)):
        assert actions.accept_offer(choice=choice, by=town.amina.user).status == "accepted"


def test_a_full_course_is_no_reason_to_refuse_an_acceptance(town):
    run = town.run(places=0)
    choice = town.choice("offered", run)
    assert actions.accept_offer(choice=choice, by=town.amina.user).status == "accepted"


def test_a_back_up_is_accepted_when_the_other_place_falls(town):
    first = town.choice("offered")
    backup = town.choice("held", town.run("Art", provider=town.southbank))
    actions.accept_offer(choice=first, by=town.amina.user)
    actions.fail_conditions(choice=first, by=town.admissions)
    with clock.at(dt.date(2027, 8, 20)):
        assert actions.accept_offer(choice=backup, by=town.amina.user).status == "accepted"


def test_changing_to_the_back_up_gives_up_the_first_place(town):
    first = town.choice("offered")
    backup = town.choice("held", town.run("Art", provider=town.southbank))
    actions.accept_offer(choice=first, by=town.amina.user)
    actions.accept_offer(choice=backup, by=town.amina.user)
    assert (again(first).status, again(backup).status) == ("turned_down", "accepted")


def test_who_has_started_elsewhere_accepts_nothing_more(town):
    town.choice("enrolled")
    offered = town.choice("offered", town.run("Art", provider=town.southbank))
    assert refusal(actions.accept_offer, choice=offered, by=town.amina.user) == "already_started"


def test_one_back_up_where_the_area_allows_it(town):
    town.choice("held")
    second = town.choice("offered", town.run("Art", provider=town.southbank))
    assert refusal(actions.hold_offer, choice=second, by=town.amina.user) == "holding_another"
    town.cycle.can_hold = False
    town.cycle.save()
    assert refusal(actions.hold_offer, choice=second, by=town.amina.user) == "hold_not_allowed"


# Outcomes and endings


def test_confirming_meets_the_conditions(town):
    choice = town.choice("accepted")
    assert actions.confirm_place(choice=choice, by=town.admissions).status == "confirmed"
    assert OfferCondition.objects.get().state == "met"


def test_a_back_up_is_not_confirmed_while_the_first_place_stands(town):
    first = town.choice("offered")
    backup = town.choice("held", town.run("Art", provider=town.southbank))
    actions.accept_offer(choice=first, by=town.amina.user)
    assert refusal(actions.confirm_place, choice=backup, by=town.other_admissions) == "still_a_back_up"
    actions.fail_conditions(choice=first, by=town.admissions)
    assert actions.confirm_place(choice=backup, by=town.other_admissions).status == "confirmed"


def test_only_the_named_conditions_failed(town):
    choice = town.choice("sent")
    conditions = [Condition("results", "Grade 4 in English"), Condition("results", "Grade 4 in Maths")]
    actions.make_offer(choice=choice, by=town.admissions, conditions=conditions)
    actions.accept_offer(choice=choice, by=town.amina.user)
    english, maths = OfferCondition.objects.all()
    actions.fail_conditions(choice=choice, by=town.admissions, not_met=[maths.pk])
    assert list(OfferCondition.objects.values_list("state", flat=True)) == ["open", "not_met"]
    assert english.text == "Grade 4 in English"


def test_withdrawing_needs_a_reason_and_tells_the_other_side(town):
    by_learner, by_admissions = town.choice("sent"), town.choice("sent", town.run("Art"))
    assert refusal(actions.withdraw_choice, choice=by_learner, by=town.amina.user, reason="") == "reason_unknown"
    actions.withdraw_choice(choice=by_learner, by=town.amina.user, reason="travel")
    actions.withdraw_choice(choice=by_admissions, by=town.admissions, reason="changed_mind")
    assert told(by_learner)[-1] == "choice-withdrawn"
    assert told(by_admissions)[-1] == "choice-withdrawn-for-you"


@pytest.mark.parametrize(("state", "after"), [("draft", "not_sent"), ("sent", "unsuccessful"), ("held", "turned_down")])
def test_the_end_of_the_cycle_closes_what_is_open(town, state, after):
    choice = town.choice(state)
    assert refusal(actions.close_choice, choice=choice) == "cycle_running"
    with clock.at(dt.date(2027, 11, 1)):
        closed = actions.close_choice(choice=choice)
    assert (closed.status, closed.is_closed_by_service) == (after, True)


# Outside offers


def test_an_outside_offer_is_recorded_once_and_ended_once(town):
    offer = {
        "learner": town.amina,
        "cycle": town.cycle,
        "provider_name": "Halden Motors",
        "course_name": "Apprenticeship",
    }
    first = actions.record_outside_offer(**offer, by=town.adviser)
    again_ = actions.record_outside_offer(**offer, by=town.coordinator)
    assert first == again_
    actions.end_outside_offer(outside_offer=first, by=town.coordinator)
    assert OutsideOffer.objects.get().ended_on == dt.date(2026, 11, 18)
    with pytest.raises(StaleState):
        actions.end_outside_offer(outside_offer=first, by=town.coordinator)


def test_outside_offers_are_recorded_by_adults_of_the_learner_and_not_in_the_future(town):
    offer = {"learner": town.amina, "cycle": town.cycle, "provider_name": "Halden Motors"}
    for by in (town.amina.user, town.ben.user, town.other_coordinator, town.admissions, UserFactory()):
        with pytest.raises(NotAllowed):
            actions.record_outside_offer(**offer, by=by)
    tomorrow = dt.date(2026, 11, 19)
    assert refusal(actions.record_outside_offer, **offer, by=town.adviser, offered_on=tomorrow) == "offered_in_future"


# History


def test_history_keeps_course_and_offer_and_nothing_personal(town):
    choice = town.choice("accepted", town.run("Plumbing Level 2"))
    facts = Event.objects.filter(verb="choice.offer").get().facts
    assert facts == {
        "to": "offered",
        "provider": "Northfield College",
        "courses": ["Plumbing Level 2"],
        "conditions": ["Grade 4 or above in English"],
        "answer_by_on": "2026-12-02",
    }
    everything = str(list(Event.objects.values_list("facts", flat=True)))
    assert not [word for word in ("Amina", "Yusuf", "things apart", "example.org") if word in everything]
    assert choice.status == "accepted"


def test_the_timeline_is_a_sentence_for_each_move_in_the_words_of_each_side(town):
    choice = town.choice("with_school")
    actions.give_back_choice(choice=choice, by=town.coordinator, note="Say more.")
    actions.send_choice(choice=choice, by=town.amina.user)
    actions.endorse_choice(choice=choice, by=town.coordinator)
    actions.make_offer(choice=choice, by=town.admissions)
    actions.accept_offer(choice=choice, by=town.amina.user)
    assert [(entry.by, entry.sentence) for entry in timeline(again(choice), audience="provider")] == [
        ("the learner", "The learner accepted the offer."),
        ("Priya Shah", "An offer was made."),
        ("Carys Lloyd", "The school endorsed the choice."),
    ]
    assert [(entry.by, entry.sentence) for entry in timeline(again(choice), audience="learner")] == [
        ("you", "You accepted the offer."),
        ("", "Northfield College offered you a place."),
        ("", "Your school endorsed it."),
        ("you", "The choice was sent."),
        ("", "Your school gave it back to you."),
        ("you", "The choice was sent."),
    ]
