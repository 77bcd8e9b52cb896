"""Take-up today and on the same date a year before, counted by hand."""

import datetime as dt

import pytest

from accounts.models import UnlockCode
from applications.models import Application, Choice
from ilp.models import Entry, Plan
from providers.models import Organisation, RoleKind
from reporting.queries.take_up import Numbers, a_year_before, school_year_of, take_up_of
from tests.factories import (
    AreaFactory,
    CycleFactory,
    LearnerFactory,
    OrganisationFactory,
    ProviderFactory,
    RollEntryFactory,
    SchoolFactory,
    StaffRoleFactory,
)
from tests.ground import ground

pytestmark = pytest.mark.django_db
PAGE = "/desk/take-up/"
NOW, THEN = dt.date(2026, 11, 18), dt.date(2025, 11, 18)


@ground
def area():
    return AreaFactory()


@ground
def cycles(area):
    before = {"opens_on": dt.date(2025, 9, 15), "closes_on": dt.date(2026, 8, 31), "ends_on": dt.date(2026, 10, 31)}
    return {2027: CycleFactory(area=area), 2026: CycleFactory(area=area, entry_year=2026, **before)}


def at(day):
    return dt.datetime(day.year, day.month, day.day, 9, tzinfo=dt.UTC)


def learner_at(school, cycles, *, year=2026, unlocked=None, planned=None, applied=None, left=None, kind="interest"):
    """A learner of Year 11 in the school year that began in this year, and the days on which they did what."""
    learner = LearnerFactory(area=school.area) if unlocked else LearnerFactory(area=school.area, user=None)
    ended = left or (dt.date(year + 1, 7, 24) if year < 2026 else None)
    RollEntryFactory(learner=learner, school=school, started_on=dt.date(year, 9, 1), ended_on=ended)
    if unlocked:
        UnlockCode.objects.create(
            learner=learner,
            code_hash=f"{learner.pk:064}",
            expires_on=unlocked,
            used_at=at(unlocked),
            ended_at=at(unlocked),
        )
    if planned:
        plan = Plan.objects.create(learner=learner)
        named = {"section_key": "about"} if kind == "transition" else {}
        Entry.objects.create(plan=plan, kind=kind, created_at=at(planned), **named)
    if applied:
        application = Application.objects.create(learner=learner, cycle=cycles[year + 1])
        Choice.objects.create(
            application=application,
            provider=ProviderFactory(area=school.area),
            rank=1,
            status="sent",
            sent_at=at(applied),
        )
    return learner


@ground
def town(area, cycles):
    """Hollins Park: four this year and three last; St Brannoc's: one this year."""
    hollins = SchoolFactory(area=area, name="Hollins Park School")
    october, december = dt.date(2026, 10, 5), dt.date(2026, 12, 5)
    learner_at(hollins, cycles)
    learner_at(hollins, cycles, unlocked=october)
    learner_at(hollins, cycles, unlocked=october, planned=october)
    learner_at(hollins, cycles, unlocked=october, planned=october, applied=october)
    learner_at(hollins, cycles, left=dt.date(2026, 11, 1), unlocked=october)  # not there any more
    last = {name: a_year_before(day) for name, day in (("october", october), ("december", december))}
    learner_at(hollins, cycles, year=2025, unlocked=last["october"], planned=last["october"])
    learner_at(hollins, cycles, year=2025, unlocked=last["october"], planned=last["december"], applied=last["december"])
    learner_at(hollins, cycles, year=2025, unlocked=last["december"])
    learner_at(
        SchoolFactory(area=area, name="St Brannoc's"), cycles, unlocked=october, planned=october, kind="transition"
    )
    return hollins


def test_the_town_is_counted_as_a_person_would_on_both_days(area, town, django_assert_num_queries):
    with django_assert_num_queries(2):
        found = take_up_of(Organisation.objects.filter(area=area, kind="school"), year_group=11, is_exact=True)

    assert (found.on, found.before_on) == (NOW, THEN)
    assert [line[1:] for line in found.schools] == [
        ("Hollins Park School", Numbers(4, 3, 2, 1), Numbers(3, 2, 1, 0)),
        ("St Brannoc's", Numbers(1, 1, 0, 0), Numbers(0, 0, 0, 0)),  # about special needs: nobody is told
    ]
    assert (found.whole.now, found.whole.before) == (Numbers(5, 4, 2, 1), Numbers(3, 2, 1, 0))
    assert found.whole.now.percent("unlocked") == 80
    assert [week.on for week in found.weeks][:2] == [dt.date(2026, 9, 2), dt.date(2026, 9, 9)]
    assert found.weeks[0].now == Numbers(6, 0, 0, 0)
    assert found.weeks[-1].now == found.whole.now


def test_an_application_counts_for_the_september_after_its_school_year(area, cycles):
    school = SchoolFactory(area=area)
    learner = learner_at(school, cycles, applied=dt.date(2026, 10, 5))
    Application.objects.update(cycle=cycles[2026])

    found = take_up_of(Organisation.objects.filter(pk=school.pk), year_group=11, is_exact=True)

    assert found.whole.now == Numbers(1, 0, 0, 0)
    assert learner.user is None


def test_who_reads_no_names_reads_no_small_numbers(area, cycles):
    one, other, third = (SchoolFactory(area=area, name=f"School {letter}") for letter in "ABC")
    for school, unlocked, on_roll in ((one, 6, 12), (other, 2, 12), (third, 7, 14)):
        for number in range(on_roll):
            learner_at(school, cycles, unlocked=dt.date(2026, 10, 5) if number < unlocked else None)
    schools = Organisation.objects.filter(area=area, kind="school")

    found = take_up_of(schools, year_group=11, is_exact=False)

    assert [line.now.unlocked for line in found.schools] == [None, None, 7]
    assert found.whole.now == Numbers(38, 15, 0, 0)
    assert all(number % 5 == 0 for week in found.weeks for number in week.now)
    few = take_up_of(schools.filter(pk=other.pk), year_group=11, is_exact=False)
    assert few.whole.now == few.schools[0].now == Numbers(12, None, 0, 0)


def test_the_page_and_the_file_say_the_same(client, area, town):
    client.force_login(StaffRoleFactory(kind=RoleKind.COORDINATOR, organisation=town).user)
    page = client.get(PAGE)
    assert [name for name, _cells in page.context["lines"]] == ["Hollins Park School", ""]
    assert "18 November 2025" in page.content.decode()
    unlocked = page.context["charts"][0]
    assert unlocked["summary"] == "75% on 18 November 2026, and 67% on the same date a year before."
    assert [numbers[-1] for _line, numbers in unlocked["series"]] == [75, 67]
    assert len(unlocked["labels"]) == len(unlocked["series"][0][1]) == 12
    assert page.content.decode().count('<svg class="chart__picture"') == 3
    lines = b"".join(client.get(f"{PAGE}file/").streaming_content).decode().splitlines()
    assert lines[1:] == ["Hollins Park School,11,4,3,2,1,3,2,1,0", "All schools,11,4,3,2,1,3,2,1,0"]
    assert "No learners of this year group" in client.get(PAGE, {"year_group": "13"}).content.decode()
    assert client.get(PAGE, {"year_group": "x"}).context["year_group"] == 11


@pytest.mark.parametrize("count", [1, 5])
def test_the_page_asks_the_same_number_of_questions(client, area, cycles, count, django_assert_num_queries):
    for _number in range(count):
        learner_at(SchoolFactory(area=area), cycles)
    authority = OrganisationFactory(kind="authority", area=area)
    client.force_login(StaffRoleFactory(kind=RoleKind.OFFICER, organisation=authority).user)

    with django_assert_num_queries(6):
        page = client.get(PAGE)

    assert len(page.context["lines"]) == count + 1


def test_school_years_and_the_same_date():
    assert a_year_before(dt.date(2028, 2, 29)) == dt.date(2027, 2, 28)
    assert [school_year_of(day) for day in (dt.date(2026, 8, 31), dt.date(2026, 9, 1))] == [2025, 2026]
