"""Why a course stands where it does."""

import pytest

from prospectus.queries import CourseQuery, place_of
from prospectus.queries.search import explain, find


def test_a_course_stands_where_the_answer_has_it_and_its_words_say_why(town):
    question = CourseQuery(text="plumbing", own_area=town.eastvale.pk)
    rows = [row.course for row in find(question).rows]
    one = explain(question, town.plumbing)
    assert [explain(question, course).position for course in (town.heating, town.plumbing)] == [1, 2]
    assert rows == [town.heating.pk, town.plumbing.pk]
    assert (one.total, one.order, one.is_own, one.is_loosened) == (2, "best", False, False)
    assert explain(question, town.heating).is_own
    assert one.matched["plumb"][0] == "title"
    assert one.passed == ("words",)
    assert one.parts["title"] > one.parts["provider"] == 0
    assert one.lead_run == town.plumbing.runs.get(study_mode="part_time").pk


@pytest.mark.parametrize(
    ("filters", "excluded"),
    [({"level": ("3",)}, ("level",)), ({"mode": ("full_time",), "pattern": ("evening",)}, ("together",))],
)
def test_what_keeps_a_course_out_is_named(town, filters, excluded):
    found = explain(CourseQuery(text="plumbing", filters=filters), town.plumbing)
    assert (found.position, found.excluded_by) == (None, excluded)


def test_words_and_place_and_provider_can_keep_a_course_out(town):
    assert explain(CourseQuery(text="hair"), town.plumbing).excluded_by == ("words",)
    near = CourseQuery(text="", place=place_of("ZN2 1AA"))
    found = explain(near, town.plumbing)
    assert (found.excluded_by, found.miles and round(found.miles), found.matched) == (("place",), 7, {})
    at = CourseQuery(text="plumbing", providers=(town.eastgate.pk,))
    assert explain(at, town.plumbing).excluded_by == ("provider",)


def test_a_draft_is_not_found_by_anything(town):
    found = explain(CourseQuery(text="plumbing"), town.draft)
    assert (found.position, found.is_published, found.excluded_by) == (None, False, ("words",))
    assert found.matched == {"plumb": ()}
