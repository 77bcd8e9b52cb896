"""The flows of courses and runs, through the actions: what each verb does from each state, and who may."""

from pathlib import Path

import pytest
from django.conf import settings

from core import clock
from core.errors import NotAllowed, StaleState
from core.workflow import Flow
from prospectus.actions.editing import edit_course
from prospectus.actions.publishing import bring_back_course, end_run, publish_course, publish_run, withdraw_course
from prospectus.actions.runs import edit_run
from prospectus.models import CourseState, RunState
from prospectus.policies import COURSE_POLICY, RUN_POLICY
from prospectus.words import COURSE_WORDS, RUN_WORDS, VERB_WORDS
from prospectus.workflow import COURSE_FLOW, RUN_FLOW
from providers.models import RoleKind
from tests.factories import CourseFactory, CourseRunFactory, ProviderFactory, StaffRoleFactory
from tests.reference import load_reference

DO_COURSE = {
    "edit": lambda course, by: edit_course(course=course, values={"summary": "New words."}, by=by),
    "publish": lambda course, by: publish_course(course=course, by=by),
    "withdraw": lambda course, by: withdraw_course(course=course, by=by),
    "bring_back": lambda course, by: bring_back_course(course=course, by=by),
}
DO_RUN = {
    "edit": lambda run, by: edit_run(run=run, values={"duration_text": "1 year"}, by=by),
    "publish": lambda run, by: publish_run(run=run, by=by),
    "end": lambda run, by: end_run(run=run, by=by),
}
STRANGERS = [
    (RoleKind.EDITOR, "other"),
    (RoleKind.ADMISSIONS, "own"),
    (RoleKind.OFFICER, "own"),
]


@pytest.fixture
def provider(db):
    load_reference()
    return ProviderFactory(name="Northfield College")


@pytest.fixture
def editor(provider):
    return StaffRoleFactory(kind=RoleKind.EDITOR, organisation=provider).user


def course_in(state, provider):
    words = dict.fromkeys(("what_you_do", "how_assessed", "entry_requirements"), "<p>Words.</p>")
    course = CourseFactory(provider=provider, state=state, **words)
    CourseRunFactory(course=course)
    return course


def run_in(state, provider):
    return CourseRunFactory(course=course_in(CourseState.PUBLISHED, provider), state=state)


@pytest.mark.parametrize(("name", "flow"), [("course", COURSE_FLOW), ("course_run", RUN_FLOW)])
def test_the_committed_diagram_is_the_flow(name, flow: Flow):
    path = Path(settings.BASE_DIR) / "docs" / "diagrams" / f"{name}.mmd"
    assert path.read_text(encoding="utf-8") == flow.mermaid()


@pytest.mark.parametrize("verb", COURSE_FLOW.moves)
@pytest.mark.parametrize("state", CourseState)
def test_each_verb_does_to_a_course_what_the_table_says(provider, editor, state, verb):
    course = course_in(state, provider)
    if targets := COURSE_FLOW.targets(state, verb):
        DO_COURSE[verb](course, editor)
        course.refresh_from_db()
        assert {course.state} == targets
    else:
        with pytest.raises(StaleState):
            DO_COURSE[verb](course, editor)
        course.refresh_from_db()
        assert course.state == state


@pytest.mark.parametrize("verb", RUN_FLOW.moves)
@pytest.mark.parametrize("state", RunState)
def test_each_verb_does_to_a_run_what_the_table_says(provider, editor, state, verb):
    run = run_in(state, provider)
    if targets := RUN_FLOW.targets(state, verb):
        DO_RUN[verb](run, editor)
        run.refresh_from_db()
        assert ({run.state}, run.ended_on) == (targets, clock.today() if verb == "end" else None)
    else:
        with pytest.raises(StaleState):
            DO_RUN[verb](run, editor)
        run.refresh_from_db()
        assert run.state == state


@pytest.mark.parametrize("verb", RUN_FLOW.moves)
def test_nothing_is_done_to_a_run_that_has_ended(provider, editor, verb):
    run = run_in(RunState.DRAFT, provider)
    end_run(run=run, by=editor)
    with pytest.raises(StaleState):
        DO_RUN[verb](run, editor)


@pytest.mark.parametrize("verb", RUN_FLOW.moves)
def test_nothing_is_done_to_a_run_of_a_withdrawn_course(provider, editor, verb):
    run = run_in(RunState.DRAFT, provider)
    withdraw_course(course=run.course, by=editor)
    with pytest.raises(StaleState):
        DO_RUN[verb](run, editor)


def test_the_policies_say_something_about_every_verb_and_nothing_else():
    assert set(COURSE_POLICY.rules) == set(COURSE_FLOW.moves)
    assert set(RUN_POLICY.rules) == set(RUN_FLOW.moves)
    assert set(DO_COURSE) == set(COURSE_FLOW.moves)
    assert set(DO_RUN) == set(RUN_FLOW.moves)


def stranger(role, whose, provider):
    return StaffRoleFactory(kind=role, organisation=provider if whose == "own" else ProviderFactory()).user


@pytest.mark.parametrize(("role", "whose"), STRANGERS)
@pytest.mark.parametrize("verb", COURSE_FLOW.moves)
def test_nobody_else_does_any_verb_to_a_course(provider, role, whose, verb):
    state = min(COURSE_FLOW.sources(verb))
    with pytest.raises(NotAllowed):
        DO_COURSE[verb](course_in(state, provider), stranger(role, whose, provider))


@pytest.mark.parametrize(("role", "whose"), STRANGERS)
@pytest.mark.parametrize("verb", RUN_FLOW.moves)
def test_nobody_else_does_any_verb_to_a_run(provider, role, whose, verb):
    with pytest.raises(NotAllowed):
        DO_RUN[verb](run_in(RunState.DRAFT, provider), stranger(role, whose, provider))


def test_a_manager_keeps_the_courses_too(provider):
    manager = StaffRoleFactory(kind=RoleKind.MANAGER, organisation=provider).user
    assert withdraw_course(course=course_in(CourseState.PUBLISHED, provider), by=manager).live == 0


def test_every_state_and_every_verb_has_words_for_those_who_read_them():
    assert set(COURSE_WORDS) == set(CourseState)
    assert set(RUN_WORDS) == set(RunState)
    assert set(VERB_WORDS) == {f"course.{verb}" for verb in COURSE_FLOW.moves} | {
        f"run.{verb}" for verb in RUN_FLOW.moves
    }
