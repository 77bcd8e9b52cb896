"""The worker of trials: the portal's own Celery application, and one kind of job whose effect can be counted.

Run as ``celery --app config.bench.trial worker`` with the settings beside it.
"""

import time

import django

from config.celery import app

django.setup()

from activity import registry  # noqa: E402 - models need the set-up above
from activity.actions import record  # noqa: E402

__all__ = ["app"]

KIND = "trial"
VERB = "trial.effect"


def effect(run: registry.JobRun) -> None:
    """One line of history, and then the rest of the job: a kill in between must leave no line."""
    record(VERB, subject=run.job, by=None)
    steps = max(1, int(run.payload["seconds"] * 20))
    for step in range(steps):
        time.sleep(run.payload["seconds"] / steps)
        run.progress(done=step + 1, of=steps, doing="Trying")


registry.register_job(KIND, run=effect)
