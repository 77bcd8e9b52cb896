"""What can never be true, asked of the whole database every night."""

from collections.abc import Iterable

from django.db.models import Count, Exists, F, OuterRef, Q

from applications.models import Choice, Interview, Offer, Snapshot, StateProperty
from applications.queries.snapshots import sha256_of
from applications.workflow import PLACE_TAKEN, PROPERTIES, ChoiceState
from prospectus.models import CourseRun


def broken_invariants() -> list[str]:
    """One line for each impossible thing, with keys and never with names; empty when all is well."""
    standing = Offer.objects.filter(choice=OuterRef("pk"), ended_at=None)
    planned = Interview.objects.filter(choice=OuterRef("pk"), state="planned")
    in_hand = PROPERTIES["has_offer_in_hand"]
    taken = Count("choice_runs", filter=Q(choice_runs__choice__status__in=PLACE_TAKEN))
    asked: dict[str, Iterable[int]] = {
        "offer in hand without a standing offer: choice": _keys(
            Choice.objects.filter(~Exists(standing), status__in=in_hand)
        ),
        "standing offer on a choice without one in hand: choice": _keys(
            Choice.objects.filter(Exists(standing)).exclude(status__in=in_hand)
        ),
        "sent without a snapshot: choice": _keys(Choice.objects.filter(sent_at__isnull=False, snapshot=None)),
        "sent without a date to answer: choice": _keys(
            Choice.objects.filter(sent_at__isnull=False, answer_due_on=None)
        ),
        "interview state without a planned interview: choice": _keys(
            Choice.objects.filter(~Exists(planned), status=ChoiceState.INTERVIEWING)
        ),
        "choice about no course: choice": _keys(Choice.objects.filter(choice_runs=None)),
        "more than one back-up: application": Choice.objects.filter(status=ChoiceState.HELD)
        .values("application")
        .annotate(number=Count("pk"))
        .filter(number__gt=1)
        .values_list("application", flat=True),
        "places taken differ from the choices that take them: run": _keys(
            CourseRun.objects.annotate(counted=taken).exclude(counted=F("places_taken"))
        ),
        "snapshot differs from its fingerprint: choice": [
            choice_id
            for choice_id, content, sha256 in Snapshot.objects.filter(content__isnull=False)
            .values_list("choice_id", "content", "sha256")
            .iterator()
            if sha256_of(content) != sha256
        ],
    }
    lines = [f"{what} {key}" for what, keys in asked.items() for key in keys]
    if state_properties() != {row.pop("state"): row for row in StateProperty.objects.values()}:
        lines.append("the table of state properties differs from the flow")
    return lines


def _keys(things: object) -> Iterable[int]:
    return things.order_by("pk").values_list("pk", flat=True)  # type: ignore[attr-defined]


def state_properties() -> dict[str, dict[str, bool]]:
    """The table of state properties as the flow has it."""
    return {str(state): {name: state in states for name, states in PROPERTIES.items()} for state in ChoiceState}
