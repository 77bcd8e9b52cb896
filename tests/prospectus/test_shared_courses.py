"""Courses taught together, in every file and answer that leaves and comes back: who teaches which part, and where."""

import csv
import datetime as dt
import io
from contextlib import ExitStack

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from prospectus.actions import refresh_search
from prospectus.actions.consortia import end_consortium, leave_consortium, note_closed_partners
from prospectus.actions.site_keeping import end_site, merge_site
from prospectus.actions.undoing import undo_catalogue
from prospectus.exports.proforma import proforma_xlsx
from prospectus.exports.table import TOGETHER, courses_csv
from prospectus.imports.dataset import look_through_dataset
from prospectus.models import Consortium, ConsortiumPartner, Course, CoursePart, CourseRun, CourseSearch
from prospectus.part_words import PartWords, as_lines, from_lines
from prospectus.queries.editions import edition_of
from providers.models import Site
from tests.factories import RoleKind, SiteFactory, StaffRoleFactory
from tests.ground import ground
from tests.prospectus.feeds import changes, take_in
from tests.prospectus.sheets import take_in_file, text
from tests.prospectus.test_feed_out import written

HEADINGS = ["Course code", "Course title", "Taught with", "Parts and who teaches them", "Date code", "Site"]


@ground
def line(town):
    """Northfield leads plumbing in three parts: one of its own, two of Southbank's, which has a date there too."""
    for provider, ukprn in ((town.northfield, "10010001"), (town.southbank, "10010002")):
        provider.ukprn = ukprn
        provider.save()
    line = Consortium.objects.create(lead=town.northfield, name="Engineering line")
    ConsortiumPartner.objects.create(consortium=line, provider=town.southbank)
    town.river = SiteFactory(organisation=town.southbank, name="River Site", postcode="ZN1 1AB")
    town.plumbing.consortium = line
    town.plumbing.provider_reference = "PLB"
    town.plumbing.save()
    rows = (
        ("Theory | tools \\ =more", town.northfield, town.near, "Mondays"),
        ("Workshop", town.southbank, town.river, ""),
        ("Visits", town.southbank, None, "Fridays"),
    )
    CoursePart.objects.bulk_create(
        CoursePart(course=town.plumbing, position=position, name=name, provider=provider, site=site, days=days)
        for position, (name, provider, site, days) in enumerate(rows, start=1)
    )
    town.run(town.plumbing, town.river, provider_reference="RIVER")
    town.line = line
    return town


def parts():
    return list(CoursePart.objects.values_list("position", "name", "provider__name", "site__name", "days"))


def sheet(town, folder, *rows, headings=HEADINGS):
    """What the provider hands over, some of its courses."""
    return take_in_file(town.northfield, folder, text([headings, *rows]))


def southbank_leaves(town):
    leave_consortium(consortium=town.line, by=StaffRoleFactory(kind=RoleKind.EDITOR, organisation=town.southbank).user)


def told(town, client):
    """Of plumbing: how the API names the group, whether the table and the feed name it, and who is named with it."""
    shared = client.get(f"/api/v1/courses/{town.plumbing.reference}").json()
    table = b"".join(courses_csv()).decode()
    feed = written(town.northfield)
    refresh_search(provider=town.northfield)
    by_search = CourseSearch.objects.filter(course=town.plumbing).values_list("partners", flat=True)
    return (
        shared["taught_with"] and shared["taught_with"]["name"],
        ["Engineering line" in text for text in (table, feed)],
        [part["provider_name"] for part in shared["parts"]],
        [each["name"] for each in (shared["taught_with"] or {}).get("partners", ())],
        ["Workshop" in text for text in (table, feed)],
        {key for keys in by_search for key in keys} == {town.southbank.pk},
    )


@pytest.mark.parametrize("name", ["a", "a|b", "a\\", "\\|", "a | b", "\\\\|", '"a', "=1"])
def test_a_line_says_the_same_there_and_back(name):
    said = [PartWords(name, "Northfield College", "", "Mondays | Tuesdays"), PartWords(name)]

    assert [part.said for part in from_lines(as_lines(said))] == [
        (name, "Northfield College", "", "Mondays | Tuesdays"),
        (name, "", "", ""),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a\\\nb | c", [("a\\", ""), ("b", "c")]),
        ("a | b\\", [("a", "b\\")]),
        ("|b\n\n a \\| b", [("", "b"), ("a | b", "")]),
        ("x" * 140_000, [("x" * 140_000, "")]),
    ],
)
def test_a_line_that_people_have_written_is_read_for_itself(text, said):
    assert [part[:2] for part in from_lines(text)] == said


def test_the_api_tells_who_leads_who_takes_part_and_who_teaches_which_part(line, client, django_assert_num_queries):
    with django_assert_num_queries(3):  # as for courses that are taught alone
        found = client.get(f"/api/v1/courses?provider={line.northfield.reference}").json()["items"]
    shared = next(course for course in found if course["provider_code"] == "PLB")

    assert shared["taught_with"] == {
        "name": "Engineering line",
        "lead": line.northfield.reference,
        "partners": [{"reference": line.southbank.reference, "name": "Southbank Sixth Form"}],
    }
    assert [(part["name"], part["provider_name"], part["days"]) for part in shared["parts"]] == [
        ("Theory | tools \\ =more", "Northfield College", "Mondays"),
        ("Workshop", "Southbank Sixth Form", ""),
        ("Visits", "Southbank Sixth Form", "Fridays"),
    ]
    assert [part["site"] and part["site"]["reference"] for part in shared["parts"]] == [
        line.near.reference,
        line.river.reference,
        None,
    ]
    assert [(one["taught_with"], one["parts"]) for one in found if one is not shared] == [(None, [])]


def test_who_has_left_is_told_of_in_nothing_that_leaves_and_it_is_another_edition(line, client):
    before = edition_of(provider=line.northfield)
    changed_at = line.plumbing.changed_at
    southbank_leaves(line)
    left_at = Course.objects.get(pk=line.plumbing.pk).changed_at
    Course.objects.filter(pk=line.plumbing.pk).update(changed_at=changed_at)  # that alone makes another edition

    shared = client.get(f"/api/v1/courses/{line.plumbing.reference}").json()
    left = [b"".join(courses_csv()).decode(), written(line.northfield)]

    edition = edition_of(provider=line.northfield)
    assert edition != before
    assert left_at > changed_at
    ConsortiumPartner.objects.filter(consortium=line.line).delete()
    assert edition_of(provider=line.northfield) == edition  # who has left weighs nothing
    assert (shared["taught_with"]["partners"], len(shared["parts"])) == ([], 1)
    assert ["Workshop" in text for text in left] == [False, False]


def test_who_has_closed_is_named_nowhere_and_no_date_is_at_their_site(line, client, tmp_path):
    names = ["Northfield College", "Southbank Sixth Form", "Southbank Sixth Form"]
    open_now = told(line, client)
    before = edition_of(provider=line.northfield)
    line.southbank.ended_on = dt.date(2026, 11, 17)
    line.southbank.save()

    assert open_now == ("Engineering line", [True, True], names, names[1:2], [True, True], True)
    assert told(line, client) == ("Engineering line", [True, True], names[:1], [], [False, False], False)
    assert edition_of(provider=line.northfield) != before

    sites, cell = Site.objects.count(), "Theory | Southbank Sixth Form"
    upload = sheet(line, tmp_path, ["PLB", "Plumbing Level 2", "Engineering line", cell, "RIVER", "River Site"])

    assert set(upload.issues.values_list("code", flat=True)) >= {"RUN_SITE_NOT_SHARED", "COURSE_PARTS_NOT_A_PARTNER"}
    held = CourseRun.objects.get(provider_reference="RIVER")
    assert (held.site, held.ended_on, Site.objects.count()) == (line.river, None, sites)


def test_that_a_partner_has_closed_is_news_of_the_course_once_on_the_day_after(line, client):
    line.southbank.ended_on = dt.date(2026, 11, 18)
    line.southbank.save()

    noted = []
    for day in (18, 19, 20):
        with clock.at(dt.date(2026, 11, day)):
            noted.append(note_closed_partners())

    assert noted == [0, 1, 0]
    since = "/api/v1/courses?changed_since="
    found = client.get(f"{since}2026-11-18T12:00:00Z").json()["items"]
    assert [course["reference"] for course in found] == [line.plumbing.reference]
    assert client.get(f"{since}2026-11-20T00:00:00Z").json()["items"] == []


def test_a_partners_new_number_is_another_edition(line):
    before = edition_of(provider=line.northfield)
    line.southbank.ukprn = "10010009"
    line.southbank.save()

    assert edition_of(provider=line.northfield) != before


def test_a_group_that_has_ended_does_not_begin_again_by_a_file(line, tmp_path):
    feed = written(line.northfield)
    end_consortium(consortium=line.line, by=StaffRoleFactory(kind=RoleKind.EDITOR, organisation=line.northfield).user)
    other = Consortium.objects.create(lead=line.northfield, name="Other line")
    line.course("Heating", "05.2", "1", line.northfield, provider_reference="HEAT", consortium=other)

    named = [[code, "Title", "Engineering line", "", "", ""] for code in ("NEW", "HEAT", "PLB")]
    uploads = [sheet(line, tmp_path, *named), take_in(line.northfield, tmp_path, feed)]

    ended = [upload.issues.filter(code="COURSE_CONSORTIUM_ENDED") for upload in uploads]
    assert [(issue.row, issue.column, issue.value) for issue in ended[0]] == [
        (row, "Taught with", "Engineering line") for row in (2, 3, 4)
    ]
    assert [(issue.column, issue.value) for issue in ended[1]] == [("consortium", "Engineering line")]
    assert "no longer teach together, so who teaches the course stays as it is." in ended[1][0].message
    groups = line.northfield.courses.filter(provider_reference__in=("NEW", "HEAT", "PLB"))
    assert dict(groups.values_list("provider_reference", "consortium")) == {"NEW": None, "HEAT": other.pk, "PLB": None}


def test_a_group_that_has_ended_is_told_of_in_nothing_that_leaves(line, client):
    Consortium.objects.filter(pk=line.line.pk).update(ended_on=dt.date(2026, 11, 17))

    assert told(line, client) == (None, [False, False], [], [], [False, False], False)


def test_the_table_looks_only_at_those_who_teach(line):
    with connection.cursor() as cursor:
        query = f"EXPLAIN {TOGETHER} SELECT * FROM together"
        cursor.execute(query, {"today": clock.today()})
        plan = [step for (step,) in cursor.fetchall()]

    assert [step for step in plan if "Join Filter" in step and "SubPlan" in step] == []


def test_our_own_sheet_has_them_and_handed_back_changes_nothing_even_of_who_has_left(line, tmp_path):
    before = parts()
    for has_left in (False, True):
        if has_left:
            CourseRun.objects.filter(provider_reference="RIVER").delete()
            southbank_leaves(line)

        upload = take_in_file(line.northfield, tmp_path, proforma_xlsx(provider=line.northfield), "ours.xlsx")

        assert changes(upload)[:3] == (0, 0, 0)
        assert parts() == before
        assert not upload.issues.filter(column__startswith="Parts").exists()


def test_a_feed_carries_them_and_read_back_changes_nothing(line, tmp_path):
    before, feed = parts(), written(line.northfield)

    assert 'parts="3"' in feed
    assert changes(take_in(line.northfield, tmp_path, feed))[:3] == (0, 0, 0)
    assert parts() == before

    changed = take_in(line.northfield, tmp_path, feed.replace('name="Workshop"', 'name="Workshops"'))
    assert (changes(changed)[:3], parts()[1][1:4]) == ((0, 1, 0), ("Workshops", "Southbank Sixth Form", "River Site"))

    older = feed.replace('parts="3"', "")
    assert (changes(take_in(line.northfield, tmp_path, older))[:3], len(parts())) == ((0, 0, 0), 3)


def test_a_sheet_changes_them_the_preview_says_so_and_undoing_puts_them_back(line, tmp_path):
    before = parts()
    cell = "Theory |  | Hill Site | Tuesdays\nWorkshop | southbank sixth form | River Site, ZN1 1AB"

    upload = sheet(line, tmp_path, ["PLB", "Plumbing Level 2", "Engineering line", cell, "NEW", "River Site"])

    assert parts() == [
        (1, "Theory", "Northfield College", "Hill Site", "Tuesdays"),
        (2, "Workshop", "Southbank Sixth Form", "River Site", ""),
    ]
    assert CourseRun.objects.get(provider_reference="NEW").site == line.river
    undo_catalogue(upload, by=None)
    assert parts() == before


def test_the_same_words_are_the_same_site_for_a_date_and_for_a_part(line, tmp_path):
    editor = StaffRoleFactory(kind=RoleKind.EDITOR, organisation=line.northfield).user
    mill = SiteFactory(organisation=line.northfield, name="Mill Site", postcode="ZN2 1AA")
    CoursePart.objects.filter(position=1).update(site=mill)
    Site.objects.filter(pk=line.river.pk).update(postcode="")

    with clock.at(dt.date(2026, 11, 19)) as moment:
        merge_site(site=mill, into=line.near, by=editor)

    line.plumbing.refresh_from_db()
    assert (parts()[0][3], line.plumbing.changed_at) == ("Hill Site", moment)
    cell = "One | | mill site, zn21aa\nTwo | | Mill Site\nThree | | Hill Site, HX11AA\n"
    cell += "Four | Southbank Sixth Form | river site"
    upload = sheet(line, tmp_path, ["PLB", "Plumbing Level 2", "Engineering line", cell, "NEW", "Mill Site, ZN2 1AA"])
    assert not upload.issues.filter(code__startswith="COURSE_PARTS").exists()
    assert [part[3] for part in parts()] == ["Hill Site", "Hill Site", "Hill Site", "River Site"]


def test_parts_move_with_the_dates_of_a_site_that_ends_and_undoing_closes_none_where_one_is_taught(line, tmp_path):
    editor = StaffRoleFactory(kind=RoleKind.EDITOR, organisation=line.northfield).user
    upload = sheet(line, tmp_path, ["NEW", "Brickwork", "", "", "N1", "New Site"])
    new = Site.objects.get(name="New Site")

    end_site(site=line.near, move_to=new, by=editor)
    assert parts()[0][3] == "New Site"
    CourseRun.objects.filter(site=new).exclude(provider_reference="N1").delete()
    steps = undo_catalogue(upload, by=None)

    new.refresh_from_db()
    assert new.ended_on is None
    assert [step.why for step in steps if step.thing == "site"] == ["Parts of courses that stay are taught there."]


def test_a_part_at_a_site_that_ends_without_dates_is_taught_at_no_site_and_that_is_news(line):
    theirs = StaffRoleFactory(kind=RoleKind.EDITOR, organisation=line.southbank).user
    CourseRun.objects.filter(site=line.river).update(ended_on=clock.today())
    line.plumbing.refresh_from_db()
    before = line.plumbing.changed_at
    with clock.at(dt.date(2026, 11, 19)):
        end_site(site=line.river, move_to=None, by=theirs)

    line.plumbing.refresh_from_db()
    assert [site for _position, _name, _who, site, _days in parts()] == [line.near.name, None, None]
    assert line.plumbing.changed_at > before


@pytest.mark.parametrize(
    ("group", "cell", "code"),
    [
        ("", "Theory", "COURSE_PARTS_TAUGHT_ALONE"),
        ("Engineering line", "Theory | Eastgate Training", "COURSE_PARTS_NOT_A_PARTNER"),
        ("A new line", "Theory | Southbank Sixth Form", "COURSE_PARTS_NOT_A_PARTNER"),
        ("Engineering line", "Theory | Southbank Sixth Form | Hill Site", "COURSE_PARTS_NOT_ITS_SITE"),
        ("Engineering line", "| Southbank Sixth Form", "COURSE_PARTS_NAME_REQUIRED"),
        ("Engineering line", "x" * 121, "COURSE_PARTS_TOO_LONG"),
        ("Engineering line", "\n".join("abcdefghijklmnopqrstu"), "COURSE_PARTS_TOO_MANY"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence_and_the_parts_stay(line, tmp_path, group, cell, code):
    before = parts()

    upload = sheet(line, tmp_path, ["PLB", "Plumbing Level 2", group, cell, "RIVER", "Hill Site"])

    issue = upload.issues.get(code__startswith="COURSE_PARTS")
    assert (issue.code, issue.row, issue.column) == (code, 2, "Parts and who teaches them")
    assert issue.message.endswith("The parts of the course stay as they are.")
    assert parts() == before


def test_parts_that_stay_in_a_sheet_and_fit_another_group_no_longer_are_said(line, tmp_path):
    cell = b"".join(courses_csv()).decode("utf-8-sig")
    cell = next(row["parts"] for row in csv.DictReader(io.StringIO(cell, newline="")) if row["parts"])

    upload = sheet(line, tmp_path, ["PLB", "Plumbing Level 2", "A new line", cell, "", ""])

    assert upload.issues.get(code__startswith="COURSE_PARTS").code == "COURSE_PARTS_NOT_A_PARTNER"


def test_the_parts_of_many_courses_are_copied_at_once(line, tmp_path):
    rows = [[code, code, "Engineering line", "Theory", "", ""] for code in ("ONE", "TWO", "THREE")]

    with CaptureQueriesContext(connection) as asked:
        sheet(line, tmp_path, *rows)

    written_down = [each["sql"] for each in asked if "staged_part" in each["sql"] and "CREATE" not in each["sql"]]
    assert [sql for sql in written_down if sql.startswith(("COPY", "ANALYZE"))] == [
        'COPY "staged_part"  FROM STDIN',
        "ANALYZE staged_part",
    ]
    assert CoursePart.objects.filter(name="Theory").count() == 3


def test_who_is_meant_by_a_number_alone_is_said_by_it(line, tmp_path):
    feed = written(line.northfield).replace('provider="Southbank Sixth Form"', "").replace("10010002", "10010099")

    upload = take_in(line.northfield, tmp_path, feed)

    assert "10010099 is not a partner" in upload.issues.get(code="COURSE_PARTS_NOT_A_PARTNER").message


def test_a_sheet_without_the_column_says_nothing_of_them(line, tmp_path):
    before = parts()

    sheet(line, tmp_path, ["PLB", "Plumbing"], headings=["Course code", "Course title"])

    assert parts() == before


def test_a_date_is_at_a_partners_site_only_where_that_partner_teaches_the_course(line, tmp_path):
    alone = ["ALONE", "Brickwork", "", "", "A1", "River Site"]
    unshared = ["PLB", "Plumbing Level 2", "", "", "RIVER", "River Site"]
    sites = Site.objects.count()

    upload = sheet(line, tmp_path, alone, unshared)

    refused = upload.issues.filter(code="RUN_SITE_NOT_SHARED")
    assert [(issue.row, issue.column, issue.value) for issue in refused] == [
        (2, "Site", "River Site"),
        (3, "Site", "River Site"),
    ]
    assert "Southbank Sixth Form, who does not teach this course with you" in refused[0].message
    assert not CourseRun.objects.filter(provider_reference="A1").exists()
    held = CourseRun.objects.get(provider_reference="RIVER")
    assert (held.site, held.ended_on, Site.objects.count()) == (line.river, None, sites)


def test_the_table_for_everybody_has_them_and_another_portal_reads_them(line, tmp_path):
    table = b"".join(courses_csv())
    said = csv.DictReader(io.StringIO(table.decode("utf-8-sig"), newline=""))
    shared = next(row for row in said if row["provider_course_code"] == "PLB")
    told = [part.said for part in from_lines(shared["parts"])]
    before = parts()

    assert (shared["taught_with"], shared["partners"]) == ("Engineering line", "Southbank Sixth Form")
    assert told == [
        ("Theory | tools \\ =more", "Northfield College", "Hill Site, HX1 1AA", "Mondays"),
        ("Workshop", "Southbank Sixth Form", "River Site, ZN1 1AB", ""),
        ("Visits", "Southbank Sixth Form", "", "Fridays"),
    ]
    CoursePart.objects.all().delete()
    with ExitStack() as stack:
        ours = look_through_dataset(io.BytesIO(table)).divided({"10010001"}, within=stack)["10010001"]
        ours.seek(0)
        take_in(line.northfield, tmp_path, ours.read())
    assert parts() == before
