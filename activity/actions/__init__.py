from activity.actions.history import record
from activity.actions.jobs import enqueue, run_job, sweep_jobs
from activity.actions.outbox import deliver, post, sweep_outbox

__all__ = ["deliver", "enqueue", "post", "record", "run_job", "sweep_jobs", "sweep_outbox"]
