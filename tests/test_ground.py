"""A ground is built once, and no test can tell."""

import pytest
from django.db import connection

from accounts.models import Learner
from core import clock
from providers.models import Organisation
from tests.factories import LearnerFactory, SchoolFactory
from tests.ground import ground


@ground
def school(db):
    return SchoolFactory(name="Hollins Park School")


@ground
def learner(school):
    return LearnerFactory(area=school.area)


@pytest.mark.parametrize("time", ["once", "again"])
def test_each_test_finds_it_as_it_was_built(school, learner, time):
    assert (school.name, Organisation.objects.get().name) == ("Hollins Park School", "Hollins Park School")
    assert learner.area is school.area
    assert learner.created_at < clock.now()
    school.name = f"Changed {time}"
    school.save()
    SchoolFactory()


def test_who_stands_on_less_finds_less(school):
    assert Organisation.objects.get() == school
    assert not Learner.objects.exists()


def test_who_stands_on_nothing_finds_nothing(db):
    assert not Organisation.objects.exists()


def test_who_asks_for_it_on_the_way_builds_it(db, request):
    assert request.getfixturevalue("school") == Organisation.objects.get()


@pytest.mark.django_db(transaction=True)
def test_who_commits_builds_it(learner, school):
    assert not connection.in_atomic_block
    assert (Organisation.objects.get(), Learner.objects.get()) == (school, learner)
