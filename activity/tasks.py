from celery import shared_task

from activity import actions


@shared_task(name="activity.run_job")
def run_job(job_id: int) -> None:
    actions.run_job(job_id)


@shared_task(name="activity.deliver", soft_time_limit=60, time_limit=90)
def deliver(message_id: int) -> None:
    actions.deliver(message_id)


@shared_task(name="activity.sweep_jobs", soft_time_limit=60, time_limit=90)
def sweep_jobs() -> None:
    actions.sweep_jobs()


@shared_task(name="activity.sweep_outbox", soft_time_limit=240, time_limit=300)
def sweep_outbox() -> None:
    actions.sweep_outbox()
