"""One young person who breaks no rule, and for each rule what makes them break it."""

import datetime as dt
from dataclasses import replace

from reporting.returns.codes import codes_of
from reporting.returns.record import Guarantee, Header, YoungPerson
from reporting.returns.rules import Against

PERIOD = dt.date(2026, 9, 30)
HEADER = Header(databases=("998",), authorities=("998",), sent_on=dt.date(2026, 10, 1), period_end=PERIOD)
AUTHORITIES = frozenset({"998", "997"})
YEAR_11, YEAR_12, AGED_19, AGED_14, AGED_27 = "2011-01-09", "2010-01-09", "2007-01-09", "2012-01-09", "1999-01-09"


def against(*, period_end=PERIOD, header=HEADER):
    return Against(header, codes_of(period_end, authorities=AUTHORITIES), period_end)


def somebody(**changes):
    """At a sixth form since the beginning of Year 12, with an offer in the September before."""
    whole = YoungPerson(
        person_id="9980000000001", cohort_status="P", given_name="Amina", family_name="Okafor", address_1="1 Mill Lane",
        postcode="HX1 1AA", gender="F", birth=YEAR_12, ethnicity="BAFR", lead_authority="998", educated_authority="998",
        year_11_authority="998", uln="1000000001", upn="A998999900001", is_guaranteed="Y", need="3", has_plan="N",
        has_support="N", activity="210", started="2026-09-01", ascertained="2026-09-02", verified="2026-09-03",
        due_to_lapse="2027-08-31", is_lapsed="N", establishment="9989999", establishment_name="Hollins Park School",
        course_ends="2028-08-31", destination="111", year_11=Guarantee("110", "998"),
    )  # fmt: skip
    return replace(whole, **changes)


def not_in_work(**changes):
    """Seeking since last week."""
    seeking = {"activity": "619", "neet_since": "2026-09-01", "due_to_lapse": "", "course_ends": ""}
    return somebody(**seeking | changes)


def in_year_11(**changes):
    at_school = {"birth": YEAR_11, "activity": "110", "course_ends": "2027-08-31", "is_guaranteed": "N"}
    return somebody(**at_school | {"year_11": Guarantee()} | changes)


def aged_19(**changes):
    return somebody(**{"birth": AGED_19, "has_plan": "Y", "is_guaranteed": "N"} | changes)


BROKEN = {
    1: somebody(person_id="998000000001"),
    2: somebody(given_name=""),
    3: somebody(family_name=""),
    4: somebody(gender=""),
    5: somebody(gender="N"),
    6: somebody(ethnicity=""),
    7: somebody(ethnicity="WIRT"),
    8: somebody(birth=""),
    9: aged_19(birth=AGED_27),
    10: in_year_11(birth=AGED_14),
    11: somebody(cohort_status=""),
    13: somebody(cohort_status="T"),
    14: somebody(lead_authority=""),
    15: somebody(lead_authority="996"),
    19: somebody(educated_authority="005"),
    24: somebody(year_11_authority="005", year_11=Guarantee("110", "998")),
    25: somebody(year_11_authority="997"),
    26: somebody(lead_authority="997"),
    27: somebody(year_11=Guarantee("114", "998")),
    30: somebody(uln="12345"),
    31: somebody(address_1=""),
    32: somebody(postcode=""),
    34: somebody(transferred_to="997"),
    35: somebody(cohort_status="T", transferred_to="001"),
    37: somebody(previous_id="1"),
    38: somebody(upn="A998"),
    39: somebody(ukprn="20099001"),
    40: aged_19(has_plan="N"),
    41: somebody(cohort_status="T", transferred_to="004"),
    42: somebody(cohort_status="T", transferred_to="998"),
    43: somebody(postcode="HX11 AA"),
    100: somebody(need=""),
    101: somebody(need="4"),
    102: somebody(has_plan="X"),
    103: somebody(has_plan=""),
    104: somebody(characteristics=["999"]),
    200: somebody(activity=""),
    201: somebody(activity="720"),
    202: somebody(started=""),
    203: somebody(ascertained=""),
    220: somebody(is_lapsed=""),
    221: somebody(is_lapsed="X"),
    224: not_in_work(neet_since=""),
    225: not_in_work(neet_since="2026-09-02"),
    226: somebody(neet_since="2026-09-01"),
    228: somebody(establishment="9969999"),
    229: in_year_11(activity="210"),
    230: somebody(activity="110"),
    231: somebody(is_lapsed="Y"),
    232: somebody(due_to_lapse="2026-09-29"),
    233: not_in_work(activity="620"),
    234: not_in_work(activity="630"),
    235: not_in_work(activity="650"),
    237: somebody(ascertained="2026-09-04"),
    238: somebody(course_ends="2027-08-30"),
    240: somebody(has_activities=False),
    242: somebody(ascertained="2026-08-31"),
    243: somebody(due_to_lapse=""),
    244: somebody(due_to_lapse="31/08/2027"),
    251: not_in_work(birth=YEAR_12, neet_since="2025-01-08"),
    253: somebody(activity="440"),
    254: somebody(activity="280"),
    255: somebody(activity="460"),
    256: somebody(verified="2026-08-31"),
    257: somebody(review="2028-09-01"),
    258: somebody(course_ends="2028-02-30"),
    259: somebody(course_ends=""),
    260: somebody(gender="M", characteristics=["180"]),
    261: somebody(year_12=Guarantee("110", "996")),
    262: not_in_work(activity="616"),
    301: in_year_11(destination=""),
    302: somebody(destination="100"),
    303: somebody(has_support=""),
    304: somebody(has_support="X"),
    305: somebody(verified="2026-10-01"),
    903: somebody(person_id="9970000000001"),
    904: somebody(cohort_status="X"),
    905: somebody(cohort_status="G", is_guaranteed="N", year_11=Guarantee("110", "")),
    906: somebody(year_11=Guarantee("", "998")),
}
# One fault, and more than one rule says so.
ALSO = {15: {26}, 24: {25}, 41: {35}, 254: set(), 256: {237}}
