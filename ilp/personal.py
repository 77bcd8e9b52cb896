"""What this floor's tables say of a learner."""

import datetime as dt

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner
from core import personal
from core.personal import Blank, Erase
from ilp import keeping, keeping_documents, keeping_experiences, keeping_reviews
from ilp.models import (
    Answer,
    Contact,
    Contribution,
    Document,
    Draft,
    Entry,
    EntryKind,
    Plan,
    Remark,
    Revision,
    SectionAsk,
)
from ilp.workflow import EntryState

FIGURES = _("How many have a plan, of what, and how soon adults answer, is part of the figures.")


def register() -> None:
    """The list of this floor."""
    personal.register(
        Contact,
        path="learner",
        title=_("What your adviser wrote down about talking with you"),
        shows={
            "on": _("Day"),
            "kind": _("How"),
            "note": _("What was said"),
            "next_step": _("Next step"),
            "next_on": _("Next step due"),
        },
        erase=Blank(note="", next_step=""),
        because=_("How often advisers were in touch, and in which way, is part of the figures."),
        merge=_merge_contacts,
    )
    personal.register(
        Plan,
        path="learner",
        title=_("Your plan"),
        shows={"started_at": _("Begun"), "changed_at": _("Last changed by you")},
        erase=Erase.KEEP,
        because=FIGURES,
        merge=_merge_plans,
    )
    personal.register(
        Entry,
        path="plan__learner",
        title=_("What is in your plan"),
        shows={
            "kind": _("About"),
            "state": _("Where it stands"),
            "course__title": _("Course"),
            "created_at": _("Added"),
        },
        erase=Erase.KEEP,
        because=FIGURES,
    )
    personal.register(
        Revision,
        path="entry__plan__learner",
        title=_("What you wrote in your plan, each time"),
        shows={
            "entry__kind": _("About"),
            "number": _("Time"),
            "title": _("Name"),
            "words": _("In your words"),
            "place": _("Where"),
            "from_on": _("From"),
            "until_on": _("Until"),
            "is_reached": _("Reached"),
            "at": _("Written"),
        },
        erase=Blank(title="", words="", place="", from_on=None, until_on=None),
        because=FIGURES,
    )
    personal.register(
        Remark,
        path="revision__entry__plan__learner",
        title=_("What was said about it"),
        shows={
            "revision__entry__kind": _("About"),
            "kind": _("What"),
            "words": _("Words"),
            "by__name": _("By"),
            "role__kind": _("As"),
            "at": _("When"),
        },
        erase=Blank(words=""),
        because=FIGURES,
    )
    personal.register(
        Draft,
        path="plan__learner",
        title=_("What you began to write and have not put into your plan"),
        shows={"kind": _("About"), "answers": _("What you wrote"), "saved_at": _("Last changed")},
        erase=Erase.DELETE,
    )
    register_answers()
    personal.register_retention(
        personal.Retention(
            name="drafts",
            title=_("What learners began to write in their plans and left"),
            days=365,
            least_days=90,
            source=_("A school year: somebody who goes on in the next one finds it."),
            due=_left_drafts,
            remove=_delete,
        )
    )
    keeping_experiences.register()
    keeping_documents.register()
    keeping.register()
    keeping_reviews.register()


def register_answers() -> None:
    """What a learner answered in sections, and what people they asked wrote there."""
    personal.register(
        Answer,
        path="revision__entry__plan__learner",
        title=_("What you answered, each time"),
        shows={
            "revision__title": _("Part"),
            "question__asked": _("Question"),
            "text": _("Your answer"),
            "revision__at": _("When"),
        },
        erase=Blank(value=None, text=""),
        because=FIGURES,
    )
    personal.register(
        SectionAsk,
        path="plan__learner",
        title=_("Whom you asked to write in your plan"),
        shows={
            "title": _("Part"),
            "supporter__known_as": _("Whom"),
            "asked_at": _("From"),
            "ended_at": _("Until"),
        },
        erase=Erase.KEEP,
        because=_("It says which part was asked about, and nothing of what was written."),
    )
    personal.register(
        Contribution,
        path="ask__plan__learner",
        title=_("What they wrote there"),
        shows={
            "ask__title": _("Part"),
            "words": _("Words"),
            "by__name": _("By"),
            "as_whom": _("As"),
            "at": _("When"),
        },
        erase=Blank(words="", as_whom=""),
        because=_("Who was asked to help, and did, stays without the words."),
    )


def _left_drafts(before: dt.date) -> QuerySet:
    return Draft.objects.filter(saved_at__date__lt=before)


def _delete(rows: QuerySet) -> int:
    return rows.delete()[0]


def _merge_plans(keep: Learner, other: Learner) -> None:
    """One plan with the entries of both. Where there can be one only, that of the record that goes is taken out."""
    theirs = Plan.objects.filter(learner=other).first()
    ours = Plan.objects.filter(learner=keep).first()
    if theirs is None:
        return
    if ours is None:
        Plan.objects.filter(pk=theirs.pk).update(learner=keep)
        return
    entries = Entry.objects.in_plan().filter(plan=theirs)
    held = Entry.objects.in_plan().filter(plan=ours)
    if held.filter(kind=EntryKind.ABOUT).exists():
        entries.filter(kind=EntryKind.ABOUT).update(state=EntryState.TAKEN_OUT)
    entries.filter(kind=EntryKind.COURSE, course__in=held.filter(kind=EntryKind.COURSE).values("course")).update(
        state=EntryState.TAKEN_OUT
    )
    entries.exclude(section_key="").filter(section_key__in=held.values("section_key")).update(
        state=EntryState.TAKEN_OUT
    )
    Entry.objects.filter(plan=theirs).update(plan=ours)
    SectionAsk.objects.filter(plan=theirs).update(plan=ours)
    Draft.objects.filter(plan=theirs).update(plan=ours)
    Document.objects.filter(plan=theirs).update(plan=ours)
    Plan.objects.filter(pk=ours.pk).update(
        started_at=min(ours.started_at, theirs.started_at), changed_at=max(ours.changed_at, theirs.changed_at)
    )
    theirs.delete()


def _merge_contacts(keep: Learner, other: Learner) -> None:
    """All of them. From which form each came is over: two records may have been written about from one page."""
    Contact.objects.filter(learner=other).update(learner=keep, once="")
