"""The first minutes of results day: learners read, and answer a little later; everybody else goes on."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.queries.rights import told
from applications import actions
from applications.models import ExamResult
from applications.queries.how_it_works import how_steps
from applications.queries.results_hours import answers_closed_words
from core import clock
from core.errors import RuleBroken
from providers.actions.cycles import TERMS, change_cycle, facts_of
from tests.applications.test_results_day import ENGLISH, offered, results_for
from tests.applications.walk import again
from tests.factories import OrganisationFactory, StaffRoleFactory

DAY = dt.date(2026, 11, 19)
CLOSED = "It is results day. You can read everything now, and answer from 09:30 today."


def at(hour, minute=0, day=DAY):
    return clock.at(timezone.make_aware(dt.datetime.combine(day, dt.time(hour, minute))))


def set_day(town, **changes):
    council = OrganisationFactory(kind="authority", area=town.area)
    coordinator = StaffRoleFactory(organisation=council, kind="help_desk").user
    terms = {name: getattr(town.cycle, name) for name in TERMS}
    terms |= {"results_on": DAY, "results_from": dt.time(8), "answers_from": dt.time(9, 30)} | changes
    town.cycle = change_cycle(cycle=town.cycle, terms=terms, seen=facts_of(town.cycle), by=coordinator)
    return town


def test_between_the_hours_a_learner_reads_and_cannot_answer_and_the_desk_goes_on(town, client):
    choice = offered(town, town.amina, ENGLISH, state="offered")
    other = offered(town, town.ben, ENGLISH)
    set_day(town)
    with at(8, 5):
        for act in (actions.accept_offer, actions.hold_offer, actions.turn_down_offer):
            with pytest.raises(RuleBroken) as refusal:
                act(choice=choice, by=town.amina.user)
            assert (refusal.value.code, refusal.value.message) == ("answers_not_open", CLOSED)
        with pytest.raises(RuleBroken):
            actions.withdraw_choice(choice=choice, by=town.amina.user, reason="changed_mind")
        client.force_login(town.amina.user)
        page = client.get(reverse("applications:choice", args=[choice.reference])).text
        assert CLOSED in page
        assert reverse("applications:choice-accept", args=[choice.reference]) not in page
        assert CLOSED in client.get(reverse("applications:home")).text
        assert CLOSED in client.post(reverse("applications:choice-accept", args=[choice.reference])).text
        actions.confirm_place(choice=other, by=town.admissions)
    assert again(other).status == "confirmed"
    with at(9, 30):
        actions.accept_offer(choice=choice, by=town.amina.user)


@pytest.mark.parametrize(("hour", "day"), [(7, DAY), (10, DAY), (9, DAY + dt.timedelta(days=1))])
def test_at_any_other_time_nothing_is_closed(town, hour, day):
    set_day(town)
    with at(hour, day=day):
        assert answers_closed_words(town.cycle) == ""


def test_results_handed_over_early_are_read_from_the_hour_by_their_learner(town):
    set_day(town)
    results_for(town, town.amina, English="5")
    for hour, sees in ((7, False), (8, True)):
        with at(hour):
            assert ExamResult.objects.visible_to(town.amina.user).exists() is sees
            assert ExamResult.objects.visible_to(town.coordinator).exists()


def test_a_copy_of_her_data_says_them_from_the_hour(town):
    set_day(town)
    results_for(town, town.amina, English="5")
    for hour, says in ((7, False), (8, True)):
        with at(hour):
            titles = [section.title for section in told(town.amina)]
        assert ("Your results, as your school handed them over" in titles) is says


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"answers_from": None}, "results_day_half"),
        ({"answers_from": dt.time(7)}, "answers_before_results"),
        ({"results_on": dt.date(2028, 1, 1)}, "results_day_outside"),
    ],
)
def test_hours_that_make_no_sense_are_refused(town, changes, code):
    with pytest.raises(RuleBroken) as refusal:
        set_day(town, **changes)
    assert refusal.value.code == code


def test_the_page_of_how_it_works_says_it(town):
    assert "Results day" not in [step.heading for step in how_steps(town.cycle)]
    set_day(town)
    step = next(step for step in how_steps(town.cycle) if step.heading == "Results day")
    assert "from 08:00" in step.words
    assert "from 09:30" in step.words
