"""Offers made elsewhere, many at once: from a school's list, or for chosen learners."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Learner
from activity.actions import record, record_all
from activity.models import Event
from applications.actions.outside_offers import past_day, sameness
from applications.actions.results import NOBODY, PeopleOfSchool, ResultRow
from applications.models import OutsideOffer
from applications.policies import learners_of_adult
from core import clock
from core.bulk import among
from core.errors import NotAllowed, RuleBroken
from providers.models import Cycle, IssueSeverity, Organisation, Upload
from providers.uploads import Change, RowIssue, UndoStep
from providers.workflow import ChangeAction, ReversalAction

MOST_AT_ONCE = 100  # learners chosen on a page
BATCH = 1000
EVERY = 500
MISTAKE = "mistake"  # of a change: the learner had called the offer one
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


class Before(NamedTuple):
    """What was there before: the key of the offer, and the moment from which the learner called it a mistake."""

    key: int | None = None
    mistake: str = ""


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
    found = [(row, *people.find(_who(row))) for row in rows]
    offers = _Offers({known.pk for _row, known, _why in found if known}, by=by, upload=upload)
    counts = dict.fromkeys(("added", "changed", "unchanged", "unknown"), 0)
    outcome = OffersOutcome(counts)
    for done, (row, known, why) in enumerate(found):
        if done % EVERY == 0:
            progress(done=done, of=len(rows), doing="Comparing with the offers already here")
        learner = offers.learners.get(known.pk) if known else None
        if learner is None:
            counts["unknown"] += 1
            words = why or NOBODY
            outcome.issues.append(RowIssue(row.row, "", "", "OFFER_LEARNER_UNKNOWN", IssueSeverity.ERROR, words))
            continue
        what, before = offers.take(
            learner, cycle, provider_name=row.provider, course_name=row.course, offered_on=row.offered_on, kind=row.kind
        )
        counts[what] += 1
        if what != "unchanged":
            offer = f"{row.provider}, {row.course}".rstrip(", ")
            action = ChangeAction.ADDED if what == "added" else ChangeAction.CHANGED
            fields = {"offer": ("", offer)} | ({MISTAKE: (before.mistake, "")} if before.mistake else {})
            outcome.changes.append(Change(action, "offer", str(learner), before.key, fields))
    offers.store()
    record("outside_offers.bring", subject=school, by=by, added=counts["added"], changed=counts["changed"])
    return outcome


def _who(row: OfferRow) -> ResultRow:
    """Whom the row names, as a row of results does."""
    return ResultRow(
        row=row.row, subject="", grade="", upn=row.upn, uln=row.uln,
        family_name=row.family_name, given_name=row.given_name, birth_on=row.birth_on,
    )  # fmt: skip


class _Offers:
    """Offers of many learners, compared with what stands and written in a few statements, whatever their number.

    ``learners``: those of them whose adult this person is, by key and locked in the order of keys.
    """

    def __init__(self, keys: Collection[int], *, by: Any, upload: Upload | None = None) -> None:
        self.by, self.upload = by, upload
        held = Learner.objects.select_for_update(no_key=True).filter(pk__in=among(keys)).order_by("pk")
        theirs = set(learners_of_adult(by).filter(pk__in=among(keys)).values_list("pk", flat=True))
        self.learners = {learner.pk: learner for learner in held if learner.pk in theirs}
        standing = OutsideOffer.objects.filter(learner__in=among(self.learners), ended_on=None)
        # What an adult vouches for before what nobody has seen.
        self.standing = {sameness(one): one for one in standing.order_by("-is_unconfirmed", "-pk")}
        self.new: list[OutsideOffer] = []
        self.confirmed: list[OutsideOffer] = []
        self.no_mistake: list[OutsideOffer] = []

    def take(
        self,
        learner: Learner,
        cycle: Cycle,
        *,
        provider_name: str,
        course_name: str = "",
        offered_on: dt.date | None = None,
        kind: str = "",
    ) -> tuple[str, Before]:
        """What becomes of one offer: added, changed or unchanged; and what was there before."""
        offer = OutsideOffer(
            learner=learner, cycle=cycle, provider_name=provider_name.strip(), course_name=course_name.strip(),
            offered_on=past_day(offered_on), kind=kind, by=self.by, upload=self.upload,
        )  # fmt: skip
        known = self.standing.setdefault(sameness(offer), offer)
        if known is offer:
            self.new.append(offer)
            return "added", Before()
        before = Before(known.pk, known.taken_back_at.isoformat() if known.taken_back_at else "")
        if known.taken_back_at is not None:
            known.taken_back_at = None
            self.no_mistake.append(known)
        elif not known.is_unconfirmed:
            return "unchanged", before
        if known.is_unconfirmed:
            known.is_unconfirmed, known.confirmed_at, known.upload = False, clock.now(), self.upload
            self.confirmed.append(known)
        return "changed", before

    def store(self) -> None:
        """All of it is written, with its history."""
        OutsideOffer.objects.bulk_create(self.new, batch_size=BATCH)
        touched = {offer.pk: offer for offer in (*self.confirmed, *self.no_mistake)}
        columns = ["is_unconfirmed", "confirmed_at", "taken_back_at", "upload"]
        OutsideOffer.objects.bulk_update(touched.values(), columns, batch_size=BATCH)
        record_all("outside_offer.record", subjects=self.new, by=self.by)
        record_all("outside_offer.confirm", subjects=self.confirmed, by=self.by)
        record_all("outside_offer.stand", subjects=self.no_mistake, by=self.by)


@transaction.atomic
def record_outside_offers(*, learners: Iterable[Learner], by: Any, **answers: Any) -> int:
    """Each of these learners has this offer, of one provider. Returns how many they are.

    Raises: NotAllowed (for any of them, and nothing is recorded), RuleBroken ``offered_in_future``, ``no_cycle``,
    ``too_many`` (at once).
    """
    chosen = list(learners)
    if len(chosen) > MOST_AT_ONCE:
        raise RuleBroken(_("Choose up to %(number)s learners at once.") % {"number": MOST_AT_ONCE}, code="too_many")
    cycles = {area: _cycle(area) for area in {learner.area_id for learner in chosen}}
    offers = _Offers([learner.pk for learner in chosen], by=by)
    for learner in chosen:
        if learner.pk not in offers.learners:
            raise NotAllowed(f"record_outside_offer on accounts.learner:{learner.pk}")
        offers.take(learner, cycles[learner.area_id], **answers)
    offers.store()
    return len(chosen)


def _cycle(area_id: int) -> Cycle:
    cycle = Cycle.objects.running().post_16().filter(area=area_id).first()
    if cycle is None:
        raise RuleBroken(NO_CYCLE, code="no_cycle")
    return cycle


def offer_undo_steps(upload: Upload) -> list[UndoStep]:
    """What undoing this list would do with each of its offers."""
    return _steps(_of(upload), upload)


@transaction.atomic
def undo_offers(upload: Upload, by: Any) -> list[UndoStep]:
    """Offers that the list brought no longer stand from today; that they were recorded stays readable. Those that it
    confirmed are the learner's word again, on past days too; those that the learner had called a mistake wait for an
    adult as before. What somebody has said since stands. Returns what was done with each."""
    Organisation.objects.select_for_update(no_key=True).get(pk=upload.organisation_id)
    keys = list(_touched(upload).values_list("learner", flat=True))
    list(Learner.objects.select_for_update(no_key=True).filter(pk__in=among(keys)).order_by("pk").values_list("pk"))
    found = _of(upload)
    steps = _steps(found, upload)
    undone = {step.key for step in steps if step.action != ReversalAction.KEPT}
    free = [offer.pk for offer in found if offer.pk in undone and offer.upload_id == upload.pk]
    mistakes = _mistakes(upload)
    again = [offer for offer in found if offer.pk in undone and offer.upload_id != upload.pk]
    for offer in again:
        offer.taken_back_at = mistakes[offer.pk]
    OutsideOffer.objects.bulk_update(again, ["taken_back_at"], batch_size=BATCH)
    record_all("outside_offer.undo_stand", subjects=again, by=by)
    said = OutsideOffer.objects.filter(pk__in=free, confirmed_at__isnull=False)
    # What the learner has called a mistake since, and nobody vouches for any more, is over.
    said.filter(taken_back_at__isnull=False).update(ended_on=clock.today())
    said.update(is_unconfirmed=True, confirmed_at=None, upload=None)
    OutsideOffer.objects.filter(pk__in=free, upload=upload).update(ended_on=clock.today())
    record("outside_offers.undo", subject=upload, by=by, school=upload.organisation_id, number=len(free) + len(again))
    return steps


def _mistakes(upload: Upload) -> dict[int, dt.datetime]:
    """Since when the learner had called it a mistake, of the offers that the list says stand, by key."""
    changed = upload.changes.filter(fields__has_key=MISTAKE).values_list("thing_key", "fields")
    return {key: dt.datetime.fromisoformat(fields[MISTAKE][0]) for key, fields in changed if key}


def _touched(upload: Upload) -> QuerySet[OutsideOffer]:
    return OutsideOffer.objects.filter(Q(upload=upload) | Q(pk__in=list(_mistakes(upload))))


def _of(upload: Upload) -> list[OutsideOffer]:
    found = _touched(upload).select_related("learner")
    return list(found.order_by("learner__family_name", "learner__given_name", "pk"))


def _steps(offers: Sequence[OutsideOffer], upload: Upload) -> list[UndoStep]:
    said_since = _said_since(offers, upload)
    return [_step(offer, upload, is_said_since=offer.pk in said_since) for offer in offers]


def _said_since(offers: Sequence[OutsideOffer], upload: Upload) -> set[int]:
    """The keys of those of which somebody has said that they stand, after the list. It said so itself, once, of those
    that the learner had called a mistake; nobody else can have between confirming and publishing, or it would have
    been another list."""
    subjects = {f"{offer._meta.label_lower}:{offer.pk}": offer.pk for offer in offers}
    said = Event.objects.filter(verb="outside_offer.stand", subject__in=list(subjects), at__gte=upload.confirmed_at)
    times = Counter(subjects[subject] for subject in said.values_list("subject", flat=True))
    return set(times - Counter(_mistakes(upload).keys()))


def _step(offer: OutsideOffer, upload: Upload, *, is_said_since: bool) -> UndoStep:
    title = f"{offer.learner}: {offer.provider_name}"
    if offer.ended_on is not None:
        return UndoStep(ReversalAction.KEPT, "offer", offer.pk, title, "It no longer stands anyway.")
    if offer.upload_id != upload.pk and offer.taken_back_at is not None:
        return UndoStep(ReversalAction.KEPT, "offer", offer.pk, title, "The learner has called it a mistake again.")
    if is_said_since and offer.taken_back_at is None:
        return UndoStep(ReversalAction.KEPT, "offer", offer.pk, title, "Somebody has said since that it stands.")
    if offer.upload_id != upload.pk or offer.confirmed_at is not None:
        return UndoStep(ReversalAction.RESTORED, "offer", offer.pk, title)
    return UndoStep(ReversalAction.TAKEN_OUT, "offer", offer.pk, title)
