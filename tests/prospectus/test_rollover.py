"""Carrying a year over: which runs are copied, to which day, how often, and what an upload does with the copies."""

import datetime as dt
import threading
from types import SimpleNamespace

import pytest

from activity.actions import run_job
from activity.models import Event, Job
from core.errors import NotAllowed
from prospectus.actions import courses
from prospectus.actions.publishing import publish_ready
from prospectus.actions.rollover import request_roll_over, roll_over
from prospectus.actions.runs import edit_run
from prospectus.actions.staged import StagedCourse, StagedRun
from prospectus.imports.columns import COURSE_COLUMNS, RUN_COLUMNS, Converter, CourseResource, RunResource
from prospectus.imports.findings import Findings
from prospectus.models import Course, CourseRun, CourseSearch, CourseState, RunState
from prospectus.queries.rollover import a_year_later, entry_year_of, roll_over_of, rolled_drafts, years_to_roll
from providers.models import RoleKind, StaffRole, Upload
from providers.querysets import OrganisationQuerySet
from tests.factories import CourseFactory, CourseRunFactory, ProviderFactory, StaffRoleFactory
from tests.races import at_once

pytestmark = pytest.mark.django_db

SEPTEMBER = dt.date(2026, 9, 7)  # a Monday, the first of its month


@pytest.fixture
def northfield():
    return ProviderFactory(name="Northfield College")


@pytest.fixture
def editor(northfield):
    return StaffRoleFactory(kind=RoleKind.EDITOR, organisation=northfield).user


@pytest.fixture
def stranger():
    return StaffRoleFactory(kind=RoleKind.EDITOR, organisation=ProviderFactory()).user


def run_of(provider, **facts):
    course = facts.pop("course", None) or CourseFactory(provider=provider)
    return CourseRunFactory(course=course, **{"starts_on": SEPTEMBER} | facts)


# --- days


@pytest.mark.parametrize(
    ("day", "later"),
    [
        ((2026, 9, 7), (2027, 9, 6)),  # first Monday
        ((2030, 9, 2), (2031, 9, 1)),
        ((2031, 9, 1), (2032, 9, 6)),  # still the first Monday, 53 weeks later
        ((2026, 9, 29), (2027, 9, 28)),  # a fifth Tuesday; next year the month has four
        ((2028, 2, 29), (2029, 2, 27)),
        ((2027, 12, 31), (2028, 12, 29)),
    ],
)
def test_a_year_later_is_the_same_weekday_of_the_same_month(day, later):
    day, later = dt.date(*day), dt.date(*later)
    assert a_year_later(day) == later
    assert (later.weekday(), later.month, later.year) == (day.weekday(), day.month, day.year + 1)


@pytest.mark.parametrize(("day", "year"), [((2026, 7, 31), 2025), ((2026, 8, 1), 2026), ((2027, 1, 11), 2026)])
def test_a_cycle_goes_from_august_to_july(day, year):
    assert entry_year_of(dt.date(*day)) == year


# --- copying


def test_a_copy_is_last_years_run_a_year_later_and_nobody_sees_it(northfield, editor):
    run = run_of(
        northfield,
        provider_reference="R1",
        ends_on=dt.date(2027, 7, 2),
        apply_until_on=dt.date(2026, 8, 31),
        start_text="Monday 7 September 2026",
        cost_pence=12000,
        places_taken=9,
    )

    assert roll_over(provider=northfield, entry_year=2026, by=editor) == 1

    [copy] = CourseRun.objects.filter(rolled_from=run)
    assert {name: getattr(copy, name) for name in ("course", "site", "study_mode", "places", "cost_pence")} == {
        name: getattr(run, name) for name in ("course", "site", "study_mode", "places", "cost_pence")
    }
    assert (copy.provider_reference, copy.state, copy.upload) == ("R1 (2027)", RunState.DRAFT, None)
    assert (copy.starts_on, copy.ends_on, copy.apply_until_on) == (
        dt.date(2027, 9, 6), dt.date(2028, 6, 30), dt.date(2027, 8, 30),
    )  # fmt: skip
    assert (copy.start_text, copy.places_taken, copy.takes_applications) == ("", 0, False)
    assert copy.reference != run.reference
    assert CourseSearch.objects.filter(run=copy).count() == 0
    event = Event.objects.get()
    assert (event.verb, event.facts) == ("provider.roll_over", {"entry_year": 2026, "runs": 1})


def test_the_preview_puts_every_run_of_the_year_in_one_count(northfield, editor):
    run_of(northfield)
    there = run_of(northfield)
    upload = Upload.objects.create(
        kind="courses", organisation=northfield, file="f", file_name="f", file_size=1, file_sha256="", state="published"
    )
    run_of(northfield, course=there.course, starts_on=dt.date(2027, 9, 6), upload=upload)
    copied = run_of(northfield)
    CourseRunFactory(course=copied.course, rolled_from=copied, state=RunState.DRAFT)
    run_of(northfield, starts_on=None, is_flexible_start=True)
    # None of these is of the year, or published.
    run_of(northfield, starts_on=dt.date(2026, 7, 31))
    run_of(northfield, starts_on=dt.date(2027, 8, 1))
    run_of(northfield, state=RunState.DRAFT)
    run_of(northfield, ended_on=dt.date(2026, 10, 1))
    run_of(northfield, course=CourseFactory(provider=northfield, state=CourseState.WITHDRAWN))
    run_of(ProviderFactory())

    preview = roll_over_of(northfield, 2026)

    assert preview[1:] == (1, 1, 1, 1)
    assert preview.eligible == 3
    assert roll_over(provider=northfield, entry_year=2026, by=editor) == 1


def test_twice_copies_nothing_more_not_even_what_was_ended_since(northfield, editor):
    run = run_of(northfield)
    roll_over(provider=northfield, entry_year=2026, by=editor)
    CourseRun.objects.filter(rolled_from=run).update(ended_on=dt.date(2026, 11, 18))

    assert roll_over(provider=northfield, entry_year=2026, by=editor) == 0
    assert (CourseRun.objects.count(), Event.objects.count()) == (2, 1)


def test_a_copy_of_a_copy_has_the_next_years_code(northfield, editor):
    run = run_of(northfield, provider_reference="R1")
    run_of(northfield, course=run.course, provider_reference="R1 (2026)", starts_on=dt.date(2026, 9, 8))
    roll_over(provider=northfield, entry_year=2026, by=editor)

    # Two runs would have the same code: the second has one of ours.
    first, second = CourseRun.objects.filter(rolled_from__isnull=False).order_by("rolled_from")
    assert (first.provider_reference, second.provider_reference) == ("R1 (2027)", second.reference)


def test_somebody_elses_year_is_not_rolled_over(northfield, stranger):
    run_of(northfield)
    for attempt in (roll_over, request_roll_over):
        with pytest.raises(NotAllowed):
            attempt(provider=northfield, entry_year=2026, by=stranger)
    assert (CourseRun.objects.count(), Job.objects.count()) == (1, 0)


def test_the_years_to_choose_from_are_those_with_dates(northfield):
    for starts_on in (SEPTEMBER, dt.date(2025, 9, 8), dt.date(2020, 9, 7), dt.date(2027, 9, 6)):
        run_of(northfield, starts_on=starts_on)
    assert years_to_roll(northfield) == [2027, 2026, 2025]


def test_copies_that_are_right_are_published_together(northfield, editor):
    run_of(northfield)
    run_of(northfield, study_mode="unknown")
    roll_over(provider=northfield, entry_year=2026, by=editor)

    assert publish_ready(provider=northfield, by=editor) == 1
    assert [run.study_mode for run in rolled_drafts(northfield)] == ["unknown"]


# --- as a job


def test_the_job_copies_says_how_far_it_is_and_is_one_while_it_waits(northfield, editor):
    for _ in range(3):
        run_of(northfield)
    job = request_roll_over(provider=northfield, entry_year=2026, by=editor)
    assert request_roll_over(provider=northfield, entry_year=2026, by=editor) == job

    run_job(job.pk)

    job.refresh_from_db()
    assert (job.state, job.done_steps, job.all_steps) == ("done", 3, 3)
    assert CourseRun.objects.filter(rolled_from__isnull=False).count() == 3
    assert request_roll_over(provider=northfield, entry_year=2026, by=editor) != job


def test_a_job_of_somebody_who_left_copies_nothing(northfield, editor):
    run_of(northfield)
    job = request_roll_over(provider=northfield, entry_year=2026, by=editor)
    StaffRole.objects.update(ended_on=dt.date(2026, 11, 17))

    run_job(job.pk)

    job.refresh_from_db()
    assert (job.state, CourseRun.objects.count()) == ("failed", 1)
    assert job.error == "Nothing was copied: you do not look after these courses any more."


# --- and then the provider's own upload comes


def upload_of(provider, runs, course="C1"):
    """The provider hands over one course with runs that start on these days."""
    upload = Upload.objects.create(
        kind="courses", organisation=provider, file="f", file_name="f", file_size=1, file_sha256="", state="published"
    )
    values = Converter(CourseResource, "COURSE", Findings())(
        1, {"provider_reference": course, "title": "Plumbing" if course == "C1" else "Painting"}, ""
    )
    convert = Converter(RunResource, "RUN", Findings())
    staged = [
        StagedRun(1, convert(1, {"provider_reference": code, "starts_on": day}, ""), "") for code, day in runs.items()
    ]
    return courses.publish_catalogue(
        provider=provider, upload=upload, course_columns=COURSE_COLUMNS, run_columns=RUN_COLUMNS,
        courses=[StagedCourse(1, values, "published", staged)], places={}, broken=[], by=None,
    )  # fmt: skip


@pytest.fixture
def rolled(northfield, editor):
    upload_of(northfield, {"R1": SEPTEMBER, "R2": dt.date(2027, 1, 11)})
    roll_over(provider=northfield, entry_year=2026, by=editor)
    return SimpleNamespace(
        first=CourseRun.objects.get(provider_reference="R1 (2027)"),
        second=CourseRun.objects.get(provider_reference="R2 (2027)"),
    )


def ended(rolled):
    return [CourseRun.objects.get(pk=run.pk).ended_on is not None for run in (rolled.first, rolled.second)]


def test_an_upload_that_says_nothing_of_next_year_leaves_the_copies(northfield, rolled):
    upload_of(northfield, {"R1": SEPTEMBER, "R2": dt.date(2027, 1, 11)})
    assert ended(rolled) == [False, False]


def test_an_upload_that_brings_next_year_takes_the_place_of_untouched_copies(northfield, rolled):
    published = upload_of(northfield, {"R1": SEPTEMBER, "R9": dt.date(2027, 9, 13)})
    assert ended(rolled) == [True, True]
    assert (published.added, published.ended) == (1, 3)  # R2 and both copies


def test_what_an_editor_has_looked_into_is_never_ended_by_an_upload(northfield, editor, rolled):
    edit_run(run=rolled.first, values={"places": 12}, by=editor)
    publish_ready(provider=northfield, by=editor)  # neither is right: they have no site
    upload_of(northfield, {"R9": dt.date(2027, 9, 13)})
    assert ended(rolled) == [False, True]


def test_untouched_copies_do_not_keep_a_course_that_the_provider_gave_up(northfield, rolled):
    upload_of(northfield, {"X1": SEPTEMBER}, course="C2")
    assert ended(rolled) == [True, True]
    assert Course.objects.get(provider_reference="C1").state == CourseState.WITHDRAWN


def test_a_copy_is_not_made_where_the_upload_has_brought_next_year_already(northfield, editor):
    upload_of(northfield, {"R1": SEPTEMBER, "R9": dt.date(2027, 9, 13)})
    assert roll_over(provider=northfield, entry_year=2026, by=editor) == 0


# --- two at once


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    def race(self):
        provider = ProviderFactory()
        people = [StaffRoleFactory(kind=RoleKind.EDITOR, organisation=provider).user for _ in range(2)]
        for _ in range(30):
            run_of(provider)
        results = at_once(*(lambda by=by: roll_over(provider=provider, entry_year=2026, by=by) for by in people))
        return results, CourseRun.objects.filter(rolled_from__isnull=False).count()

    def test_every_run_is_copied_once(self):
        results, copies = self.race()
        assert (sorted(results), copies) == ([0, 30], 30)

    def test_without_the_lock_both_would_try(self, monkeypatch):
        from prospectus.actions import rollover

        copy, waiting, here = rollover._copy, threading.Barrier(2), threading.local()

        def both_have_read(run, **rest):
            # Everything has been read by the first copy, and nothing is written before the last.
            if not hasattr(here, "has_waited"):
                here.has_waited = True
                waiting.wait(10)
            return copy(run, **rest)

        monkeypatch.setattr(rollover, "_copy", both_have_read)
        monkeypatch.setattr(OrganisationQuerySet, "select_for_update", lambda self, **_options: self)
        results, _copies = self.race()
        assert sorted(type(result).__name__ for result in results) == ["IntegrityError", "int"]
