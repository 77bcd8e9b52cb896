"""Reports: counted by hand, the same on the page and in files that two readers open, made by a job that may die."""

import datetime as dt
import io
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from activity.actions import run_job
from activity.models import Event, Job
from applications.models import Application, Choice, Interview, Offer
from core import clock
from core.errors import NotAllowed, RuleBroken
from prospectus.models import CourseRun
from providers.models import Organisation, RoleKind
from reporting import actions, tasks
from reporting.actions.parts import pieces
from reporting.models import ReportRun
from reporting.queries.reports import REPORTS, asked_of, reads_reports, scope_of
from tests.factories import (
    CourseFactory,
    CourseRunFactory,
    CycleFactory,
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
PAGE = "/desk/reports/time-to-answer/"
DAY = dt.timedelta(days=1)
SENT = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)


@ground
def town():
    """Northfield has answered five of six: offers after 2, 4 and 6 days, noes after 8 and 20; its time is 15 days. A
    training provider has one application. Northfield has a name that a spreadsheet would run."""
    town = SimpleNamespace(cycle=CycleFactory())
    town.area = town.cycle.area
    town.school = SchoolFactory(area=town.area, name="Hollins Park School")
    town.college = ProviderFactory(area=town.area, name="=Northfield College")
    town.small = ProviderFactory(area=town.area, name="Small Steps")
    council = OrganisationFactory(kind="authority", area=town.area)
    town.officer = StaffRoleFactory(kind=RoleKind.OFFICER, organisation=council).user
    town.admissions = StaffRoleFactory(kind=RoleKind.ADMISSIONS, organisation=town.college).user
    town.run = CourseRunFactory(course=CourseFactory(provider=town.college, subject=SubjectFactory()))
    for days in (2, 4, 6):
        choice = received(town, "offered")
        Offer.objects.create(choice=choice, by=town.admissions, answer_by_on=dt.date(2026, 12, 1))
        Offer.objects.filter(choice=choice).update(made_at=SENT + days * DAY)
        Interview.objects.create(choice=choice, starts_at=SENT + DAY, by=town.admissions)
    for days in (8, 20):
        received(town, "unsuccessful", status_at=SENT + days * DAY)
    received(town, "sent", due=dt.date(2026, 11, 17))
    received(town, "sent", provider=town.small)
    return town


def received(town, status, *, provider=None, due=dt.date(2026, 11, 17), **facts):
    learner = LearnerFactory(area=town.area)
    RollEntryFactory(learner=learner, school=town.school)
    choice = Choice.objects.create(
        application=Application.objects.create(learner=learner, cycle=town.cycle), rank=1, status=status,
        provider=provider or town.college, sent_at=SENT, answer_due_on=due, **facts,
    )  # fmt: skip
    if provider is None:
        choice.choice_runs.create(run=town.run)
    return choice


def rows_for(user, **asked):
    report = REPORTS["time-to-answer"]
    scope = scope_of(report, user)
    return report.rows(scope, asked_of(report, scope, asked))


def made(user, form="csv", **asked):
    run = actions.ask_report(report="time-to-answer", asked=asked, form=form, by=user)
    run_job(run.job_id)
    run.refresh_from_db()
    return run


def content_of(run):
    return b"".join(pieces(run))


def test_time_to_answer_is_what_a_person_would_count(town, django_assert_num_queries):
    [mine] = rows_for(town.admissions)
    assert mine == ("Construction, Planning and the Built Environment", 6, 5, 80, 6.0, 1.0, 4.0, 1, 1)
    # One application is nobody's figure, nor are six.
    assert rows_for(town.officer) == [
        ("=Northfield College", None, None, None, None, None, None, None, None),
        ("Small Steps", None, None, None, None, None, None, None, None),
    ]  # fmt: skip
    for _number in range(12):
        received(town, "sent", due=dt.date(2026, 12, 1))
        received(town, "sent", provider=town.small, due=dt.date(2026, 12, 1))
    with django_assert_num_queries(3):
        found = rows_for(town.officer)
    assert [row[:3] for row in found] == [("=Northfield College", 20, None), ("Small Steps", 15, 0)]
    assert [row[0] for row in rows_for(town.officer, by="school")] == ["Hollins Park School"]


def test_the_page_has_the_rows_the_picture_and_both_kinds_of_file(client, town):
    client.force_login(town.admissions)

    page = client.get(PAGE, {"year": "1999", "by": "nonsense"})

    assert [cell for _column, cell in page.context["lines"][0]][1:4] == [6, 5, 80]
    assert page.context["picture"].bars == [("Construction, Planning and the Built Environment", 6.0)]
    assert [url for url, _kind in page.context["files"]] == [
        f"{PAGE}{form}/?year=2027&by=subject" for form in ("csv", "xlsx", "svg", "png")
    ]  # fmt: skip
    client.force_login(town.officer)
    assert "rounded to 5, and fewer than 10 are not shown" in client.get(PAGE).content.decode()
    assert client.get("/desk/reports/nothing/").status_code == 404


def test_somebody_asks_for_a_file_and_fetches_it_and_history_says_so(client, town):
    client.force_login(town.admissions)
    address = client.post(f"{PAGE}csv/?by=school").url
    run_job(Job.objects.get().pk)
    assert "The file is ready" in client.get(address).content.decode()

    file = client.post(f"{address}fetch/")

    assert file["Content-Disposition"] == 'attachment; filename="time-to-answer-2026-11-18.csv"'
    assert file.getvalue().decode("utf-8-sig").splitlines()[1] == "Hollins Park School,6,5,80,6.0,1.0,4.0,1,1"
    verbs = Event.objects.filter(verb__startswith="report.").order_by("pk").values_list("verb", "by")
    assert list(verbs) == [
        ("report.ask", town.admissions.pk), ("report.make", None), ("report.fetch", town.admissions.pk),
    ]  # fmt: skip
    assert "fetched 18 Nov 2026" in client.get("/desk/reports/").content.decode()
    client.force_login(town.officer)
    assert client.get(address).status_code == client.post(f"{address}fetch/").status_code == 404


def test_two_readers_find_numbers_as_numbers_and_no_formula(town):
    for _number in range(12):
        received(town, "sent", due=dt.date(2026, 12, 1))
    content = content_of(made(town.officer, "xlsx"))

    book = load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["Contents", "Figures", "Definitions"]
    line = book["Figures"][2]
    assert [cell.value for cell in line[:3]] == ["'=Northfield College", 20, "not shown"]
    mine = content_of(made(town.admissions, "xlsx"))
    line = load_workbook(io.BytesIO(mine))["Figures"][2]
    assert [cell.value for cell in line[1:5]] == [18, 5, 0.8, 6]
    assert [cell.data_type for cell in line[1:5]] == ["n"] * 4
    assert (line[3].number_format, line[4].number_format) == ("0%", "0.0")
    calamine = CalamineWorkbook.from_filelike(io.BytesIO(mine))
    assert calamine.sheet_names == book.sheetnames
    assert calamine.get_sheet_by_name("Figures").to_python()[1][1:5] == [18, 5, 0.8, 6]
    contents = calamine.get_sheet_by_name("Contents").to_python()
    assert ["As it stood on", "18 November 2026"] in contents
    assert len(calamine.get_sheet_by_name("Definitions").to_python()) == 1 + len(REPORTS["time-to-answer"].columns)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_same_figures_asked_for_twice_are_the_same_file(town, form):
    first = made(town.admissions, form)
    second = made(town.admissions, form)

    assert first.pk != second.pk
    assert content_of(first) == content_of(second)
    waiting = actions.ask_report(report="time-to-answer", asked={}, form=form, by=town.admissions)
    again = actions.ask_report(report="time-to-answer", asked={"by": "subject"}, form=form, by=town.admissions)
    assert again == waiting


def test_a_worker_that_dies_leaves_nothing_and_the_next_one_makes_the_file(town, monkeypatch):
    run = actions.ask_report(report="time-to-answer", asked={}, form="csv", by=town.admissions)
    make_report = actions.make_report

    def made_and_killed(**facts):
        make_report(**facts)
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(tasks.actions, "make_report", made_and_killed)
        with pytest.raises(SystemExit):
            run_job(run.job_id)
    run.refresh_from_db()
    assert run.made_at is None
    with clock.at(clock.now() + dt.timedelta(minutes=5)):
        Job.objects.update(lease_until=SENT)
        run_job(run.job_id)
    run.refresh_from_db()
    assert run.rows == 1
    assert actions.make_report(run=run).made_at == run.made_at
    assert Event.objects.filter(verb="report.make").count() == 1


def test_a_role_that_is_over_makes_no_file_and_fetches_none(client, town):
    ready = made(town.admissions)
    waiting = actions.ask_report(report="time-to-answer", asked={}, form="csv", by=town.admissions)
    town.admissions.staff_roles.update(ended_on=dt.date(2026, 11, 17), started_on=dt.date(2026, 9, 1))
    town.admissions = type(town.admissions).objects.get(pk=town.admissions.pk)

    run_job(waiting.job_id)

    assert Job.objects.get(pk=waiting.job_id).error == "You do not read this report any more."
    for broken in (lambda: actions.fetch_report(run=ready, by=town.admissions), lambda: made(town.admissions)):
        with pytest.raises(NotAllowed):
            broken()
    client.force_login(town.admissions)
    assert client.post(reverse("reporting:report-fetch", args=[ready.reference])).status_code == 404


def test_another_role_at_the_same_place_does_not_fetch_what_the_old_one_read(town):
    ready = made(town.admissions)
    role = town.admissions.staff_roles.get()
    town.admissions.staff_roles.update(ended_on=dt.date(2026, 11, 17), started_on=dt.date(2026, 9, 1))
    StaffRoleFactory(user=town.admissions, organisation=role.organisation, kind="editor")
    town.admissions = type(town.admissions).objects.get(pk=town.admissions.pk)

    with pytest.raises(NotAllowed):
        actions.fetch_report(run=ready, by=town.admissions)


def test_a_file_is_gone_after_a_week_and_that_it_was_made_stays(town):
    run = made(town.admissions)
    with clock.at(clock.now() + dt.timedelta(days=7, minutes=1)):
        with pytest.raises(RuleBroken):
            actions.fetch_report(run=run, by=town.admissions)
        assert actions.remove_expired_reports() == 1
    run.refresh_from_db()
    assert (run.parts.count(), run.rows) == (0, 1)
    assert ReportRun.objects.for_list().get().is_ready is False


@pytest.mark.parametrize("count", [1, 5])
def test_the_pages_ask_the_same_number_of_questions(client, town, count, django_assert_num_queries):
    for _number in range(count):
        received(town, "sent", provider=ProviderFactory(area=town.area))
        made(town.officer)
    client.force_login(town.officer)
    with django_assert_num_queries(7):
        page = client.get(PAGE)
    assert len(page.context["lines"]) == count + 2
    with django_assert_num_queries(6):
        assert len(client.get("/desk/reports/").context["runs"]) == count


def test_organisations_are_not_mixed(town):
    other = ProviderFactory(area=town.area)
    assert rows_for(StaffRoleFactory(kind=RoleKind.MANAGER, organisation=other).user) == []
    service = StaffRoleFactory(kind=RoleKind.MANAGER, organisation__kind="advice_service", organisation__area=town.area)
    Organisation.objects.filter(pk=service.organisation_id).update(is_provider=False)
    assert scope_of(REPORTS["time-to-answer"], service.user) is None
    assert (reads_reports(service.user), reads_reports(town.officer)) == (False, True)


def test_supply_and_demand_are_what_a_person_would_count(client, town, django_assert_num_queries):
    course = CourseFactory(provider=town.small, subject=SubjectFactory(), levels=["1", "2"])
    CourseRunFactory(course=course, places=None)
    for number in range(14):
        choice = received(town, "unsuccessful", provider=town.small, refusal_reason="full" if number else "")
        for run in CourseRun.objects.filter(course=course):
            choice.choice_runs.create(run=run)
    CourseRun.objects.filter(pk=town.run.pk).update(places=20)
    report = REPORTS["supply-and-demand"]
    scope = scope_of(report, town.officer)
    with django_assert_num_queries(3):
        found = report.rows(scope, {"year": "2027", "by": "provider"})
    assert found == [
        (town.area.name, "All", "All", "=Northfield College", 1, 1, 20, None, None, None, 0),
        (town.area.name, "All", "All", "Small Steps", 1, 1, "not said", 15, 15, 0, 15),
    ]
    each = report.rows(scope, {"year": "2027", "by": "all"})
    assert [row[2:5] for row in each if row[3] == "Small Steps"] == [("2", "Small Steps", 1)]
    assert [row[7] for row in each] == [None, 15]
    [subject] = report.rows(scope, {"year": "2027", "by": "subject"})
    assert subject[4:8] == (2, 2, 20, 20)
    client.force_login(town.officer)
    page = client.get("/desk/reports/supply-and-demand/", {"by": "provider"})
    assert page.context["picture"].bars == [("Small Steps", 15)]
    assert (
        client.get("/desk/reports/supply-and-demand/", {"by": "all"}).context["picture"].bars
        == page.context["picture"].bars
    )
    run = actions.ask_report(report=report.name, asked={"by": "all"}, form="xlsx", by=town.officer)
    run_job(run.job_id)
    run.refresh_from_db()
    assert load_workbook(io.BytesIO(content_of(run)))["Figures"].max_row == 3
    assert scope_of(report, town.admissions) is None


def test_no_table_has_a_column_that_no_model_reads(db):
    """What waits for the release after it to be dropped is forgotten otherwise."""
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    known = {(model._meta.db_table, field.column) for model in models for field in model._meta.local_concrete_fields}
    tables = list({table for table, _column in known})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE table_schema = current_schema() AND table_name = ANY(%s)", [tables],
        )  # fmt: skip
        assert set(cursor.fetchall()) - known == set()
