import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from activity.actions import record
from activity.models import Event
from activity.queries import history_of
from tests.factories import AreaFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_history_keeps_who_did_what_to_which_thing_with_the_facts_of_the_moment():
    area, by = AreaFactory(), UserFactory()
    record("area.open", subject=area, by=by, entry_year=2027)
    record("area.close", subject=area, by=None)
    record("area.open", subject=AreaFactory(name="Southmoor"), by=by)
    assert [(event.verb, event.by, event.facts) for event in history_of(area)] == [
        ("area.open", by, {"entry_year": 2027}),
        ("area.close", None, {}),
    ]


@pytest.mark.parametrize("change", ["UPDATE activity_event SET verb = 'other'", "DELETE FROM activity_event"])
def test_the_database_refuses_to_change_history(change):
    record("area.open", subject=AreaFactory(), by=None)
    with pytest.raises(DatabaseError, match="only ever added to"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert Event.objects.filter(verb="area.open").count() == 1


def test_the_refusal_is_an_integrity_error_for_code_that_tries():
    event = record("area.open", subject=AreaFactory(), by=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        event.delete()


def test_the_history_of_a_thing_is_one_query(django_assert_num_queries):
    area, by = AreaFactory(), UserFactory()
    for _ in range(5):
        record("area.open", subject=area, by=by)
    with django_assert_num_queries(1):
        assert [str(event.by) for event in history_of(area)] == [str(by)] * 5
