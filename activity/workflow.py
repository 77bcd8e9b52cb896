from django.db import models
from django.utils.translation import gettext_lazy as _

from core.workflow import Flow


class JobState(models.TextChoices):
    QUEUED = "queued", _("Waiting to start")
    RUNNING = "running", _("Running")
    DONE = "done", _("Finished")
    FAILED = "failed", _("Stopped by a problem")


class OutboxState(models.TextChoices):
    """How a message stands that has not gone. By its moments, not a column: see ``activity.querysets``."""

    GIVEN_UP = "given_up", _("Given up")
    TRYING = "trying", _("Failing, tried again")
    WAITING = "waiting", _("Waiting for its hour")
    HELD = "held", _("Held until somebody says that it may go")


class PickedState(models.TextChoices):
    """What became of one of many that were picked to be done together."""

    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Done")
    LEFT = "left", _("Left as it was")


S = JobState
OPEN = {S.QUEUED, S.RUNNING}
JOB_FLOW = Flow(JobState, start=S.QUEUED, moves={
    # verb       from         to
    # A running job is claimed again when its lease has run out: whoever ran it is gone.
    "claim":     (OPEN,        S.RUNNING),
    "finish":    ({S.RUNNING}, S.DONE),
    "put_back":  ({S.RUNNING}, S.QUEUED),
    "fail":      ({S.RUNNING}, S.FAILED),
    "give_up":   (OPEN,        S.FAILED),
})  # fmt: skip
