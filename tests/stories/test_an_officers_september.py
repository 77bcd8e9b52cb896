"""The last weeks before the end of September: who has no offer, what is recorded, and what is sent."""

import datetime as dt

import pytest
from django.urls import reverse

from applications.actions import record_outside_offer
from applications.models import Choice
from core import clock
from reporting.actions import reconcile_due
from tests.reporting.small_town import build_town, somebody

pytestmark = pytest.mark.django_db

SEPTEMBER = dt.date(2027, 9, 27)
LAST_DAY = dt.date(2027, 9, 30)


def test_an_officers_september(client):
    town = build_town()
    Choice.objects.all().delete()  # rows that no action made; here offers come from outside
    guarantee = reverse("reporting:guarantee")
    with clock.at(SEPTEMBER):
        # Somebody moved here in June, and has an offer already: beside the cohort, and not in it.
        june = somebody(town, "June", town.hollins, started_on=dt.date(2027, 6, 7))
        record_outside_offer(learner=june, cycle=town.cycle, by=town.adviser, provider_name="Northfield College")
        reconcile_due()
        client.force_login(town.officer)
        page = client.get(guarantee)
        assert "The cohort is who was there on 31 May 2027" in page.text
        names = reverse("reporting:guarantee-learners", args=[11])

        # She looks at those of whom nothing is recorded.
        rows = client.get(names, {"category": "not_recorded"}).context["rows"]
        assert [row[0].given_name for row in rows] == ["Nothing", "Offer", "Started", "Waiting"]
        nothing = rows[0][0]

        # She has rung: he wants no offer at the moment. His page says so, and the figure with it.
        client.post(reverse("reporting:guarantee-status", args=[nothing.reference]), {"status": "151"})
        assert len(client.get(names, {"category": "not_recorded"}).context["rows"]) == 3

        # The figures of that day are frozen.
        freezes = reverse("reporting:guarantee-freezes")
        day = {"stood_on_day": "27", "stood_on_month": "9", "stood_on_year": "2027"}
        frozen = client.post(freezes, {**day, "name": "Before the last week"}, follow=True)
        assert frozen.context["before"].cohort == 7

    with clock.at(LAST_DAY):
        # On the last day he has an offer after all. The freeze beside now says whose light is another.
        client.force_login(town.officer)
        record_outside_offer(learner=nothing, cycle=town.cycle, by=town.adviser, provider_name="A garage")
        page = client.get(frozen.redirect_chain[-1][0])
        [(learner, moved)] = page.context["page_obj"].object_list
        assert (learner, moved.before, moved.after) == (nothing, "nothing", "offer")

        # As it stood three days ago is still to be read, and every area stands beside the others.
        before = client.get(guarantee, {"on": SEPTEMBER.isoformat()}).context["cohorts"][0][1]
        assert (before.offers, before.joined_later) == (2, 1)
        assert client.get(guarantee).context["cohorts"][0][1].offers == 3
        assert "Westhaven" in client.get(reverse("reporting:guarantee-areas")).text
