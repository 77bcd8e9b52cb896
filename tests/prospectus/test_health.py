"""What is wrong with which course, and how a provider stands."""

import datetime as dt

import pytest

from activity.models import Event
from core.errors import NotAllowed
from prospectus.actions import refresh_search
from prospectus.actions.editing import edit_course
from prospectus.actions.health import read_texts, refresh_health
from prospectus.actions.mending import confirm_courses
from prospectus.actions.publishing import withdraw_course
from prospectus.models import Course, CourseHealth, EntryRequirement
from prospectus.queries.health import Band, Problem, coverage_of, health_of, with_problem
from prospectus.queries.lights import Colour
from prospectus.queries.readiness import failings
from tests.factories import (
    AreaFactory,
    CourseFactory,
    CourseRunFactory,
    CycleFactory,
    ProviderFactory,
    RoleKind,
    StaffRoleFactory,
)

pytestmark = pytest.mark.django_db

WHOLE = {
    "summary": "",
    "what_you_do": "<p>You learn to fit pipes.</p>",
    "how_assessed": "<p>You show what you can do.</p>",
    "entry_requirements": "<p>Nothing.</p>",
    "website": "https://northfield.example/",
}
HARD = (
    "<p>Candidates undertake comprehensive investigation of contemporary organisational methodologies, developing "
    "sophisticated analytical capabilities appropriate to professional environments and demonstrating considerable "
    "initiative throughout the qualification, notwithstanding individual circumstances and preparatory experience "
    "accumulated previously in vocational or educational institutions.</p>"
)
NAMES = iter(
    "Aviation Bakery Carpentry Dance Engineering Floristry Geology History Italian Journalism Knitting Law Music "
    "Nursing Optics Photography Quarrying Russian Sport Theatre Upholstery Violin Welding Yoga Zoology".split()
    * 20
)


@pytest.fixture
def northfield():
    CycleFactory()
    return ProviderFactory(name="Northfield College")


@pytest.fixture
def editor(northfield):
    return StaffRoleFactory(kind=RoleKind.EDITOR, organisation=northfield).user


def course(provider, *, run=None, title=None, **changes):
    """A published course with which nothing is wrong, but for these changes."""
    title = title or next(NAMES)
    made = CourseFactory(provider=provider, title=title, **WHOLE | {"summary": title} | changes)
    if run is not False:
        CourseRunFactory(course=made, **run or {})
    return made


def problems(provider):
    refresh_health(provider=provider)
    found = health_of([provider])[0].problems
    listed = {problem: with_problem(Course.objects.filter(provider=provider), problem) for problem in Problem}
    assert {problem: len(courses) for problem, courses in listed.items()} == dict(found)  # the tile and its list agree
    return {problem.value: number for problem, number in found.items() if number}


def test_nothing_is_wrong_with_a_whole_course(northfield):
    course(northfield)

    assert problems(northfield) == {}


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"levels": []}, {"level": 1}),
        ({"levels": [], "kind": "taster", "how_assessed": "", "entry_requirements": ""}, {}),
        ({"subject": None}, {"subject": 1}),
        ({"what_you_do": ""}, {"texts": 1}),
        ({"how_assessed": ""}, {"texts": 1}),
        ({"entry_requirements": ""}, {"texts": 1}),
        ({"website": "http://northfield.example/"}, {"links": 1}),
        ({"leads_to": '<p><a href="http://other.example/">More</a></p>'}, {"links": 1}),
        ({"leads_to": '<p><a href="https://other.example/">More</a></p>'}, {}),
        ({"run": {"apply_url": "http://northfield.example/apply"}}, {"links": 1}),
        ({"run": {"starts_on": dt.date(2026, 11, 17)}}, {"expired": 1, "coming": 1}),
        ({"run": {"starts_on": dt.date(2026, 11, 18)}}, {"coming": 1}),
        ({"run": {"starts_on": dt.date(2027, 7, 31)}}, {"coming": 1}),
        ({"run": {"starts_on": dt.date(2027, 8, 1)}}, {}),
        ({"run": {"starts_on": dt.date(2028, 7, 31)}}, {}),
        ({"run": {"starts_on": dt.date(2028, 8, 1)}}, {"coming": 1}),
        ({"run": {"starts_on": None}}, {}),
        ({"run": {"starts_on": dt.date(2026, 9, 1), "is_flexible_start": True}}, {}),
        ({"run": {"state": "draft"}}, {"expired": 1, "coming": 1}),
        ({"run": {"ended_on": dt.date(2026, 11, 1)}}, {"expired": 1, "coming": 1}),
        ({"run": False}, {"expired": 1, "coming": 1}),
        ({"kind": "taster", "run": {"starts_on": dt.date(2026, 12, 1)}}, {}),
        ({"what_you_do": HARD}, {"reading": 1}),
        ({"state": "draft", "levels": []}, {}),
        ({"state": "withdrawn", "levels": []}, {}),
    ],
)
def test_each_thing_that_can_be_wrong_is_found(northfield, changes, found):
    course(northfield, **changes)

    assert problems(northfield) == found


def test_what_is_missing_is_what_publishing_asks_for(northfield):
    """The rule of publishing has its home in ``readiness``; the database's copy of it says the same."""
    for kind in ("course", "taster"):
        for lacking in ("what_you_do", "how_assessed", "entry_requirements", "subject", "levels"):
            empty = {"subject": None, "levels": []}.get(lacking, "")
            course(northfield, kind=kind, **{lacking: empty})
    with_row = course(northfield, entry_requirements="")
    EntryRequirement.objects.create(course=with_row, position=1, grade="4")
    problems(northfield)

    for each in Course.objects.select_related("provider__area", "health"):
        asked = {failing.field for failing in failings(each)}
        said = each.health
        assert said.lacks_texts == bool(asked & {"what_you_do", "how_assessed", "entry_requirements"})
        assert (said.lacks_subject, said.lacks_level) == ("subject" in asked, "levels" in asked)


@pytest.mark.parametrize(
    ("one", "other", "is_twin"),
    [
        ("Painting and Decorating", "Painting & Decorating", True),
        ("Level 2 Plumbing", "Plumbing Level 2", True),
        ("Mathmatics", "Mathematics", True),
        ("Introduction to Plumbing", "Intro to Plumbing", True),
        ("Café Skills", "Cafe skills", True),
        ("Plumbing Level 2", "Plumbing Level 3", False),
        ("A Level French", "A Level Spanish", False),
        ("BTEC Extended Diploma in Business", "BTEC Extended Diploma in Sport", False),
        ("Plumbing", "Plumbing and Heating", False),
        ("A level Biology", "A level Sociology", False),
        ("Certificate in Cookery", "Certificate in Bakery", False),
    ],
)
def test_titles_that_are_nearly_the_same_are_found(northfield, one, other, is_twin):
    first, second = course(northfield, title=one), course(northfield, title=other)
    course(ProviderFactory(name="Southbank"), title=one)

    assert problems(northfield) == ({"titles": 2} if is_twin else {})
    assert CourseHealth.objects.get(course=first).twin_id == (second.pk if is_twin else None)


def test_a_twin_that_is_renamed_is_a_twin_no_more(northfield, editor, reference):
    first, second = course(northfield, title="Mathmatics"), course(northfield, title="Mathematics")
    assert problems(northfield) == {"titles": 2}

    edit_course(course=first, values={"title": "Physics"}, by=editor)

    assert CourseHealth.objects.get(course=second).twin is None


def test_a_description_that_too_many_courses_share_is_found(northfield):
    for _one in range(3):
        course(northfield, summary="The same words.")
    for _one in range(5):
        course(northfield, summary="", what_you_do="")  # no description is no copy
    assert "copied" not in problems(northfield)

    course(northfield, summary="The same words.")

    assert problems(northfield)["copied"] == 4


def test_publishing_says_at_once_what_is_right_now(northfield, editor, reference):
    made = course(northfield, levels=[])
    refresh_search(provider=northfield)
    assert health_of([northfield])[0].problems[Problem.LEVEL] == 1

    edit_course(course=made, values={"levels": ["2"], "what_you_do": HARD}, by=editor)
    assert health_of([northfield])[0].problems[Problem.LEVEL] == 0
    assert health_of([northfield])[0].problems[Problem.READING] == 1

    withdraw_course(course=made, by=editor)
    assert not CourseHealth.objects.exists()


def test_a_refresh_of_one_provider_leaves_the_others(northfield):
    southbank = ProviderFactory(name="Southbank")
    course(northfield, levels=[])
    course(southbank, levels=[])
    refresh_health()
    Course.objects.update(levels=["2"])

    refresh_health(provider=northfield)

    assert [health.problems[Problem.LEVEL] for health in health_of([northfield, southbank])] == [0, 1]


def test_nothing_is_missing_for_a_cycle_before_the_common_opening_date(northfield):
    course(northfield, run={"starts_on": dt.date(2026, 12, 1)})
    CycleFactory(area=northfield.area, entry_year=2028, opens_on=dt.date(2026, 11, 19))

    assert health_of([northfield])[0].coming == 2027


def test_without_a_cycle_nothing_is_missing_for_it():
    eastgate = ProviderFactory(area=AreaFactory(name="Eastvale"))
    course(eastgate, run={"starts_on": dt.date(2026, 12, 1)})

    assert problems(eastgate) == {}
    assert health_of([eastgate])[0].coming_share is None


@pytest.mark.parametrize(
    ("wrong", "score", "band"),
    [
        ([], 100, Band.VERY_GOOD),
        ([1], 92, Band.VERY_GOOD),
        ([1, 1], 83, Band.GOOD),
        ([3], 75, Band.GOOD),
        ([3, 1], 67, Band.NEEDS_WORK),
        ([3, 3], 50, Band.POOR),
        ([5, 5, 3, 3], 0, Band.POOR),
    ],
)
def test_the_score_is_what_is_left_of_four_courses(northfield, wrong, score, band):
    lacks = [{"levels": []}, {"subject": None}, {"what_you_do": ""}, {"website": "http://a.example/"}, {"run": False}]
    for number in [*wrong, *[0] * (4 - len(wrong))]:
        changes = {}
        for lack in lacks[:number]:
            changes |= lack
        course(northfield, **changes)
    problems(northfield)

    health = health_of([northfield])[0]

    assert (health.score, health.band) == (score, band)


def test_a_provider_without_courses_has_no_score_and_its_days_of_grace(northfield):
    before = health_of([northfield])[0]
    StaffRoleFactory(kind=RoleKind.EDITOR, organisation=northfield, started_on=dt.date(2026, 11, 1))

    after = health_of([northfield])[0]

    assert (before.courses, before.score, before.band, before.colour) == (0, None, None, Colour.GREY)
    assert (after.courses, after.colour, after.is_missing) == (0, Colour.GREEN, True)


def test_the_light_goes_by_what_most_courses_say(northfield):
    """One course that is looked at does not make the rest fresh."""
    for checked in (dt.date(2026, 3, 1), dt.date(2026, 3, 2), dt.date(2026, 11, 18)):
        course(northfield, checked_on=checked)
    Course.objects.update(created_at=dt.datetime(2025, 1, 1, tzinfo=dt.UTC))

    health = health_of([northfield])[0]

    assert (health.checked_on, health.colour) == (dt.date(2026, 3, 2), Colour.RED)


@pytest.mark.parametrize("number", [1, 5])
def test_health_takes_the_same_questions_for_one_provider_and_for_more(number, django_assert_num_queries):
    providers = [ProviderFactory() for _one in range(number)]
    for provider in providers:
        course(provider)

    with django_assert_num_queries(2):
        assert [health.courses for health in health_of(providers)] == [1] * number


def test_everything_is_still_correct_from_today_for_what_is_published(northfield, editor):
    southbank = ProviderFactory(name="Southbank")
    mine, draft, theirs = course(northfield), course(northfield, state="draft"), course(southbank)
    course(northfield, checked_on=dt.date(2026, 11, 18))

    assert confirm_courses(provider=northfield, by=editor) == 1

    days = [Course.objects.get(pk=each.pk).checked_on for each in (mine, draft, theirs)]
    assert days == [dt.date(2026, 11, 18), dt.date(2026, 10, 1), dt.date(2026, 10, 1)]


def test_everything_is_still_correct_twice_on_a_day_is_one_line_of_history(northfield, editor):
    course(northfield)

    assert [confirm_courses(provider=northfield, by=editor) for _time in range(2)] == [1, 0]

    assert list(Event.objects.values_list("verb", "by", "facts")) == [
        ("provider.confirm_courses", editor.pk, {"courses": 1})
    ]


def test_only_who_keeps_the_courses_says_that_they_are_right(northfield):
    made = course(northfield)
    stranger = StaffRoleFactory(kind=RoleKind.EDITOR, organisation=ProviderFactory()).user

    with pytest.raises(NotAllowed):
        confirm_courses(provider=northfield, by=stranger)

    assert Course.objects.get(pk=made.pk).checked_on == dt.date(2026, 10, 1)


def test_who_is_missing_for_the_coming_cycle(northfield, django_assert_num_queries):
    course(northfield)
    southbank = ProviderFactory(name="Southbank", area=northfield.area)
    course(southbank, run={"starts_on": dt.date(2026, 12, 1)})
    nobody = ProviderFactory(name="Hollins Park School", area=northfield.area)
    ProviderFactory(name="Closed", area=northfield.area, ended_on=dt.date(2026, 1, 1))
    eastvale = AreaFactory(name="Eastvale")
    course(ProviderFactory(area=eastvale))
    refresh_health()

    with django_assert_num_queries(3):
        found = coverage_of([northfield.area, eastvale])

    assert list(found) == [northfield.area.pk]
    coverage = found[northfield.area.pk]
    assert (coverage.coming, coverage.providers, coverage.missing) == (2027, 3, [nobody, southbank])


def test_a_course_without_a_word_has_no_reading_age_and_stops_nobody_from_publishing(reference):
    course = CourseFactory(summary="", what_you_do="")

    refresh_search(provider=course.provider)

    assert CourseHealth.objects.get(course=course).reading_age is None


def test_a_publisher_of_many_texts_does_not_wait_for_all_of_them_to_be_read(reference, monkeypatch):
    monkeypatch.setattr("prospectus.actions.health.MOST_READ", 1)
    provider = ProviderFactory()
    for number in range(3):
        CourseFactory(provider=provider, what_you_do=f"{HARD} {number}")

    refresh_search(provider=provider)

    ages = CourseHealth.objects.order_by("course").values_list("reading_age", flat=True)
    assert [age is None for age in ages] == [False, True, True]
    assert read_texts() == 2
    assert read_texts() == 0
    assert [age is None for age in ages.all()] == [False, False, False]
    before = list(ages.all())
    refresh_search(provider=provider)
    assert list(ages.all()) == before
