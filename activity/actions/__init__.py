from activity.actions.history import record, record_all
from activity.actions.jobs import enqueue, run_job, sweep_jobs
from activity.actions.outbox import (
    MOST_AT_ONCE,
    deliver,
    post,
    post_all,
    settle_batch,
    sweep_outbox,
    together,
    try_again,
)

__all__ = [
    "MOST_AT_ONCE",
    "deliver",
    "enqueue",
    "post",
    "post_all",
    "record",
    "record_all",
    "run_job",
    "settle_batch",
    "sweep_jobs",
    "sweep_outbox",
    "together",
    "try_again",
]
