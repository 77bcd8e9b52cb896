"""What can never be true, asked of the whole database every night.

How many choices count against the limit is not among it: an area may lower its limit, and a choice that waited too long
counts again once it is answered.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import CharField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Concat

from activity.models import Event
from applications.models import (
    SETTLED,
    AnswerReminder,
    Application,
    Choice,
    ChoiceRun,
    Interview,
    InterviewState,
    Offer,
    OfferCondition,
    Referral,
    ReferralState,
    Snapshot,
    StateProperty,
)
from applications.queries.snapshots import sha256_of
from applications.workflow import CHOICE_FLOW, PROPERTIES, ChoiceState
from prospectus.models import CourseRun

S = ChoiceState
CHUNK = 500  # snapshots in memory at a time


def broken_invariants() -> list[str]:
    """One line for each impossible thing, with key and reference and never with a name; empty when all is well."""
    asked: list[tuple[str, str, QuerySet]] = [
        *(("choice", what, choices) for what, choices in _of_choices().items()),
        *(("choice", what, choices) for what, choices in _of_what_hangs_on_them().items()),
        *(("application", what, applications) for what, applications in _of_applications().items()),
        ("run", "places taken differ from the choices that take them", _miscounted_runs()),
    ]
    lines = [
        f"{what}: {noun} {key} ({reference})"
        for noun, what, things in asked
        for key, reference in things.order_by("pk").values_list("pk", "reference")
    ]
    lines += [
        f"snapshot differs from its fingerprint: choice {key} ({reference})" for key, reference in _forged_snapshots()
    ]
    if state_properties() != {row.pop("state"): row for row in StateProperty.objects.values()}:
        lines.append("the table of state properties differs from the flow")
    return lines


def _of_choices() -> dict[str, QuerySet]:
    """What a choice's own columns and its history say."""
    choices = Choice.objects.all()
    sent = choices.filter(sent_at__isnull=False)
    with_school = choices.filter(status=S.WITH_SCHOOL)
    moves = [f"choice.{verb}" for verb in CHOICE_FLOW.moves]
    subject = Concat(Value("applications.choice:"), Cast(OuterRef("pk"), CharField()), output_field=CharField())
    history = Event.objects.filter(subject=subject, verb__in=moves).order_by("-pk")
    told = choices.annotate(told=Subquery(history.annotate(to=KeyTextTransform("to", "facts")).values("to")[:1]))
    return {
        "sent without a date to answer": sent.filter(answer_due_on=None),
        "with the school without its dates": with_school.filter(Q(with_school_at=None) | Q(endorse_due_on=None)),
        "with the school and with the provider": with_school.filter(sent_at__isnull=False),
        "sent through the school without its word": sent.filter(endorse_due_on__isnull=False, is_endorsed=None),
        "the school's word without the school": choices.filter(is_endorsed__isnull=False, with_school_at=None),
        "refused without a reason": choices.filter(
            status=S.UNSUCCESSFUL, refusal_reason="", is_closed_by_service=False
        ),
        "withdrawn without a reason": choices.filter(status=S.WITHDRAWN, withdrawal_reason=""),
        "closed by the service and not over": choices.filter(is_closed_by_service=True).exclude(
            status__in=PROPERTIES["is_over"]
        ),
        "entered for the learner by the learner": choices.filter(
            entered_by__isnull=False, entered_by=F("application__learner__user")
        ),
        "status differs from its history": told.exclude(told=F("status")).exclude(told=None, status=S.DRAFT),
        "choice about no course": choices.filter(choice_runs=None),
        "practice and the real together": choices.filter(
            Q(provider__practice_of=None, application__learner__area__is_practice=True)
            | Q(provider__practice_of__isnull=False, application__learner__area__is_practice=False)
        ),
        "course of another provider": choices.filter(
            Exists(ChoiceRun.objects.filter(choice=OuterRef("pk")).exclude(run__course__provider=OuterRef("provider")))
        ),
    }


def _of_what_hangs_on_them() -> dict[str, QuerySet]:
    """Offers, conditions, interviews, suggestions, reminders and snapshots against the state."""
    choices = Choice.objects.all()
    standing = Exists(Offer.objects.filter(choice=OuterRef("pk"), ended_at=None))
    planned = Exists(Interview.objects.filter(choice=OuterRef("pk"), state=InterviewState.PLANNED))
    suggested = Exists(Referral.objects.filter(choice=OuterRef("pk"), state=ReferralState.OPEN))
    reminded = Exists(AnswerReminder.objects.filter(offer__choice=OuterRef("pk"), number=2))
    not_met = OfferCondition.objects.filter(offer__choice=OuterRef("pk"), offer__ended_at=None)
    in_hand = choices.that("has_offer_in_hand")
    return {
        "offer in hand without a standing offer": in_hand.filter(~standing),
        "standing offer on a choice without one in hand": choices.filter(standing).exclude(pk__in=in_hand.values("pk")),
        "certain place with a condition not met": choices.filter(
            Exists(not_met.exclude(state__in=SETTLED)), status__in=[S.CONFIRMED, S.ENROLLED]
        ),
        "ran out without two reminders": choices.filter(~reminded, status=S.LAPSED),
        "interview state without a planned interview": choices.filter(~planned, status=S.INTERVIEWING),
        "planned interview without the interview state": choices.filter(planned).exclude(status=S.INTERVIEWING),
        "open suggestion on a choice that is decided": choices.filter(suggested).exclude(
            status__in=PROPERTIES["is_with_provider"]
        ),
        "sent without a snapshot": choices.filter(sent_at__isnull=False, snapshot=None),
        "with the school without a snapshot": choices.filter(status=S.WITH_SCHOOL, snapshot=None),
        "draft with a snapshot": choices.filter(status=S.DRAFT, snapshot__isnull=False),
        "snapshot made after it was sent": choices.filter(snapshot__made_at__gt=F("sent_at")),
        "snapshot of somebody who was erased": choices.filter(
            snapshot__content__isnull=False, application__learner__erased_at__isnull=False
        ),
    }


def _of_applications() -> dict[str, QuerySet]:
    """Where several choices together cannot be. That firm ones never compete is a constraint of the database."""
    held = Choice.objects.filter(status=S.HELD).order_by().values("application").annotate(number=Count("pk"))
    return {
        "more than one back-up": Application.objects.filter(pk__in=held.filter(number__gt=1).values("application")),
    }


def _miscounted_runs() -> QuerySet:
    keys = Choice.objects.that("is_place_taken").order_by().values("pk")
    taken = Count("choice_runs", filter=Q(choice_runs__choice__in=keys))
    return CourseRun.objects.annotate(counted=taken).exclude(counted=F("places_taken"))


def _forged_snapshots() -> Iterator[tuple[int, str]]:
    """A few in memory at a time, however many were ever sent."""
    rows: Iterable[Any] = Snapshot.objects.filter(content__isnull=False).order_by("pk")
    columns = ("choice_id", "choice__reference", "content", "sha256")
    for key, reference, content, sha256 in rows.values_list(*columns).iterator(CHUNK):  # type: ignore[attr-defined]
        if sha256_of(content) != sha256:
            yield key, reference


def state_properties() -> dict[str, dict[str, bool]]:
    """The table of state properties as the flow has it."""
    return {str(state): {name: state in states for name, states in PROPERTIES.items()} for state in ChoiceState}
