"""Carrying a provider's year over to the next."""

import re
from typing import Any, Protocol

from django.db import transaction

from activity.actions import enqueue, record
from activity.models import Job
from activity.registry import JobRefused, JobRun
from core import clock
from core.errors import NotAllowed
from core.references import new_reference
from prospectus.actions.changing import lock_provider
from prospectus.models import CourseRun, RunState
from prospectus.policies import PROVIDER_POLICY
from prospectus.queries.rollover import roll_over_of, shift_of
from providers.models import Organisation

JOB_KIND = "roll_over"
BATCH = 200
# As it was. What is left out is said anew for each year: the provider's words for the start, places taken, whether
# learners may apply here.
COPIED = (
    "course_id", "site_id", "duration_text", "study_mode", "delivery", "pattern", "mode_text", "cost_pence",
    "cost_text", "extra_cost_pence", "option_block", "places", "apply_url",
)  # fmt: skip
MOVED = ("starts_on", "ends_on", "apply_from_on", "apply_until_on")
YEAR_AT_END = re.compile(r" \(20\d\d\)$")


class Progress(Protocol):
    def __call__(self, *, done: int, of: int | None = None, doing: str = "") -> None: ...


def _unwatched(*, done: int, of: int | None = None, doing: str = "") -> None:
    """Nobody watches."""


@transaction.atomic
def roll_over(*, provider: Organisation, entry_year: int, by: Any, progress: Progress = _unwatched) -> int:
    """Each published run of the provider's cycle ``entry_year`` has a draft copy a year later; returns how many.

    The copy starts on the same weekday of the same month and takes as long; ``rolled_from`` names last year's run, and
    its code is last year's with the new year, so a run is copied once, however often and by however many people this is
    asked for. Nobody but the provider sees the copies until they are published. Raises: NotAllowed.
    """
    PROVIDER_POLICY.require(by, "roll_over", provider)
    lock_provider(provider.pk)
    sources = list(roll_over_of(provider, entry_year).runs)
    codes = set(CourseRun.objects.filter(course__provider=provider).values_list("course", "provider_reference"))
    for first in range(0, len(sources), BATCH):
        copies = [_copy(run, year=entry_year + 1, codes=codes) for run in sources[first : first + BATCH]]
        CourseRun.objects.bulk_create(copies)
        progress(done=first + len(copies), of=len(sources), doing="Copying dates")
    if sources:
        record("provider.roll_over", subject=provider, by=by, entry_year=entry_year, runs=len(sources))
    return len(sources)


@transaction.atomic
def request_roll_over(*, provider: Organisation, entry_year: int, by: Any) -> Job:
    """A worker will roll the year over. Asked again before it is done, it is the same job. Raises: NotAllowed."""
    PROVIDER_POLICY.require(by, "roll_over", provider)
    lock_provider(provider.pk)
    payload = {"provider_id": provider.pk, "entry_year": entry_year}
    before = Job.objects.filter(kind=JOB_KIND, payload=payload)
    round_ = sum(job.is_over for job in before)
    return enqueue(JOB_KIND, key=f"{JOB_KIND}:{provider.pk}:{entry_year}:{round_}", by=by, **payload)


def run_roll_over(run: JobRun) -> None:
    """The job: everything it copies is its one transaction."""
    provider = Organisation.objects.get(pk=run.payload["provider_id"])
    try:
        roll_over(provider=provider, entry_year=run.payload["entry_year"], by=run.job.by, progress=run.progress)
    except NotAllowed:
        raise JobRefused("Nothing was copied: you do not look after these courses any more.") from None


def _copy(run: CourseRun, *, year: int, codes: set[tuple[int, str]]) -> CourseRun:
    reference, now, shift = new_reference(), clock.now(), shift_of(run)
    code = f"{YEAR_AT_END.sub('', run.provider_reference)[:240]} ({year})"
    if (run.course_id, code) in codes:
        code = reference
    codes.add((run.course_id, code))
    moved = {name: day + shift for name in MOVED if (day := getattr(run, name)) is not None}
    return CourseRun(
        reference=reference,
        provider_reference=code,
        state=RunState.DRAFT,
        rolled_from=run,
        # Equal until somebody saves it: that is how an upload knows that nobody has looked into it.
        created_at=now,
        changed_at=now,
        **{name: getattr(run, name) for name in COPIED},
        **moved,
    )
