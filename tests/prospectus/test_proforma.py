"""The data-entry sheet as a workbook: what is in it, for whom, and what a spreadsheet program makes of it."""

import datetime as dt
import io
import re
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from prospectus.exports import proforma
from prospectus.exports.examples import EXAMPLES
from prospectus.headings import OURS
from prospectus.imports.tables.reading import open_table
from prospectus.models import Consortium, Course, CourseRun
from prospectus.queries.choices import choices
from prospectus.texts import as_written, clean_html
from providers.models import Upload
from tests.factories import CourseFactory, ProviderFactory, RoleKind, SiteFactory, StaffRoleFactory

ADDRESS = "/desk/courses/proforma.xlsx"


def rows_of(content):
    """The rows of the sheet to fill in, by heading without its mark."""
    sheet = open_table(io.BytesIO(content))
    headings = [heading.removesuffix(" *") for heading in sheet.headings]
    return [dict(zip(headings, cells, strict=True)) for _number, cells in sheet.rows()]


def made(provider, **options):
    return proforma.proforma_xlsx(provider=provider, **options)


@pytest.fixture
def editor(town):
    return StaffRoleFactory(kind=RoleKind.EDITOR, organisation=town.northfield).user


def test_a_row_for_each_run_with_the_words_of_its_course(town):
    rows = rows_of(made(town.northfield))

    assert [(row["Course title"], row["Starts on"], row["Full or part time"]) for row in rows] == [
        ("Motor Vehicle Maintenance", dt.date(2027, 9, 6), "Full time"),
        ("Plumbing Level 2", dt.date(2027, 1, 11), "Part time"),
        ("Plumbing Level 2", dt.date(2027, 9, 6), "Full time"),
    ]
    assert {row["Level"] for row in rows if row["Course title"] == "Plumbing Level 2"} == {"Level 2"}
    assert {row["Subject"] for row in rows if row["Course title"] == "Plumbing Level 2"} == {
        "05.2 Building and construction"
    }


def test_every_heading_is_there_once_with_its_hint_and_an_example(town):
    sheet = open_table(io.BytesIO(made(town.northfield)))

    assert sheet.headings == [heading.shown for heading in OURS]
    assert sheet.heading_row == 1
    assert set(EXAMPLES) == {heading.key for heading in OURS}
    book = CalamineWorkbook.from_filelike(io.BytesIO(made(town.northfield)))
    notes = [row[:4] for row in book.get_sheet_by_name("Notes").to_python()]
    for heading in OURS:
        must = "Yes" if heading.is_required else "No"
        assert [heading.words, must, heading.hint, EXAMPLES[heading.key]] in notes


def test_the_examples_of_a_list_are_in_the_list(reference):
    for heading in OURS:
        if heading.choices in choices():
            assert EXAMPLES[heading.key] in choices()[heading.choices].values(), heading.key


def test_drafts_and_what_has_ended_are_left_to_the_desk(town):
    CourseRun.objects.filter(course=town.cars).update(ended_on=dt.date(2026, 1, 1))
    town.run(town.plumbing, town.near, state="draft", starts_on=dt.date(2027, 4, 5))
    high = CourseFactory(provider=town.northfield, title="Foundation degree", levels=["5"], state="draft")
    high.upload = Upload.objects.create(
        kind="courses", organisation=town.northfield, file_name="feed.xml", file_size=1, file_sha256="0" * 64
    )
    high.save()

    rows = rows_of(made(town.northfield))

    assert [(row["Course title"], row["Starts on"]) for row in rows] == [
        ("Foundation degree", ""),
        ("Motor Vehicle Maintenance", ""),
        ("Plumbing Level 2", dt.date(2027, 1, 11)),
        ("Plumbing Level 2", dt.date(2027, 9, 6)),
    ]


def test_a_new_provider_gets_the_sheet_with_nothing_in_it(town):
    assert rows_of(made(ProviderFactory(area=town.northmoor))) == []
    assert rows_of(made(town.northfield, is_empty=True)) == []


def test_lists_to_choose_from_stand_on_a_hidden_sheet(town):
    """A list inside a cell ends at 255 characters, so each column names a range."""
    Consortium.objects.create(name="Engineering Together", lead=town.northfield)
    with zipfile.ZipFile(io.BytesIO(made(town.northfield))) as package:
        sheet = package.read("xl/worksheets/sheet1.xml").decode()
        book = package.read("xl/workbook.xml").decode()
    words = CalamineWorkbook.from_filelike(io.BytesIO(made(town.northfield))).get_sheet_by_name("Lists").to_python()
    columns = {column[0]: [word for word in column[1:] if word != ""] for column in zip(*words, strict=True)}

    assert '<sheet name="Lists" sheetId="3" state="hidden"' in book
    lists = re.findall(r'<dataValidation type="list"[^>]*>\s*<formula1>([^<]+)</formula1>', sheet)
    assert len(lists) == len([one for one in OURS if one.choices or one.holds == "yes-no"]) + 1
    assert all(re.fullmatch(r"Lists!\$[A-Z]\$2:\$[A-Z]\$\d+", source) for source in lists)
    assert columns == {name: list(table.values()) for name, table in choices().items()} | {
        "sites": ["Hill Site"], "consortia": ["Engineering Together"], "yes_no": ["Yes", "No"],
    }  # fmt: skip
    assert len(columns["subjects"]) == 65
    assert "<f>" not in sheet


def test_a_site_is_said_by_its_name_where_that_is_enough(town):
    alike = [
        SiteFactory(organisation=town.northfield, name="Dock Site", provider_reference=code, postcode="ZN1 1AB")
        for code in ("D1", "D2")
    ]
    for site in alike:
        town.run(town.cars, site, starts_on=dt.date(2027, 10, 4))

    rows = rows_of(made(town.northfield))

    def place(row):
        return tuple(row[name] for name in ("Site", "Site code", "Site postcode"))

    assert sorted(place(row) for row in rows if row["Course title"].startswith("Motor")) == [
        ("Dock Site", "D1", "ZN1 1AB"),
        ("Dock Site", "D2", "ZN1 1AB"),
        ("Hill Site", "", ""),
    ]


@pytest.mark.parametrize("title", ["=1+1", "+44 workshop", "-5", "@SUM(A1)", "'=1"])
def test_a_formula_is_shown_and_never_run(town, title):
    Course.objects.filter(pk=town.cars.pk).update(title=title)

    content = made(town.northfield)

    assert f"'{title}" in [row["Course title"] for row in rows_of(content)]
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert b"<f>" not in package.read("xl/worksheets/sheet1.xml")


def test_a_text_longer_than_a_cell_is_cut_and_the_notes_say_so(town):
    Course.objects.filter(pk=town.cars.pk).update(what_you_do="<p>" + "a " * 20_000 + "</p>")

    book = CalamineWorkbook.from_filelike(io.BytesIO(made(town.northfield)))

    notes = [row[0] for row in book.get_sheet_by_name("Notes").to_python() if row]
    assert [line for line in notes if str(line).startswith("Row 2, “What you will do”: this text is longer")]


@pytest.mark.parametrize(
    ("clean", "written"),
    [
        ("", ""),
        ("<p>One.</p>", "One."),
        ("<p>One &amp; two.</p><p>Three &lt; four</p>", "One & two.\n\nThree < four"),
        ("<p>One</p><ul><li>two</li></ul>", "<p>One</p><ul><li>two</li></ul>"),
        ("<p>Say &lt;b&gt;</p>", "<p>Say &lt;b&gt;</p>"),
    ],
)
def test_a_text_stands_in_its_cell_as_somebody_would_type_it(clean, written):
    assert as_written(clean) == written
    assert clean_html(written) == clean


@given(st.text(alphabet=st.sampled_from("ab <>&;/plit#x39amp\n-=é"), max_size=60))
def test_a_text_out_of_a_cell_is_the_text_that_went_in(text):
    clean = clean_html(text)
    assert clean_html(as_written(clean)) == clean


def test_an_editor_downloads_the_sheet_of_their_provider(town, client, editor):
    client.force_login(editor)

    response = client.get(ADDRESS)

    assert response["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert response["Content-Disposition"] == 'attachment; filename="courses-northfield-college.xlsx"'
    assert response["Cache-Control"] == "no-store, private"
    assert len(rows_of(response.content)) == 3
    assert rows_of(client.get(ADDRESS, {"empty": "yes"}).content) == []


def test_nobody_downloads_the_sheet_of_another_provider(town, client, editor):
    client.force_login(editor)

    assert client.get(ADDRESS, {"provider": town.eastgate.reference}).status_code == 404


def test_who_keeps_two_providers_says_which(town, client, editor):
    StaffRoleFactory(kind=RoleKind.EDITOR, organisation=town.eastgate, user=editor)
    client.force_login(editor)

    assert client.get(ADDRESS).status_code == 404
    rows = rows_of(client.get(ADDRESS, {"provider": town.eastgate.reference}).content)
    assert [row["Course title"] for row in rows] == ["Animal Management", "Hairdressing", "Plumbing and Heating"]


def test_more_than_a_sheet_can_bear_is_said_and_not_made(town, client, editor, monkeypatch):
    monkeypatch.setattr("prospectus.views.proforma.MOST_ROWS", 2)
    client.force_login(editor)

    response = client.get(ADDRESS, follow=True)

    assert response.redirect_chain == [("/desk/courses/", 302)]
    assert "You have more than 2 dates" in response.content.decode()
    assert rows_of(client.get(ADDRESS, {"empty": "yes"}).content) == []


@pytest.mark.parametrize("many", [0, 4])
def test_the_sheet_asks_as_often_for_many_courses(town, django_assert_num_queries, many):
    for number in range(many):
        town.run(town.course(f"Roofing {number}", "05.2", "1", town.northfield), town.near)
    with django_assert_num_queries(7):  # four reference tables, sites, consortia, the courses; with their runs
        made(town.northfield)
