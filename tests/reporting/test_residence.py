"""Where learners live, from a roll and singly, and the figures that count by it."""

import datetime as dt

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from accounts.models import Learner
from activity.actions import run_job
from activity.models import Event
from core import clock
from providers.actions import confirm_upload, receive_upload
from reporting.actions import reconcile_due
from reporting.exchange.changed import moved_away_since
from reporting.queries.counters import area_rows
from tests.reporting.small_town import build_town
from tests.reporting.test_counters import by_the_counters, by_the_rows

HEADINGS = "Surname,Forename,DoB,Year,Home LA"
ROLL = (
    "One,Ann,01/10/2009,12,998",
    "Two,Bob,02/10/2009,12,westhaven",
    "Three,Cem,03/10/2009,12,",
    "Four,Dee,04/10/2009,12,Atlantis",
)


@pytest.fixture
def town(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    town = build_town()
    reconcile_due()
    return town


def resident():
    """Who of Year 12 counts where, by the counters, which the rows have to agree with."""
    return [row.cohort for row in area_rows()[12][1]]


def hand_over(town, *lines):
    file = ContentFile("\n".join((HEADINGS, *lines)).encode(), name="roll.csv")
    upload = receive_upload(
        kind="roll", organisation=town.brannoc, file=file, file_name="roll.csv", by=town.coordinator
    )
    run_job(upload.job_id)
    upload.refresh_from_db()
    return upload


def test_a_roll_says_by_number_or_name_where_learners_live_and_the_guarantee_follows(town):
    assert resident() == [3, 1]
    upload = hand_over(town, *ROLL)
    issues = [(issue.row, issue.column, issue.value, issue.code) for issue in upload.issues.all()]
    assert issues == [(5, "Home LA", "Atlantis", "ROLL_RESIDENCE_UNKNOWN")]
    run_job(confirm_upload(upload=upload, seen=upload.digest, by=town.coordinator).job_id)
    lives = dict(Learner.objects.filter(given_name__in=["Ann", "Bob", "Cem", "Dee"]).values_list(
        "given_name", "residence_authority"
    ))  # fmt: skip
    assert lives == {"Ann": "998", "Bob": "997", "Cem": None, "Dee": None}
    # Who lives nobody knows where counts where they learn.
    assert resident() == [6, 2]
    assert by_the_counters() == by_the_rows(town.area, town.other_area)
    moved = hand_over(town, ROLL[0].replace("998", "997"), ROLL[1], ROLL[2] + "997", ROLL[3])
    assert [change.fields["residence_authority_id"][1] for change in moved.changes.all()] == ["997", "997"]
    run_job(confirm_upload(upload=moved, seen=moved.digest, by=town.coordinator).job_id)
    # Both have left who led for them; the authority of the one nobody knew of is that of the school.
    for since, gone in ((clock.today(), ["Ann", "Cem"]), (clock.today() + dt.timedelta(days=1), [])):
        found = Learner.objects.filter(moved_away_since(since, ["998"])).order_by("given_name")
        assert [learner.given_name for learner in found] == gone
    assert not Learner.objects.filter(moved_away_since(clock.today(), ["997"])).exists()


def test_an_officer_puts_it_right_on_the_learners_page_and_the_guarantee_follows(town, client):
    learner = town.people["Nobody knows where"]
    page = reverse("accounts:learner-residence", args=[learner.reference])
    client.force_login(town.officer)
    shown = client.get(reverse("reporting:learner", args=[learner.reference]))
    assert page in shown.content.decode()
    answer = client.post(page, {"authority": "997"}, follow=True)
    # They learn in Northmoor, so its officer still reads them.
    assert "Lives in Westhaven" in answer.content.decode()
    assert resident() == [2, 2]
    assert by_the_counters() == by_the_rows(town.area, town.other_area)
    client.post(page, {"authority": ""})
    assert resident() == [3, 1]
    assert list(Event.objects.filter(verb="residence.set").order_by("pk").values_list("facts", flat=True)) == [
        {},
        {"was": "997"},
    ]
    client.force_login(town.adviser)
    assert client.post(page, {"authority": "997"}).status_code == 403
    assert resident() == [3, 1]
