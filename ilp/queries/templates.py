"""What a learner is asked today, what they have answered, and what a new version changes for whom."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.db.models import Count, F, Q, QuerySet

from accounts.models import Learner, RollEntry
from ilp.models import (
    IN_WORDS,
    Answer,
    Draft,
    Entry,
    EntryKind,
    Plan,
    Question,
    Section,
    Template,
    TemplateKind,
    TemplateVersion,
)
from ilp.policies import put_to
from ilp.querysets.plan import SENSITIVE


class Asked(NamedTuple):
    """A section as it is put to one learner: the questions of their year group."""

    section: Section
    kind: TemplateKind
    questions: list[Question]


def base_of(template: Template) -> TemplateVersion | None:
    """What a new template begins from: a school's from its area's, an area's from what comes with the portal."""
    found = TemplateVersion.objects.published().filter(template__kind=template.kind, template__school=None)
    if template.school_id is not None:
        found = found.filter(Q(template__area=template.area_id) | Q(template__area=None))
    else:
        found = found.filter(template__area=None)
    # The area's before the portal's.
    return found.order_by("template__area__pk").first()


def versions_for(learner: Learner) -> dict[str, TemplateVersion]:
    """By kind what is put to this learner: their school's, else their area's, else what comes with the portal."""
    return {version.template.kind: version for version in _versions_at(learner, put_to(learner).school).for_list()}


def _versions_at(learner: Learner, school: int | None) -> QuerySet:
    """One version a kind: what is in use for this learner at this school."""
    areas = Q(template__area=None) | Q(template__area=learner.area_id)
    nearest = [F(f"template__{place}").asc(nulls_last=True) for place in ("school", "area")]
    mine = TemplateVersion.objects.published().filter(areas, template__school=None)
    if school is not None:
        mine |= TemplateVersion.objects.published().filter(template__school=school)
    return mine.order_by("template__kind", *nearest).distinct("template__kind")


def asked_of(learner: Learner) -> list[Asked]:
    """The sections put to a learner today, in order; without those whose year group is another, or with no question.
    Two queries."""
    to = put_to(learner)
    versions = _versions_at(learner, to.school).filter(template__kind__in=to.kinds)
    questions = Question.objects.filter(section__version__in=versions.values("pk"))
    found: dict[int, Asked] = {}
    for question in questions.select_related("section__version__template").order_by(
        "section__number", "section", "number", "pk"
    ):
        section = question.section
        if is_of_year(section, to.year_group) and is_of_year(question, to.year_group):
            kind = TemplateKind(section.version.template.kind)
            found.setdefault(section.pk, Asked(section, kind, [])).questions.append(question)
    order = list(TemplateKind)
    return sorted(found.values(), key=lambda one: order.index(one.kind))


def sections_of(versions: Iterable[TemplateVersion], *, year_group: int | None = None) -> list[Asked]:
    """The sections of these versions; with ``year_group``, as somebody of that year group is asked."""
    versions = list(versions)
    found = Section.objects.filter(version__in=versions).prefetch_related("questions")
    kinds = {version.pk: TemplateKind(version.template.kind) for version in versions}
    order = list(TemplateKind)
    asked = []
    for section in sorted(found, key=lambda one: (order.index(kinds[one.version_id]), one.number, one.pk)):
        questions = [one for one in section.questions.all() if is_of_year(one, year_group)]
        if is_of_year(section, year_group) and (questions or year_group is None):
            asked.append(Asked(section, kinds[section.version_id], questions))
    return asked


def is_of_year(thing: Section | Question, year_group: int | None) -> bool:
    """Whether it is put to this year group; somebody past Year 13 is asked what Year 13 is."""
    return year_group is None or not thing.year_groups or min(year_group, 13) in thing.year_groups


def answers_of(plan: Plan, *, besides: Entry | None = None) -> dict[str, Answer]:
    """The newest answer to each question that stands in the plan, by the question's key. ``besides``: an entry whose
    answers count although it was taken out."""
    return {answer.key: answer for answer in Answer.objects.of_plan(plan, besides=besides)}


def entry_of(plan: Plan, section_key: str) -> Entry | None:
    """The learner's answers to this section: those in the plan, else those taken out last."""
    found = Entry.objects.filter(plan=plan, section_key=section_key).for_list()
    return found.in_plan().first() or found.order_by("-asked_at", "-pk").first()


def earlier_answers(asked: Iterable[Asked], answers: Mapping[str, Answer]) -> list[Answer]:
    """What was answered and is asked no longer: the question, or the whole section, is gone or for another year."""
    keys = {question.key for one in asked for question in one.questions}
    return [answer for key, answer in answers.items() if key not in keys and answer.text]


def fits(question: Question, answer: Answer | None) -> bool:
    """Whether the box of the question can begin with this answer, although it may have been asked differently."""
    if answer is None or not answer.text:
        return False
    if question.kind in IN_WORDS:
        return question.takes(answer.text)
    return question.kind == answer.question.kind and question.takes(answer.value)


def in_words(questions: Iterable[Question], answers: Mapping[str, str]) -> str:
    """An answered section as people read it: each question with its answer below, those without one left out."""
    return "\n\n".join(
        f"{question.asked}\n{answers[question.key]}" for question in questions if answers.get(question.key)
    )


class Row(NamedTuple):
    """A section as the learner's plan lists it."""

    section: Section
    questions: list[Question]
    entry: Entry | None
    draft: Draft | None
    answered: int

    @property
    def number(self) -> int:
        return len(self.questions)


class Group(NamedTuple):
    """The sections of one kind, with what has become of each."""

    kind: TemplateKind
    rows: list[Row]

    @property
    def label(self) -> str:
        return str(EntryKind(self.kind).label)

    @property
    def is_sensitive(self) -> bool:
        return self.kind in SENSITIVE

    @property
    def done(self) -> int:
        return sum(row.answered > 0 for row in self.rows)


def listed(
    asked: Iterable[Asked], entries: Iterable[Entry], drafts: Iterable[Draft], answers: Mapping[str, Answer]
) -> list[Group]:
    """What is asked, by kind, with the entry and the newest draft of each section."""
    of_key = {entry.section_key: entry for entry in entries if entry.section_key}
    begun = {draft.answers["section"]: draft for draft in reversed(list(drafts)) if "section" in draft.answers}
    groups: dict[TemplateKind, list[Row]] = {}
    for one in asked:
        answered = sum(bool(question.key in answers and answers[question.key].text) for question in one.questions)
        key = one.section.key
        row = Row(one.section, one.questions, of_key.get(key), begun.get(key), answered)
        groups.setdefault(one.kind, []).append(row)
    return [Group(kind, rows) for kind, rows in groups.items()]


SAID = {
    Section: ("key", "title", "help_text", "icon", "year_groups"),
    Question: ("key", "asked", "help_text", "kind", "options", "is_required", "year_groups"),
}


def stamp_of(*parts: Section | Question) -> str:
    """A short sign for what these say, in this order. Another sign later: somebody has changed one meanwhile."""
    said = [[str(getattr(part, name)) for name in SAID[type(part)]] for part in parts]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def stamp_of_whole(thing: TemplateVersion | Section) -> str:
    """The same for a section with its questions, or for everything a version asks."""
    sections = [thing] if isinstance(thing, Section) else thing.sections.prefetch_related("questions")
    return stamp_of(*[part for section in sections for part in (section, *section.questions.all())])


class Change(NamedTuple):
    """One thing that a draft changes for learners."""

    what: str  # "added", "taken_out", "moved", "reworded", "other_kind", "needed"
    asked: str
    learners: int  # who have answered it and are reached by the template


def changes_of(draft: TemplateVersion) -> list[Change]:
    """What publishing this draft changes, against what its template has in use; with how many have answered."""
    before = {question.key: question for question in _questions(draft.template.versions.published().first())}
    after = {question.key: question for question in _questions(draft)}
    found = [("taken_out", question) for key, question in before.items() if key not in after]
    for key, question in after.items():
        was = before.get(key)
        if was is None:
            found.append(("added", question))
        elif was.kind != question.kind:
            found.append(("other_kind", question))
        elif (was.asked, was.options) != (question.asked, question.options):
            found.append(("reworded", question))
        elif was.section.key != question.section.key:
            found.append(("moved", question))
        elif question.is_required and not was.is_required:
            found.append(("needed", question))
    numbers = numbers_of(draft.template, [question.key for _what, question in found])
    return [Change(what, question.asked, numbers.get(question.key, 0)) for what, question in found]


def numbers_of(template: Template, keys: Iterable[str]) -> dict[str, int]:
    """By key of a question, how many of the learners whom this template reaches have answered it."""
    if template.school_id is not None:
        reached = Learner.objects.filter(
            pk__in=RollEntry.objects.current().filter(school=template.school_id).values("learner")
        )
    else:
        own = Template.objects.filter(kind=template.kind, school__isnull=False, versions__state="published")
        elsewhere = RollEntry.objects.current().filter(school__in=own.values("school"))
        reached = Learner.objects.filter(area=template.area_id).exclude(pk__in=elsewhere.values("learner"))
    answers = Answer.objects.filter(key__in=list(keys), revision__entry__plan__learner__in=reached.values("pk"))
    rows = (
        answers.exclude(text="")
        .order_by()
        .values("key")
        .annotate(learners=Count("revision__entry__plan", distinct=True))
    )
    return {row["key"]: row["learners"] for row in rows}


def _questions(version: TemplateVersion | None) -> list[Question]:
    if version is None:
        return []
    found = Question.objects.filter(section__version=version).select_related("section")
    return list(found.order_by("section__number", "section", "number", "pk"))
