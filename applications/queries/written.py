"""What is written in an application, what there is to take over, and how far each section has got."""

from typing import Any, NamedTuple

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from accounts.models import LearnerContact, SchoolGrade
from accounts.models.facts import GradeKind
from applications.models import Application, FormSection, SectionDraft
from ilp.models import Document, DocumentKind, Entry, EntryKind, Remark, RemarkKind
from ilp.queries import drawn
from ilp.workflow import EntryState

# What of a plan goes to a provider: never answers to somebody's questions, among which is what is about special
# needs (decision 0049), and never courses, which would say where else somebody applies.
TRAVELS = (
    EntryKind.ABOUT,
    EntryKind.SKILL,
    EntryKind.EXPERIENCE,
    EntryKind.ACHIEVEMENT,
    EntryKind.INTEREST,
    EntryKind.AMBITION,
    EntryKind.GOAL,
)
NOT_STARTED, STARTED, DONE = "not_started", "started", "done"
STATE_LABELS = {NOT_STARTED: _("Not started"), STARTED: _("Started"), DONE: _("Done")}
STATE_COLOURS = {NOT_STARTED: "grey", STARTED: "blue", DONE: ""}


class Standing(NamedTuple):
    """How far one section of the form has got."""

    section: FormSection
    state: str

    @property
    def label(self) -> str:
        return STATE_LABELS[self.state]

    @property
    def colour(self) -> str:
        return STATE_COLOURS[self.state]


def sections_of(application: Application) -> list[Standing]:
    """Every section in the order of the form. Done is what somebody has said is done and is not empty."""
    marks = {mark.section: mark for mark in application.marks.all()}
    drafted = set(SectionDraft.objects.filter(application=application).values_list("section", flat=True))
    contact = LearnerContact.objects.filter(learner=application.learner_id).first()
    filled = {
        FormSection.ABOUT: True,
        FormSection.CONTACT: contact is not None and bool(contact.email or contact.phone),
        FormSection.GRADES: application.grades.exists(),
        FormSection.STATEMENT: bool(application.statement.strip()),
        FormSection.HELP: bool(application.needs.strip()),
        FormSection.PLAN: application.left_out.exists(),
    }
    may_be_empty = {FormSection.HELP, FormSection.PLAN, FormSection.GRADES}
    standings = []
    for section in FormSection:
        mark = marks.get(section)
        is_begun = section in drafted or (filled[section] and section != FormSection.ABOUT)
        if mark is not None and mark.is_done and (filled[section] or section in may_be_empty):
            standings.append(Standing(section, DONE))
        else:
            standings.append(Standing(section, STARTED if is_begun else NOT_STARTED))
    return standings


def number_of(application: Application, section: str) -> int:
    """How often the section was saved: what an open form has seen."""
    return application.marks.filter(section=section).values_list("number", flat=True).first() or 0


def is_done(application: Application, section: str) -> bool:
    return application.marks.filter(section=section, is_done=True).exists()


# Grades


def graded(text: str) -> list[tuple[str, str]]:
    """Subject and grade of each line like "English: 5" or "Maths 4"; a line without a grade is a subject."""
    return [_parted(line) for line in text.splitlines() if line.strip(" :")]


def _parted(line: str) -> tuple[str, str]:
    subject, colon, grade = line.rpartition(":")
    if not colon:
        subject, _space, grade = line.rpartition(" ")
    subject, grade = subject.strip(), grade.strip()
    if not subject or len(grade) > 4:
        return line.strip(" :")[:80], ""
    return subject[:80], grade


def school_grades_of(application: Application, *, seen_by: Any = None) -> list[SchoolGrade]:
    """What the learner's schools say, that the application does not say the same of already.

    ``seen_by``: no more than this person may read. An adviser without the learner's consent writes the form and does
    not read what the school says.
    """
    known = {
        (grade.subject.lower(), grade.school_id, grade.qualification, grade.is_expected, grade.grade)
        for grade in application.grades.all()
        if grade.school_id
    }
    said = SchoolGrade.objects.filter(learner=application.learner_id)
    if seen_by is not None:
        said = said.visible_to(seen_by)
    return [
        one
        for one in said.for_list()
        if (one.subject.lower(), one.school_id, one.stage, one.kind == GradeKind.PREDICTED, one.value) not in known
    ]


# The plan


def entries_that_may_go(learner_id: int) -> list[Entry]:
    """What adults have validated in the plan and a provider may read, each with ``validations``, the newest first."""
    entries = Entry.objects.in_plan().filter(
        plan__learner=learner_id, state=EntryState.VALIDATED, kind__in=list(TRAVELS)
    )
    remarks = Remark.objects.filter(kind=RemarkKind.VALIDATED).select_related("by", "role__organisation")
    return list(
        entries.for_list()
        .prefetch_related(Prefetch("revision__remarks", remarks.order_by("-at", "-pk"), to_attr="validations"))
        .order_by("kind", "created_at", "pk")
    )


def entries_that_go(application: Application) -> list[Entry]:
    out = set(application.left_out.values_list("entry", flat=True))
    return [entry for entry in entries_that_may_go(application.learner_id) if entry.pk not in out]


def statements_of(application: Application) -> list[Document]:
    """The statements in the learner's plan, the one that was changed last first."""
    found = Document.objects.filter(plan__learner=application.learner_id, kind=DocumentKind.STATEMENT)
    return list(found.select_related("plan__learner").order_by("-changed_at", "-pk"))


def statement_words(document: Document) -> str:
    """What the document says, as a statement."""
    return drawn(document).text


def has_newer_statement(application: Application) -> bool:
    """The document the statement was taken from has been changed since."""
    source = application.statement_from
    return source is not None and source.number > application.statement_number


def drafts_of(application: Application, user: object, section: str) -> list[SectionDraft]:
    """What this person has begun to write in the section, the newest first."""
    return list(SectionDraft.objects.filter(application=application, by=user, section=section))
