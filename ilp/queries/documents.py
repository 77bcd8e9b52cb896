"""A statement or CV as it reads: on the page, in the PDF and as plain text, from one place."""

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import LearnerContact, RollEntry
from ilp.models import ContactFact, Document, DocumentKind, DocumentPart, Entry, EntryKind, Plan
from ilp.workflow import IN_PLAN, EntryState

# What a CV calls the kinds of entry. Those that are not here, answered sections, are in no document: they are answers
# to somebody's questions, and what is about special needs must not reach whoever is asked to read one (decision 0049).
HEADINGS = {
    EntryKind.ABOUT: "About me",
    EntryKind.SKILL: "Skills",
    EntryKind.EXPERIENCE: "Experience",
    EntryKind.ACHIEVEMENT: "Achievements",
    EntryKind.INTEREST: "Interests",
    EntryKind.AMBITION: "What I want to do",
    EntryKind.GOAL: "Goals",
    EntryKind.COURSE: "Courses I am interested in",
}


@dataclass(kw_only=True)
class Item:
    """One entry, in the words that were taken in."""

    reference: str
    kind: str
    title: str
    place: str
    when: str
    words: str
    is_validated: bool
    is_older: bool

    @property
    def paragraph(self) -> str:
        """What a statement says of it: the learner's sentences, or else its name."""
        return self.words.strip() or self.title


@dataclass(kw_only=True)
class Drawn:
    """The whole document as it reads."""

    kind: str
    learner: str
    contact: list[str]
    opening: str
    items: list[Item]
    sections: list[tuple[str, list[Item]]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """To copy: paragraphs with an empty line between them."""
        if self.kind == DocumentKind.STATEMENT:
            return "\n\n".join(
                part for part in (self.opening.strip(), *(item.paragraph for item in self.items)) if part
            )
        blocks = ["\n".join([self.learner, *self.contact]), self.opening.strip()]
        for heading, items in self.sections:
            lines = ["\n".join(part for part in (_line(item), item.words.strip()) if part) for item in items]
            blocks.append("\n\n".join([heading.upper(), *lines]))
        return "\n\n".join(block for block in blocks if block)

    @property
    def characters(self) -> int:
        return len(self.text)

    @property
    def has_older(self) -> bool:
        return any(item.is_older for item in self.items)


def drawn(document: Document) -> Drawn:
    """How the document reads now. Entries that were taken out of the plan stay in it until it is changed."""
    learner = document.plan.learner
    parts = document.parts.filter(entry__kind__in=list(HEADINGS)).select_related("entry__course", "revision")
    items = [_item(part, marks=document.marks_validated) for part in parts.order_by("position")]
    sections: dict[str, list[Item]] = {}
    for item in items:
        sections.setdefault(HEADINGS[EntryKind(item.kind)], []).append(item)
    return Drawn(
        kind=document.kind,
        learner=str(learner),
        contact=_contact(document),
        opening=_typed(document.opening),
        items=items,
        sections=list(sections.items()),
    )


def choosable(plan: Plan) -> QuerySet[Entry]:
    """The entries a document can have, in the order in which they are asked for."""
    entries = Entry.objects.in_plan().filter(plan=plan, kind__in=list(HEADINGS))
    return entries.for_list().order_by("kind", "created_at", "pk")


def _item(part: DocumentPart, *, marks: bool) -> Item:
    revision, entry = part.revision, part.entry
    # What somebody writes about themselves has no name of its own.
    title = revision.title or (entry.course.title if entry.course is not None else "")
    return Item(
        reference=entry.reference,
        kind=entry.kind,
        title=title,
        place=revision.place,
        when=_when(revision.from_on, revision.until_on),
        words=_typed(revision.words),
        is_validated=marks and entry.state == EntryState.VALIDATED and not part.is_older,
        is_older=part.is_older and entry.state in IN_PLAN,
    )


def _typed(text: str) -> str:
    """With plain line ends and no tabs: browsers send carriage returns, which no letter of a PDF stands for."""
    return "\n".join(text.splitlines()).replace("\t", " ")


def _when(begins: dt.date | None, ends: dt.date | None) -> str:
    days = [date_format(day, "F Y") for day in (begins, ends) if day is not None]
    return _(" to ").join(dict.fromkeys(days))


def _line(item: Item) -> str:
    facts = ", ".join(part for part in (item.title, item.place, item.when) if part)
    return f"{facts} ({_('validated')})".strip() if item.is_validated else facts


def _contact(document: Document) -> list[str]:
    """The facts the learner ticked, as they are on the record today."""
    if not document.facts:
        return []
    learner = document.plan.learner_id
    contact = LearnerContact.objects.filter(learner=learner).first() or LearnerContact()
    entry = RollEntry.objects.current().filter(learner=learner).select_related("school").first()
    said = {
        ContactFact.SCHOOL.value: str(entry.school) if entry else "",
        ContactFact.EMAIL.value: contact.email,
        ContactFact.PHONE.value: contact.phone,
        ContactFact.ADDRESS.value: ", ".join(part for part in (contact.address, contact.postcode) if part),
    }
    return [said[fact] for fact in said if fact in document.facts and said[fact]]
