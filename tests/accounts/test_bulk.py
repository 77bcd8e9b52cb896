"""Rows copied in are what saving things one by one would have written."""

import datetime as dt
import gc

import pytest
from django.db import transaction
from psycopg.errors import NotNullViolation, UniqueViolation

from accounts.models import Characteristics, Learner, RollImage
from core.bulk import among, collector_at_rest, copy_in, copy_values, update_in
from tests.factories import AreaFactory, LearnerFactory

BORN = dt.date(2011, 3, 31)


@pytest.mark.django_db
def test_rows_copied_in_are_like_saved_ones():
    area = AreaFactory()
    # A number in words, a word that is a number and a day in letters become what the fields make of them.
    copy_values(
        Learner,
        ["given_name", "family_name", "birth_on", "area", "upn"],
        [("Zoë\t\\N\n", 7, "2011-03-31", str(area.pk), None), ("Ann", "Other", BORN, area.pk, None)],
    )
    odd, ann = Learner.objects.order_by("pk")
    odd.full_clean(), ann.full_clean()
    assert (odd.given_name, odd.family_name, odd.birth_on, odd.area) == ("Zoë\t\\N\n", "7", BORN, area)
    assert len({odd.reference, ann.reference}) == 2

    copy_values(Characteristics, ["learner", "sen_needs", "has_free_meals"], [(ann.pk, ("ASD", "SLD"), True)])
    facts = Characteristics.objects.get()
    assert (facts.sen_needs, facts.has_free_meals, facts.is_looked_after) == (["ASD", "SLD"], True, None)
    assert (facts.sex, facts.said_on) == ("", dt.date(2026, 11, 18))

    update_in(Learner, ["family_name", "user"], [(odd.pk, "Jones", None)])
    copy_in([Learner(given_name="Cy", family_name="Rees", birth_on=BORN, area=area)])
    assert sorted(Learner.objects.values_list("family_name", flat=True)) == ["Jones", "Other", "Rees"]
    assert list(Learner.objects.filter(pk__in=among([odd.pk, 0]))) == [odd]
    assert not Characteristics.objects.filter(learner__in=among([])).exists()


@pytest.mark.django_db
def test_a_constraint_holds_for_copied_rows_too():
    learner = LearnerFactory()
    with pytest.raises(UniqueViolation), transaction.atomic():
        copy_values(Characteristics, ["learner"], [(learner.pk,), (learner.pk,)])
    with pytest.raises(NotNullViolation), transaction.atomic():
        copy_values(RollImage, ["learner_key", "after"], [(learner.pk, {})])
    assert not Characteristics.objects.exists()


def test_the_collector_is_as_before_when_the_last_who_let_it_rest_is_done():
    before = gc.get_threshold()
    first, second = collector_at_rest(), collector_at_rest()
    first.__enter__()
    with pytest.raises(ValueError, match="no use"), second:
        raise ValueError("no use")
    assert gc.get_threshold() != before
    first.__exit__(None, None, None)
    assert gc.get_threshold() == before
