"""A plan in short lines, with a picture for each part."""

import re
from typing import NamedTuple

from django.utils.translation import gettext as _

from accounts.models import Learner
from ilp.models import ANSWERED_KINDS, Entry, EntryKind, Plan, Revision
from ilp.queries.templates import answers_of, asked_of, earlier_answers

# Our own icons, by kind of entry.
PICTURES = {
    EntryKind.ABOUT: "person",
    EntryKind.INTEREST: "star",
    EntryKind.SKILL: "check",
    EntryKind.AMBITION: "arrow",
    EntryKind.ACHIEVEMENT: "star",
    EntryKind.EXPERIENCE: "place",
    EntryKind.GOAL: "calendar",
    EntryKind.COURSE: "search",
}
SENTENCE_END = re.compile(r"(?<=[.!?;])\s+")


class EasyPart(NamedTuple):
    """One part: its picture, what it is called, and (question or "", lines) of each thing said in it."""

    icon: str
    title: str
    said: list[tuple[str, list[str]]]


def in_lines(text: str) -> list[str]:
    """One sentence a line."""
    return [line.strip() for row in text.splitlines() for line in SENTENCE_END.split(row) if line.strip()]


def easy_parts(learner: Learner, plan: Plan) -> list[EasyPart]:
    """Everything that stands in the plan: what was written kind by kind, then what is asked with its answers, then
    what was answered and is asked no longer."""
    entries = list(Entry.objects.in_plan().filter(plan=plan).for_list())
    parts = []
    for kind in EntryKind:
        own = [entry for entry in entries if entry.kind == kind and kind not in ANSWERED_KINDS]
        if own:
            said = [("", _lines_of(entry, entry.revision)) for entry in own if entry.revision is not None]
            parts.append(EasyPart(PICTURES.get(kind, "star"), str(kind.label), said))
    answers = answers_of(plan)
    asked = asked_of(learner)
    for one in asked:
        said = [
            (question.asked, in_lines(answers[question.key].text))
            for question in one.questions
            if question.key in answers and answers[question.key].text
        ]
        if said:
            parts.append(EasyPart(one.section.icon, one.section.title, said))
    if before := earlier_answers(asked, answers):
        said = [(answer.question.asked, in_lines(answer.text)) for answer in before]
        parts.append(EasyPart("clock", _("Earlier answers"), said))
    return parts


def _lines_of(entry: Entry, revision: Revision) -> list[str]:
    return [entry.name, *in_lines(revision.words)] if entry.kind != EntryKind.ABOUT else in_lines(revision.words)
