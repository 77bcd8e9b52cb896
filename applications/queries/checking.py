"""The check before a choice is sent: what stops it and what may hurt it, each with where to mend it."""

from typing import NamedTuple

from django.utils.translation import gettext as _

from applications.models import Application, Choice, FormSection
from applications.queries.clashes import companion_runs, likely_clashes
from applications.queries.entry_grades import short_of
from applications.queries.sending import problems_before_sending
from applications.queries.snapshots import contact_of
from applications.queries.written import entries_that_go, has_newer_statement
from applications.words import date_words
from core import clock
from prospectus.models import EntryRequirement

SHORT_STATEMENT = 300  # characters
# Where what a finding is about is written: a section of the form, the questions, or the courses of the choice.
QUESTIONS, COURSES = "questions", "courses"
MENDED_IN = {
    "statement_missing": FormSection.STATEMENT,
    "short_statement": FormSection.STATEMENT,
    "newer_statement": FormSection.STATEMENT,
    "no_grades": FormSection.GRADES,
    "grades_low": FormSection.GRADES,
    "no_contact": FormSection.CONTACT,
    "nothing_validated": FormSection.PLAN,
    "question_unanswered": QUESTIONS,
    "run_closed": COURSES,
    "option_clash": COURSES,
    "run_in_live_choice": COURSES,
    "date_clash": COURSES,
    "likely_clash": COURSES,
    "full": COURSES,
}


class Finding(NamedTuple):
    """Something the check found, and where it is mended; nowhere: not in this form."""

    code: str
    message: str

    @property
    def mended_in(self) -> str:
        return str(MENDED_IN.get(self.code, ""))


def stops(choice: Choice) -> list[Finding]:
    """What forbids sending this choice today."""
    return [Finding(str(problem.code), problem.message) for problem in problems_before_sending(choice)]


def warnings_before_sending(choice: Choice) -> list[str]:
    """What will not stop this choice, but may hurt it, in words."""
    return [finding.message for finding in warnings(choice)]


def warnings(choice: Choice) -> list[Finding]:
    """What will not stop this choice, but may hurt it."""
    return [*warnings_of_the_form(choice.application), *warnings_of_the_courses(choice)]


def warnings_of_the_form(application: Application) -> list[Finding]:
    """Those that are the same for all choices of an application."""
    contact = contact_of(application.learner_id)
    found = []
    if application.statement.strip() and len(application.statement) < SHORT_STATEMENT:
        words = _("Your statement is short. A few more sentences about why you want this help a lot.")
        found.append(Finding("short_statement", words))
    if has_newer_statement(application):
        words = _("You have changed the statement in your plan since you took it over.")
        found.append(Finding("newer_statement", words))
    if not application.grades.exists():
        words = _("You have not given any grades. Most providers look at them first.")
        found.append(Finding("no_grades", words))
    if contact is None or not (contact.email or contact.phone):
        words = _("We have no phone number or e-mail address for you. Nobody can reach you.")
        found.append(Finding("no_contact", words))
    if not entries_that_go(application):
        words = _(
            "Nothing from your plan goes with it. What an adult has validated there makes an application stronger."
        )
        found.append(Finding("nothing_validated", words))
    return found


def warnings_of_the_courses(choice: Choice) -> list[Finding]:
    """Those that are about what this choice is of."""
    cycle = choice.application.cycle
    found = []
    if clock.today() > cycle.closes_on:
        words = _("The date to apply was %(date_words)s. Courses may be full.") % {
            "date_words": date_words(cycle.closes_on)
        }
        found.append(Finding("late", words))
    runs = [choice_run.run for choice_run in choice.choice_runs.all()]
    for run in runs:
        if run.places_left == 0:
            words = _("%(course)s has no places left today. You may be put on a reserve list.") % {"course": run.course}
            found.append(Finding("full", words))
    grades = list(choice.application.grades.all())
    if grades:
        requirements = EntryRequirement.objects.filter(course__in={run.course_id for run in runs})
        for requirement in short_of(requirements.select_related("course", "qualification_type", "level"), grades):
            words = _(
                "%(course)s asks for %(requirement)s, and your grades do not show that yet. You can still send it, "
                "but ask the provider first."
            ) % {"course": requirement.course.title, "requirement": requirement}
            found.append(Finding("grades_low", words))
    runs = [choice_run.run for choice_run in choice.choice_runs.all()]
    found += [Finding("likely_clash", words) for words in likely_clashes(runs + companion_runs(choice))]
    return found
