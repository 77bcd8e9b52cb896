"""One file of several providers: divided as XCRI-CAP, and from the open-data table of a portal like this one."""

import csv
import io
from contextlib import ExitStack

import pytest
from lxml import etree

from core import clock
from prospectus.exports.feed import XcriFeed
from prospectus.exports.table import COLUMNS, courses_csv
from prospectus.imports import dataset, feed
from prospectus.imports.dataset import look_through_dataset
from prospectus.models import Course, CourseRun, CourseState
from providers.models import Organisation
from providers.uploads import FileRefused
from tests.prospectus.feeds import changes, course, take_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def stack():
    with ExitStack() as stack:
        yield stack


HEAD = (
    '<?xml version="1.0" encoding="utf-8"?>\n<catalog xmlns="http://xcri.org/profiles/1.2/catalog" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:mlo="http://purl.org/net/mlo" generated="{when}">\n'
)


def provider(ukprn, name, *courses):
    return (
        f"<provider><dc:identifier>{ukprn}</dc:identifier><dc:title>{name}</dc:title>"
        + "\n".join(courses)
        + "</provider>\n"
    )


def file_of(*providers, when="2026-11-18T09:00:00Z"):
    return io.BytesIO((HEAD.format(when=when) + "".join(providers) + "</catalog>").encode())


NORTH = provider("10010001", "Northfield College", course("C1", "Plumbing"), course("C2", "Bricklaying"))
SOUTH = provider("10010002", "Southbank Sixth Form", course("C1", "Biology"))


def titles(part):
    part.seek(0)
    survey = feed.look_through(part)
    assert len(survey.providers) == 1
    found = [element.findtext("{*}title") for element in feed.courses_of(part, 0)]
    return survey.providers[0].name, survey.providers[0].ukprn, found


def read(part):
    part.seek(0)
    return part.read()


def test_each_wanted_provider_gets_a_whole_catalogue_of_its_own(stack):
    found = look_through_dataset(file_of(NORTH, SOUTH))
    parts = found.divided({"10010001", "10010002"}, within=stack)

    assert found.providers == [("Northfield College", "10010001"), ("Southbank Sixth Form", "10010002")]
    assert titles(parts["10010001"]) == ("Northfield College", "10010001", ["Plumbing", "Bricklaying"])
    assert titles(parts["10010002"]) == ("Southbank Sixth Form", "10010002", ["Biology"])


def test_nobody_is_written_down_who_is_not_wanted(stack):
    assert set(look_through_dataset(file_of(NORTH, SOUTH)).divided({"10010002", "10019999"}, within=stack)) == {
        "10010002"
    }


def test_a_provider_that_stands_in_the_file_twice_gets_all_its_courses(stack):
    again = provider("10010001", "Northfield College", course("C3", "Welding"))
    found = look_through_dataset(file_of(NORTH, SOUTH, again))

    assert [named.ukprn for named in found.providers] == ["10010001", "10010002"]
    assert titles(found.divided({"10010001"}, within=stack)["10010001"])[2] == ["Plumbing", "Bricklaying", "Welding"]


def test_a_part_is_the_same_bytes_whenever_the_file_was_made_and_whoever_else_is_in_it(stack):
    one = look_through_dataset(file_of(NORTH, SOUTH)).divided({"10010001"}, within=stack)["10010001"]
    other = look_through_dataset(file_of(SOUTH, "\n\n", NORTH, when="2026-11-19T09:00:00Z")).divided(
        {"10010001"}, within=stack
    )

    assert read(one) == read(other["10010001"])


def test_providers_without_a_ukprn_are_named_each_for_itself(stack):
    nameless = "<provider><dc:title>{}</dc:title></provider>"
    found = look_through_dataset(file_of(nameless.format("One"), NORTH, nameless.format("Two")))

    assert found.providers == [("One", ""), ("Northfield College", "10010001"), ("Two", "")]
    assert set(found.divided({"10010001"}, within=stack)) == {"10010001"}


def test_memory_does_not_keep_the_courses_that_were_written(monkeypatch, stack):
    """Whatever stood before is dropped; the parser itself reads a few hundred small courses ahead, not all."""
    most = []
    real = dataset._forget

    def forget(element):
        real(element)
        if element.getparent() is not None:
            most.append(len(element.getparent()))

    monkeypatch.setattr(dataset, "_forget", forget)
    many = provider("10010001", "Northfield College", *(course(f"C{number}") for number in range(3000)))
    look_through_dataset(file_of(many)).divided({"10010001"}, within=stack)

    assert len(most) > 3000
    assert max(most) < 500


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "neither"),
        (b"%PDF-1.4", "neither"),
        (b"title,level\nPlumbing,2\n", "neither"),
        (b"<html><body>Sign in</body></html>", "not an XCRI-CAP"),
        (b'<catalog xmlns="http://xcri.org/profiles/1.2/catalog"><provider>', "not well-formed"),
        (b"course_reference,title\nA,B\n", "no column provider"),
        (b"course_reference,provider,provider_ukprn,title\n", "no course in it"),
        (b"course_reference,provider,provider_ukprn,title\nA,B,10010001,C,D\n", "Line 2"),
        (b"course_reference,provider,provider_ukprn,title\nA,\xff,10010001,C\n", "not UTF-8"),
        (b'course_reference,provider,provider_ukprn,title\nA,"B" x,10010001,C\n', "broken about line 2"),
        (
            b"course_reference,provider,provider_ukprn,title\nA," + b"x" * 200_000 + b",10010001,C\n",
            "broken about line 2",
        ),
    ],
)
def test_what_cannot_be_divided_gets_a_sentence(content, words, stack):
    with pytest.raises(FileRefused) as refused:
        look_through_dataset(io.BytesIO(content)).divided({"10010001"}, within=stack)
    assert words in str(refused.value)


def test_entities_and_document_types_are_refused_in_a_dataset_too(stack):
    bomb = b'<!DOCTYPE catalog [<!ENTITY a "aaaa">]><catalog xmlns="http://xcri.org/profiles/1.2/catalog"/>'
    with pytest.raises(FileRefused) as refused:
        look_through_dataset(io.BytesIO(bomb))
    assert "document type" in str(refused.value)


# The open-data table


def table():
    return io.BytesIO(b"".join(courses_csv()))


def test_every_column_the_reader_knows_is_one_the_table_has(stack):
    known = {*dataset.NEEDED, *dataset.COURSE_DETAILS, *dataset.RUN_DETAILS, *dataset.PENCE, *dataset.DATES}
    known |= {*dataset.PLAIN, *dataset.PLACE, "provider_course_code", "provider_run_code", "run_reference"}
    known |= {"starts_any_day", "provider_website", "qualification_title", "awarding_organisation", "parts"}
    names = [column.name for column in COLUMNS]
    # This portal's own, and what is said by another column.
    not_read = {"area", "subject", "checked_on", "course_changed_at", "apply_here"}
    not_read |= {"partners"}  # who teaches together in another portal is asked and says yes there

    assert known == set(names) - not_read
    assert names[0].encode() + b"," == dataset.TABLE_BEGINS


def test_the_table_of_another_portal_makes_the_same_courses_here(town, tmp_path, stack):
    """Handed out, taken in by an empty provider with the same codes, and handed out again: the same lines."""
    town.plumbing.title = '=Plumbing, "hot" & <cold>'
    town.plumbing.summary = "-Two lines"
    town.plumbing.save()
    CourseRun.objects.filter(course=town.cars).update(
        cost_pence=1250, extra_cost_pence=5, cost_text="a term", places=0, apply_until_on="2027-01-31",
        start_text="In spring", ends_on="2028-07-01",
    )  # fmt: skip
    before = lines(town.northfield)
    parts = look_through_dataset(table()).divided({town.northfield.ukprn}, within=stack)
    for run in CourseRun.objects.all():
        run.delete()
    Course.objects.all().delete()
    town.northfield.sites.all().delete()

    upload = take_in(town.northfield, tmp_path, read(parts[town.northfield.ukprn]))

    assert upload.is_published
    assert lines(town.northfield) == before
    assert len(before) == 3
    assert [issue.code for issue in upload.issues.exclude(severity="notice")] == []


# This portal's own, and what the other would say for itself.
OWN = ("course_reference", "run_reference", "checked_on", "course_changed_at", "apply_here")


def lines(provider):
    rows = csv.DictReader(io.StringIO(b"".join(courses_csv()).decode("utf-8-sig"), newline=""))
    return sorted(
        tuple((name, value) for name, value in row.items() if name not in OWN)
        for row in rows
        if row["provider_ukprn"] == provider.ukprn
    )


def test_the_same_table_again_changes_nothing_and_is_known_again_in_any_order(town, tmp_path, stack):
    whole = b"".join(courses_csv()).split(b"\n")
    turned = io.BytesIO(b"\n".join([whole[0], *reversed([line for line in whole[1:] if line])]) + b"\n")
    one = look_through_dataset(table()).divided({town.eastgate.ukprn}, within=stack)[town.eastgate.ukprn]
    other = look_through_dataset(turned).divided({town.eastgate.ukprn}, within=stack)[town.eastgate.ukprn]

    assert dataset.digest_of(one) == dataset.digest_of(other)
    assert read(one) != read(other)  # each says on which rows it stood
    take_in(town.eastgate, tmp_path, read(one))
    again = take_in(town.eastgate, tmp_path, read(one))
    assert changes(again)[:3] == (0, 0, 0)


def test_what_is_wrong_is_found_on_the_row_of_the_table_that_people_have(town, tmp_path, stack):
    """Row 4 is the spreadsheet's: the headings are row 1, whatever the order of the courses in the divided file."""
    head = "course_reference,provider,provider_ukprn,title,run_reference,starts_on,ends_on"
    whose = f"Northfield,{town.northfield.ukprn}"
    rows = [
        head,
        f"Z9,{whose},Zoology,Z9-1,2027-09-06,",
        "B1,Elsewhere,10019999,Botany,B1-1,,",
        f"A1,{whose},Art,A1-1,2027-09-06,not a day",
    ]
    part = look_through_dataset(io.BytesIO("\n".join(rows).encode())).divided({town.northfield.ukprn}, within=stack)

    upload = take_in(town.northfield, tmp_path, read(part[town.northfield.ukprn]))

    wrong = upload.issues.exclude(severity="notice")
    assert [(issue.row, issue.value) for issue in wrong] == [(4, "not a day")]


@pytest.mark.parametrize(("row", "line"), [("12", 12), ("", 3), ("x", 3), ("9" * 30, 3), ("²", 3)])
def test_the_row_a_file_says_is_believed_where_it_is_one(row, line):
    element = etree.fromstring(f'<a xmlns:p="urn:next-step:courses:1">\n<b p:row="{row}">\n<c/></b></a>')

    assert feed.line_of(element[0][0]) == line


def test_the_whole_feed_of_another_portal_is_divided_into_what_each_provider_hands_out(town, stack):
    """Ours, of all areas, divided: each part reads as the feed of that provider alone does."""
    whole = b"".join(a_feed(Organisation.objects.all()))
    parts = look_through_dataset(io.BytesIO(whole)).divided({town.northfield.ukprn, town.eastgate.ukprn}, within=stack)

    for one in (town.northfield, town.eastgate):
        alone = b"".join(a_feed(Organisation.objects.filter(pk=one.pk)))
        assert courses_in(read(parts[one.ukprn])) == courses_in(alone)
        assert len(courses_in(alone)) == Course.objects.filter(provider=one, state=CourseState.PUBLISHED).count()


def a_feed(providers):
    return XcriFeed(
        title="Courses", providers=providers, courses=Course.objects.published(), generated_at=clock.now(),
        address=lambda path: f"https://next-step.example{path}",
    )  # fmt: skip


def courses_in(content):
    return [
        etree.tostring(element, method="c14n", exclusive=True, with_tail=False)
        for element in etree.fromstring(content).iterfind("{*}provider/{*}course")
    ]
