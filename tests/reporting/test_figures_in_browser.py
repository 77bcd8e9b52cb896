"""The pages of figures in one browser session: no barrier that axe can find and nothing wider than the screen, with
nobody there and with learners."""

import datetime as dt

import pytest

from accounts.models import Characteristics, Learner
from activity.actions import run_job
from applications.models import Application, Choice, Enrolment
from core import clock
from prospectus.models import Level
from providers.models import Cycle, Outcode, RoleKind
from reporting.actions import ask_report, fetch_report, pause_schedule, save_cohort, schedule_report
from reporting.models import SiteUse
from tests.factories import (
    CourseRunFactory,
    CycleFactory,
    LearnerContactFactory,
    LearnerFactory,
    OrganisationFactory,
    ProviderFactory,
    RollEntryFactory,
    SchoolFactory,
    SiteFactory,
    StaffRoleFactory,
    SubjectFactory,
)
from tests.look import fits, look

# Twenty pages; each by itself would start the browser again.
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
EMPTY = (
    "/desk/cohorts/",
    "/desk/cohorts/saved/",
    "/desk/take-up/",
    "/desk/destinations/",
    "/desk/enrolments/",
    "/desk/reports/",
    "/desk/reports/time-to-answer/",
    "/desk/reports/supply-and-demand/?by=all",
    "/desk/reports/site-use/",
    "/desk/reports/taken/",
)
FULL = (
    "/desk/reports/map/",
    "/desk/reports/reach/",
    "/desk/reports/distance-to-learn/",
    "/desk/reports/subjects-together/?first=05&second=01&draw=learners",
    "/desk/cohorts/?year_group=11&by=tutor_group&looked_after=yes",
    "/desk/cohorts/names/?year_group=11&stage=eligible",
    "/desk/cohorts/save/?year_group=11",
    "/desk/destinations/names/",
    "/desk/reports/site-use/schedule/?by=month",
)


def test_the_figures_of_an_area_with_nobody_and_with_learners(open_page, axe):
    area = CycleFactory().area
    school = SchoolFactory(area=area, name="Hollins Park School")
    college = ProviderFactory(area=area, name="Northfield College")
    council = OrganisationFactory(kind="authority", area=area)
    role = StaffRoleFactory(kind=RoleKind.OFFICER, organisation=council)
    page = open_page("/desk/cohorts/", user=role.user)

    for address in EMPTY:
        page.goto(address)
        look(page, axe)
    for number in range(12):
        learner = LearnerFactory(area=area, user=None, family_name="Ben Ali", given_name="Amina")
        LearnerContactFactory(learner=learner, postcode="ZN1 1AA")
        RollEntryFactory(learner=learner, school=school, tutor_group=f"11{'AB'[number % 2]}")
        Characteristics.objects.create(learner=learner, is_looked_after=True)
        left = LearnerFactory(area=area, user=None)
        RollEntryFactory(learner=left, school=school, started_on=dt.date(2025, 9, 1), ended_on=dt.date(2026, 7, 24))
        said = {"provider": college, "started_on": dt.date(2026, 9, 7), "row_key": str(number)}
        Enrolment.objects.create(learner=left, matched_how="number", **said)
    save_cohort(
        organisation=council, name="In care", filters={"year_group": "11"}, in_words=[("Year group", "Year 11")],
        lead=role, by=role.user,
    )  # fmt: skip
    Outcode.objects.create(code="ZN1", latitude=53.7, longitude=-1.8, country="ENG")
    Level.objects.create(code="2", name="Level 2", position=2)
    SubjectFactory(code="01", name="Health, Public Services and Care")
    site = SiteFactory(organisation=college, latitude=53.75, longitude=-1.9)
    course_run = CourseRunFactory(course__provider=college, site=site)
    for learner in Learner.objects.filter(roll_entries__ended_on=None):
        application = Application.objects.create(learner=learner, cycle=Cycle.objects.get())
        sent = {"status": "unsuccessful", "sent_at": clock.now() - dt.timedelta(days=9), "status_at": clock.now()}
        choice = Choice.objects.create(application=application, provider=college, rank=1, **sent)
        choice.choice_runs.create(run=course_run)
    numbers = {"visitors": 700, "visits": 1200, "pages": 5000, "minutes": 9000}
    for day in (3, 17):
        SiteUse.objects.create(day=dt.date(2026, 11, day), area=area, reader="learner", **numbers)
    run = ask_report(report="time-to-answer", asked={}, form="xlsx", by=role.user)
    run_job(run.job_id)
    fetch_report(run=run, by=role.user)
    for when in ("weekly-1", "monthly-15"):
        schedule = schedule_report(report="site-use", asked={"by": "month"}, form="csv", when=when, by=role.user)
    pause_schedule(schedule=schedule, by=role.user)
    waiting = Enrolment.objects.create(
        provider=college, row_key="x", given_name=left.given_name, family_name=left.family_name, birth_on=left.birth_on,
        started_on=dt.date(2026, 9, 7),
    )  # fmt: skip
    for address in (
        *EMPTY[1:], *FULL, f"/desk/enrolments/{waiting.reference}/", f"/desk/reports/files/{run.reference}/",
    ):  # fmt: skip
        page.goto(address)
        look(page, axe)
        page.set_viewport_size({"width": 1280, "height": 740})  # a table on a wide screen, cards on a narrow one
        fits(page)
        page.set_viewport_size({"width": 360, "height": 740})
