"""Where former learners are, counted by hand; who reads names; and that nothing small follows from figures."""

import datetime as dt
import itertools
from types import SimpleNamespace

import pytest
from django.urls import reverse

from accounts.models import Learner, Receipt
from applications.models import Application, Choice, Enrolment
from core.suppression import SMALL
from ilp import actions as ilp_actions
from ilp.models import CurrentActivity, RecordCode
from providers.models import RoleKind
from reporting.queries.destinations import (
    Coverage,
    Destination,
    Kind,
    Source,
    coverage_of,
    leavers_of,
    leaving_years,
    places_of,
    school_lines,
)
from reporting.queries.readers import reader_of
from tests.factories import (
    AreaFactory,
    CaseloadSchoolFactory,
    CourseFactory,
    CourseRunFactory,
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
PAGE, NAMES = "/desk/destinations/", "/desk/destinations/names/"
SEPTEMBER = dt.date(2026, 9, 7)


@ground
def town():
    """Seven who left Year 11 of Hollins Park in the summer of 2026, each known in another way, or not."""
    town = SimpleNamespace(area=AreaFactory())
    town.hollins = SchoolFactory(area=town.area, name="Hollins Park School")
    town.brannoc = SchoolFactory(area=town.area, name="St Brannoc's")
    town.college = ProviderFactory(area=town.area, name="Northfield College")
    ProviderFactory(area=town.area, name="Southbank Sixth Form")
    council = OrganisationFactory(kind="authority", area=town.area)
    town.officer = StaffRoleFactory(kind=RoleKind.OFFICER, organisation=council).user
    town.coordinator = StaffRoleFactory(kind=RoleKind.COORDINATOR, organisation=town.hollins).user
    adviser = StaffRoleFactory(kind=RoleKind.ADVISER, organisation__area=town.area)
    town.adviser = CaseloadSchoolFactory(school=town.hollins, adviser=adviser).adviser.user
    town.applied, town.listed, town.on_roll, town.recorded, town.lapsed, town.silent, town.moved_on = (
        leaver(town) for _number in range(7)
    )
    before = {"opens_on": dt.date(2025, 9, 15), "closes_on": dt.date(2026, 8, 31), "ends_on": dt.date(2026, 10, 31)}
    town.cycle = CycleFactory(area=town.area, entry_year=2026, **before)
    course = CourseFactory(provider=town.college, levels=["E", "2", "3"])
    enrolled(town, town.applied, run=CourseRunFactory(course=course))
    listed(town, town.listed, level="2")
    RollEntryFactory(learner=town.on_roll, school=town.brannoc, year_group=12, started_on=SEPTEMBER)
    ilp_actions.load_record_codes()
    spell(town, town.recorded, "619")
    spell(town, town.lapsed, "330", since=dt.date(2026, 8, 3), verified=dt.date(2026, 8, 3))
    CurrentActivity.objects.filter(learner=town.lapsed).update(code=RecordCode.objects.get(kind="activity", code="350"))
    enrolled(town, town.moved_on)
    spell(town, town.moved_on, "310", since=dt.date(2026, 11, 2))
    return town


def leaver(town, school=None, left=dt.date(2026, 7, 24)):
    learner = LearnerFactory(area=town.area, user=None)
    RollEntryFactory(learner=learner, school=school or town.hollins, started_on=dt.date(2025, 9, 1), ended_on=left)
    return learner


def enrolled(town, learner, run=None):
    application = Application.objects.create(learner=learner, cycle=town.cycle)
    choice = Choice.objects.create(
        application=application, provider=town.college, rank=1, status="enrolled",
        sent_at=dt.datetime(2026, 1, 9, tzinfo=dt.UTC), status_at=dt.datetime(2026, 9, 7, 9, tzinfo=dt.UTC),
    )  # fmt: skip
    if run:
        choice.choice_runs.create(run=run)
    return choice


def listed(town, learner, **said):
    return Enrolment.objects.create(
        provider=town.college,
        learner=learner,
        matched_how="number",
        row_key=f"{learner.pk}",
        started_on=SEPTEMBER,
        **said,
    )


def spell(town, learner, code, since=SEPTEMBER, verified=dt.date(2026, 11, 2)):
    return CurrentActivity.objects.create(
        learner=learner, code=RecordCode.objects.get(kind="activity", code=code), started_on=since,
        ascertained_on=max(since, verified), verified_on=max(since, verified), establishment="A firm in Leeds",
        source="learner", by=town.adviser,
    )  # fmt: skip


def known(user):
    found = leavers_of(reader_of(user), year=2026, year_group=11)
    return {one.learner_id: one.destination[:4] for one in found}


def test_each_of_seven_is_where_they_are_by_what_began_last(town, django_assert_num_queries):
    reader = reader_of(town.officer)
    with django_assert_num_queries(5):
        leavers_of(reader, year=2026, year_group=11)

    assert known(town.officer) == {
        town.applied.pk: (Kind.COLLEGE, Source.APPLICATION, "Northfield College", "3"),
        town.listed.pk: (Kind.COLLEGE, Source.LIST, "Northfield College", "2"),
        town.on_roll.pk: (Kind.SCHOOL, Source.ROLL, "St Brannoc's", ""),
        town.recorded.pk: (Kind.NEITHER, Source.RECORD, "A firm in Leeds", ""),
        town.lapsed.pk: (Kind.NOT_KNOWN, Source.NOTHING, "", ""),
        town.silent.pk: (Kind.NOT_KNOWN, Source.NOTHING, "", ""),
        town.moved_on.pk: (Kind.EMPLOYMENT, Source.RECORD, "A firm in Leeds", ""),
    }
    assert coverage_of(reader, year=2026) == Coverage(1, 2)


def test_the_schools_line_is_what_a_person_would_count(town):
    leaver(town, school=town.brannoc)
    leaver(town, left=dt.date(2026, 3, 1))  # not there any more at the end of May
    reader = reader_of(town.officer)
    lines = school_lines(reader.schools.order_by("name"), leavers_of(reader, year=2026, year_group=11), is_exact=True)

    assert [line[1:] for line in lines] == [
        ("Hollins Park School", 7, 4, 1, 2, [1, 1, 1, 2]),
        ("St Brannoc's", 1, 0, 0, 1, [0, 0, 0, 0]),
    ]
    assert leavers_of(reader, year=2025, year_group=11) == leavers_of(reader, year=2026, year_group=12) == []
    assert leaving_years() == [2026, 2025, 2024]


def test_who_left_again_is_not_there_any_more(town):
    Choice.objects.filter(application__learner=town.applied).update(left_on=dt.date(2026, 10, 1), left_how="said")
    Enrolment.objects.update(left_on=dt.date(2026, 10, 1))

    assert known(town.officer)[town.applied.pk][0] == known(town.officer)[town.listed.pk][0] == Kind.NOT_KNOWN


def test_every_number_leads_to_its_names_with_receipts_for_who_follows_them(client, town):
    for person, counted in ((town.officer, 7), (town.adviser, 6)):  # one is at another adviser's school now
        client.force_login(person)
        page = client.get(PAGE).context
        assert page["total"] == counted
        [(_line, cells, _sources)] = page["lines"]
        linked = [(number, url) for _words, number, _percent, url in cells]
        linked += [(place.number, url) for place, url in page["places"]]
        for number, url in linked:
            assert number == 0 if not url else len(client.get(url).context["rows"]) == number
    assert set(Receipt.objects.filter(reader=town.officer).values_list("learner", flat=True)) == set(
        Learner.objects.values_list("pk", flat=True)
    )
    client.force_login(town.coordinator)
    assert client.get(NAMES).status_code == 404


def test_a_school_reads_figures_without_what_says_something_of_few(client, town):
    for _number in range(20):
        listed(town, leaver(town))
    client.force_login(town.coordinator)
    page = client.get(PAGE)
    [(line, cells, sources)] = page.context["lines"]

    assert (line.cohort, [number for _words, number, _percent, _url in cells]) == (27, [None, None, None])
    assert [number for _words, number in sources] == [None] * 4
    assert [place[1:] for place, _url in page.context["places"]] == [("Northfield College", "", 22), ("", "", 5)]
    assert "Figures only" in page.content.decode()
    lines = b"".join(client.get(f"{PAGE}file/").streaming_content).decode().splitlines()
    assert lines[1] == "Hollins Park School,Year 11 on 2026-05-31,27" + ",not shown" * 7


def completions(shown, total):
    """Everything the numbers that are not shown can be, given those that are and their sum."""
    hidden = [place for place, number in enumerate(shown) if number is None]
    rest = total - sum(number for number in shown if number is not None)
    for numbers in itertools.product(range(rest + 1), repeat=max(len(hidden) - 1, 0)):
        if hidden and sum(numbers) <= rest:
            yield dict(zip(hidden, (*numbers, rest - sum(numbers)), strict=True))


def tells_of_few(shown, total):
    possible = list(completions(shown, total))
    hidden = [place for place, number in enumerate(shown) if number is None]
    return any({each[place] for each in possible} <= set(SMALL) for place in hidden) or set(shown) & set(SMALL)


def test_nothing_small_follows_from_the_tables_of_a_school():
    """All that a school's tables leave open, for every small town of four places: no number that is not shown can
    only be from 1 to 4, whichever table one takes it from."""
    school = SimpleNamespace(pk=1, reference="A", name="Hollins Park School")
    kinds = (Kind.COLLEGE, Kind.SCHOOL, Kind.NEITHER, Kind.NOT_KNOWN)
    sources = (Source.APPLICATION, Source.ROLL, Source.RECORD, Source.NOTHING)
    for numbers in itertools.product((0, 1, 3, 4, 6, 9), repeat=4):
        found = [
            Destination(kind, source, kind.label)
            for kind, source, number in zip(kinds, sources, numbers, strict=True)
            for _each in range(number)
        ]
        assert not {place.number for place in places_of(found, is_exact=False)} & set(SMALL)
        leavers = [SimpleNamespace(school_id=1, destination=one) for one in found]
        for line in school_lines([school], leavers, is_exact=False):
            assert not tells_of_few([line.started, line.neither, line.not_known], len(found)), numbers
            if line.not_known is not None:
                assert not tells_of_few(line.by_source, len(found) - line.not_known), numbers


@pytest.mark.parametrize("count", [1, 5])
def test_the_pages_ask_the_same_number_of_questions(client, town, count, django_assert_num_queries):
    for _number in range(count):
        leaver(town, school=SchoolFactory(area=town.area))
    client.force_login(town.officer)
    with django_assert_num_queries(12):
        page = client.get(PAGE)
    assert len(page.context["lines"]) == count + 1
    with django_assert_num_queries(12):
        client.get(NAMES)


def test_nobody_to_count_says_so_and_nonsense_is_not_chosen(client, town):
    client.force_login(town.officer)
    assert "Nobody to count" in client.get(PAGE, {"year_group": "13"}).content.decode()
    page = client.get(PAGE, {"year": "1999", "year_group": "x", "school": "NOWHERE", "page": "z"})
    assert (page.context["year"], page.context["year_group"], page.context["school"]) == (2026, 11, None)
    one = client.get(PAGE, {"school": town.hollins.reference})
    assert one.context["total"] == 7
    assert client.get(reverse("reporting:destination-names"), {"kind": "moon"}).status_code == 200
    lines = b"".join(client.get(f"{PAGE}file/?school={town.hollins.reference}").streaming_content).decode().splitlines()
    assert "Hollins Park School,Year 11 on 2026-05-31,College,Northfield College,3,1" in lines
