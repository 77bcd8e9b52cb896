"""Of whom something has changed since a day that the caseload system would want to know."""

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import BigIntegerField, Q, QuerySet
from django.db.models.functions import Cast, Substr
from django.utils import timezone

from accounts.models import Consent, ConsentKind, Learner, RollEntry
from activity.models import Event
from applications.models import Choice, Enrolment, OutsideOffer
from ilp.models import CurrentActivity, RecordFact
from providers.models import UploadChange
from providers.workflow import UploadState
from reporting.models import RecordedStatus

ABOUT_A_LEARNER = "accounts.learner:"
# What is written on a learner's own row, or beside it, and leaves no row of its own with a day.
MOVED = ("residence.set", "residence.take_over")
SAID = (
    *MOVED, "contact.keep", "characteristics.take_over", "characteristics.give_back", "current_activity.give_back",
    "record_fact.give_back",
)  # fmt: skip
RESIDENCE = "residence_authority_id"  # of a roll's change
OLD_RESIDENCE = f"fields__{RESIDENCE}__0"


def moved_away_since(since: dt.date, authorities: Collection[str]) -> Q:
    """Learners whose home was taken from these authorities on this day or later: it was there, or nobody knew where and
    the authority of their area led. Where a roll took it, for as long as what that upload changed is kept."""
    start = _beginning(since)
    said = _said(start).filter(verb__in=MOVED)
    told = _told_by_rolls(start).filter(fields__has_key=RESIDENCE)
    unknown = Q(**{OLD_RESIDENCE: ""}) | Q(**{OLD_RESIDENCE: None})
    here = [_learners(said.filter(facts__was__in=authorities)),
            told.filter(**{f"{OLD_RESIDENCE}__in": authorities}).values("thing_key")]  # fmt: skip
    nowhere = [_learners(said.exclude(facts__has_key="was")), told.filter(unknown).values("thing_key")]
    return _any(here) | (_any(nowhere) & Q(area__authority__in=authorities))


def shared_since(since: dt.date) -> QuerySet:
    """Learners who share with the advice service, and of whom something the return says has been recorded on this day
    or later: what they do or mean to do, what they need, where they are at school or live, what they have been
    offered; or who have said yes since. Source: SPEC A4, A5."""
    start = _beginning(since)
    spells = CurrentActivity.objects.filter(Q(recorded_at__gte=start) | Q(replaced_at__gte=start))
    facts = RecordFact.objects.filter(Q(recorded_at__gte=start) | Q(replaced_at__gte=start))
    rolls = RollEntry.objects.filter(Q(started_on__gte=since) | Q(ended_on__gte=since))
    lists = Enrolment.objects.filter(Q(said_at__gte=start) | Q(ended_at__gte=start) | Q(settled_at__gte=start))
    elsewhere = Q(created_at__gte=start) | Q(confirmed_at__gte=start) | Q(taken_back_at__gte=start)
    offers = OutsideOffer.objects.filter(elsewhere | Q(ended_on__gte=since))
    statuses = RecordedStatus.objects.filter(Q(recorded_at__gte=start) | Q(ended_at__gte=start))
    yes = Consent.objects.filter(kind=ConsentKind.ADVICE_SERVICE, at__gte=start)
    whom = [rows.values("learner") for rows in (spells, facts, rolls, lists, offers, statuses, yes)]
    whom += [
        Choice.objects.filter(status_at__gte=start).values("application__learner"),
        _learners(_said(start)),
        _told_by_rolls(start).values("thing_key"),
    ]
    return Learner.objects.filter(_any(whom)).sharing_with_advisers()


def _beginning(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def _said(start: dt.datetime) -> QuerySet:
    return Event.objects.filter(verb__in=SAID, at__gte=start, subject__startswith=ABOUT_A_LEARNER)


def _learners(said: QuerySet) -> QuerySet:
    return said.values(key=Cast(Substr("subject", len(ABOUT_A_LEARNER) + 1), BigIntegerField()))


def _told_by_rolls(start: dt.datetime) -> QuerySet:
    over = [UploadState.PUBLISHED, UploadState.UNDONE]
    told = UploadChange.objects.filter(upload__kind="roll", upload__state__in=over, thing="learner")
    told = told.filter(Q(upload__ended_at__gte=start) | Q(upload__undone_at__gte=start))
    return told.exclude(thing_key=None)


def _any(whom: Iterable[Any]) -> Q:
    found = Q(pk__in=[])
    for keys in whom:
        found |= Q(pk__in=keys)
    return found
