"""The pages of the exchange with the caseload system: no barrier that axe can find, and nothing beside a phone."""

import datetime as dt

import pytest
from django.urls import reverse

from activity.actions import run_job
from reporting.actions import ask_changes
from tests.look import fits
from tests.reporting.extract import SEEKING, extract_town, hand_over, record_of, spell
from tests.reporting.test_changes import TUESDAY

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
WIDER_THAN_ITS_CELL = """[...document.querySelectorAll("td select")].filter((each) =>
    each.getBoundingClientRect().right > each.closest("td").getBoundingClientRect().right).length"""


def test_pages_have_no_barrier_and_fit_a_phone(open_page, axe, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    town = extract_town()
    people = town.people
    spell(town, people["Nothing"], "110", establishment="Hollins Park School", course_ends_on=dt.date(2027, 8, 31))
    upload = hand_over(town, [
        record_of(people["Nothing"], **SEEKING, need="1", characteristics=["180"], lead_authority="997"),
        record_of(people["Outside"], upn="", need="1"),
    ])  # fmt: skip
    run = ask_changes(area=town.area, since=TUESDAY, form="csv", by=town.officer)
    run_job(run.job_id)
    pages = {
        "exchange": reverse("reporting:exchange"),
        "differences": reverse("providers:upload-changes", args=[upload.reference]),
        "changes": reverse("reporting:return", args=[run.reference]),
        "residence": reverse("accounts:learner-residence", args=[people["Nothing"].reference]),
    }
    for name, url in pages.items():
        page = open_page(url, user=town.officer)
        assert page.inner_text("h1") != "Sign in", name
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 900})
            fits(page)
            assert page.evaluate(WIDER_THAN_ITS_CELL) == 0, (name, width)
        axe(page)
