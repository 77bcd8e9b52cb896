from activity.actions.history import record, record_all
from activity.actions.jobs import enqueue, run_job, sweep_jobs
from activity.actions.outbox import deliver, post, post_all, sweep_outbox, try_again

__all__ = [
    "deliver",
    "enqueue",
    "post",
    "post_all",
    "record",
    "record_all",
    "run_job",
    "sweep_jobs",
    "sweep_outbox",
    "try_again",
]
