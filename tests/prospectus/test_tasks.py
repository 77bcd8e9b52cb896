import datetime as dt

import pytest

from core import clock
from prospectus.actions import refresh_search
from prospectus.models import CourseSearch
from prospectus.tasks import nightly
from tests.factories import CourseFactory, CourseRunFactory

pytestmark = pytest.mark.django_db


def test_the_night_after_a_start_has_passed_the_next_run_leads_its_course():
    course = CourseFactory()
    first = CourseRunFactory(course=course, starts_on=dt.date(2026, 11, 18))
    second = CourseRunFactory(course=course, starts_on=dt.date(2027, 1, 11))
    refresh_search(provider=course.provider)
    assert leading() == [first]

    with clock.at(dt.date(2026, 11, 19)):
        nightly()

    assert leading() == [second]


def leading():
    return [row.run for row in CourseSearch.objects.filter(is_lead=True)]
