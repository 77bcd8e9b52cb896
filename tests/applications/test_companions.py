"""Choices that belong together, courses that do not go together, and places after leaving early."""

import datetime as dt

import pytest
from django.urls import reverse

from applications import actions
from applications.models import Choice
from applications.queries import problems_before_sending, warnings_before_sending
from applications.queries.clashes import clashes, likely_clashes
from applications.queries.companions import counted_choices
from core import clock
from core.errors import NotAllowed, RuleBroken, StaleState
from tests.applications.walk import admissions_of, again, walk_to
from tests.factories import CourseRunFactory, CycleFactory, ProviderFactory

SEPTEMBER = dt.date(2027, 9, 6)


def refusal(act, /, **kwargs):
    with pytest.raises(RuleBroken) as caught:
        act(**kwargs)
    return caught.value.code


def two(town, state="draft"):
    """A BTEC at Northfield and an A level at Southbank, both in this state."""
    btec = town.draft(town.run("BTEC Engineering"))
    a_level = town.draft(town.run("A level Maths", provider=town.southbank))
    return walk_to(btec, state), walk_to(a_level, state)


def join(town, first, second):
    return actions.join_companions(choice=first, other=second, by=town.amina.user)


def test_saying_yes_to_both_is_for_companions_only(town):
    btec, a_level = two(town, "offered")
    third = town.choice("sent", town.run("Tiling", provider=ProviderFactory(area=town.area)))
    join(town, btec, a_level)
    actions.accept_offer(choice=btec, by=town.amina.user)
    actions.accept_offer(choice=a_level, by=town.amina.user)
    assert [again(each).status for each in (btec, a_level, third)] == ["accepted", "accepted", "withdrawn"]
    assert refusal(actions.part_companions, choice=btec, by=town.amina.user) == "companions_both_firm"
    actions.turn_down_offer(choice=a_level, by=town.amina.user)
    assert actions.part_companions(choice=btec, by=town.amina.user).companion_group is None


def test_companions_count_once_and_apart_they_count_again(town):
    town.cycle.choice_limit = 1
    town.cycle.save()
    btec, a_level = two(town)
    join(town, btec, a_level)
    actions.send_choice(choice=btec, by=town.amina.user)
    actions.send_choice(choice=a_level, by=town.amina.user)
    assert counted_choices(btec.application) == 1
    assert refusal(actions.part_companions, choice=a_level, by=town.amina.user) == "limit_reached"
    assert again(a_level).companion_group == again(btec).companion_group == 1
    other = town.draft(town.run("Tiling"))
    assert [problem.code for problem in problems_before_sending(other)] == ["limit_reached"]
    actions.withdraw_choice(choice=a_level, by=town.amina.user, reason="changed_mind")
    assert counted_choices(btec.application) == 1


def test_what_cannot_belong_together(town):
    btec, a_level = two(town)
    same = town.draft(town.run("Tiling"))
    assert refusal(join, town=town, first=btec, second=same) == "companion_same_provider"
    third, fourth = (
        town.draft(town.run(title, provider=ProviderFactory(area=town.area))) for title in ("Dance", "Music")
    )
    join(town, btec, a_level)
    joined = join(town, third, btec)
    assert joined.companion_group == again(a_level).companion_group
    join(town, a_level, btec)  # again is the same
    assert refusal(join, town=town, first=fourth, second=third) == "companions_too_many"
    bens = town.draft(town.run("Joinery", provider=town.southbank), learner=town.ben)
    assert refusal(join, town=town, first=btec, second=bens) == "companion_elsewhere"
    with pytest.raises(NotAllowed):
        actions.join_companions(choice=btec, other=fourth, by=town.ben.user)
    actions.part_companions(choice=third, by=town.amina.user)
    with pytest.raises(StaleState):
        actions.part_companions(choice=third, by=town.amina.user)
    over = walk_to(fourth, "draft")
    actions.withdraw_choice(choice=over, by=town.amina.user, reason="changed_mind")
    with pytest.raises(StaleState):
        join(town, btec, over)


def test_courses_that_do_not_go_together_are_named(town):
    full_time = {"study_mode": "full_time", "starts_on": SEPTEMBER}
    btec = town.run("BTEC Sport", option_block="A", **full_time)
    maths = town.run("A level Maths", option_block="A", **full_time)
    elsewhere = town.run("T Level", provider=town.southbank, **full_time)
    later = town.run("T Level 2", provider=town.southbank, study_mode="full_time", starts_on=dt.date(2028, 9, 4))
    unknown = town.run("Art", provider=town.southbank, option_block="A", study_mode="unknown")

    def codes(*runs):
        return [clash.code for clash in clashes(runs)]

    assert codes(btec, maths) == ["option_clash"]
    assert codes(btec, elsewhere) == []
    words = "BTEC Sport and T Level are both said to be full time. Ask both places whether their days fit together."
    assert likely_clashes([btec, maths, elsewhere, later])[0] == words
    assert likely_clashes([btec, maths]) == likely_clashes([btec, later, unknown]) == []
    assert codes(btec, btec) == ["course_twice"]
    assert codes(btec, later, unknown) == []
    assert codes() == []
    spring = CourseRunFactory(course=btec.course)
    assert codes(btec, spring) == []
    assert likely_clashes([btec, spring]) == ["BTEC Sport is there with two starts. Most people need one."]


def test_what_may_not_go_together_is_said_before_sending(town, client):
    btec, a_level = two(town)
    join(town, btec, a_level)
    words = "BTEC Engineering and A level Maths are both said to be full time."
    assert words in warnings_before_sending(again(btec))[-1]
    assert problems_before_sending(again(btec)) == []
    client.force_login(town.amina.user)
    page = client.get(reverse("applications:choice", args=[btec.reference])).text
    assert "Do these go together?" in page
    assert "Belongs with:" in page


def test_the_pages_join_and_part(town, client):
    btec, a_level = two(town)
    client.force_login(town.amina.user)
    url = reverse("applications:choice-companions", args=[btec.reference])
    assert "A level Maths, Southbank Sixth Form" in client.get(url).text
    assert client.post(url, {"other": "nothing"}).status_code == 200
    assert client.post(url, {"other": a_level.reference}).status_code == 302
    assert "These belong with it" in client.get(url).text
    part = reverse("applications:choice-part", args=[btec.reference])
    assert "A level Maths" in client.get(part).text
    assert client.post(part).status_code == 302
    assert client.post(part).status_code == 409
    assert again(a_level).companion_group is None


# Leaving early, other school years


def test_who_left_early_takes_another_place_in_the_same_year(town, client):
    started = town.choice("enrolled", town.run("Plumbing Level 2"))
    other = town.choice("offered", town.run("Tiling", provider=town.southbank, is_flexible_start=True))
    assert refusal(actions.accept_offer, choice=other, by=town.amina.user) == "already_started"
    client.force_login(town.amina.user)
    url = reverse("applications:choice-leave", args=[started.reference])
    assert client.get(url).status_code == 200
    today = clock.today()
    tomorrow = today + dt.timedelta(days=1)
    leave = {"choice": started, "by": town.amina.user}
    assert refusal(actions.leave_course, **leave, left_on=tomorrow) == "left_in_future"
    assert refusal(actions.leave_course, **leave, left_on=today - dt.timedelta(days=1)) == "left_before_start"
    with pytest.raises(NotAllowed):
        actions.leave_course(choice=started, left_on=today, by=town.ben.user)
    day = {"left_on_day": today.day, "left_on_month": today.month, "left_on_year": today.year}
    assert client.post(url, day).status_code == 302
    assert client.post(url, day).status_code == 302, "pressed twice, it is done once"
    assert client.get(url).status_code == 409
    assert "You can take another place" in client.get(reverse("applications:choice", args=[started.reference])).text
    actions.accept_offer(choice=other, by=town.amina.user)
    assert [again(each).status for each in (started, other)] == ["enrolled", "accepted"]
    assert Choice.objects.that("is_firm").count() == 1
    actions.confirm_place(choice=other, by=admissions_of(other))


def test_key_stage_four_is_applied_for_in_its_own_cycle_by_its_own_years(town):
    run = town.run("Motor vehicle, Years 10 and 11")
    run.course.stage = "key_stage_4"
    run.course.save()
    year_9 = town.learner("Zara", "Bell", school=town.hollins)
    year_9.roll_entries.update(year_group=9)
    assert refusal(actions.add_run, run=run, learner=year_9, by=year_9.user) == "no_cycle"
    younger = CycleFactory(area=town.area, phase="pre_16", first_year_group=9, last_year_group=9, choice_limit=2)
    assert actions.add_run(run=run, learner=year_9, by=year_9.user).application.cycle == younger
    assert refusal(actions.add_run, run=run, learner=town.amina, by=town.amina.user) == "year_group"
    no_roll = town.learner("Cai", "Rees", school=town.hollins)
    no_roll.roll_entries.update(ended_on=dt.date(2026, 9, 1))
    assert actions.add_run(run=run, learner=no_roll, by=no_roll.user).application.cycle == younger
    assert town.draft(town.run("Bricklaying Level 1")).application.cycle == town.cycle
