"""What can be sent and what can be done in the background. A higher floor registers in AppConfig.ready()."""

import datetime as dt
from collections.abc import Callable
from typing import Any, NamedTuple

from activity.models import Job


class JobRefused(Exception):
    """The job's answer is no, in a sentence for people. It is not tried again."""


class SendLater(Exception):
    """Not now: the message waits until this moment, and that counts as no try."""

    def __init__(self, until: dt.datetime) -> None:
        super().__init__(until)
        self.until = until


class LeaseLost(Exception):
    """Another worker has taken the job over. Whatever this one did is rolled back."""


class JobRun:
    """One attempt at a job, as its runner sees it."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.is_lost = False

    @property
    def payload(self) -> dict[str, Any]:
        return self.job.payload

    def progress(self, *, done: int, of: int | None = None, doing: str = "") -> None:
        """People watching see this within a second. It costs no query, so it may be called for every row.

        Raises: LeaseLost when another worker has the job by now.
        """
        if self.is_lost:
            raise LeaseLost(self.job.key)
        # One assignment, so that the heartbeat's thread never sees half of it.
        self.job.done_steps, self.job.all_steps, self.job.doing = done, of, doing[:120]


class JobKind(NamedTuple):
    """How one kind of job is done.

    ``run(run)`` is one transaction together with "done"; it starts from the beginning after a kill.
    ``on_failure(job)`` cleans up in the transaction that marks the job as failed; ``job.error`` says why.
    """

    run: Callable[[JobRun], None]
    on_failure: Callable[[Job], None] | None = None


Sender = Callable[[dict[str, Any]], bool | None]

Roles = Callable[[Any, int | None], list[str]]

MaySettle = Callable[[Any, str], bool]

SENDERS: dict[str, Sender] = {}
ROLES: list[Roles] = []
SETTLERS: list[MaySettle] = []
JOBS: dict[str, JobKind] = {}


def register_sender(kind: str, send: Sender) -> None:
    """From now on messages of this kind are sent by ``send(payload)``. What it raises means: try again later, at a
    moment it names with ``SendLater``. ``False``: it is done, and there was nobody with an address to tell."""
    SENDERS[kind] = send


def register_roles(roles: Roles) -> None:
    """From now on history says in which roles somebody acted who has several: ``roles(by, organisation)``, the
    organisation being the one the facts name."""
    ROLES.append(roles)


def register_settler(may: MaySettle) -> None:
    """From now on whoever ``may(by, batch)`` is true of says whether the held messages of that press go."""
    SETTLERS.append(may)


def register_job(kind: str, *, run: Callable[[JobRun], None], on_failure: Callable[[Job], None] | None = None) -> None:
    """From now on jobs of this kind can be enqueued and are run by ``run``."""
    JOBS[kind] = JobKind(run, on_failure)
