import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from prospectus import checks
from prospectus.imports.words import look_up_study, read_levels, read_qualification_type, study_words


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("2027-09-06", dt.date(2027, 9, 6)),
        ("2013-02-05T00:00:00", dt.date(2013, 2, 5)),
        ("2013-02-05T00:00:00.000Z", dt.date(2013, 2, 5)),
        ("6/9/2027", dt.date(2027, 9, 6)),
        ("06.09.2027", dt.date(2027, 9, 6)),
        ("3 November 2012", dt.date(2012, 11, 3)),
        ("Monday 1st Sept 2012", dt.date(2012, 9, 1)),
        ("1 Aug 2012", dt.date(2012, 8, 1)),
        ("September 2012", dt.date(2012, 9, 1)),
        ("2012-09", dt.date(2012, 9, 1)),
        ("", None),
        (None, None),
    ],
)
def test_dates_as_feeds_write_them(written, date):
    assert checks.check_date(written) == date


def test_a_month_ends_on_its_last_day():
    assert checks.check_date("February 2028", at_end=True) == dt.date(2028, 2, 29)


@pytest.mark.parametrize(
    ("check", "written", "code"),
    [
        (checks.check_date, "31/02/2027", "no_such_day"),
        (checks.check_date, "2027-13-01", "no_such_day"),
        (checks.check_date, "0000-00-00", "no_such_day"),
        (checks.check_date, "1900-01-01", "year_out_of_range"),
        (checks.check_date, "soon", "not_a_date"),
        (checks.check_date, "1 Plumber 2027", "not_a_date"),
        (checks.check_pence, "GBP6,000 per stage", "not_an_amount"),
        (checks.check_pence, "-5", "not_an_amount"),
        (checks.check_pence, "99999999", "too_much"),
        (checks.check_web_address, "javascript:alert(1)", "not_a_web_address"),
        (checks.check_web_address, "http://x", "not_a_web_address"),
        (checks.check_whole_number, "lots", "not_a_number"),
        (checks.check_whole_number, "999999999", "too_many"),
    ],
)
def test_what_cannot_be_used_has_a_code_and_a_sentence(check, written, code):
    with pytest.raises(ValidationError) as error:
        check(written)
    assert error.value.code == code
    assert error.value.message.endswith(".")


@pytest.mark.parametrize(
    ("written", "pence"),
    [("47.0000", 4700), ("£1,250.50", 125050), ("GBP 120", 12000), ("Free", 0), ("0", 0), ("", None), (None, None)],
)
def test_amounts(written, pence):
    assert checks.check_pence(written) == pence


def test_a_web_address_gets_its_beginning():
    assert checks.check_web_address("www.northfield.example/a b"[:24]) == "http://www.northfield.example/a"[:31]


@pytest.mark.parametrize(
    ("words", "levels"),
    [
        ("3", ["3"]),
        ("Level 2", ["2"]),
        ("Levels 1 and 2", ["1", "2"]),
        ("1-3", ["1", "2", "3"]),
        ("Entry Level 1, 2 and 3", ["E"]),
        ("Entry 3 / Level 1", ["E", "1"]),
        ("LV0", ["E"]),
        ("Undergraduate", ["4", "5", "6"]),
        ("Postgraduate", ["7"]),
        ("Intermediate 2", None),
        ("Higher", None),
        ("10", None),
        ("9", None),
        ("M", None),
        ("", None),
    ],
)
def test_english_levels_and_nothing_else(words, levels):
    assert read_levels(words) == levels


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        ("Part Time Day", ("part_time", "", "daytime")),
        ("Part-Time Day", ("part_time", "", "daytime")),
        ("Short Full Time", ("full_time", "", "")),
        ("Other Part-time Day and / or Twilight", ("part_time", "", "daytime")),
        ("Twilight and / or Evening / or Weekends", ("part_time", "", "evening")),
        ("Flexible study [day/eve and/or home/distance]", ("flexible", "blended", "flexible")),
        ("Block Release", ("part_time", "", "block_release")),
        ("FT", ("full_time", "", "")),
    ],
)
def test_study_words_of_real_feeds(words, meaning):
    assert tuple(look_up_study(words)) == meaning


def test_the_table_of_study_words_names_only_values_that_exist():
    assert len(study_words()) > 80
    assert look_up_study("by pigeon") is None


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("GCE A Level", "a_level"),
        ("AS Level", "as_level"),
        ("HNC", "hnc_hnd"),
        ("BTEC National Diploma", "btec_l3"),
        ("Yoga", ""),
    ],
)
def test_qualification_types_by_title(title, code):
    assert read_qualification_type(title) == code
