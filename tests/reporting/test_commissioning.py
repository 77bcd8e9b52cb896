"""What an area commissions by, counted by hand: thirteen learners live beside a college in ZN1, eleven by a training
provider twelve miles away in ZN6, three of another
authority in ZN9. Numbers are rounded to 5, and fewer than 10 are not said."""

import datetime as dt
import io
import re
import struct
from types import SimpleNamespace

import pytest
from lxml import etree
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from accounts.models import RollEntry
from activity.actions import run_job
from applications.models import Application, Choice
from core import clock
from core.errors import RuleBroken
from prospectus.models import CourseRun, Level, SearchMiss, Wish
from providers.models import LocalAuthority, Outcode, RoleKind, Site
from reporting import actions
from reporting.actions.parts import pieces
from reporting.exports import FORMATS, formats_of, picture_of, write_file
from reporting.queries.reports import REPORTS, as_shown, asked_of, in_words, scope_of
from tests.factories import (
    CourseFactory,
    CourseRunFactory,
    CycleFactory,
    LearnerContactFactory,
    LearnerFactory,
    OrganisationFactory,
    ProviderFactory,
    RollEntryFactory,
    SchoolFactory,
    StaffRoleFactory,
    SubjectFactory,
)
from tests.ground import ground

pytestmark = pytest.mark.django_db
DISTRICTS = {"ZN1": (53.70, -1.80), "ZN6": (53.70, -1.50), "ZN9": (53.60, -1.80)}
BUILDING, HEALTH = "Construction, Planning and the Built Environment", "Health, Public Services and Care"
OTHERS = "Others, each of few people"
SENT = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)


@ground
def town():
    town = SimpleNamespace(cycle=CycleFactory())
    town.area = town.cycle.area
    town.area.authority, _made = LocalAuthority.objects.get_or_create(code="991", defaults={"name": "Northmoor"})
    town.area.save()
    for code, (latitude, longitude) in DISTRICTS.items():
        Outcode.objects.create(code=code, latitude=latitude, longitude=longitude, country="ENG")
    for position, code in enumerate("E123"):
        Level.objects.get_or_create(code=code, defaults={"name": f"Level {code}", "position": position})
    elsewhere, _made = LocalAuthority.objects.get_or_create(code="992", defaults={"name": "Southbank"})
    council = OrganisationFactory(kind="authority", area=town.area)
    town.officer = StaffRoleFactory(kind=RoleKind.OFFICER, organisation=council).user
    school = SchoolFactory(area=town.area)
    town.college = _run(ProviderFactory(area=town.area, name="=Northfield"), "ZN1", SubjectFactory(), "2", places=20)
    health = SubjectFactory(code="01", name=HEALTH, plain_name="Health")
    town.steps = _run(ProviderFactory(area=town.area, name="Small Steps"), "ZN6", health, "1", places=None)
    for district, number in (("ZN1", 13), ("ZN6", 11), ("ZN9", 3)):
        for at in range(number):
            learner = LearnerFactory(area=town.area, user=None, residence_authority=elsewhere if number == 3 else None)
            LearnerContactFactory(learner=learner, postcode=f"{district} {at % 9}AA")
            RollEntryFactory(learner=learner, school=school)
            application = Application.objects.create(learner=learner, cycle=town.cycle)
            if district == "ZN1":
                _send(application, town.college, 1, "reserve_list")
            if district == "ZN6":
                _send(application, town.college, 1, "unsuccessful", refusal_reason="full")
            if district == "ZN9" or (district == "ZN6" and at < 10):
                _send(application, town.steps, 2, "sent")
    return town


def _run(provider, district, subject, level, *, places):
    latitude, longitude = DISTRICTS[district]
    course = CourseFactory(provider=provider, subject=subject, levels=[level], title=f"{subject.plain_name} one")
    run = CourseRunFactory(course=course, places=places)
    place = {"latitude": latitude, "longitude": longitude, "postcode": f"{district} 1AA", "town": f"Town {district}"}
    Site.objects.filter(pk=run.site_id).update(**place)
    return CourseRun.objects.get(pk=run.pk)


def _send(application, run, rank, status, **facts):
    choice = Choice.objects.create(
        application=application, rank=rank, status=status, provider=run.course.provider, sent_at=SENT, **facts
    )
    choice.choice_runs.create(run=run)


def rows_of(name, user, **asked):
    report = REPORTS[name]
    scope = scope_of(report, user)
    return report.rows(scope, asked_of(report, scope, asked))


def test_how_many_want_each_place_there_is(town, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        found = rows_of("demand-for-places", town.officer, by="provider")
    assert found == [
        ("=Northfield", "", 20, 25, 1.2, 25, 0, 0, 15),
        ("Small Steps", "", "not said", 15, "not known", 0, 0, 0, 0),
    ]
    assert rows_of("demand-for-places", town.officer, by="course")[0][:2] == (
        "Building and construction one",
        "=Northfield",
    )
    assert [row[:4] for row in rows_of("supply-and-demand", town.officer, of="each", by="provider")] == [
        (town.area.name, "All", "All", "=Northfield"), (town.area.name, "All", "All", "Small Steps"),
    ]  # fmt: skip


def test_who_travels_from_where_and_how_far(town, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        found = rows_of("travel-to-learn", town.officer)
    assert found == [
        ("ZN1", "=Northfield", 15, 0.0), ("ZN6", "=Northfield", 10, 12.3), ("ZN6", "Small Steps", 10, 0.0),
        (OTHERS, "", None, None),
    ]  # fmt: skip
    # Those in ZN9 live in another authority.
    assert rows_of("travel-to-learn", town.officer, basis="resident") == found[:-1]
    assert rows_of("travel-to-learn", town.officer, count="places") == []
    assert rows_of("distance-to-learn", town.officer) == [
        ("ZN1", 15, 0, 0, 0, 0, 0, 15), ("ZN6", 10, 0, 0, 10, 0, 0, 20), (OTHERS, 0, 0, 0, None, 0, 0, None),
    ]  # fmt: skip


def test_the_same_learners_are_one_number_however_one_asks(town):
    """Twelve may be shown as 10 or as 15; both for the same twelve would say that they are twelve."""
    Choice.objects.filter(application__learner__contact__postcode="ZN1 8AA").delete()
    RollEntry.objects.filter(learner__contact__postcode="ZN1 8AA").delete()
    for day in range(4):
        with clock.at(clock.now() + dt.timedelta(days=day)):
            shown = {
                rows_of("travel-to-learn", town.officer, **{"from": "district"})[0][2],
                *rows_of("distance-to-learn", town.officer)[0][1::6],
                rows_of("map", town.officer)[0][3],
                rows_of("demand-for-places", town.officer, by="provider")[0][8],
                rows_of("gaps", town.officer, kind="reserve")[0][3],
            }
        assert shown in ({10}, {15})


def test_one_figure_is_one_answer_in_every_report(town):
    """What is sent to a provider, or for its subject, stands in three reports."""
    few = Choice.objects.filter(provider=town.steps.course.provider).values("pk")
    for steps in (15, None):
        for by, names in (("provider", ("=Northfield", "Small Steps")), ("subject", (BUILDING, HEALTH))):
            demand = {row[0]: row[3] for row in rows_of("demand-for-places", town.officer, by=by)}
            waits = {row[0]: row[1] for row in rows_of("time-to-answer", town.officer, by=by)}
            at = {"provider": 3, "subject": 1}[by]
            supply = {row[at]: row[7] for row in rows_of("supply-and-demand", town.officer, by=by)}
            assert demand == supply == waits == dict(zip(names, (25, steps), strict=True))
        Choice.objects.filter(pk__in=few[:7]).delete()  # six are left


def test_all_others_together_are_not_the_most():
    report = REPORTS["travel-to-learn"]
    rows = [
        ("ZN1", "=Northfield", 15, 0.0),
        ("ZN6", "Small Steps", 0, 0.0),
        (OTHERS, "", 40, None),
    ]
    picture = picture_of(report, rows, asked={}, said=())
    assert picture.words == "The most: ZN1, =Northfield, 15."
    assert picture.bars == [("ZN1, =Northfield", 15), (OTHERS, 40)]


def test_a_map_says_how_many_of_each_kind_it_draws():
    homes = [(at, f"ZN{at}", "Learners’ homes", 90, 53.7, -1.8) for at in range(1, 21)]
    courses = [(at, f"College {at}", "Courses", at, 53.7, -1.8) for at in range(21, 101)]
    picture = picture_of(REPORTS["map"], [*homes, *courses], asked={}, said=())
    assert picture.words == (
        "Learners’ homes: 20 places, the most 90 at ZN1. Courses: 80 places, the most 100 at College 100. "
        "Drawn are the largest 30 of 80 places."
    )
    assert len(picture.figure.spots) == 20 + 30


def test_what_can_be_reached_and_what_is_missing(town):
    near = rows_of("reach", town.officer, miles="5")
    assert {row[0] for row in near} == {"ZN1, Town ZN1", "ZN6, Town ZN6"}  # in ZN9 live too few
    told = {(row[0], row[1], row[2]): row[3:] for row in near}
    levels = {level.code: level.name for level in Level.objects.all()}
    assert told["ZN1, Town ZN1", BUILDING, levels["2"]] == ("Met", 1, 1, 0.0)
    assert told["ZN1, Town ZN1", HEALTH, levels["1"]] == ("Missing", 0, 0, 12.3)
    assert told["ZN6, Town ZN6", BUILDING, levels["3"]] == ("Missing", 0, 0, "none")
    assert len(near) == 2 * 2 * 4
    far = rows_of("reach", town.officer, miles="20", many="3", show="met")
    assert [row[:5] for row in far if row[0].startswith("ZN1")] == [
        ("ZN1, Town ZN1", HEALTH, levels["1"], "Met", 1), ("ZN1, Town ZN1", BUILDING, levels["2"], "Met", 1),
    ]  # fmt: skip


def test_what_people_looked_for_wished_for_and_did_not_get(town, settings):
    SearchMiss.objects.create(day=clock.today(), area=town.area, words="welding", times=12)
    SearchMiss.objects.create(day=clock.today(), area=town.area, words="amina yusuf", times=1)
    Wish.objects.create(words="horses", area=town.area)
    assert rows_of("gaps", town.officer, by="words") == [
        ("Search without a result", "welding", town.area.name, 12, clock.today()),
        ("Search without a result", OTHERS, town.area.name, 1, None),
        ("Wish", OTHERS, town.area.name, 1, None),
        ("Turned down as full", "Building and construction one", "=Northfield", 10, clock.today()),
        ("On a reserve list", "Building and construction one", "=Northfield", 15, clock.today()),
    ]


def test_subjects_together(town):
    found = rows_of("subjects-together", town.officer, first="01", second="05")
    assert found == [
        (f"{HEALTH} and {BUILDING} together", 0, 10), (f"Only {HEALTH}", 1, None), (f"Only {BUILDING}", 1, 15),
    ]  # fmt: skip
    assert len(rows_of("subjects-together", town.officer, first="01", second="01")) == 1


def test_the_map_has_homes_and_sites_and_its_table_says_where(town):
    assert rows_of("map", town.officer) == [
        (1, "ZN1, Town ZN1", "Learners’ homes", 15, 53.7, -1.8),
        (2, "ZN6, Town ZN6", "Learners’ homes", 10, 53.7, -1.5),
        (3, "=Northfield, Town ZN1", "Courses", 1, 53.7, -1.8),
        (4, "Small Steps, Town ZN6", "Courses", 1, 53.7, -1.5),
    ]


def test_every_run_is_passed_on_from_the_database_and_never_runs_as_a_formula(town, django_assert_num_queries):
    runs = rows_of("course-runs", town.officer)
    with django_assert_num_queries(2):
        assert (len(runs), runs[:1][0][:3]) == (2, (town.area.name, "=Northfield", "Building and construction one"))
    report = REPORTS["course-runs"]
    table, book = (written(report, runs, form) for form in ("csv", "xlsx"))
    lines = table.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Area,Provider,Course,Subject,Levels")
    assert lines[1].startswith(f'{town.area.name},\'=Northfield,Building and construction one,"{BUILDING}",2,')
    first = load_workbook(io.BytesIO(book))["Figures"][2]
    assert (first[1].value, first[9].is_date, first[10].value) == ("'=Northfield", True, 20)
    [_headings, _first, second] = (
        CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_name("Figures").to_python()
    )
    assert (second[1], second[9], second[10]) == ("Small Steps", town.steps.starts_on, "")


def test_a_workbook_of_more_lines_than_a_sheet_holds_is_refused():
    with pytest.raises(RuleBroken) as refused:
        written(REPORTS["course-runs"], range(2**20), "xlsx")
    assert refused.value.code == "too_long"


def written(report, rows, form, asked=None, said=()):
    file = io.BytesIO()
    write_file(form, report, rows, asked=asked or {}, said=said, whose="Of all.", on=clock.today(), out=file)
    return file.getvalue()


def test_a_number_that_is_hidden_and_one_that_nobody_knows_have_words_of_their_own(client, town):
    Choice.objects.filter(provider=town.steps.course.provider).delete()
    [application] = Application.objects.filter(learner__contact__postcode="ZN1 8AA")
    _send(application, town.steps, 2, "sent")
    report, cells = REPORTS["demand-for-places"], ["not said", "not shown", "not known"]
    rows = rows_of(report.name, town.officer, by="provider")
    [line] = [row for row in rows if row[0] == "Small Steps"]
    assert line[2:5] == ("not said", None, "not known")
    assert written(report, rows, "csv").decode("utf-8-sig").splitlines()[-1].split(",")[1:4] == cells
    book = CalamineWorkbook.from_filelike(io.BytesIO(written(report, rows, "xlsx")))
    assert book.get_sheet_by_name("Figures").to_python()[-1][1:4] == cells
    client.force_login(town.officer)
    page = client.get(f"/desk/reports/{report.name}/?by=provider").content.decode()
    said = re.findall(r'class="number">([^<]*)</td>', page.partition("Small Steps</th>")[2])
    assert said[:3] == cells
    waits = client.get("/desk/reports/time-to-answer/?by=provider").content.decode()
    assert re.search(r'class="number">none</td>', waits)  # nobody was answered in time, and nothing is hidden


@pytest.mark.parametrize(
    ("by", "headings"),
    [("subject", ["Subject", "Places"]), ("provider", ["Provider", "Places"]), ("course", ["Course", "Provider"])],
)
def test_the_first_column_says_what_a_line_is_and_an_empty_one_is_left_out(client, town, by, headings):
    client.force_login(town.officer)
    page = client.get(f"/desk/reports/demand-for-places/?by={by}")
    assert [str(column.words) for column in page.context["columns"]][:2] == headings
    assert {len(line) for line in page.context["lines"]} == {len(page.context["columns"])}


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_is_a_page_and_every_kind_of_file_with_and_without_rows(client, town, name):
    report = REPORTS[name]
    client.force_login(town.officer)
    assert client.get(f"/desk/reports/{name}/").status_code == 200
    scope = scope_of(report, town.officer)
    asked = asked_of(report, scope, {"first": "01", "second": "05", "draw": "learners"})
    said = in_words(report, scope, asked)
    for rows in (report.rows(scope, asked), []):
        headings = [str(column.words) for column in as_shown(report, rows)[0].columns]
        assert len(set(headings)) == len(headings)
        files = {form: written(report, rows, form, asked, said) for form in formats_of(report)}
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(files["xlsx"])).get_sheet_by_name("Figures").to_python()
        assert sheet[0] == headings
        assert len(sheet) == 1 + len(rows)
        if report.drawn:
            drawing = etree.fromstring(files["svg"])
            assert drawing.find("{*}desc").text
            assert files["png"][:8] == b"\x89PNG\r\n\x1a\n"
            assert struct.unpack(">I", files["png"][16:20])[0] > 700
    assert set(files) == set(FORMATS) if report.drawn else set(files) == {"csv", "xlsx"}


def test_a_picture_is_made_like_every_file_and_says_no_hidden_number(client, town):
    run = actions.ask_report(report="subjects-together", asked={"first": "01", "second": "05", "draw": "learners"},
                             form="svg", by=town.officer)  # fmt: skip
    run_job(run.job_id)
    words = etree.fromstring(b"".join(pieces(run))).find("{*}desc").text
    assert (
        words
        == f"{HEALTH} and {BUILDING} together: 10. Only {BUILDING}: 15. What the table does not show is not drawn."
    )
    client.force_login(town.officer)
    assert client.post("/desk/reports/course-runs/png/").status_code == 404
