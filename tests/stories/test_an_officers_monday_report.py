"""An officer wants to know each Monday how the site is used: people look at it, a night makes numbers of that, the
report comes to her and her colleague, and she sees who took it."""

import datetime as dt

import pytest
from django.core import mail

from activity.actions import run_job, sweep_outbox
from activity.models import Job
from core import clock
from prospectus.actions import counting
from providers.models import RoleKind
from reporting.models import PageShown
from reporting.tasks import fold_use, make_due_reports
from tests.factories import AreaFactory, LearnerFactory, OrganisationFactory, StaffRoleFactory

pytestmark = pytest.mark.django_db
BROWSER = {"HTTP_USER_AGENT": "Mozilla/5.0 (Android 16; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"}
THURSDAY, MONDAY = dt.date(2026, 11, 19), dt.date(2026, 11, 23)


def test_an_officers_monday_report(client):
    area = AreaFactory(name="Northmoor")
    council = OrganisationFactory(kind="authority", area=area, name="Northmoor Council")
    grace, tom = (
        StaffRoleFactory(kind=RoleKind.OFFICER, organisation=council, user__email=f"{name}@council.example").user
        for name in ("grace", "tom")
    )

    # A visitor reads two pages in a quarter of an hour, a learner one, somebody who wants no counting another.
    now = clock.now()
    for minutes, said in ((0, {}), (15, {}), (16, {"HTTP_SEC_GPC": "1"})):
        with clock.at(now + dt.timedelta(minutes=minutes)):
            client.get("/privacy/", **BROWSER, **said)
    client.force_login(LearnerFactory(area=area).user)
    client.get("/privacy/", **BROWSER)
    counting.flush()

    # Grace lets the report come to the officers by itself.
    client.force_login(grace)
    report = client.get("/desk/reports/site-use/", {"by": "day"})
    assert "can be read when it is over" in report.text
    address = report.context["form"].schedule_address
    assert "Authority officer" in client.get(address).text
    done = client.post(address, {"when": "weekly-1", "form": "csv"}, follow=True)
    assert "Every Monday" in done.text

    # The night leaves numbers, and on Monday the file is there for both.
    with clock.at(THURSDAY):
        fold_use()
    assert not PageShown.objects.exists()
    with clock.at(MONDAY):
        make_due_reports()
        make_due_reports()
        run_job(Job.objects.get().pk)
        sweep_outbox()
        assert sorted(sent.to[0] for sent in mail.outbox) == ["grace@council.example", "tom@council.example"]
        client.force_login(tom)
        [(run, _title)] = client.get("/desk/reports/").context["runs"]
        file = client.post(f"/desk/reports/files/{run.reference}/fetch/").getvalue().decode("utf-8-sig")
        assert file.splitlines()[-1] == "18 Nov 2026,2,2,3,1.5,7.5,0"

        # Grace sees that Tom has taken it.
        client.force_login(grace)
        [row] = client.get("/desk/reports/taken/").context["rows"]
        assert (row.by, row.what) == (tom, "Use of the site (CSV)")
