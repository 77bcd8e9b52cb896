"""What adults record of the September Guarantee in the invented town, and its counters."""

import datetime as dt
import random

from accounts.models import Learner, User
from applications.actions import record_outside_offer
from applications.models import OfferKind
from core import clock
from providers.models import Area, Cycle
from reporting.actions import freeze_figures, keep_day, reconcile_due, record_status
from reporting.models import GuaranteeStatus
from reporting.queries.guarantee import GUARANTEE_YEARS, GuaranteeCohort
from reporting.queries.lights import Light

# By the end of September somebody has asked almost everybody; at the first stages nobody has yet.
ASKED = {"october": 0.0, "january": 0.1, "march": 0.2, "results": 0.5, "september": 0.85}
OUTSIDE = [
    ("A garage in Northmoor", "Vehicle maintenance", OfferKind.APPRENTICESHIP),
    ("Calder Training", "Warehousing", OfferKind.TRAINING),
    ("Eastvale College", "Health and social care", OfferKind.COLLEGE),
]
WITHOUT = ("140", "150", "150", "151", "153")  # codes; of those without an offer most are still being helped
DAYS_KEPT = 14


def count_guarantee(people: dict[str, User], *, stage: str, day: dt.date, entry_year: int) -> None:
    """The adviser has asked some of those without an offer; the officer's figures are counted, kept and frozen."""
    pick = random.Random(stage)  # of its own, so that the rest of the year is as it was
    area = Area.objects.get(name="Northmoor")
    cycle = Cycle.objects.post_16().get(area=area, entry_year=entry_year)
    adviser, officer = people["adviser"], people["officer"]
    with clock.at(day - dt.timedelta(days=3)):
        caseload = Learner.objects.on_caseload_of(adviser).values("pk")
        for year_group in GUARANTEE_YEARS:
            theirs = GuaranteeCohort.of(area, year_group=year_group).standing().filter(pk__in=caseload)
            # Amina and Ben stay as their sign-ins promise.
            without = theirs.exclude(light=Light.OFFER).exclude(given_name__in=["Amina", "Ben"])
            for learner in without.order_by("pk"):
                if pick.random() > ASKED[stage]:
                    continue
                if pick.random() < 0.6:
                    provider, course, kind = pick.choice(OUTSIDE)
                    record_outside_offer(
                        learner=learner, cycle=cycle, by=adviser, provider_name=provider, course_name=course, kind=kind
                    )
                else:
                    status = GuaranteeStatus.objects.get(code=pick.choice(WITHOUT))
                    record_status(learner=learner, entry_year=entry_year, status=status, by=officer)
    with clock.at(day):
        reconcile_due()
        for number in range(DAYS_KEPT, 0, -1):
            keep_day(area=area, day=day - dt.timedelta(days=number))
        freeze_figures(area=area, stood_on=day - dt.timedelta(days=7), name="A week before", by=officer)
