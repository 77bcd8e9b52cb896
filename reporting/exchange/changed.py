"""Of whom something has changed since a day that the caseload system would want to know."""

import datetime as dt

from django.db.models import BigIntegerField, F, Q, QuerySet
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
SAID = (
    "contact.keep", "residence.set", "residence.take_over", "characteristics.take_over", "characteristics.give_back",
    "current_activity.give_back", "record_fact.give_back",
)  # fmt: skip


def shared_since(since: dt.date) -> QuerySet:
    """Learners who share with the advice service, and of whom something the return says has been recorded on this day
    or later: what they do or mean to do, what they need, where they are at school or live, what they have been
    offered; or who have said yes since. Source: SPEC A4, A5."""
    start = timezone.make_aware(dt.datetime.combine(since, dt.time()))
    spells = CurrentActivity.objects.filter(Q(recorded_at__gte=start) | Q(replaced_at__gte=start))
    facts = RecordFact.objects.filter(Q(recorded_at__gte=start) | Q(replaced_at__gte=start))
    rolls = RollEntry.objects.filter(Q(started_on__gte=since) | Q(ended_on__gte=since))
    lists = Enrolment.objects.filter(Q(said_at__gte=start) | Q(ended_at__gte=start) | Q(settled_at__gte=start))
    elsewhere = Q(created_at__gte=start) | Q(confirmed_at__gte=start) | Q(taken_back_at__gte=start)
    offers = OutsideOffer.objects.filter(elsewhere | Q(ended_on__gte=since))
    statuses = RecordedStatus.objects.filter(Q(recorded_at__gte=start) | Q(ended_at__gte=start))
    yes = Consent.objects.filter(kind=ConsentKind.ADVICE_SERVICE, at__gte=start)
    said = Event.objects.filter(verb__in=SAID, at__gte=start, subject__startswith=ABOUT_A_LEARNER)
    over = [UploadState.PUBLISHED, UploadState.UNDONE]
    told = UploadChange.objects.filter(upload__kind="roll", upload__state__in=over, thing="learner").filter(
        Q(upload__ended_at__gte=start) | Q(upload__undone_at__gte=start)
    )
    whom = [rows.values("learner") for rows in (spells, facts, rolls, lists, offers, statuses, yes)]
    whom += [
        Choice.objects.filter(status_at__gte=start).values("application__learner"),
        said.values(key=Cast(Substr("subject", len(ABOUT_A_LEARNER) + 1), BigIntegerField())),
        told.exclude(thing_key=None).values(key=F("thing_key")),
    ]
    changed = Q(pk__in=[])
    for keys in whom:
        changed |= Q(pk__in=keys)
    return Learner.objects.filter(changed).sharing_with_advisers()
