"""Reports that come by themselves: when, to whom, once, and who took what."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.core import mail

from activity.actions import deliver, run_job
from activity.models import Job, OutboxMessage
from applications.models import Application, Choice
from core import clock
from core.errors import NotAllowed, RuleBroken, StaleState
from providers.models import Closure, RoleKind
from reporting import actions
from reporting.actions import schedules
from reporting.models import ReportRun, ReportSchedule
from reporting.queries.schedules import WHEN, next_due
from reporting.views import reports
from tests.factories import (
    AreaFactory,
    CycleFactory,
    LearnerFactory,
    OrganisationFactory,
    ProviderFactory,
    StaffRoleFactory,
)
from tests.races import at_once

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 18)  # a Wednesday
MONDAY = dt.date(2026, 11, 23)
DAY = dt.timedelta(days=1)


@pytest.fixture
def town():
    """Grace and Tom are officers of Northmoor Council, Eva of another one."""
    town = SimpleNamespace(area=AreaFactory(name="Northmoor"))
    town.council = OrganisationFactory(kind="authority", area=town.area, name="Northmoor Council")
    town.grace, town.tom = (
        StaffRoleFactory(kind=RoleKind.OFFICER, organisation=town.council, user__email=f"{name}@council.example").user
        for name in ("grace", "tom")
    )
    other = OrganisationFactory(kind="authority", area=AreaFactory(name="Eastvale"))
    town.eva = StaffRoleFactory(kind=RoleKind.OFFICER, organisation=other).user
    return town


def scheduled(who, /, *, report="site-use", when="weekly-1", **asked):
    return actions.schedule_report(report=report, asked=asked, form="csv", when=when, by=who)


def made_on(day):
    """What is made on this day, after its job."""
    with clock.at(day):
        actions.make_due_reports()
        runs = list(ReportRun.objects.filter(made_at=None).exclude(schedule=None))
        for run in runs:
            run_job(run.job_id)
            run.refresh_from_db()
    return runs


def leave(user):
    """Their roles are over since yesterday."""
    user.staff_roles.update(started_on=dt.date(2026, 9, 1), ended_on=TODAY - DAY)
    return type(user).objects.get(pk=user.pk)


@pytest.mark.parametrize(
    ("when", "after", "next_on"),
    [
        ("weekly-1", TODAY, MONDAY),
        ("weekly-1", MONDAY, MONDAY + 7 * DAY),
        ("weekly-5", TODAY, dt.date(2026, 11, 20)),
        ("monthly-18", TODAY, dt.date(2026, 12, 18)),
        ("monthly-28", dt.date(2027, 1, 31), dt.date(2027, 2, 28)),
        ("monthly-1", dt.date(2026, 12, 31), dt.date(2027, 1, 1)),
        ("termly-0", TODAY, dt.date(2027, 1, 15)),
        ("termly-0", dt.date(2027, 1, 15), dt.date(2027, 5, 1)),
        ("termly-0", dt.date(2027, 9, 15), dt.date(2028, 1, 15)),
    ],
)
def test_the_next_day_it_is_due(when, after, next_on):
    rhythm, day = when.split("-")
    assert (next_due(rhythm, int(day), after=after), when in WHEN) == (next_on, True)


def test_it_is_scheduled_once_by_who_reads_it_and_not_without_end(town, monkeypatch):
    first = scheduled(town.grace, by="month")
    assert scheduled(town.tom, by="month", last="91", where="nonsense") == first
    assert (first.asked, first.in_words) == ({"by": "month"}, [["A line for each", "Month"]])
    assert (first.role, first.organisation, first.owner.user) == ("officer", town.council, town.grace)
    for by, said in ((LearnerFactory().user, {}), (town.grace, {"when": "weekly-7"})):
        with pytest.raises(NotAllowed):
            scheduled(by, **said)
    monkeypatch.setattr(schedules, "MOST", 1)
    with pytest.raises(RuleBroken):
        scheduled(town.tom)


def test_it_comes_on_its_day_to_everybody_in_the_role_and_to_nobody_else(town, client):
    schedule = scheduled(town.grace)
    assert made_on(MONDAY - DAY) == []

    [run] = made_on(MONDAY)

    assert (run.due_on, run.schedule, run.asked["by"]) == (MONDAY, schedule, "week")
    schedule.refresh_from_db()
    assert schedule.next_on == MONDAY + 7 * DAY
    for message in OutboxMessage.objects.order_by("pk"):
        deliver(message.pk)
        deliver(message.pk)
    assert [sent.to for sent in mail.outbox] == [["grace@council.example"], ["tom@council.example"]]
    assert run.reference in mail.outbox[0].body
    assert "Use of the site" not in mail.outbox[0].subject + mail.outbox[0].body
    with clock.at(MONDAY):
        assert b"".join(actions.fetch_report(run=run, by=town.tom)).startswith(b"\xef\xbb\xbfWeek,Visits")
        for person, status in ((town.tom, 200), (town.eva, 404)):
            client.force_login(person)
            assert client.get(f"/desk/reports/files/{run.reference}/").status_code == status
        with pytest.raises(NotAllowed):
            actions.fetch_report(run=run, by=town.eva)


def test_weeks_in_which_no_worker_ran_come_once_and_a_closed_day_waits_for_the_next(town):
    scheduled(town.grace)
    Closure.objects.create(area=town.area, name="Snow", starts_on=MONDAY + 21 * DAY, ends_on=MONDAY + 21 * DAY)
    assert made_on(MONDAY + 21 * DAY) == []
    assert [run.due_on for run in made_on(MONDAY + 22 * DAY)] == [MONDAY]
    assert made_on(MONDAY + 23 * DAY) == []
    assert ReportSchedule.objects.get().next_on == MONDAY + 28 * DAY


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_sweep_together_make_it_once(town):
    scheduled(town.grace)
    ReportSchedule.objects.update(next_on=TODAY)

    assert sorted(at_once(*[actions.make_due_reports] * 3)) == [0, 0, 1]

    assert (ReportRun.objects.count(), Job.objects.count()) == (1, 1)


def test_the_file_is_what_the_role_reads_whoever_its_owner_acts_for_today():
    cycle = CycleFactory()
    college, other = (ProviderFactory(area=cycle.area) for _number in range(2))
    owner, colleague = (StaffRoleFactory(kind=RoleKind.ADMISSIONS, organisation=college).user for _number in range(2))
    for provider in (college, other):
        application = Application.objects.create(learner=LearnerFactory(area=cycle.area), cycle=cycle)
        Choice.objects.create(application=application, provider=provider, rank=1, status="sent", sent_at=clock.now())
    scheduled(owner, report="time-to-answer")
    StaffRoleFactory(kind=RoleKind.OFFICER, organisation__kind="authority", organisation__area=cycle.area, user=owner)
    StaffRoleFactory(kind=RoleKind.ADMISSIONS, organisation=other, user=owner)
    owner.staff_roles.filter(organisation=college).update(is_aside=True)

    [run] = made_on(MONDAY)

    with clock.at(MONDAY):
        lines = b"".join(actions.fetch_report(run=run, by=colleague)).decode("utf-8-sig").splitlines()
    assert [line.split(",")[1] for line in lines] == ["Applications", "1"]


def test_a_report_that_nobody_keeps_rests_until_a_colleague_takes_it_over(town, client):
    schedule = scheduled(town.grace)
    with pytest.raises(StaleState):
        actions.take_over_schedule(schedule=schedule, by=town.tom)
    gone = leave(town.grace)
    assert made_on(MONDAY) == []
    client.force_login(town.tom)
    assert "Nobody keeps it" in client.get("/desk/reports/").text
    with pytest.raises(NotAllowed):
        actions.take_over_schedule(schedule=schedule, by=gone)

    with clock.at(MONDAY + DAY):
        client.post(f"/desk/reports/schedules/{schedule.reference}/take-over/")

    schedule.refresh_from_db()
    assert (schedule.owner.user, schedule.next_on) == (town.tom, MONDAY + 7 * DAY)
    assert [run.by for run in made_on(MONDAY + 7 * DAY)] == [town.tom]


@pytest.mark.parametrize("rests", ["paused", "not kept", "paused and not kept"])
def test_what_rests_comes_again_when_somebody_schedules_the_same(town, rests):
    schedule = scheduled(town.grace)
    if "paused" in rests:
        actions.pause_schedule(schedule=schedule, by=town.grace)
    if "not kept" in rests:
        leave(town.grace)

    assert scheduled(town.tom) == schedule

    assert [run.by for run in made_on(MONDAY)] == [town.tom if "not kept" in rests else town.grace]


def test_a_role_that_ends_before_the_file_is_made_leaves_none_and_tells_nobody(town):
    scheduled(town.grace)
    with clock.at(MONDAY):
        actions.make_due_reports()
        leave(town.grace)
        run_job(ReportRun.objects.get().job_id)
    assert Job.objects.get().error == (
        "Nobody keeps this report any more. Take it over, and it comes again from its next day."
    )
    assert not OutboxMessage.objects.exists()


def test_it_rests_while_it_is_paused_and_is_over_when_it_is_ended(town, client):
    schedule = scheduled(town.grace)
    change = f"/desk/reports/schedules/{schedule.reference}/"
    client.force_login(town.tom)
    assert [client.post(f"{change}{verb}/").status_code for verb in ("pause", "pause", "nonsense")] == [302, 409, 404]
    assert made_on(MONDAY) == []
    with clock.at(MONDAY + DAY):
        assert [client.post(f"{change}resume/").status_code for _number in range(2)] == [302, 409]
    assert made_on(MONDAY + 2 * DAY) == []
    client.force_login(town.eva)
    assert client.post(f"{change}end/").status_code == 404
    client.force_login(town.tom)
    assert [client.post(f"{change}end/").status_code for _number in range(2)] == [302, 409]
    assert made_on(MONDAY + 7 * DAY) == []


# --- who took what


def fetched(by, day=TODAY, **asked):
    with clock.at(day):
        run = actions.ask_report(report="site-use", asked=asked, form="csv", by=by)
        actions.make_report(run=run)
        Job.objects.update(state="done")
        actions.fetch_report(run=run, by=by)


def test_officers_and_managers_read_who_took_what_of_their_own(town, client):
    fetched(town.grace, TODAY - 40 * DAY)
    fetched(town.tom)
    fetched(town.eva)
    client.force_login(town.grace)

    page = client.get("/desk/reports/taken/", {"last": "91"})

    assert [(row.by, row.what) for row in page.context["rows"]] == [
        (town.tom, "Use of the site (CSV)"), (town.grace, "Use of the site (CSV)"),
    ]  # fmt: skip
    for page in ("cohorts", "take-up", "destinations"):
        assert client.get(f"/desk/{page}/file/").status_code == 200
    rows = client.get("/desk/reports/taken/", {"what": "figures.take"}).context["rows"]
    assert [row.what for row in rows] == [
        "Where former learners are", "Take-up against last year", "Figures of a cohort",
    ]  # fmt: skip
    for asked, number in (({}, 4), ({"what": "report.fetch", "last": "x"}, 1), ({"what": "return.fetch"}, 0)):
        assert len(client.get("/desk/reports/taken/", asked).context["rows"]) == number
    assert "Nobody took anything" in client.get("/desk/reports/taken/", {"what": "list.take"}).text
    client.force_login(StaffRoleFactory(kind=RoleKind.ADMISSIONS, organisation=ProviderFactory()).user)
    assert client.get("/desk/reports/taken/").status_code == 404


def test_officers_read_who_took_figures_of_pages_at_services_and_schools_of_their_area(town, client):
    people = [
        StaffRoleFactory(kind=role, organisation=OrganisationFactory(kind=kind, area=town.area)).user
        for kind, role in (("advice_service", RoleKind.ADVISER), ("school", RoleKind.COORDINATOR))
    ]
    for person in people:
        client.force_login(person)
        assert client.get("/desk/take-up/file/").status_code == 200
    for officer, found in ((town.grace, people[::-1]), (town.eva, [])):
        client.force_login(officer)
        assert [row.by for row in client.get("/desk/reports/taken/").context["rows"]] == found


def test_files_that_came_later_push_none_out(town, client, monkeypatch):
    monkeypatch.setattr(reports, "RUNS", 2)
    for last in ("30", "91", "400"):
        fetched(town.grace, last=last)
    client.force_login(town.grace)
    pages = [client.get("/desk/reports/", {"page": number}) for number in ("1", "2", "3", "x")]
    assert [[run.asked["last"] for run, _title in page.context["runs"]] for page in pages] == [
        ["400", "91"], ["30"], [], ["400", "91"],
    ]  # fmt: skip
    assert [[f'href="?page={number}#files"' in page.text for number in (1, 2, 3)] for page in pages[:3]] == [
        [False, True, False], [True, False, False], [False, True, False],
    ]  # fmt: skip


@pytest.mark.parametrize("count", [1, 5])
def test_the_lists_ask_the_same_number_of_questions(town, client, count, django_assert_num_queries):
    for number in range(count):
        fetched(StaffRoleFactory(kind=RoleKind.OFFICER, organisation=town.council).user)
        scheduled(town.grace, when=f"monthly-{number + 1}")
    client.force_login(town.grace)
    with django_assert_num_queries(6):
        assert len(client.get("/desk/reports/taken/").context["rows"]) == count
    with django_assert_num_queries(6):
        assert len(client.get("/desk/reports/").context["schedules"]) == count
