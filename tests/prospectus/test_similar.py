import pytest

from prospectus import queries
from prospectus.actions import refresh_search
from prospectus.models import Course
from prospectus.queries.similar import similar_to_each
from tests.factories import CourseFactory, SiteFactory
from tests.ground import ground


def titles(found):
    return [one.course.title for one in found]


@ground
def building(town):
    """What else is taught near Northfield's plumbing."""
    town.course("Plumbing Level 3", "05.2", "3", town.southbank)
    town.course("Bricklaying", "05.2", "2", town.southbank)
    town.course("Town Planning", "05.3", "2", town.southbank)
    town.course("Surveying Degree", "05.2", "6", town.southbank)
    town.course("Plumbing taster", "05.2", "2", town.southbank, kind="taster")
    refresh_search()
    return town


def test_the_titles_words_then_the_subject_then_the_sector_at_this_level_or_the_next(building):
    found = titles(queries.similar(building.plumbing, limit=10))

    # Heating is 7 miles away in the next area; a degree, a taster and a draft are nothing like it.
    assert found == ["Plumbing Level 3", "Plumbing and Heating", "Bricklaying", "Town Planning"]


def test_another_providers_course_comes_before_the_same_providers(building):
    building.course("Bricklaying Skills", "05.2", "2", building.northfield)
    refresh_search()

    found = titles(queries.similar(building.plumbing, limit=10))

    assert found.index("Bricklaying") < found.index("Bricklaying Skills")


def test_a_course_far_away_is_not_offered(building):
    far = SiteFactory(organisation=building.eastgate, latitude=53.60, longitude=-1.50)
    building.run(building.course("Plumbing far away", "05.2", "2", building.eastgate), far)
    refresh_search()

    assert "Plumbing far away" not in titles(queries.similar(building.plumbing, limit=10))


def test_a_course_without_subject_level_or_site_is_like_those_with_its_words(building):
    bare = CourseFactory(title="Plumbing", provider=building.southbank, subject=None, levels=[])

    assert titles(queries.similar(bare))[0] == "Plumbing Level 2"


def test_a_title_of_no_words_finds_nothing_and_breaks_nothing(building):
    bare = CourseFactory(title="!!!", provider=building.southbank, subject=None, levels=[])

    assert queries.similar(bare) == []


def test_a_course_that_was_withdrawn_still_has_similar_ones(building):
    Course.objects.filter(pk=building.plumbing.pk).update(state="withdrawn")
    refresh_search()

    assert titles(queries.similar(building.plumbing, limit=1)) == ["Plumbing Level 3"]


@pytest.mark.parametrize("number", [1, 5])
def test_however_many_are_asked_about_it_takes_three_questions(building, number, django_assert_num_queries):
    courses = [building.plumbing, building.heating, building.cars, building.hair, building.maths][:number]

    with django_assert_num_queries(3):
        found = similar_to_each(courses)

    assert set(found) == {course.pk for course in courses}


def test_nothing_asked_is_nothing_found(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert similar_to_each([]) == {}
