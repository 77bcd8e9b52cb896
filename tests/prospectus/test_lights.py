"""How long an update lasts: the rule of freshness, day by day at its edges."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prospectus.models import FreshnessRule, NoticeStep, Rhythm
from prospectus.queries.lights import EVERYWHERE, Colour, Light, Terms, light, terms_of
from tests.factories import AreaFactory

ANNUAL = EVERYWHERE["college"]
ROLLING = EVERYWHERE["training_provider"]
GREEN, AMBER, RED = Colour.GREEN, Colour.AMBER, Colour.RED


def day(text):
    return dt.date.fromisoformat(text)


def after(terms, updated, joined=None):
    return light(terms, updated_on=day(updated), joined_on=day(joined) if joined else None)


@pytest.mark.parametrize(
    ("updated", "today", "colour"),
    [
        ("2026-04-30", "2026-09-30", GREEN),
        ("2026-04-30", "2026-10-01", AMBER),
        ("2026-04-30", "2026-10-31", AMBER),
        ("2026-04-30", "2026-11-01", RED),
        ("2026-05-01", "2026-11-01", GREEN),
        ("2026-05-01", "2027-09-30", GREEN),
        ("2026-05-01", "2027-10-01", AMBER),
        ("2026-05-01", "2027-11-01", RED),
        ("2026-12-31", "2027-09-30", GREEN),
        ("2026-12-31", "2027-10-01", AMBER),
        ("2027-01-01", "2027-10-01", AMBER),
    ],
)
def test_once_a_year(updated, today, colour):
    assert after(ANNUAL, updated).colour(day(today)) == colour


@pytest.mark.parametrize(
    ("updated", "green_until", "amber_until"),
    [
        ("2026-03-15", "2026-05-15", "2026-06-15"),
        ("2026-12-31", "2027-02-28", "2027-03-28"),
        ("2027-12-31", "2028-02-29", "2028-03-29"),
        ("2026-05-31", "2026-07-31", "2026-08-31"),
        ("2026-06-01", "2026-11-30", "2026-12-30"),
        ("2026-08-31", "2026-11-30", "2026-12-30"),
        ("2026-09-30", "2026-11-30", "2026-12-30"),
        ("2026-10-01", "2026-12-01", "2027-01-01"),
        ("2026-11-30", "2027-01-30", "2027-02-28"),
    ],
)
def test_every_two_months_and_longer_over_the_summer(updated, green_until, amber_until):
    assert after(ROLLING, updated) == Light(day(green_until), day(amber_until))


def test_the_light_turns_on_the_day_after():
    seen = after(ROLLING, "2026-03-15")

    turns = ("2026-05-15", "2026-05-16", "2026-06-15", "2026-06-16")
    assert [seen.colour(day(each)) for each in turns] == [GREEN, AMBER, AMBER, RED]


def test_a_new_provider_has_its_days_of_grace():
    seen = light(ANNUAL, updated_on=None, joined_on=day("2026-10-01"))

    turns = ("2026-11-12", "2026-11-13", "2026-12-12", "2026-12-13")
    assert [seen.colour(day(each)) for each in turns] == [GREEN, AMBER, AMBER, RED]


def test_grace_never_shortens_what_an_update_gives():
    assert after(ANNUAL, "2026-10-02", joined="2026-10-01").green_until == day("2027-09-30")
    assert after(ROLLING, "2026-10-01", joined="2026-10-01").green_until == day("2026-12-01")


def test_without_a_beginning_there_is_no_light():
    assert light(ANNUAL, updated_on=None, joined_on=None).colour(day("2026-10-01")) == Colour.GREY


DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2035, 12, 31))
TERMS = st.one_of(
    st.sampled_from([ANNUAL, ROLLING]),
    st.builds(
        Terms,
        rhythm=st.sampled_from(Rhythm.values),
        turn_month=st.integers(1, 6),
        last_month=st.integers(6, 12),
        green_months=st.integers(1, 12),
        amber_months=st.integers(1, 4),
        grace_days=st.integers(0, 200),
    ),
)


@given(terms=TERMS, updated=st.none() | DAYS, joined=DAYS, first=DAYS, later=st.integers(0, 900))
def test_without_an_update_a_light_never_gets_better(terms, updated, joined, first, later):
    seen = light(terms, updated_on=updated, joined_on=joined)
    order = [GREEN, AMBER, RED]

    assert order.index(seen.colour(first)) <= order.index(seen.colour(first + dt.timedelta(days=later)))


@given(terms=TERMS, one=DAYS, later=st.integers(0, 900), today=DAYS)
def test_a_later_update_is_never_worse(terms, one, later, today):
    order = [GREEN, AMBER, RED]
    early = light(terms, updated_on=one, joined_on=None)
    late = light(terms, updated_on=one + dt.timedelta(days=later), joined_on=None)

    assert order.index(late.colour(today)) <= order.index(early.colour(today))


@pytest.mark.parametrize("terms", [ANNUAL, ROLLING])
def test_day_by_day_through_five_years_a_later_update_lasts_as_long_or_longer(terms):
    days = [dt.date(2024, 1, 1) + dt.timedelta(days=number) for number in range(5 * 366)]
    lights = [light(terms, updated_on=each, joined_on=None) for each in days]

    assert lights == sorted(lights)
    assert [seen.amber_until for seen in lights] == sorted(seen.amber_until for seen in lights)


@given(terms=TERMS, updated=DAYS)
def test_an_update_today_is_green_today(terms, updated):
    assert light(terms, updated_on=updated, joined_on=None).colour(updated) == GREEN


@given(terms=TERMS, updated=DAYS, later=st.integers(0, 900))
def test_who_is_written_to_is_amber_or_red_and_never_for_a_day_to_come(terms, updated, later):
    seen = light(terms, updated_on=updated, joined_on=None)
    today = updated + dt.timedelta(days=later)

    occasion = seen.occasion(today)

    assert (occasion is None) == (seen.colour(today) == GREEN)
    if occasion is not None:
        step, due_on = occasion
        is_red = step in {NoticeStep.TURNED_RED, NoticeStep.STILL_RED}
        assert seen.green_until < due_on <= today < due_on + dt.timedelta(days=130)
        assert is_red == (seen.colour(today) == RED)


@pytest.mark.parametrize(
    ("today", "step", "due"),
    [
        ("2026-10-01", "turned_amber", "2026-10-01"),
        ("2026-10-07", "turned_amber", "2026-10-01"),
        ("2026-10-08", "one_week_amber", "2026-10-08"),
        ("2026-10-24", "one_week_amber", "2026-10-08"),
        ("2026-10-25", "week_before_red", "2026-10-25"),
        ("2026-10-31", "week_before_red", "2026-10-25"),
        ("2026-11-01", "turned_red", "2026-11-01"),
        ("2026-11-07", "turned_red", "2026-11-01"),
        ("2026-11-08", "still_red", "2026-11-08"),
        ("2026-11-15", "still_red", "2026-11-15"),
        ("2026-12-31", "still_red", "2026-12-27"),
    ],
)
def test_the_occasions_of_a_year_that_was_forgotten(today, step, due):
    assert after(ANNUAL, "2026-03-01").occasion(day(today)) == (step, day(due))


@pytest.mark.django_db
def test_an_areas_own_rule_stands_before_the_one_for_everywhere(django_assert_num_queries):
    northmoor, eastvale = AreaFactory(), AreaFactory(name="Eastvale")
    FreshnessRule.objects.create(area=northmoor, kind="college", rhythm="rolling", green_months=3)

    with django_assert_num_queries(1):
        found = terms_of([northmoor.pk, eastvale.pk])

    assert found[northmoor.pk, "college"] == Terms(rhythm="rolling", green_months=3)
    assert found[eastvale.pk, "college"] == ANNUAL
    assert found[northmoor.pk, "school"] == ANNUAL
