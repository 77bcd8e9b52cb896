"""A message to many sent by a real worker that is killed in the middle: each learner reads it, and once."""

import time

import pytest
from django.db import connection

from config.bench import address
from config.bench.workers import Workers
from ilp.actions import confirm_messages, pick_learners
from ilp.actions.many import BATCH
from ilp.models import Message, MessageRun
from tests.ilp.talk import build_town, consent
from tests.ilp.test_messages_to_many import more

# Two starts of a real worker.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.real_time, pytest.mark.slow]
NUMBER = BATCH + 2


@pytest.fixture
def workers(tmp_path):
    here = connection.get_connection_params()
    workers = Workers(tmp_path, database_url=address(here, here["dbname"]), lease_seconds=2)
    yield workers
    workers.kill()


def test_a_worker_killed_in_the_middle_writes_to_nobody_twice_and_misses_nobody(workers, transactional_db):
    town = build_town()
    consent(town)
    learners = [town.amina, *(more(town) for _number in range(NUMBER - 1))]
    run = pick_learners(learners=learners, by=town.adviser)
    run = confirm_messages(run=run, text="Open day on Monday.", number=NUMBER, by=town.adviser)

    def wait_until(is_so):
        for _ in range(3000):
            if is_so():
                return
            time.sleep(0.02)
        pytest.fail(f"not within a minute; the worker wrote:\n{workers.words()}")

    workers.start()
    wait_until(Message.objects.exists)
    workers.kill()
    assert 0 < Message.objects.count() < NUMBER
    assert Message.objects.count() == run.items.filter(state="done").count()  # whole batches
    workers.start()
    wait_until(lambda: MessageRun.objects.get().ended_at is not None)
    assert sorted(Message.objects.values_list("conversation__learner", flat=True)) == sorted(one.pk for one in learners)
    assert set(run.items.values_list("state", flat=True)) == {"done"}
