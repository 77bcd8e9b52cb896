"""What is written once for all choices: each section by itself, the whole of a paper form, what is half written."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import keep_contact
from accounts.models import LearnerContact, SchoolGrade
from accounts.models.facts import GradeKind
from activity.actions import record
from applications.actions.moving import lock_application
from applications.actions.worrying import flag_form
from applications.models import (
    Application,
    Choice,
    FormSection,
    Grade,
    LeftOutEntry,
    SectionDraft,
    SectionMark,
)
from applications.policies import APPLICATION_POLICY
from applications.queries.written import entries_that_may_go, graded, school_grades_of, statement_words
from core import clock
from core.errors import RuleBroken
from core.references import LENGTH
from ilp.models import Document, DocumentKind, Entry

MOST_GRADES = 40
MOST_DRAFTS = 20
CONTACT = ("email", "phone", "address", "postcode")


def too_many_grades() -> RuleBroken:
    """Who has that many says which matter."""
    return RuleBroken(_("You have 40 grades. Take one out before you add another."), code="too_many_grades")


@contextmanager
def writing(application: Application, *, by: Any) -> Iterator[Application]:
    """The application as it is, locked, for somebody who may write in it. Raises: NotAllowed, StaleState."""
    with transaction.atomic():
        application = lock_application(application.pk)
        APPLICATION_POLICY.require(by, "write", application)
        yield application


def write_statement(
    *, application: Application, statement: str, seen: int, is_done: bool, by: Any, made_from: str = ""
) -> Application:
    """These are the words of the statement. Words that worry call a person.

    Raises: NotAllowed, RuleBroken ``changed_meanwhile``. Tells: ``message-flagged``, perhaps.
    """
    with writing(application, by=by) as held:
        if _saved(held, FormSection.STATEMENT, seen, is_done, made_from, is_new=held.statement != statement):
            flag_form(held, application=held, said=[statement], before=[held.statement], by=by)
            held.statement = statement
            held.save(update_fields=["statement"])
            _note(held, FormSection.STATEMENT, by)
    return held


def write_needs(
    *, application: Application, needs: str, seen: int, is_done: bool, by: Any, made_from: str = ""
) -> Application:
    """This is the help the learner would like. Words that worry call a person.

    Raises: NotAllowed, RuleBroken ``changed_meanwhile``. Tells: ``message-flagged``, perhaps.
    """
    with writing(application, by=by) as held:
        if _saved(held, FormSection.HELP, seen, is_done, made_from, is_new=held.needs != needs):
            flag_form(held, application=held, said=[needs], before=[held.needs], by=by)
            held.needs = needs
            held.save(update_fields=["needs"])
            _note(held, FormSection.HELP, by)
    return held


def write_contact(
    *, application: Application, seen: int, is_done: bool, by: Any, made_from: str = "", **said: str
) -> Application:
    """The learner is reached like this, here and everywhere in the portal.

    Raises: NotAllowed, RuleBroken ``changed_meanwhile``.
    """
    with writing(application, by=by) as held:
        before = _contact_now(held)
        if _saved(held, FormSection.CONTACT, seen, is_done, made_from, is_new=before != before | said):
            keep_contact(learner=held.learner, by=by, **before | said)
            _note(held, FormSection.CONTACT, by)
    return held


def _contact_now(application: Application) -> dict[str, str]:
    contact = LearnerContact.objects.filter(learner=application.learner_id).first() or LearnerContact()
    return {name: getattr(contact, name) for name in CONTACT}


def mark_section(*, application: Application, section: str, is_done: bool, by: Any) -> SectionMark:
    """Whoever writes it says that the section is finished, or not yet. Raises: NotAllowed."""
    with writing(application, by=by) as held:
        mark = _mark(held, FormSection(section))
        mark.is_done, mark.changed_at = is_done, clock.now()
        mark.save()
    return mark


def add_grade(*, application: Application, by: Any, **said: Any) -> Grade:
    """One grade more. The same subject and qualification twice changes the one there is.

    Raises: NotAllowed, RuleBroken ``too_many_grades``.
    """
    with writing(application, by=by) as held:
        known = held.grades.filter(subject__iexact=said["subject"], qualification__iexact=said["qualification"]).first()
        if known is None and held.grades.count() >= MOST_GRADES:
            raise too_many_grades()
        return _write_grade(known or Grade(application=held), by=by, **said)


def change_grade(*, grade: Grade, by: Any, **said: Any) -> Grade:
    """The row says this now, and is the learner's word from then on. Raises: NotAllowed."""
    with writing(grade.application, by=by) as held:
        row = held.grades.filter(pk=grade.pk).first()
        if row is None:
            raise RuleBroken(_("This grade was taken out on another page."), code="grade_gone")
        return _write_grade(row, by=by, **said)


def remove_grade(*, grade: Grade, by: Any) -> None:
    """The row is no longer there. Raises: NotAllowed."""
    with writing(grade.application, by=by) as held:
        if held.grades.filter(pk=grade.pk).delete()[0]:
            _touch(held, FormSection.GRADES)
            _note(held, FormSection.GRADES, by)


def take_school_grades(*, application: Application, school_grades: Sequence[SchoolGrade], by: Any) -> int:
    """These grades, as the school says them, are rows; how many are new or changed.

    Raises: NotAllowed (also where one is not this learner's).
    """
    with writing(application, by=by) as held:
        wanted = {one.pk for one in school_grades}
        found = [one for one in school_grades_of(held) if one.pk in wanted]
        for one in found:
            # What a school says once is one row: a result of Key Stage 2 and a prediction of the same subject are two.
            same = {"school": one.school, "qualification": one.stage, "is_expected": one.kind == GradeKind.PREDICTED}
            row = held.grades.filter(subject__iexact=one.subject, **same).first()
            row = row or Grade(application=held, subject=one.subject, **same)
            row.grade, row.said_on = one.value, one.said_on
            row.save()
        if found:
            _touch(held, FormSection.GRADES)
            _note(held, FormSection.GRADES, by)
    return len(found)


def choose_entries(
    *, application: Application, kept: Sequence[Entry], seen: int, is_done: bool, by: Any
) -> Application:
    """Of what is validated in the plan these go with the application, and so does what is validated later.

    Raises: NotAllowed, RuleBroken ``changed_meanwhile``.
    """
    with writing(application, by=by) as held:
        keys = {one.pk for one in kept}
        out = {one.pk for one in entries_that_may_go(held.learner_id) if one.pk not in keys}
        before = set(held.left_out.values_list("entry", flat=True))
        if _saved(held, FormSection.PLAN, seen, is_done, "", is_new=out != before):
            held.left_out.all().delete()
            LeftOutEntry.objects.bulk_create(LeftOutEntry(application=held, entry_id=key) for key in sorted(out))
            _note(held, FormSection.PLAN, by)
    return held


def take_statement(*, application: Application, document: Document, by: Any) -> Application:
    """The statement has the words the plan's document has today. What stood there is a draft to go on with.

    Raises: NotAllowed, RuleBroken ``nothing_to_take`` (it is empty, or another learner's).
    """
    with writing(application, by=by) as held:
        is_own = document.plan.learner_id == held.learner_id and document.kind == DocumentKind.STATEMENT
        words = statement_words(document) if is_own else ""
        if not words:
            raise RuleBroken(_("There is nothing to take over from there yet."), code="nothing_to_take")
        before = held.statement
        flag_form(held, application=held, said=[words], before=[before], by=by)
        held.statement, held.statement_from = words, document
        held.statement_number = document.number
        held.save(update_fields=["statement", "statement_from", "statement_number"])
        _note(held, FormSection.STATEMENT, by)
        if before != words:
            _touch(held, FormSection.STATEMENT)
            if before.strip():
                _put_aside(held, FormSection.STATEMENT, {"statement": before}, by)
    return held


def fill_from_plan(*, application: Application, by: Any) -> Application:
    """What is still empty has what the plan and the school know. What is written stays. Raises: NotAllowed."""
    with writing(application, by=by) as held:
        if not held.grades.exists():
            take_school_grades(application=held, school_grades=school_grades_of(held), by=by)
        if not held.statement.strip():
            written = Document.objects.filter(plan__learner=held.learner_id, kind=DocumentKind.STATEMENT)
            for document in written.order_by("-changed_at", "-pk")[:1]:
                if statement_words(document):
                    take_statement(application=held, document=document, by=by)
                    held.refresh_from_db()
    return held


def write_profile(
    *, application: Application, by: Any, statement: str, predicted_grades: str, needs: str
) -> Application:
    """A whole form at once, with one grade a line, under the rules of its sections. What was sent before stays as it
    was sent.

    Raises: NotAllowed, RuleBroken ``too_many_grades``. Tells: ``message-flagged``, where the words worry.
    """
    grades = graded(predicted_grades)
    if len(grades) > MOST_GRADES:
        raise too_many_grades()
    with writing(application, by=by) as held:
        flag_form(held, application=held, said=[statement, needs], before=[held.statement, held.needs], by=by)
        held.statement, held.needs = statement, needs
        held.save(update_fields=["statement", "needs"])
        held.grades.all().delete()
        Grade.objects.bulk_create(Grade(application=held, subject=subject, grade=grade) for subject, grade in grades)
        for section in (FormSection.STATEMENT, FormSection.GRADES, FormSection.HELP):
            _touch(held, section)
        record("application.write", subject=held, by=by)
    return held


def keep_section_draft(
    *,
    application: Application,
    section: str,
    reference: str,
    answers: dict[str, str],
    seen: int,
    by: Any,
    choice: Choice | None = None,
) -> SectionDraft | None:
    """What somebody is writing is kept, as they typed it, under the name of the open form.

    None where that form has been saved meanwhile: a late draft must not bring back what was changed since.
    Raises: NotAllowed, RuleBroken ``too_many_drafts``.
    """
    if not (reference.isascii() and reference.isalnum() and len(reference) == LENGTH):
        return None  # no form of ours is called so
    with writing(application, by=by) as held:
        known = SectionDraft.objects.filter(reference=reference).first()
        if known is not None and (known.application_id != held.pk or known.by_id != by.pk):
            return None
        if known is None:
            if section in FormSection.values and _mark(held, FormSection(section)).number > seen:
                return None
            if held.drafts.filter(by=by).count() >= MOST_DRAFTS:
                raise RuleBroken(
                    _("You have begun the same thing too often. Finish one or throw one away."), code="too_many_drafts"
                )
        draft = known or SectionDraft(
            reference=reference, application=held, section=section, choice=choice, by=by, seen=seen
        )
        draft.answers, draft.saved_at = answers, clock.now()
        draft.save()
    return draft


def drop_section_draft(*, draft: SectionDraft, by: Any) -> None:
    """What was being written is gone; the form is as it was. Raises: NotAllowed."""
    with writing(draft.application, by=by):
        SectionDraft.objects.filter(pk=draft.pk, by=by).delete()


def _mark(application: Application, section: FormSection) -> SectionMark:
    return SectionMark.objects.filter(application=application, section=section).first() or SectionMark(
        application=application, section=section
    )


def _saved(
    application: Application, section: FormSection, seen: int, is_done: bool, made_from: str, *, is_new: bool
) -> bool:
    """Whether the section is to be written; its mark and the form's draft are as they are to be.

    The same words once more change nothing, so a double click is one save.
    Raises: RuleBroken ``changed_meanwhile``.
    """
    mark = _mark(application, section)
    if is_new and mark.number != seen:
        raise RuleBroken(
            _("You have changed this on another device. Read both, and save what you want to keep."),
            code="changed_meanwhile",
        )
    mark.number += is_new
    mark.is_done, mark.changed_at = is_done, clock.now()
    mark.save()
    SectionDraft.objects.filter(application=application, reference=made_from).delete()
    return is_new


def _put_aside(application: Application, section: FormSection, answers: dict[str, str], by: Any) -> None:
    """One press has replaced what was written: it is not lost. Once, and where there is room for drafts."""
    drafts = application.drafts.filter(by=by)
    if drafts.count() < MOST_DRAFTS and not drafts.filter(section=section, answers=answers).exists():
        seen = _mark(application, section).number
        SectionDraft.objects.create(application=application, section=section, by=by, seen=seen, answers=answers)


def _touch(application: Application, section: FormSection) -> None:
    """Whoever has the section open elsewhere is told when they save."""
    mark = _mark(application, section)
    mark.number, mark.changed_at = mark.number + 1, clock.now()
    mark.save()


def _note(application: Application, section: FormSection, by: Any) -> None:
    record("application.write", subject=application, by=by, section=section.value)


def _write_grade(
    grade: Grade, *, by: Any, qualification: str, subject: str, grade_words: str, is_expected: bool
) -> Grade:
    grade.qualification, grade.subject, grade.grade = qualification, subject, grade_words
    grade.is_expected, grade.school, grade.said_on = is_expected, None, None
    grade.save()
    _touch(grade.application, FormSection.GRADES)
    _note(grade.application, FormSection.GRADES, by)
    return grade
