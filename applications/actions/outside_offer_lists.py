"""Offers made elsewhere, many at once: from a school's list, or for chosen learners."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Learner
from activity.actions import record
from applications.actions.outside_offers import record_outside_offer
from applications.actions.results import NOBODY, PeopleOfSchool, ResultRow
from applications.models import OutsideOffer
from core import clock
from core.errors import RuleBroken
from providers.models import Cycle, IssueSeverity, Organisation, Upload
from providers.uploads import Change, RowIssue, UndoStep
from providers.workflow import ChangeAction, ReversalAction

MOST_AT_ONCE = 100  # learners chosen on a page
NO_CYCLE = "No application cycle is open or to come in this area, so that nothing can be counted."


class OfferRow(NamedTuple):
    """One offer of a list: whose it is, in whatever way the list says it, and of what."""

    row: int
    provider: str
    offered_on: dt.date
    course: str = ""
    kind: str = ""
    upn: str = ""
    uln: str = ""
    family_name: str = ""
    given_name: str = ""
    birth_on: dt.date | None = None


@dataclass
class OffersOutcome:
    """What came of a list: numbers, each change and what people should look at."""

    counts: dict[str, int]
    issues: list[RowIssue] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)


@transaction.atomic
def bring_outside_offers(
    *,
    school: Organisation,
    rows: Sequence[OfferRow],
    by: Any,
    upload: Upload | None = None,
    progress: Callable[..., None] = lambda **_: None,
) -> OffersOutcome:
    """Each of these offers stands, for learners of the school whom this person answers for. The same list again
    changes nothing.

    Raises: RuleBroken ``no_cycle``.
    """
    # The school is the lock: of two lists at once the second compares with what the first has written.
    Organisation.objects.select_for_update(no_key=True).get(pk=school.pk)
    cycle = _cycle(school.area_id)
    people = PeopleOfSchool(school)
    learners = Learner.objects.answered_for_by(by).in_bulk()
    counts = dict.fromkeys(("added", "changed", "unchanged", "unknown"), 0)
    outcome = OffersOutcome(counts)
    for done, row in enumerate(rows):
        progress(done=done, of=len(rows), doing="Comparing with the offers already here")
        known, why = people.find(_who(row))
        learner = learners.get(known.pk) if known else None
        if learner is None:
            counts["unknown"] += 1
            words = why or NOBODY
            outcome.issues.append(RowIssue(row.row, "", "", "OFFER_LEARNER_UNKNOWN", IssueSeverity.ERROR, words))
            continue
        what, key = _brought(learner, row, cycle=cycle, by=by, upload=upload)
        counts[what] += 1
        if what != "unchanged":
            offer = f"{row.provider}, {row.course}".rstrip(", ")
            action = ChangeAction.ADDED if what == "added" else ChangeAction.CHANGED
            outcome.changes.append(Change(action, "offer", str(learner), key, {"offer": ("", offer)}))
    record("outside_offers.bring", subject=school, by=by, added=counts["added"], changed=counts["changed"])
    return outcome


def _who(row: OfferRow) -> ResultRow:
    """Whom the row names, as a row of results does."""
    return ResultRow(
        row=row.row, subject="", grade="", upn=row.upn, uln=row.uln,
        family_name=row.family_name, given_name=row.given_name, birth_on=row.birth_on,
    )  # fmt: skip


def _brought(
    learner: Learner, row: OfferRow, *, cycle: Cycle, by: Any, upload: Upload | None
) -> tuple[str, int | None]:
    """What became of one offer: added, changed or unchanged; and the key of what was there before."""
    before = OutsideOffer.objects.filter(
        learner=learner, cycle=cycle, provider_name__iexact=row.provider, course_name__iexact=row.course, ended_on=None
    )
    stood = before.order_by("is_unconfirmed", "pk").first()
    record_outside_offer(
        learner=learner, cycle=cycle, by=by, provider_name=row.provider, course_name=row.course,
        offered_on=row.offered_on, kind=row.kind, upload=upload,
    )  # fmt: skip
    if stood is None:
        return "added", None
    return ("changed" if stood.is_unconfirmed or stood.taken_back_at else "unchanged"), stood.pk


@transaction.atomic
def record_outside_offers(*, learners: Iterable[Learner], by: Any, **answers: Any) -> int:
    """Each of these learners has this offer, of one provider. Returns how many they are.

    Raises: NotAllowed (for any of them, and nothing is recorded), RuleBroken ``offered_in_future``, ``no_cycle``,
    ``too_many`` (at once).
    """
    chosen = sorted(learners, key=lambda learner: learner.pk)
    if len(chosen) > MOST_AT_ONCE:
        raise RuleBroken(_("Choose up to %(number)s learners at once.") % {"number": MOST_AT_ONCE}, code="too_many")
    cycles = {area: _cycle(area) for area in {learner.area_id for learner in chosen}}
    for learner in chosen:
        record_outside_offer(learner=learner, cycle=cycles[learner.area_id], by=by, **answers)
    return len(chosen)


def _cycle(area_id: int) -> Cycle:
    cycle = Cycle.objects.running().post_16().filter(area=area_id).first()
    if cycle is None:
        raise RuleBroken(NO_CYCLE, code="no_cycle")
    return cycle


def offer_undo_steps(upload: Upload) -> list[UndoStep]:
    """What undoing this list would do with each of its offers."""
    return [_step(offer) for offer in _of(upload)]


@transaction.atomic
def undo_offers(upload: Upload, by: Any) -> list[UndoStep]:
    """Offers that the list brought no longer stand from today; that they were recorded stays readable. Returns what was
    done with each."""
    Organisation.objects.select_for_update(no_key=True).get(pk=upload.organisation_id)
    found = _of(upload)
    list(Learner.objects.select_for_update(no_key=True).filter(pk__in=[one.learner_id for one in found]).order_by("pk"))
    steps = [_step(offer) for offer in found]
    free = [offer.pk for offer in found if offer.ended_on is None]
    OutsideOffer.objects.filter(pk__in=free).update(ended_on=clock.today())
    record("outside_offers.undo", subject=upload, by=by, school=upload.organisation_id, number=len(free))
    return steps


def _of(upload: Upload) -> list[OutsideOffer]:
    found = OutsideOffer.objects.filter(upload=upload).select_related("learner")
    return list(found.order_by("learner__family_name", "learner__given_name", "pk"))


def _step(offer: OutsideOffer) -> UndoStep:
    title = f"{offer.learner}: {offer.provider_name}"
    if offer.ended_on is not None:
        return UndoStep(ReversalAction.KEPT, "offer", offer.pk, title, "It no longer stands anyway.")
    return UndoStep(ReversalAction.TAKEN_OUT, "offer", offer.pk, title)
