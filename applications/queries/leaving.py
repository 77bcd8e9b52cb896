"""Who started and left early: they may apply again in the same year, and an adult should find them first."""

import datetime as dt

from django.db.models import Case, Exists, F, OuterRef, QuerySet, Subquery, Value, When

from applications.models import Choice, OutsideOffer
from core import clock

FOLLOWED_FOR = dt.timedelta(days=365)


def with_left_early(learners: QuerySet) -> QuerySet:
    """``learners`` with ``left_early_on``: the day they left a course early, in the last year. None for everybody
    else, and for who has something under way, an offer in hand or, from that day on, an offer made elsewhere.

    Source: SPEC C3, an early leaver may apply again and heads the adviser's list.
    """
    theirs = Choice.objects.filter(application__learner=OuterRef("pk"))
    left = theirs.left_early().filter(left_on__gt=clock.today() - FOLLOWED_FOR).order_by("-left_on", "-pk")
    outside = OutsideOffer.objects.standing().filter(learner=OuterRef("pk"), offered_on__gte=OuterRef("_left_on"))
    goes_on = Exists(theirs.that("is_live")) | Exists(theirs.that("has_offer_in_hand")) | Exists(outside)
    return learners.alias(_left_on=Subquery(left.values("left_on")[:1])).annotate(
        left_early_on=Case(When(goes_on, then=Value(None)), default=F("_left_on"))
    )
