"""Strict publishing, taking out, bringing back: each exit, and every single thing that keeps a course a draft."""

import datetime as dt

import pytest
from django.db import transaction

from activity.models import Event
from applications import actions as applying
from core import clock
from core.errors import NotAllowed, RuleBroken
from prospectus.actions import refresh_search
from prospectus.actions.changing import ChangedMeanwhile, NotReady
from prospectus.actions.editing import create_course, edit_course
from prospectus.actions.publishing import (
    bring_back_course,
    end_run,
    publish_course,
    publish_ready,
    publish_run,
    withdraw_course,
)
from prospectus.actions.runs import create_run, edit_run
from prospectus.models import Course, CourseSearch, CourseState, RunState
from prospectus.queries.readiness import failings
from prospectus.registry import live_on
from providers.models import RoleKind
from tests.factories import (
    AreaFactory,
    CourseFactory,
    CourseRunFactory,
    CycleFactory,
    LearnerContactFactory,
    LearnerFactory,
    ProviderFactory,
    SiteFactory,
    StaffRoleFactory,
    SubjectFactory,
)
from tests.races import at_once, meeting
from tests.reference import load_reference

pytestmark = pytest.mark.django_db

TEXTS = dict.fromkeys(("what_you_do", "how_assessed", "entry_requirements"), "<p>Words.</p>")


@pytest.fixture(autouse=True)
def reference(db):
    load_reference()


@pytest.fixture
def northfield():
    return ProviderFactory(name="Northfield College")


@pytest.fixture
def editor(northfield):
    return StaffRoleFactory(kind=RoleKind.EDITOR, organisation=northfield).user


@pytest.fixture
def stranger():
    return StaffRoleFactory(kind=RoleKind.EDITOR, organisation=ProviderFactory()).user


def draft(provider, run=None, **facts):
    """A draft that could be published as it is, with one draft date."""
    course = CourseFactory(provider=provider, **{"state": CourseState.DRAFT, "title": "Plumbing"} | TEXTS | facts)
    CourseRunFactory(course=course, **{"state": RunState.DRAFT, "takes_applications": False} | (run or {}))
    return course


def found():
    return set(CourseSearch.objects.values_list("course", flat=True))


# --- publishing


def test_a_draft_that_lacks_nothing_is_found_by_everybody_with_its_dates(northfield, editor):
    course = draft(northfield)

    publish_course(course=course, by=editor)

    course.refresh_from_db()
    assert (course.state, course.checked_on) == (CourseState.PUBLISHED, clock.today())
    assert course.published_at == course.changed_at or course.published_at < course.changed_at
    assert [run.state for run in course.runs.all()] == [RunState.PUBLISHED]
    assert found() == {course.pk}
    assert list(Event.objects.values_list("verb", flat=True)) == ["course.publish", "run.publish"]


def test_a_draft_that_lacks_everything_says_all_of_it_and_where(northfield, editor):
    course = create_course(provider=northfield, by=editor, title="Plumbing")
    edit_course(course=course, values={"title": " "}, by=editor)

    with pytest.raises(NotReady) as refused:
        publish_course(course=course, by=editor)

    assert [(each.section, each.anchor) for each in refused.value.failings] == [
        ("basics", "id_title"),
        ("qualification", "id_subject"),
        ("qualification", "id_levels_0"),
        ("learning", "id_what_you_do"),
        ("learning", "id_how_assessed"),
        ("entry", "id_entry_requirements"),
        ("runs", "runs"),
    ]
    assert refused.value.code == "not_ready"
    assert refused.value.message.startswith("Put 7 things right first: Write a title. Choose a subject.")
    assert (Course.objects.get().state, found()) == (CourseState.DRAFT, set())


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"title": ""}, "title"),
        ({"subject": None}, "subject"),
        ({"levels": []}, "levels"),
        ({"levels": ["4", "5"]}, "levels"),
        ({"what_you_do": ""}, "what_you_do"),
        ({"how_assessed": ""}, "how_assessed"),
        ({"entry_requirements": ""}, "entry_requirements"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"website": "ftp://example.org/x"}, "website"),
    ],
)
def test_each_thing_a_course_lacks_keeps_it_a_draft(northfield, editor, facts, field):
    course = draft(northfield, **facts)
    assert [failing.field for failing in failings(course)] == [field]
    with pytest.raises(NotReady):
        publish_course(course=course, by=editor)
    assert found() == set()


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"starts_on": None}, "starts_on"),
        ({"apply_from_on": dt.date(2027, 3, 1), "apply_until_on": dt.date(2027, 2, 1)}, "apply_until_on"),
        ({"site": None}, "site"),
        ({"study_mode": "unknown"}, "study_mode"),
        ({"apply_url": "javascript:alert(1)"}, "apply_url"),
    ],
)
def test_each_thing_a_date_lacks_keeps_the_course_a_draft(northfield, editor, facts, field):
    course = draft(northfield, run=facts)
    run = course.runs.get()
    assert [(failing.field, failing.run) for failing in failings(course)] == [(field, run.reference)]
    with pytest.raises(NotReady):
        publish_course(course=course, by=editor)


def test_a_start_that_has_passed_is_nothing_to_publish(northfield):
    course = draft(northfield, run={"starts_on": dt.date(2026, 11, 17)})
    assert [(failing.section, failing.field) for failing in failings(course)] == [
        ("runs", "runs"),
        ("run", "starts_on"),
    ]


def test_a_site_that_is_closed_is_nowhere(northfield):
    course = draft(northfield, run={"site": SiteFactory(organisation=northfield, ended_on=dt.date(2026, 1, 1))})
    assert [failing.field for failing in failings(course)] == ["site"]


@pytest.mark.parametrize(
    "run",
    [
        {"site": None, "delivery": "online"},
        {"site": None, "delivery": "workplace"},
        {"starts_on": None, "is_flexible_start": True},
        {"starts_on": dt.date(2026, 11, 18)},
    ],
)
def test_online_at_work_any_time_and_today_are_all_right(northfield, run):
    assert failings(draft(northfield, run=run)) == []


@pytest.mark.parametrize("kind", ["taster", "activity"])
def test_a_taster_needs_no_level_no_grades_and_no_assessment(northfield, kind):
    course = draft(northfield, kind=kind, levels=[], how_assessed="", entry_requirements="")
    assert failings(course) == []


def test_an_area_says_how_far_its_prospectus_goes(northfield):
    course = draft(northfield, levels=["4"])
    assert [failing.field for failing in failings(course)] == ["levels"]
    northfield.area.highest_level = 4
    northfield.area.save()
    assert failings(Course.objects.get(pk=course.pk)) == []


def test_a_course_that_reaches_from_level_3_to_4_is_within(northfield):
    assert failings(draft(northfield, levels=["3", "4"])) == []


def test_a_half_done_date_beside_a_published_course_holds_nothing_up(northfield, editor):
    course = draft(northfield)
    publish_course(course=course, by=editor)
    create_run(course=course, values={}, by=editor)
    assert failings(Course.objects.get()) == []
    edit_course(course=course, values={"summary": "Pipes."}, by=editor)


def test_dates_that_have_ended_are_not_asked(northfield, editor):
    course = draft(northfield)
    run = create_run(course=course, values={}, by=editor)
    end_run(run=run, by=editor)
    assert failings(course) == []


# --- taking out


def learner_with_a_sent_choice(run):
    learner = LearnerContactFactory(learner=LearnerFactory(area=run.course.provider.area)).learner
    cycle = CycleFactory(area=learner.area)
    application = applying.start_application(learner=learner, cycle=cycle, by=learner.user)
    applying.write_profile(
        application=application, by=learner.user, statement="I like pipes.", predicted_grades="English: 5", needs=""
    )
    choice = applying.add_run(learner=learner, run=run, by=learner.user)
    return applying.send_choice(choice=choice, by=learner.user)


def test_withdrawing_says_who_still_stands_on_it_and_takes_nothing_from_them(northfield, editor):
    run = CourseRunFactory(course=CourseFactory(provider=northfield, **TEXTS))
    CourseRunFactory(course=run.course)
    refresh_search()
    choice = learner_with_a_sent_choice(run)

    withdrawn = withdraw_course(course=run.course, by=editor)

    assert (withdrawn.course.state, withdrawn.live, found()) == (CourseState.WITHDRAWN, 1, set())
    choice.refresh_from_db()
    assert choice.status == "sent"
    assert Event.objects.get(verb="course.withdraw").facts == {"provider": northfield.pk, "live": 1}


def test_nobody_stands_on_no_runs():
    assert live_on([]) == 0


def test_what_is_brought_back_is_a_draft_again(northfield, editor):
    course = draft(northfield)
    publish_course(course=course, by=editor)
    withdraw_course(course=course, by=editor)
    first = Course.objects.get().published_at

    bring_back_course(course=course, by=editor)
    assert (Course.objects.get().state, found()) == (CourseState.DRAFT, set())

    publish_course(course=course, by=editor)
    assert (found(), Course.objects.get().published_at) == ({course.pk}, first)


# --- dates


def test_a_date_beside_a_published_course_is_published_by_itself(northfield, editor):
    course = draft(northfield)
    publish_course(course=course, by=editor)
    values = {"starts_on": dt.date(2027, 1, 11), "study_mode": "part_time", "delivery": "online"}
    run = create_run(course=course, values=values, by=editor)
    assert CourseSearch.objects.filter(run=run).count() == 0

    publish_run(run=run, by=editor)

    assert CourseSearch.objects.filter(run=run).count() == 1
    assert run.provider_reference == run.reference


def test_a_date_that_lacks_something_stays_a_draft(northfield, editor):
    course = draft(northfield)
    publish_course(course=course, by=editor)
    run = create_run(course=course, values={}, by=editor)
    with pytest.raises(NotReady) as refused:
        publish_run(run=run, by=editor)
    assert [failing.field for failing in refused.value.failings] == ["starts_on", "site", "study_mode"]


def test_a_date_that_is_taken_out_is_not_found_nor_applied_for(northfield, editor):
    run = CourseRunFactory(course=CourseFactory(provider=northfield, **TEXTS))
    refresh_search()
    end_run(run=run, by=editor)
    run.refresh_from_db()
    assert (run.ended_on, run.takes_applications) == (clock.today(), False)
    assert CourseSearch.objects.filter(run=run).count() == 0


def test_a_published_date_may_not_lose_its_place(northfield, editor):
    course = draft(northfield)
    publish_course(course=course, by=editor)
    with pytest.raises(NotReady):
        edit_run(run=course.runs.get(), values={"site": None}, by=editor)
    assert course.runs.get().site is not None


def test_a_change_of_place_is_found_at_once(northfield, editor):
    course = draft(northfield)
    publish_course(course=course, by=editor)
    beacon = SiteFactory(organisation=northfield, name="Beacon House")
    edit_run(run=course.runs.get(), values={"site": beacon}, by=editor)
    assert CourseSearch.objects.get(course=course).site == beacon


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"starts_on": dt.date(2027, 9, 6), "ends_on": dt.date(2027, 9, 5)}, "dates_not_in_order"),
        ({"provider_reference": "R1"}, "code_taken"),
        ({"site": "elsewhere"}, "not_your_site"),
    ],
)
def test_what_not_even_a_draft_date_may_be(northfield, editor, values, code):
    course = draft(northfield, run={"provider_reference": "R1"})
    other = create_run(course=course, values={}, by=editor)
    if "site" in values:
        values = {"site": SiteFactory(organisation=ProviderFactory())}
    for attempt in (
        lambda: create_run(course=course, values=values, by=editor),
        lambda: edit_run(run=other, values=values, by=editor),
    ):
        with pytest.raises(RuleBroken) as refused, transaction.atomic():
            attempt()
        assert refused.value.code == code


def test_a_run_somebody_else_saved_is_not_overwritten(northfield, editor):
    run = draft(northfield).runs.get()
    as_of = run.changed_at
    edit_run(run=run, values={"duration_text": "1 year"}, by=editor, as_of=as_of)
    edit_run(run=run, values={"duration_text": "1 year"}, by=editor)  # the same again writes nothing
    with pytest.raises(ChangedMeanwhile):
        edit_run(run=run, values={"duration_text": "2 years"}, by=editor, as_of=as_of)
    with pytest.raises(KeyError):
        edit_run(run=run, values={"state": "published"}, by=editor)


def test_all_copies_that_are_right_are_published_and_no_other(northfield, editor, stranger):
    course = draft(northfield)
    publish_course(course=course, by=editor)
    before = course.runs.get()
    right = CourseRunFactory(course=course, state=RunState.DRAFT, rolled_from=before)
    CourseRunFactory(course=course, state=RunState.DRAFT)  # by hand: somebody may still be writing it
    CourseRunFactory(course=course, state=RunState.DRAFT, rolled_from=before, site=None)
    CourseRunFactory(course=course, state=RunState.DRAFT, rolled_from=before, ended_on=dt.date(2026, 1, 1))
    CourseRunFactory(state=RunState.DRAFT, rolled_from=before, course=CourseFactory(provider=ProviderFactory()))
    draft(northfield, run={"rolled_from": before}, provider_reference="other")

    assert publish_ready(provider=northfield, by=editor) == 1
    assert publish_ready(provider=northfield, by=editor) == 0

    right.refresh_from_db()
    assert right.state == RunState.PUBLISHED
    assert set(CourseSearch.objects.values_list("run", flat=True)) == {before.pk, right.pk}
    with pytest.raises(NotAllowed):
        publish_ready(provider=northfield, by=stranger)


# --- two at once


@pytest.mark.django_db(transaction=True)
class TestTwoEditors:
    """Locks, with real transactions."""

    def race(self):
        load_reference()
        provider = ProviderFactory(area=AreaFactory())
        editor = StaffRoleFactory(kind=RoleKind.EDITOR, organisation=provider).user
        course = draft(provider, subject=SubjectFactory())
        as_of = Course.objects.get().changed_at
        results = at_once(
            *(
                lambda words=words: edit_course(course=course, values={"summary": words}, by=editor, as_of=as_of)
                for words in ("One", "Two")
            )
        )
        return sorted(type(result).__name__ for result in results)

    def test_one_saves_and_the_other_is_told(self):
        assert self.race() == ["ChangedMeanwhile", "Course"]

    def test_without_the_locks_one_would_write_over_the_other(self, monkeypatch):
        from django.db.models import QuerySet

        from prospectus.actions import changing

        real = changing._require_unchanged
        monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_options: self)

        meet = meeting()
        monkeypatch.setattr(changing, "_require_unchanged", lambda *read: (real(*read), meet()))
        assert self.race() == ["Course", "Course"]
