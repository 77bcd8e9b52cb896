"""What a course or run still lacks before everybody may see it. The strict rules of publishing have their home here.

A draft may be saved whatever it lacks. Publishing asks these questions, the editor's pages show the answers as links,
and a published course may not be changed so that it fails one it passed.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from prospectus import checks
from prospectus.models import Course, CourseRun, CourseState, Delivery, ProvisionKind, RunState, StudyMode

# Nobody is assessed at an open day, and nobody needs a grade to join a club.
WITHOUT_LEVEL = {ProvisionKind.TASTER, ProvisionKind.ACTIVITY}
# Taught somewhere that is no site of the provider.
ELSEWHERE = {Delivery.ONLINE, Delivery.WORKPLACE, Delivery.OUTREACH}


class Failing(NamedTuple):
    """One thing to put right: where (a section of the course's form, or one run's), which field, and what to do."""

    section: str
    field: str
    anchor: str
    sentence: str
    run: str = ""  # the run's reference, where it is about a run


def failings(course: Course) -> list[Failing]:
    """What keeps this course from being published, in the order of its form; empty when nothing does.

    A draft is published with all its dates, so each of them is asked. Of a published course only the dates that
    everybody sees count: a draft date beside them may be half done.
    """
    found = [*_of_qualification(course), *_of_texts(course), *_of_links(course)]
    runs = list(course.runs.filter(ended_on=None).select_related("site", "course"))
    if course.state == CourseState.PUBLISHED:
        runs = [run for run in runs if run.state == RunState.PUBLISHED]
    if not runs:
        found.append(Failing("runs", "runs", "runs", _("Add at least one date and place.")))
    elif all(run.has_started for run in runs):
        found.append(Failing("runs", "runs", "runs", _("Add a date that has not passed.")))
    return found + [failing for run in runs for failing in run_failings(run)]


def run_failings(run: CourseRun) -> list[Failing]:
    """What keeps this run, fetched with its site, from being published. Asks the database nothing."""
    return [Failing("run", *each, run=run.reference) for each in (*_of_dates(run), *_of_place(run))]


def are_above(levels: Iterable[str], *, highest: int) -> bool:
    """Whether a level is known, and every one that is known is above the highest of an area's prospectus."""
    codes = list(levels)
    return bool(codes) and all(code.isdigit() and int(code) > highest for code in codes)


def is_above(course: Course) -> bool:
    """Whether the whole course is above what the area's prospectus holds."""
    return are_above(course.levels, highest=course.provider.area.highest_level)


def _of_qualification(course: Course) -> Iterator[Failing]:
    if not course.title.strip():
        yield Failing("basics", "title", "id_title", _("Write a title."))
    if course.subject_id is None:
        yield Failing("qualification", "subject", "id_subject", _("Choose a subject."))
    if not course.levels and course.kind not in WITHOUT_LEVEL:
        yield Failing("qualification", "levels", "id_levels_0", _("Choose a level."))
    if is_above(course):
        highest = course.provider.area.highest_level
        sentence = _(
            "The prospectus holds courses up to Level %(highest)s. This one is above it and stays a draft."
        ) % {"highest": highest}
        yield Failing("qualification", "levels", "id_levels_0", sentence)


def _of_texts(course: Course) -> Iterator[Failing]:
    if not course.what_you_do:
        yield Failing("learning", "what_you_do", "id_what_you_do", _("Say what learners do."))
    if course.kind in WITHOUT_LEVEL:
        return
    if not course.how_assessed:
        yield Failing("learning", "how_assessed", "id_how_assessed", _("Say how learners are assessed."))
    if not course.entry_requirements and not course.requirements.exists():
        sentence = _("Say what learners need to get in. If nothing is needed, say that.")
        yield Failing("entry", "entry_requirements", "id_entry_requirements", sentence)


def _of_links(course: Course) -> Iterator[Failing]:
    if not _is_web_address(course.website):
        sentence = _("Write the web address like https://www.example.org/page, or leave it empty.")
        yield Failing("finding", "website", "id_website", sentence)


def _of_dates(run: CourseRun) -> Iterator[tuple[str, str, str]]:
    if run.starts_on is None and not run.is_flexible_start:
        yield "starts_on", "id_starts_on_0", _("Give a start date, or say that it can be started at any time.")
    # A published start simply passes; a draft would come into the prospectus too late for everybody.
    if run.state == RunState.DRAFT and run.has_started:
        yield "starts_on", "id_starts_on_0", _("This start has passed. Change the date or end this run.")
    if run.starts_on and run.ends_on and run.ends_on < run.starts_on:
        yield "ends_on", "id_ends_on_0", _("The end is before the start. Change one of them.")
    if run.apply_from_on and run.apply_until_on and run.apply_until_on < run.apply_from_on:
        yield (
            "apply_until_on",
            "id_apply_until_on_0",
            _("The last day to apply is before the first. Change one of them."),
        )


def _of_place(run: CourseRun) -> Iterator[tuple[str, str, str]]:
    if run.site is None and run.delivery not in ELSEWHERE:
        yield "site", "id_site", _("Choose a site, or say that it is taught online, at work or out and about.")
    if run.site is not None and run.site.ended_on is not None:
        yield "site", "id_site", _("%(site)s is closed. Choose another site.") % {"site": run.site}
    if run.study_mode == StudyMode.UNKNOWN:
        yield "study_mode", "id_study_mode", _("Choose full time, part time or another way to study.")
    if not _is_web_address(run.apply_url):
        yield (
            "apply_url",
            "id_apply_url",
            _("Write the web address like https://www.example.org/apply, or leave it empty."),
        )


def _is_web_address(text: str) -> bool:
    try:
        return checks.check_web_address(text) == text
    except ValidationError:
        return False


def worse(before: Iterable[Failing], after: Iterable[Failing]) -> list[Failing]:
    """What fails now and did not before."""
    known = {(failing.run, failing.field) for failing in before}
    return [failing for failing in after if (failing.run, failing.field) not in known]
