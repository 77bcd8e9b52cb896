"""A learner answers a section. What was answered before stays, whatever becomes of the question."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from activity.actions import record
from core import clock
from core.errors import RuleBroken
from ilp.actions.plans import flag_entry, locked_plan, moving, put_back_entry, require_own_form, write_revision
from ilp.models import Answer, Draft, Entry, EntryKind, Plan, Question, Section
from ilp.policies import PLAN_POLICY, SECTION_POLICY
from ilp.queries import answers_of, entry_of, fits, in_words
from ilp.workflow import EntryState


@transaction.atomic
def answer_section(
    *, plan: Plan, section: Section, given: Mapping[str, Any], seen: int, by: Any, made_from: str = ""
) -> Entry | None:
    """The section says this, and waits to be read. ``given``: by key of a question the value of its kind, or nothing.

    ``section`` is the row that was on the screen, even if it has been replaced since. Nothing new changes nothing; an
    empty box takes an answer away, unless the box could not show it. None: nothing was ever answered.
    Raises: NotAllowed, RuleBroken ``answer_missing``, ``answer_unsound``, ``changed_meanwhile``, ``form_of_another``.
    Tells: for words that worry ``message-flagged``, at once.
    """
    plan = locked_plan(plan)
    PLAN_POLICY.require(by, "add", plan)
    section = Section.objects.for_list().get(pk=section.pk)
    SECTION_POLICY.require(by, "answer", section)
    questions = [question for question in section.questions.all() if question.key in given]
    entry = entry_of(plan, section.key)
    known = answers_of(plan, besides=entry)
    for question in questions:
        _require_sound(question, given[question.key], known.get(question.key))
    changed = [question for question in questions if _is_new(question, given[question.key], known.get(question.key))]
    if changed and entry is None:
        require_own_form(plan, made_from)
        entry = Entry.objects.create(
            plan=plan, kind=EntryKind(section.version.template.kind), section_key=section.key, made_from=made_from
        )
        _write(entry, section, changed, given, known, by=by)
        entry.save()
        flag_entry(entry, said=_said(changed, given), by=by)
        record("entry.add", subject=entry, by=by, kind=entry.kind)
    elif changed and entry is not None:
        if entry.state == EntryState.TAKEN_OUT:
            entry = put_back_entry(entry=entry, by=by)
        with moving(entry, "revise", by=by, seen=seen, revision=seen + 1) as entry:
            _write(entry, section, changed, given, known, by=by)
            before = [known[question.key].text for question in changed if question.key in known]
            flag_entry(entry, said=_said(changed, given), before=before, by=by)
            entry.asked_at = clock.now()
    Draft.objects.filter(plan=plan, reference=made_from).delete()
    return entry


def _is_new(question: Question, value: Any, known: Answer | None) -> bool:
    if not question.in_words(value):
        return fits(question, known)  # the box showed it, and it was emptied
    if known is None or not known.text:
        return True
    return question.in_words(value) != known.text


def _require_sound(question: Question, value: Any, known: Answer | None) -> None:
    if value in (None, "", []):
        is_kept = known is not None and bool(known.text) and not fits(question, known)
        if question.is_required and not is_kept:
            raise RuleBroken(_("Answer “%(asked)s”.") % {"asked": question.asked}, code="answer_missing")
    elif not question.takes(value):
        raise RuleBroken(_("Answer “%(asked)s” again.") % {"asked": question.asked}, code="answer_unsound")


def _said(changed: list[Question], given: Mapping[str, Any]) -> list[str]:
    """What is new, without the questions: what an area asks is not what a learner says."""
    return [question.in_words(given[question.key]) for question in changed]


def _write(
    entry: Entry,
    section: Section,
    changed: list[Question],
    given: Mapping[str, Any],
    known: Mapping[str, Answer],
    *,
    by: Any,
) -> None:
    said = {key: answer.text for key, answer in known.items()}
    said |= {question.key: question.in_words(given[question.key]) for question in changed}
    words = in_words(section.questions.all(), said)
    write_revision(entry, {"title": section.title, "words": words}, by=by)
    Answer.objects.bulk_create(
        Answer(
            revision=entry.revision,
            question=question,
            key=question.key,
            value=given[question.key] if said[question.key] else None,
            text=said[question.key],
        )
        for question in changed
    )
