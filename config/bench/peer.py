"""What jobs are measured against: Celery on Redis with ``acks_late`` and otherwise its defaults, no rows."""

import os
import sys
import time

import psycopg
from celery import Celery

app = Celery("peer", broker=os.environ.get("PEER_BROKER", "redis://"))
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    broker_connection_retry_on_startup=True,
)


@app.task(name="peer.effect")
def effect(number: int, seconds: float) -> None:
    """One row, in the same kind of transaction as ours."""
    with psycopg.connect(os.environ["PEER_DATABASE"]) as connection:
        connection.execute("INSERT INTO effect (number) VALUES (%s)", [number])
        time.sleep(seconds)


if __name__ == "__main__":
    for one in range(int(sys.argv[1])):
        effect.delay(one, float(sys.argv[2]))
