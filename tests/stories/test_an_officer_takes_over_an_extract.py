"""An officer loads the caseload system's extract, sees the differences, applies them, and the Guarantee moves."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import Receipt
from activity.actions import run_job
from applications.models import Choice
from ilp.models import CurrentActivity
from providers.models import Upload
from reporting.actions import reconcile_due
from reporting.queries.counters import area_rows
from tests.reporting.extract import SEEKING, extract_town, record_of, spell, written

pytestmark = pytest.mark.django_db


def test_an_officer_takes_over_an_extract(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    town = extract_town()
    Choice.objects.all().delete()  # rows that no action made
    reconcile_due()
    people = town.people
    spell(town, people["Waiting"], "619", verified_on=dt.date(2026, 11, 16))
    extract = written([
        record_of(people["Resident elsewhere"], lead_authority="998"),
        record_of(people["Nothing"], **SEEKING),
        record_of(people["Waiting"], activity="540", started="2026-09-07", verified="2026-10-01"),
        record_of(people["Outside"], upn="", need="1"),
    ])  # fmt: skip
    assert [row.cohort for row in area_rows()[12][1]] == [3, 1]

    # She hands it over; a worker compares it.
    client.force_login(town.officer)
    new = reverse("providers:upload-new", args=["caseload"])
    assert "We match records by UPN or ULN" in client.get(new).text
    client.post(new, {"file": SimpleUploadedFile("extract.xml", extract)})
    upload = Upload.objects.get(kind="caseload")
    run_job(upload.job_id)
    changes = reverse("providers:upload-changes", args=[upload.reference])
    page = client.get(changes)
    rows = {row.change.title.partition(" Of ")[0]: row for row in page.context["changes"]}
    assert {name: (row.thing, row.change.is_picked) for name, row in rows.items()} == {
        "Outside": ("Whose record is it", None),
        "Nothing": ("Current activity", True),
        "Resident elsewhere": ("Where they live", True),
        "Waiting": ("Current activity", False),  # ours was confirmed later
    }
    assert [str(said.new) for said in rows["Resident elsewhere"].fields] == ["Northmoor"]
    assert [row.thing for row in client.get(changes, {"thing": "residence"}).context["changes"]] == ["Where they live"]
    assert len(client.get(changes, {"left": "1"}).context["changes"]) == 1
    # Whoever's record was on the page can see that she read it.
    assert Receipt.objects.filter(reader=town.officer, section="record").count() == 4

    # She says who is meant, and leaves one as it is; the file is compared once more.
    ticked = [row.change.pick_key for row in rows.values() if row.change.is_picked]
    shown = [row.change.pick_key for row in rows.values() if row.change.is_picked is not None]
    asked = rows["Outside"].change.pick_key
    kept = [key for key in ticked if "activity" not in key]
    answers = {"shown": shown, "stood": ticked, "picked": kept, "asked": [asked]}
    client.post(
        reverse("providers:upload-pick", args=[upload.reference]),
        {**answers, f"answer-{asked}": people["Outside"].reference},
    )
    client.post(reverse("providers:upload-check-again", args=[upload.reference]))
    upload.refresh_from_db()
    run_job(upload.job_id)
    page = client.get(reverse("providers:upload", args=[upload.reference]))
    assert dict(page.context["counts"])["Differences left as they are"] == 2

    # She publishes it, and the Guarantee has moved.
    upload.refresh_from_db()
    client.post(reverse("providers:upload-confirm", args=[upload.reference]), {"seen": upload.digest})
    upload.refresh_from_db()
    run_job(upload.job_id)
    assert [row.cohort for row in area_rows()[12][1]] == [4, 0]
    assert people["Outside"].record_facts.get().code.code == "1"
    assert CurrentActivity.objects.get().learner == people["Waiting"]
    undoing = client.get(reverse("providers:upload-undo", args=[upload.reference]))
    assert "as it was before" in undoing.text
