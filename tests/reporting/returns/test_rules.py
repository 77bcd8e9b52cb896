"""Every rule of the return, broken once; what several records have in common; editions; the Department's table."""

import csv
import datetime as dt
from dataclasses import replace

import pytest

from reporting.returns.checking import broken_by, findings_of
from reporting.returns.record import Guarantee
from reporting.returns.rules import OF_FILE, RULES
from tests.reporting.returns.people import (
    AGED_19,
    ALSO,
    BROKEN,
    against,
    aged_19,
    in_year_11,
    not_in_work,
    somebody,
)


def broken(it, **changes):
    return {rule.number for rule in broken_by(it, against(**changes))}


@pytest.mark.parametrize("whole", [somebody(), not_in_work(), in_year_11(), aged_19()], ids=lambda it: it.activity)
def test_whole_records_break_nothing(whole):
    assert broken(whole) == set()


@pytest.mark.parametrize("number", sorted(BROKEN))
def test_one_broken_record_for_each_rule_and_nothing_else_is_found(number):
    assert broken(BROKEN[number]) == {number} | ALSO.get(number, set())


def test_the_same_id_twice_is_told_of_the_second_unless_one_is_there_for_the_guarantee_only():
    twice = somebody(uln="", given_name="Ben")
    found = list(findings_of([somebody(), twice, replace(twice, cohort_status="G", given_name="Cai")], against()))
    assert [(each.record, each.rule) for each in found] == [("9980000000001", 902)]


def test_a_learner_number_or_a_person_twice_is_told_of_both_once():
    others = [somebody(person_id=f"998000000000{number}") for number in (2, 3)]
    found = {(each.record[-1], each.rule, each.priority) for each in findings_of([somebody(), *others], against())}
    assert found == {(who, rule, priority) for who in "123" for rule, priority in ((907, 1), (908, 3))}


@pytest.mark.parametrize(
    ("it", "period_end", "expected"),
    [
        (
            somebody(activity="720", review="2018-10-01", birth="2002-01-09", verified="2018-09-03"),
            (2018, 9, 30),
            set(),
        ),
        (not_in_work(activity="616", birth="2002-01-09", verified="2018-09-03"), (2018, 9, 30), set()),
        (somebody(has_support="", birth="2002-01-09"), (2018, 9, 30), set()),
        (somebody(birth="1996-01-09", is_guaranteed="N"), (2015, 9, 30), set()),  # 19, which needed no plan then
        (somebody(characteristics=["210"], birth="2003-01-09", verified="2019-09-03"), (2019, 9, 30), {104}),
        # In summer Year 11 needs Year 11's status, and a year later still.
        (in_year_11(is_guaranteed="Y", verified="2027-04-01"), (2027, 4, 30), {906}),
        (somebody(is_guaranteed="Y", year_12=Guarantee("114", "998"), year_11=Guarantee()), (2027, 4, 30), set()),
    ],
)
def test_rules_are_those_of_the_edition_and_the_month(it, period_end, expected):
    it = replace(it, started="2014-09-01", ascertained=it.verified, neet_since=it.neet_since and "2014-09-01")
    assert broken(it, period_end=dt.date(*period_end)) - {251} == expected


def test_what_needs_a_period_says_nothing_without_one():
    assert broken(somebody(birth=AGED_19, verified="2030-01-01"), period_end=None) == set()


def test_somebody_who_left_england_says_where_to():
    assert broken(somebody(cohort_status="E", transferred_to="001")) == set()
    assert broken(somebody(cohort_status="E", transferred_to="997")) == {35}


def test_another_authority_leads_for_who_is_there_for_the_guarantee_only():
    assert broken(somebody(cohort_status="G", lead_authority="997")) == set()


@pytest.mark.data
def test_the_registry_is_the_departments_table(shared_data):
    with (shared_data / "nccis_codes" / "validation_rules.csv").open(encoding="utf-8", newline="") as file:
        table = {(int(row["rule"]), int(row["priority"]), row["field"]) for row in csv.DictReader(file)}
    assert {(rule.number, rule.priority, rule.field) for rule in RULES.values()} == table
    assert set(BROKEN) | {rule.number for rule in OF_FILE} == set(RULES)
