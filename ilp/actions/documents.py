"""A learner makes a statement or CV of what is in the plan, and may ask to have it read."""

from collections.abc import Collection, Sequence
from typing import Any, cast

from django.db import transaction
from django.utils.translation import gettext as _

from activity.actions import post, record
from core import clock
from core.errors import RuleBroken, StaleState
from ilp.actions.flags import flag_written
from ilp.actions.locking import lock_learner
from ilp.actions.roles import ROLES
from ilp.models import (
    ANSWERED_KINDS,
    Document,
    DocumentKind,
    DocumentPart,
    DocumentRemark,
    Entry,
    EntryKind,
    FlagPlace,
    Plan,
)
from ilp.policies import DOCUMENT_POLICY, PLAN_POLICY
from ilp.workflow import EntryState
from providers.models import StaffRole

SAID = "document-said"
MOST_DOCUMENTS = 8
MOST_PARTS = 40
FIRST_OFFERED = (EntryKind.SKILL, EntryKind.EXPERIENCE, EntryKind.ACHIEVEMENT, EntryKind.INTEREST)


@transaction.atomic
def start_document(*, plan: Plan, kind: str, name: str, by: Any) -> Document:
    """There is one more, with what adults have validated in it already.

    Raises: NotAllowed, RuleBroken ``too_many_documents``.
    """
    lock_learner(plan.learner_id)
    plan = Plan.objects.select_related("learner").get(pk=plan.pk)
    PLAN_POLICY.require(by, "add", plan)
    if Document.objects.filter(plan=plan).count() >= MOST_DOCUMENTS:
        raise RuleBroken(
            _("You have %(most)s already. Remove one that you need no longer.") % {"most": MOST_DOCUMENTS},
            code="too_many_documents",
        )
    document = Document.objects.create(plan=plan, kind=DocumentKind(kind), name=name.strip())
    validated = Entry.objects.filter(plan=plan, state=EntryState.VALIDATED, kind__in=FIRST_OFFERED).order_by("pk")
    order = [kind.value for kind in FIRST_OFFERED]
    _put_in(document, sorted(validated, key=lambda entry: (order.index(entry.kind), entry.pk))[:MOST_PARTS], {})
    record("document.start", subject=document, by=by, kind=document.kind)
    return document


@transaction.atomic
def keep_document(
    *,
    document: Document,
    seen: int,
    by: Any,
    name: str,
    opening: str,
    facts: Sequence[str],
    marks_validated: bool,
    entries: Sequence[str],
    renewed: Collection[str] = (),
) -> Document:
    """It reads like this now. ``entries`` are references in the order of the document; each keeps the words it had,
    but for those in ``renewed`` and new ones, which have the plan's of today.

    Raises: NotAllowed, StaleState (removed), RuleBroken ``changed_meanwhile`` (somewhere else since ``seen``),
    ``too_many_parts``.
    """
    lock_learner(document.plan.learner_id)
    held = _held(document)
    DOCUMENT_POLICY.require(by, "keep", held)
    if held.number != seen:
        raise RuleBroken(
            _("You have changed this somewhere else since you opened it here. Open it again to see what it says now."),
            code="changed_meanwhile",
        )
    if len(set(entries)) > MOST_PARTS:
        raise RuleBroken(
            _("There is room for %(most)s things of your plan.") % {"most": MOST_PARTS}, code="too_many_parts"
        )
    found = Entry.objects.filter(plan=held.plan_id, reference__in=list(entries)).exclude(kind__in=ANSWERED_KINDS)
    known = {entry.reference: entry for entry in found}
    before = {part.entry_id: part.revision_id for part in held.parts.all()}
    chosen = [known[reference] for reference in dict.fromkeys(entries) if reference in known]
    chosen = [entry for entry in chosen if entry.state != EntryState.TAKEN_OUT or entry.pk in before]
    kept = {
        entry.pk: before[entry.pk] for entry in chosen if entry.pk in before and entry.reference not in set(renewed)
    }
    held.parts.all().delete()
    _put_in(held, chosen, kept)
    stood = held.opening
    held.name, held.opening, held.facts = name.strip(), opening, sorted(set(facts))
    held.marks_validated, held.number, held.changed_at = marks_validated, held.number + 1, clock.now()
    held.save()
    _flag(held, before=stood, by=by)
    return held


@transaction.atomic
def remove_document(*, document: Document, by: Any) -> None:
    """It is gone; the plan is as it was. Raises: NotAllowed, StaleState."""
    lock_learner(document.plan.learner_id)
    held = _held(document)
    DOCUMENT_POLICY.require(by, "remove", held)
    record("document.remove", subject=held, by=by, kind=held.kind)
    held.delete()


@transaction.atomic
def ask_document(*, document: Document, is_asked: bool, by: Any) -> Document:
    """The tutors and coordinators of the learner's school of today may read it, or no longer.

    Raises: NotAllowed, StaleState, RuleBroken ``no_school``.
    """
    lock_learner(document.plan.learner_id)
    held = _held(document)
    DOCUMENT_POLICY.require(by, "ask", held)
    if is_asked != held.is_open:
        entry = held.plan.learner.roll_entries.current().first()
        if is_asked and entry is None:
            raise RuleBroken(_("You are at no school today, so nobody can be asked to read it."), code="no_school")
        held.asked_at = clock.now() if is_asked else None
        held.asked_school_id = entry.school_id if is_asked and entry is not None else None
        held.save(update_fields=["asked_at", "asked_school"])
        record("document.ask", subject=held, by=by, is_asked=is_asked)
        _flag(held, before=held.opening, by=by)
    return held


@transaction.atomic
def say_document(*, document: Document, seen: int, words: str, by: Any) -> DocumentRemark:
    """An adult who was asked has written to the learner about it. Tells: the learner, once a day.

    Raises: NotAllowed (not asked, or no longer), StaleState, RuleBroken ``words_missing``.
    """
    lock_learner(document.plan.learner_id)
    held = _held(document)
    DOCUMENT_POLICY.require(by, "say", held)
    if not words.strip():
        raise RuleBroken(_("Write what you think of it."), code="words_missing")
    here = [entry.school_id for entry in held.plan.learner.roll_entries.current()]
    role = StaffRole.objects.of(by, *ROLES).filter(organisation__in=here).order_by("pk").first()
    remark = DocumentRemark.objects.create(document=held, number=min(seen, held.number), words=words, by=by, role=role)
    record("document.say", subject=held, by=by)
    post(SAID, key=f"{SAID}:{held.pk}:{clock.today().isoformat()}", document_id=held.pk)
    return remark


def _flag(document: Document, *, before: str, by: Any) -> None:
    """Nobody else reads a document before the learner asks; what stands in the plan has been looked at there."""
    if document.asked_at is not None:
        flag_written(
            document,
            learner=document.plan.learner,
            place=FlagPlace.DOCUMENT,
            section="statement",
            said=[document.opening],
            before=[before],
            by=by,
        )


def _held(document: Document) -> Document:
    found = Document.objects.for_list().filter(pk=document.pk).first()
    if found is None:
        raise StaleState("the document was removed")
    return found


def _put_in(document: Document, entries: Sequence[Entry], kept: dict[int, int]) -> None:
    DocumentPart.objects.bulk_create(
        DocumentPart(
            document=document,
            entry=entry,
            revision_id=kept.get(entry.pk) or cast("int", entry.revision_id),
            position=position,
        )
        for position, entry in enumerate(entries, start=1)
    )
