from activity.actions.history import record, record_all
from activity.actions.jobs import enqueue, run_job, sweep_jobs
from activity.actions.outbox import (
    deliver,
    is_held,
    post,
    post_all,
    settle_batch,
    sweep_outbox,
    together,
    try_again,
)
from activity.actions.picked import Refusals, do_picked, waiting_of

__all__ = [
    "Refusals",
    "deliver",
    "do_picked",
    "enqueue",
    "is_held",
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
    "waiting_of",
]
