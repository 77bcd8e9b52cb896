import datetime as dt

import pytest

from providers.actions import load_local_authorities, load_outcodes
from providers.models import Closure, LocalAuthority, Outcode
from providers.queries import (
    Place,
    add_working_days,
    is_working_day,
    locate,
    normalise_postcode,
    outcode_of,
    working_days_between,
)
from tests.factories import AreaFactory

pytestmark = pytest.mark.django_db


def day(text):
    return dt.date.fromisoformat(text)


@pytest.fixture
def area():
    """Northmoor closes for half a week in October and for two days around new year."""
    area = AreaFactory()
    Closure.objects.create(area=area, name="Half term", starts_on=day("2026-10-26"), ends_on=day("2026-10-28"))
    Closure.objects.create(area=area, name="New year", starts_on=day("2026-12-31"), ends_on=day("2027-01-01"))
    Closure.objects.create(
        area=AreaFactory(name="Southmoor"), name="Fair", starts_on=day("2026-11-19"), ends_on=day("2026-11-20")
    )
    return area


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-11-18", 0, "2026-11-18"),
        ("2026-11-18", 1, "2026-11-19"),  # Southmoor's closure is not Northmoor's
        ("2026-11-18", 3, "2026-11-23"),  # over a weekend
        ("2026-11-20", 1, "2026-11-23"),  # Friday to Monday
        ("2026-11-21", 1, "2026-11-23"),  # from a Saturday
        ("2026-12-24", 1, "2026-12-29"),  # Christmas, Boxing Day on a Saturday, its Monday in lieu
        ("2026-12-30", 1, "2027-01-04"),  # a closure, a bank holiday, a weekend
        ("2027-03-25", 1, "2027-03-30"),  # Easter
        ("2026-10-23", 2, "2026-10-30"),  # half term
        ("2026-11-18", 15, "2026-12-09"),
    ],
)
def test_working_days_are_counted_over_weekends_bank_holidays_and_closures(area, start, days, end):
    assert add_working_days(day(start), days, area=area) == day(end)
    assert working_days_between(day(start), day(end), area=area) == days


def test_the_days_between_never_count_backwards(area):
    assert working_days_between(day("2026-11-20"), day("2026-11-18"), area=area) == 0


@pytest.mark.parametrize(
    ("text", "is_working"),
    [
        ("2026-11-18", True),
        ("2026-11-21", False),
        ("2026-12-25", False),
        ("2026-10-26", False),
        ("2026-10-28", False),
        ("2026-10-29", True),
        ("2030-12-26", False),
    ],
)
def test_one_day_is_a_working_day_or_not(area, text, is_working):
    assert is_working_day(day(text), area=area) is is_working


def test_a_long_count_asks_for_the_closures_once(area, django_assert_num_queries):
    with django_assert_num_queries(1):
        add_working_days(day("2026-11-18"), 200, area=area)


@pytest.mark.parametrize(
    ("typed", "whole", "outcode"),
    [
        ("M14 5RX", "M14 5RX", "M14"),
        ("m145rx", "M14 5RX", "M14"),
        (" m 14-5 r x ", "M14 5RX", "M14"),
        ("M1 1AA", "M1 1AA", "M1"),
        ("SW1A 1AA", "SW1A 1AA", "SW1A"),
        ("HX1 OAA", "HX1 0AA", "HX1"),
        ("ZZ99 9ZZ", "ZZ99 9ZZ", "ZZ99"),
        ("M14", "", "M14"),
        ("m14 5", "", "M14"),
        ("Manchester", "", ""),
        ("", "", ""),
        ("M14 5RXX", "", "M14"),
        ("12345", "", ""),
        ("M14’; DROP TABLE", "", "M14"),
    ],
)
def test_postcodes_are_understood_as_people_type_them(typed, whole, outcode):
    assert (normalise_postcode(typed), outcode_of(typed)) == (whole, outcode)


def test_a_postcode_is_about_the_middle_of_its_district():
    Outcode.objects.create(code="M14", latitude=53.4, longitude=-2.2, country="ENG")
    assert locate("m14 5rx") == Place(53.4, -2.2, is_exact=False)
    assert locate("M14") == Place(53.4, -2.2, is_exact=False)


@pytest.mark.parametrize("postcode", ["ZZ99 9ZZ", "M15 5RX", "nowhere", ""])
def test_what_has_no_known_place_has_none(postcode):
    assert locate(postcode) is None


def test_the_loaders_can_run_twice():
    for _ in range(2):
        assert load_local_authorities() == LocalAuthority.objects.count() == 161
        assert load_outcodes() == Outcode.objects.count()
    assert Outcode.objects.count() > 2700
    assert LocalAuthority.objects.filter(is_current=True).count() == 153
    assert locate("SW1A 1AA").latitude == pytest.approx(51.5, abs=0.02)


def test_loading_again_corrects_what_has_changed():
    load_local_authorities()
    LocalAuthority.objects.filter(code="202").update(name="Somewhere else")
    load_local_authorities()
    assert LocalAuthority.objects.get(code="202").name == "Camden"
