"""A dozen choices answered together by a real worker that is killed in the middle: each is answered, and once."""

import time

import pytest
from django.db import connection

from activity.models import Event
from applications import actions
from applications.actions import bulk
from applications.models import BulkRun, Choice
from config.bench import address
from config.bench.workers import Workers
from tests.applications.test_desk import several
from tests.applications.walk import Town

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.real_time, pytest.mark.slow]
NUMBER = bulk.BATCH + 2


@pytest.fixture
def workers(tmp_path):
    here = connection.get_connection_params()
    workers = Workers(tmp_path, database_url=address(here, here["dbname"]), lease_seconds=2)
    yield workers
    workers.kill()


def test_a_worker_killed_in_the_middle_leaves_nothing_half_and_the_next_one_finishes(workers, transactional_db):
    town = Town()
    choices = several(town, NUMBER)
    run = actions.pick_choices(verb="put_on_reserve", choices=choices, by=town.admissions)
    run = actions.confirm_bulk(run=run, answers={}, by=town.admissions)

    def wait_until(is_so):
        for _ in range(3000):
            if is_so():
                return
            time.sleep(0.02)
        pytest.fail(f"not within a minute; the worker wrote:\n{workers.words()}")

    workers.start()
    wait_until(lambda: Choice.objects.filter(status="reserve_list").exists())
    workers.kill()
    done = Choice.objects.filter(status="reserve_list").count()
    assert 0 < done < NUMBER
    assert done % bulk.BATCH == 0  # whole batches
    assert run.items.filter(state="done").count() == done
    workers.start()
    wait_until(lambda: BulkRun.objects.get().ended_at is not None)
    assert Choice.objects.filter(status="reserve_list").count() == NUMBER
    assert Event.objects.filter(verb="choice.put_on_reserve").count() == NUMBER
