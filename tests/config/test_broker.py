import shutil
import warnings
from pathlib import Path

import pytest
from kombu import Connection

from config import broker


@pytest.fixture
def connection(tmp_path):
    broker.register()
    options = {
        "data_folder_in": str(tmp_path / "queue"),
        "data_folder_out": str(tmp_path / "queue"),
        "control_folder": str(tmp_path / "control"),
    }
    with Connection("folder://localhost//", transport_options=options) as connection:
        yield connection


def test_a_message_arrives(connection):
    queue = connection.SimpleQueue("celery")
    queue.put({"task": 1})
    message = queue.get(timeout=2)
    assert message.payload == {"task": 1}


def test_lost_folders_are_made_anew_and_the_next_message_arrives(connection, tmp_path):
    queue = connection.SimpleQueue("celery")
    queue.put({"task": 1})
    shutil.rmtree(tmp_path / "queue")
    shutil.rmtree(tmp_path / "control")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        queue.put({"task": 2})
    assert queue.get(timeout=2).payload == {"task": 2}


def test_half_a_message_is_never_seen(connection, tmp_path):
    queue = connection.SimpleQueue("celery")
    (tmp_path / "queue" / "1_half.celery.part").write_text("{")
    with pytest.raises(queue.Empty):
        queue.get(timeout=0.3)
    queue.put({"task": 1})
    assert [path.suffix for path in Path(tmp_path / "queue").iterdir()].count(".msg") == 1


def test_what_waits_for_somebody_elses_computer_stands_in_a_queue_of_its_own(connection):
    from config.celery import app

    for task in ("applications.sweep_webhooks", "applications.deliver_to_webhook"):
        assert app.amqp.router.route({}, task)["queue"].name == broker.WEBHOOKS
    assert app.amqp.router.route({}, "activity.run_job")["queue"].name == broker.QUEUE
    producer, queues = connection.Producer(), app.amqp.queues
    for name in broker.QUEUES:
        producer.publish({"to": name}, exchange=queues[name].exchange, routing_key=name, declare=[queues[name]])
    for name in broker.QUEUES:
        got = [queues[name].bind(connection.default_channel).get(no_ack=True) for _ in range(2)]
        assert [one and one.payload for one in got] == [{"to": name}, None]
