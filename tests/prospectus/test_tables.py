"""Spreadsheets, whatever made them, become courses, runs and sites; what cannot be used is said by row."""

import datetime as dt
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import RuleBroken
from prospectus.imports.tables.reading import open_table
from prospectus.models import ColumnAnswer, Course, CourseRun, CourseSearch
from prospectus.queries.changes import run_title
from providers.models import Site, Upload
from tests.factories import CourseFactory, CourseRunFactory, ProviderFactory, UserFactory
from tests.prospectus.feeds import changes
from tests.prospectus.sheets import docx, ods, take_in_file, text, xlsx

pytestmark = pytest.mark.django_db

HEADINGS = ["Course code", "Course title", "Level", "Starts on", "Site", "Site postcode", "Cost", "Full or part time"]
PLUMBING = ["C1", "Plumbing", "Level 2", dt.date(2027, 9, 6), "Main", "NR1 1AA", 1200, "Full time"]
COOKING = ["C2", "Cooking", 3, dt.date(2027, 9, 7), "", "", "free", "Part time"]


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def college(reference):
    return ProviderFactory(name="Northfield College", ukprn="10099001")


def words(rows):
    return [[cell.isoformat() if isinstance(cell, dt.date) else str(cell) for cell in row] for row in rows]


def told(upload):
    return [(issue.row, issue.column, issue.code) for issue in upload.issues.all()]


def courses():
    return list(Course.objects.order_by("provider_reference").values_list("provider_reference", "title", "levels"))


def starts():
    return list(
        CourseRun.objects.filter(ended_on=None)
        .order_by("course__provider_reference", "starts_on", "study_mode")
        .values_list("course__title", "starts_on", "cost_pence", "study_mode", "site__name")
    )


WRITERS = {
    "xlsx": xlsx,
    "ods": ods,
    "word": lambda rows: docx(words(rows)),
    "comma": lambda rows: text(words(rows)),
    "semicolon, Windows": lambda rows: text(words(rows), delimiter=";", encoding="cp1252"),
    "tab, UTF-16": lambda rows: text(words(rows), delimiter="\t", encoding="utf-16"),
    "UTF-16 without its mark": lambda rows: text(words(rows), encoding="utf-16-le"),
    "pipe, marked UTF-8": lambda rows: text(words(rows), delimiter="|", encoding="utf-8-sig"),
    "a hint for Excel": lambda rows: b"sep=;\r\n" + text(words(rows), delimiter=";"),
}


@pytest.mark.parametrize("writer", WRITERS.values(), ids=list(WRITERS))
def test_one_list_is_the_same_courses_whatever_program_wrote_it(college, tmp_path, writer):
    upload = take_in_file(college, tmp_path, writer([HEADINGS, PLUMBING, [*PLUMBING[:7], "Part time"], COOKING]))

    assert courses() == [("C1", "Plumbing", ["2"]), ("C2", "Cooking", ["3"])]
    assert starts() == [
        ("Plumbing", dt.date(2027, 9, 6), 120000, "full_time", "Main"),
        ("Plumbing", dt.date(2027, 9, 6), 120000, "part_time", "Main"),
        ("Cooking", dt.date(2027, 9, 7), 0, "part_time", None),
    ]
    assert (upload.counts["courses"], upload.counts["runs"], upload.counts["added"]) == (2, 3, 5)


def test_the_same_file_again_changes_nothing(college, tmp_path):
    content = xlsx([HEADINGS, PLUMBING, COOKING])
    take_in_file(college, tmp_path, content)

    again = take_in_file(college, tmp_path, content)

    assert {name: again.counts[name] for name in ("added", "changed", "ended", "unchanged")} == {
        "added": 0, "changed": 0, "ended": 0, "unchanged": 4,
    }  # fmt: skip


def test_rows_keep_the_numbers_people_see_under_titles_and_past_empty_rows(college, tmp_path):
    rows = [["Our courses"], [], HEADINGS, PLUMBING, [], ["", "", "Level 3", "", "", "", "", ""]]

    for content in (xlsx(rows), ods(rows), text(words(rows))):
        upload = take_in_file(college, tmp_path, content)
        assert (6, "Course title", "COURSE_TITLE_REQUIRED") in told(upload)


def test_the_sheet_with_the_courses_is_found_among_others(college, tmp_path):
    take_in_file(college, tmp_path, xlsx([["Notes"], ["Fill in the next sheet"]], [HEADINGS, PLUMBING]))

    assert courses() == [("C1", "Plumbing", ["2"])]


def test_cells_are_read_as_what_they_mean(college, tmp_path):
    rows = [
        ["Course code", "Course title", "Level", "Starts on", "Cost", "Places", "Can be started any time", "Ends on"],
        [7.0, "Seven", 2.0, 44629, "£1,200", "36.0", True, "07-Sep-28"],
        ["08", "'=Eight", "Level 1/2", "September 2027", 99.5, 36, "no", ""],
    ]

    upload = take_in_file(college, tmp_path, xlsx(rows))

    assert courses() == [("08", "=Eight", ["1", "2"]), ("7", "Seven", ["2"])]
    runs = CourseRun.objects.order_by("-course__provider_reference")
    assert list(
        runs.values_list("starts_on", "start_text", "cost_pence", "places", "is_flexible_start", "ends_on")
    ) == [
        (dt.date(2022, 3, 9), "", 120000, 36, True, dt.date(2028, 9, 7)),
        (dt.date(2027, 9, 1), "September 2027", 9950, 36, False, None),
    ]
    assert [code for _row, _column, code in told(upload)] == ["RUN_IDENTIFIER_MISSING"]


def test_every_bad_cell_is_said_at_once_with_its_row_and_the_columns_own_name(college, tmp_path):
    rows = [
        [
            "Course code",
            "Course title",
            "START_DATE",
            "End date",
            "Price",
            "Places",
            "Flexible start",
            "Web page",
            "Kind",
        ],
        ["C1", "One", "31/02/2026", "9999", "£900,000", "many", "perhaps", "nowhere", "feast"],
        ["C2", "", "2027-09-01", "", "", "", "", "", ""],
    ]

    upload = take_in_file(college, tmp_path, xlsx(rows))

    assert sorted(told(upload)) == sorted(
        [
            (2, "START_DATE", "RUN_STARTS_ON_NO_SUCH_DAY"),
            (2, "End date", "RUN_ENDS_ON_NOT_A_DATE"),
            (2, "Price", "RUN_COST_PENCE_TOO_MUCH"),
            (2, "Places", "RUN_PLACES_NOT_A_NUMBER"),
            (2, "Flexible start", "RUN_IS_FLEXIBLE_START_NOT_YES_OR_NO"),
            (2, "Web page", "COURSE_WEBSITE_NOT_A_WEB_ADDRESS"),
            (2, "Kind", "COURSE_KIND_UNKNOWN"),
            (3, "Course title", "COURSE_TITLE_REQUIRED"),
            (3, "presentation", "COURSE_RUNS_NOT_USED"),
            (2, "Date code", "RUN_IDENTIFIER_MISSING"),
            (2, "venue", "RUN_VENUE_MISSING"),
        ][:10]
    )
    assert {issue.severity for issue in upload.issues.filter(row=3)} == {"error"}
    assert {issue.severity for issue in upload.issues.filter(row=2, code__endswith="NUMBER")} == {"warning"}


def test_rows_of_a_course_need_not_stand_together(college, tmp_path):
    rows = [HEADINGS, PLUMBING, COOKING, [*PLUMBING[:3], dt.date(2028, 1, 3), *PLUMBING[4:]]]

    upload = take_in_file(college, tmp_path, xlsx(rows))

    assert [start[:2] for start in starts()] == [
        ("Plumbing", dt.date(2027, 9, 6)), ("Plumbing", dt.date(2028, 1, 3)), ("Cooking", dt.date(2027, 9, 7)),
    ]  # fmt: skip
    assert "COURSE_IDENTIFIER_REPEATED" not in [code for *_rest, code in told(upload)]


def test_a_row_with_a_code_alone_is_another_date_of_its_course(college, tmp_path):
    rows = [HEADINGS, PLUMBING, ["C1", "", "", dt.date(2028, 1, 3), "Main", "NR1 1AA", 5, "Full time"]]

    take_in_file(college, tmp_path, xlsx(rows))

    assert [start[:3] for start in starts()] == [
        ("Plumbing", dt.date(2027, 9, 6), 120000), ("Plumbing", dt.date(2028, 1, 3), 500),
    ]  # fmt: skip


def test_one_code_with_two_titles_is_two_rows_of_which_the_first_is_used(college, tmp_path):
    upload = take_in_file(college, tmp_path, xlsx([HEADINGS, PLUMBING, ["C1", *COOKING[1:]]]))

    assert courses() == [("C1", "Plumbing", ["2"])]
    issue = upload.issues.get(code="COURSE_IDENTIFIER_TAKEN")
    assert issue.row == 3
    assert "(row 2)" in issue.message


def test_without_codes_equal_words_make_one_course_and_others_two(college, tmp_path):
    headings = ["Course title", "Level", "Description", "Starts on"]
    rows = [
        headings,
        ["Art", "Level 2", "You draw.", dt.date(2027, 9, 6)],
        ["Art", "Level 2", "You paint.", dt.date(2027, 9, 6)],
        ["Art", "Level 2", "You draw.", dt.date(2028, 1, 3)],
    ]

    take_in_file(college, tmp_path, xlsx(rows))

    assert [(course.what_you_do, course.runs.count()) for course in Course.objects.order_by("provider_reference")] == [
        ("<p>You draw.</p>", 2),
        ("<p>You paint.</p>", 1),
    ]


def test_a_row_that_says_the_same_again_is_not_used(college, tmp_path):
    upload = take_in_file(college, tmp_path, xlsx([HEADINGS, PLUMBING, COOKING, PLUMBING]))

    assert CourseRun.objects.count() == 2
    assert (4, "Course title", "ROW_REPEATED") in told(upload)


def test_what_the_sheet_has_no_column_for_stays_and_an_empty_cell_empties(college, tmp_path):
    take_in_file(college, tmp_path, xlsx([HEADINGS, PLUMBING]))
    Course.objects.update(leads_to="<p>Work.</p>", summary="Pipes.", kind="taster")
    CourseRun.objects.update(option_block="A", cost_text="Ask")

    upload = take_in_file(college, tmp_path, xlsx([HEADINGS, [*PLUMBING[:2], "", *PLUMBING[3:]]]))

    course, run = Course.objects.get(), CourseRun.objects.get()
    assert (course.leads_to, course.summary, course.kind, course.levels) == ("<p>Work.</p>", "Pipes.", "taster", [])
    assert (run.option_block, run.site.name) == ("A", "Main")
    assert (upload.counts["changed"], upload.counts["unchanged"]) == (2, 0)


def test_a_sheet_without_any_dates_ends_none(college, tmp_path):
    take_in_file(college, tmp_path, xlsx([HEADINGS, PLUMBING]))

    upload = take_in_file(college, tmp_path, xlsx([["Course code", "Course title"], ["C1", "Plumbing for all"]]))

    assert starts()[0][:2] == ("Plumbing for all", dt.date(2027, 9, 6))
    assert upload.counts["ended"] == 0


def test_a_site_is_found_again_by_its_code_or_name_alone(college, tmp_path):
    Site.objects.all().delete()
    site = Site.objects.create(organisation=college, name="Main", postcode="NR1 1AA", provider_reference="M")
    rows = [
        ["Course title", "Starts on", "Site", "Site code"],
        ["Art", dt.date(2027, 9, 6), "main", ""],
        ["Music", dt.date(2027, 9, 6), "", "M"],
        ["Drama", dt.date(2027, 9, 6), "", "X"],
    ]

    upload = take_in_file(college, tmp_path, xlsx(rows))

    assert list(CourseRun.objects.order_by("course__title").values_list("course__title", "site")) == [
        ("Art", site.pk), ("Drama", None), ("Music", site.pk),
    ]  # fmt: skip
    assert (4, "Site code", "VENUE_NOT_KNOWN") in told(upload)
    assert Site.objects.count() == 1


def test_two_rows_that_say_different_things_of_one_course_are_told_by_the_column_of_the_file(college, tmp_path):
    other = ["C1", "Plumbing", "Level 3", dt.date(2028, 1, 10), "Main", "NR1 1AA", 1200, "Full time"]

    upload = take_in_file(college, tmp_path, xlsx([HEADINGS, PLUMBING, other]))

    issue = upload.issues.get(code="COURSE_IDENTIFIER_REPEATED")
    assert (issue.row, issue.column) == (3, "Course code")
    assert issue.message == (
        "“Plumbing” is also on row 2. All its dates are kept; what row 2 says about the course is used. "
        "Say the same on both."
    )
    assert [(title, starts_on) for title, starts_on, *_rest in starts()] == [
        ("Plumbing", dt.date(2027, 9, 6)), ("Plumbing", dt.date(2028, 1, 10)),
    ]  # fmt: skip


@pytest.mark.parametrize(("code", "told"), [("run:main", "no start given"), ("R7", "R7")])
def test_a_date_without_a_start_is_not_called_by_a_code_that_is_made_up_here(code, told):
    run = {"is_flexible_start": False, "starts_on": None, "start_text": "", "provider_reference": code, "site": "Main"}
    assert run_title("Weaving", run) == f"Weaving: {told}, Main"


def test_a_cost_that_is_no_amount_is_not_lost_in_silence(college, tmp_path):
    headings = ["Course code", "Course title", "Starts on", "Cost", "Cost in your words"]
    rows = [
        ["C1", "Plumbing", dt.date(2027, 9, 6), "lots", "Ask us"],
        ["C2", "Cooking", dt.date(2027, 9, 6), "about £20 a week", ""],
        ["C3", "Drama", dt.date(2027, 9, 6), "ask us", "ask us"],
    ]

    upload = take_in_file(college, tmp_path, xlsx([headings, *rows]))

    found = CourseRun.objects.order_by("course__title").values_list("course__title", "cost_pence", "cost_text")
    assert list(found) == [
        ("Cooking", None, "about £20 a week"), ("Drama", None, "ask us"), ("Plumbing", None, "Ask us"),
    ]  # fmt: skip
    said = upload.issues.filter(code="RUN_COST_PENCE_NOT_AN_AMOUNT").values_list("row", "column", "value", "message")
    assert list(said) == [(2, "Cost", "lots", "This is not one amount. Write it like 120.00. It is left out.")]


def test_a_title_that_is_longer_without_its_accents_is_published_and_found(college, tmp_path):
    title = "Waiting… " * 28  # 252 characters, and more where "…" becomes three dots
    rows = [["Course code", "Course title", "Starts on"], ["C1", title, dt.date(2027, 9, 6)]]

    upload = take_in_file(college, tmp_path, xlsx(rows))

    assert upload.state == "published"
    assert CourseSearch.objects.get().course.title == title.strip()


NATIONAL = (
    "LARS_QAN,WHO_THIS_COURSE_IS_FOR,ENTRY_REQUIREMENTS,WHAT_YOU_WILL_LEARN,HOW_YOU_WILL_LEARN,"
    "WHAT_YOU_WILL_NEED_TO_BRING,HOW_YOU_WILL_BE_ASSESSED,WHERE_NEXT,COURSE_NAME,YOUR_REFERENCE,DELIVERY_MODE,START_DATE,"
    "FLEXIBLE_START_DATE,VENUE_NAME,YOUR_VENUE_REFERENCE,NATIONAL_DELIVERY,SUB_REGION,COURSE_WEBPAGE,COST,COST_DESCRIPTION,"
    "DURATION,DURATION_UNIT,STUDY_MODE,ATTENDANCE_PATTERN"
).split(",")


def national(reference, start, name="Plumbing"):
    return [
        "60012345", "Anybody", "None", "Pipes", "By doing", "Gloves", "Portfolio", "Work", name, reference,
        "Classroom based", start, "", "Main", "", "", "", "www.example.org/p", "120.00", "", "1", "Years", "Part-time",
        "Evening",
    ]  # fmt: skip


def test_the_national_file_of_today_has_a_run_a_row_and_equal_words_are_one_course(college, tmp_path):
    rows = [NATIONAL, national("R1", "01/09/2027"), national("R2", "01/01/2028"), national("R3", "01/09/2027", "Gas")]

    upload = take_in_file(college, tmp_path, text(rows))

    plumbing = Course.objects.get(title="Plumbing")
    assert (plumbing.provider_reference, plumbing.what_you_do, plumbing.other_texts, plumbing.website) == (
        "R1",
        "<p>Pipes</p><h3>How you will learn</h3><p>By doing</p>",
        [["What you will need to bring", "<p>Gloves</p>"]],
        "http://www.example.org/p",
    )
    assert list(
        plumbing.runs.order_by("starts_on").values_list(
            "provider_reference", "starts_on", "duration_text", "study_mode", "delivery", "pattern", "cost_pence"
        )
    ) == [
        ("R1", dt.date(2027, 9, 1), "1 year", "part_time", "classroom", "evening", 12000),
        ("R2", dt.date(2028, 1, 1), "1 year", "part_time", "classroom", "evening", 12000),
    ]
    assert [(column, code) for _row, column, code in told(upload)][:3] == [
        ("LARS_QAN", "FILE_COLUMN_NOT_USED"),
        ("NATIONAL_DELIVERY", "FILE_COLUMN_NOT_USED"),
        ("SUB_REGION", "FILE_COLUMN_NOT_USED"),
    ]


def test_a_code_on_several_rows_of_the_national_file_is_the_courses_and_each_row_a_run(college, tmp_path):
    september, january = national("R1", "01/09/2027"), national("R1", "01/01/2028")
    take_in_file(college, tmp_path, text([NATIONAL, september]))
    CourseRun.objects.update(places_taken=3)

    upload = take_in_file(college, tmp_path, text([NATIONAL, january, september]))

    assert changes(upload)[:3] == (1, 1, 0)
    runs = CourseRun.objects.filter(ended_on=None).order_by("starts_on")
    assert list(runs.values_list("starts_on", "places_taken")) == [(dt.date(2027, 9, 1), 3), (dt.date(2028, 1, 1), 0)]
    assert not [code for _row, _column, code in told(upload) if code == "RUN_IDENTIFIER_TAKEN"]
    again = take_in_file(college, tmp_path, text([NATIONAL, september, january]))
    assert changes(again)[:3] == (0, 0, 0)
    back = take_in_file(college, tmp_path, text([NATIONAL, september]))
    assert changes(back)[:3] == (0, 1, 1)
    assert CourseRun.objects.get(ended_on=None).places_taken == 3


def test_the_national_file_of_venues_changes_sites_and_no_course(college, tmp_path):
    take_in_file(college, tmp_path, xlsx([HEADINGS, PLUMBING]))
    rows = [
        ["YOUR_VENUE_REFERENCE", "VENUE_NAME", "ADDRESS_LINE_1", "ADDRESS_LINE_2", "TOWN_OR_CITY", "COUNTY", "POSTCODE",
         "EMAIL", "PHONE", "WEBSITE"],
        ["M", "Main", "1 High Street", "Northmoor End", "Northmoor", "", "NR1 1AA", "a@example.org", "", ""],
        ["A", "Annexe", "2 Low Street", "", "Northmoor", "", "NR1 2AA", "", "", ""],
    ]  # fmt: skip

    upload = take_in_file(college, tmp_path, text(rows))

    assert list(Site.objects.order_by("name").values_list("provider_reference", "name", "address")) == [
        ("A", "Annexe", "2 Low Street"), ("M", "Main", "1 High Street, Northmoor End"),
    ]  # fmt: skip
    assert (upload.counts["sites"], upload.counts["changed"]) == (2, 2)
    assert starts()[0][0] == "Plumbing"
    assert Course.objects.get().state == "published"
    assert take_in_file(college, tmp_path, text(rows)).counts["changed"] == 0


SECTIONED = """Providers,,
PROVIDER_NAME,ADMIN_TOWN,
Northfield College,Northmoor,
Venues,,
VENUE_ID*,VENUE_NAME*,POSTCODE*
V1,Main,NR1 1AA

Courses,,
COURSE_ID*,PROVIDER_COURSE_TITLE*,QUALIFICATION_LEVEL
7,"Plumbing
for all",Level 2
8,Drama,Level 1
Opportunities,,
COURSE_ID*,VENUE_ID/REGION_NAME,START_DATE*,DURATION,DURATION_UNITS
7,V1,20270906 00:00:00,2,Years
7,V1,31/02/2028,2,Years
9,V1,2027-09-06,,
"""


def test_the_national_file_of_old_has_several_tables_and_its_rows_find_each_other(college, tmp_path):
    upload = take_in_file(college, tmp_path, SECTIONED.encode("cp1252"))

    assert courses() == [("7", "Plumbing for all", ["2"]), ("8", "Drama", ["1"])]
    assert list(CourseRun.objects.order_by("starts_on").values_list("starts_on", "duration_text", "site__name")) == [
        (dt.date(2027, 9, 6), "2 years", "Main"), (None, "2 years", "Main"),
    ]  # fmt: skip
    assert {(row, code) for row, _column, code in told(upload)} >= {
        (15, "RUN_STARTS_ON_NO_SUCH_DAY"), (16, "COURSE_TITLE_REQUIRED"), (11, "COURSE_RUNS_NONE"),
    }  # fmt: skip


def test_a_file_of_several_providers_is_used_as_far_as_it_is_ours(college, tmp_path):
    rows = [["Provider UKPRN", "Course title", "Starts on"], ["10099001", "Art", "2027-09-06"],
            [10099002, "Music", "2027-09-06"]]  # fmt: skip

    upload = take_in_file(college, tmp_path, xlsx(rows))

    assert [title for _code, title, _levels in courses()] == ["Art"]
    assert (3, "Provider UKPRN", "PROVIDER_NOT_USED") in told(upload)


def test_a_near_name_is_taken_where_only_one_thing_can_be_meant(college, tmp_path):
    rows = [["Course title", "Entry requirments", "Coursse title", "Starts on"], ["Art", "None", "x", "2027-09-06"]]

    upload = take_in_file(college, tmp_path, xlsx(rows))

    assert Course.objects.get().entry_requirements == "<p>None</p>"
    assert told(upload)[:2] == [
        (1, "Entry requirments", "FILE_COLUMN_NEAR"), (1, "Coursse title", "FILE_COLUMN_NOT_USED"),
    ]  # fmt: skip


def refusal(college, folder, content):
    before = [list(model.objects.values()) for model in (Course, CourseRun, CourseSearch, Site)]
    with pytest.raises(RuleBroken) as refused:
        take_in_file(college, folder, content)
    assert [list(model.objects.values()) for model in (Course, CourseRun, CourseSearch, Site)] == before
    return refused.value.message


def test_when_no_column_is_surely_the_title_somebody_is_asked_once(college, tmp_path):
    content = xlsx([["Was", "Course level", "Starts on"], ["Art", "Level 2", dt.date(2027, 9, 6)]])

    assert "which column holds the title" in refusal(college, tmp_path, content)
    assert Upload.objects.get().counts == {
        "asks": {"columns": [["Was", "Art"], ["Course level", "Level 2"], ["Starts on", "2027-09-06"]]}
    }

    ColumnAnswer.objects.create(provider=college, heading="was", key="course.title", by=UserFactory())
    take_in_file(college, tmp_path, content)
    assert [title for _code, title, _levels in courses()] == ["Art"]


def test_two_columns_that_may_be_the_title_are_asked_about_too(college, tmp_path):
    content = xlsx([["Course", "Name", "Starts on"], ["BTEC", "Art", dt.date(2027, 9, 6)]])

    assert "which column holds the title" in refusal(college, tmp_path, content)


@pytest.mark.parametrize("rows", [[HEADINGS], [HEADINGS, [""] * 8]], ids=["headings alone", "empty rows"])
def test_a_sheet_without_courses_changes_nothing(college, tmp_path, rows):
    CourseRunFactory(course=CourseFactory(provider=college))

    assert "There is no course in this file" in refusal(college, tmp_path, xlsx(rows))


ODD = st.one_of(
    st.text(max_size=30), st.integers(-(10**12), 10**12), st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(), st.dates(dt.date(1900, 1, 1), dt.date(2200, 1, 1)),
    st.sampled_from(["C1", "Art", "Level 2", "£5", "31/02/2026"]),
)  # fmt: skip


def outcome(college, folder, content):
    """How it ended: published, or the code of the refusal, which changed nothing."""
    before = [list(model.objects.values()) for model in (Course, CourseRun, CourseSearch, Site)]
    try:
        return take_in_file(college, folder, content).state
    except RuleBroken as refused:
        ended = refused.code
    assert [list(model.objects.values()) for model in (Course, CourseRun, CourseSearch, Site)] == before
    return ended


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.lists(ODD, min_size=8, max_size=8), max_size=8), writer=st.sampled_from(["ods", "comma", "xlsx"])
)
def test_whatever_stands_in_the_cells_ends_in_data_or_in_a_sentence(college, tmp_path, rows, writer):
    clean = [[_printable(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]

    assert outcome(college, tmp_path, WRITERS[writer]([HEADINGS, *clean])) in ("published", "file_refused")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=st.sampled_from(
        [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe", b"Course title,Starts on\n"]
    ),
    rest=st.binary(max_size=400),
)
def test_any_bytes_end_in_data_or_in_a_sentence(college, tmp_path, start, rest):
    assert outcome(college, tmp_path, start + rest) in ("published", "file_refused", "upload_empty")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 5000), bits=st.integers(1, 255))
def test_a_workbook_with_a_spoilt_byte_ends_in_data_or_in_a_sentence(college, tmp_path, at, bits):
    content = bytearray(xlsx([HEADINGS, PLUMBING]))
    content[at % len(content)] ^= bits

    assert outcome(college, tmp_path, bytes(content)) in ("published", "file_refused")


def _printable(text):
    return "".join(sign for sign in text if sign.isprintable())


def test_a_part_of_a_file_of_several_tables_has_an_end_to_the_right():
    rows = ["COURSES", "Course title,Course code" + ",More" * 5000, "Plumbing,C1", "Cooking,C2"]

    sheet = open_table(io.BytesIO("\n".join(rows).encode()))

    assert (sheet.shape, len(sheet.headings)) == ("sections", 400)
    assert [(number, len(cells), cells[:2]) for number, cells in sheet.rows()] == [
        (3, 400, ["Plumbing", "C1"]),
        (4, 400, ["Cooking", "C2"]),
    ]
