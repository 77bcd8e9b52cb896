"""Every page of the Guarantee in one browser session: no barrier that axe can find, and nothing beside the screen."""

import datetime as dt

import pytest
from django.urls import reverse

from activity.actions import run_job
from ilp.actions import load_record_codes
from reporting.actions import ask_return, freeze_figures, keep_day, load_scorecard, reconcile_due
from tests.look import beside
from tests.reporting.small_town import build_town
from tests.reporting.test_areas import ROWS

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.slow]  # a dozen pages, twice


def test_pages_have_no_barrier_and_fit_a_phone(open_page, axe):
    town = build_town()
    reconcile_due()
    load_scorecard(lines=ROWS)
    for day in range(8, 18):
        keep_day(area=town.area, day=dt.date(2026, 11, day))
    freeze = freeze_figures(area=town.area, stood_on=dt.date(2026, 11, 10), by=town.officer, name="Half term")
    load_record_codes()
    run = ask_return(area=town.area, period_end=dt.date(2026, 10, 31), form="xml", by=town.officer)
    run_job(run.job_id)
    guarantee, names = reverse("reporting:guarantee"), reverse("reporting:guarantee-learners", args=[11])
    pages = {
        town.officer: {
            "guarantee": f"{guarantee}?on=2026-11-10",
            "names": names,
            "freezes": reverse("reporting:guarantee-freezes"),
            "freeze": reverse("reporting:guarantee-freeze", args=[freeze.reference]),
            "days": reverse("reporting:guarantee-days"),
            "areas": reverse("reporting:guarantee-areas"),
            "codes": reverse("reporting:guarantee-statuses"),
            "returns": reverse("reporting:returns"),
            "return": reverse("reporting:return", args=[run.reference]),
            "findings": reverse("reporting:return-findings", args=[run.reference, 32]),
            "record-codes": reverse("reporting:record-codes"),
            "code-words": reverse("reporting:record-code-words", args=["activity", "210"]),
            "status": reverse("reporting:guarantee-status", args=[town.people["Nothing"].reference]),
        },
        town.adviser: {
            "own": guarantee,
            "own-names": names,
            "many": f"{reverse('reporting:guarantee-offers')}?learner={town.people['Nothing'].reference}",
        },
    }
    found = {}
    for user, theirs in pages.items():
        for name, url in theirs.items():
            page = open_page(url, user=user)
            assert page.inner_text("h1") != "Sign in", name
            for width in (1280, 360):
                page.set_viewport_size({"width": width, "height": 900})
                if pixels := beside(page):
                    found[name, width] = pixels
            try:
                axe(page)
            except AssertionError as fault:
                found[name] = str(fault)[:600]
            page.context.close()
    assert found == {}
