"""The authority's return: asked for by an officer, made by a job, fetched while it is kept."""

import datetime as dt
from collections.abc import Callable, Collection, Iterator
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from accounts.actions import leave_receipts_of_many
from accounts.models import Learner, ReceiptSection
from activity.actions import enqueue, record
from activity.workflow import JobState
from core import clock
from core.errors import RuleBroken
from providers.models import Area
from reporting.actions.parts import Parts, pieces
from reporting.models import ReturnFinding, ReturnPart, ReturnRun
from reporting.policies import FIGURES_POLICY, RETURN_POLICY
from reporting.returns.checking import Finding
from reporting.returns.drawing import Asked
from reporting.returns.leaving import send_out

BATCH = 1000
MOST_WAITING = 4  # of an area, at once
# Kinds of job: a worker of the release before, which knows no changes, does not make them a return of everybody.
RETURN, CHANGES = "return", "return-changes"


def ask_return(*, area: Area, period_end: dt.date, form: str, by: Any, others: Collection[Area] = ()) -> ReturnRun:
    """The return of the area's authority is being made, with those of ``others`` in one file under its number. The same
    one that is being made already is that one.

    Raises: NotAllowed (also of one of the others), RuleBroken ``in_future``, ``no_authority``, ``too_many``.
    """
    return _ask(area, by, others, period_end=period_end, form=form, since=None)


def ask_changes(*, area: Area, since: dt.date, form: str, by: Any) -> ReturnRun:
    """What has been recorded from that day on of learners who share is being written for the caseload system, as it
    stands today. The same that is being made already is that one.

    Raises: NotAllowed, RuleBroken ``in_future``, ``no_authority``, ``too_many``.
    """
    return _ask(area, by, period_end=clock.today(), form=form, since=since)


@transaction.atomic
def _ask(area: Area, by: Any, others: Collection[Area] = (), **asked: Any) -> ReturnRun:
    locked = Area.objects.select_for_update(no_key=True, of=("self",)).order_by("pk")  # a second press waits here
    areas = {one.pk: one for one in locked.filter(pk__in=[area.pk, *(other.pk for other in others)])}
    for one in areas.values():
        FIGURES_POLICY.require(by, "ask_return", one)
    codes = sorted({one.authority_id or "" for one in areas.values()})
    if "" in codes:
        raise RuleBroken(
            _("Nobody has said which authority this area is of, and a return needs its number."), code="no_authority"
        )
    if max(asked["period_end"], asked["since"] or asked["period_end"]) > clock.today():
        raise RuleBroken(_("That day is still to come."), code="in_future")
    area = areas[area.pk]
    own = area.authority_id or ""
    asked |= {"authorities": [own, *(code for code in codes if code != own)], "database": own}
    waiting = ReturnRun.objects.filter(area=area, job__state__in=[JobState.QUEUED, JobState.RUNNING])
    if (same := waiting.filter(**asked).first()) is not None:
        return same
    if waiting.count() >= MOST_WAITING:
        raise RuleBroken(_("Several returns are being made already. Wait until they are there."), code="too_many")
    run = ReturnRun.objects.create(area=area, by=by, **asked)
    run.job = enqueue(CHANGES if run.since else RETURN, key=f"return:{run.pk}", by=by, run_id=run.pk)
    run.save(update_fields=["job"])
    record("return.ask", subject=run, by=by, **_days(run))
    return run


def make_return(*, run: ReturnRun, progress: Callable[..., None] = lambda **_: None, by: None = None) -> ReturnRun:
    """The file is kept in pieces, with what the rules found. Written in the caller's one transaction; doing it again
    changes nothing. Memory is the same however many learners there are."""
    RETURN_POLICY.require(by, "make", run)
    run = ReturnRun.objects.select_for_update().get(pk=run.pk)
    if run.made_at is not None:
        return run
    asked = Asked(tuple(run.authorities), run.period_end, run.database, run.since)
    findings: list[ReturnFinding] = []

    def found(learner: int, finding: Finding) -> None:
        if run.since is not None:
            return  # the Department does not get it
        row = {"rule": finding.rule, "priority": finding.priority, "message": finding.message[:300]}
        findings.append(ReturnFinding(run=run, learner_id=learner, **row))
        if len(findings) >= BATCH:
            _keep(findings)

    written: list[int] = []

    def of_part() -> dict[str, Any]:
        learners = written[:]
        written.clear()
        return {"learners": learners}

    parts = Parts(run, beside=of_part)
    run.people = send_out(asked, form=run.form, out=parts, found=found, progress=progress, seen=written.append)
    parts.finish()
    _keep(findings)
    run.made_at, run.expires_at = clock.now(), clock.now() + ReturnRun.KEPT_FOR
    if Learner.objects.filter(erased_at__gt=run.asked_at).exists():
        run.expires_at = run.made_at  # somebody erased meanwhile may be in it
    run.save(update_fields=["people", "made_at", "expires_at"])
    record("return.make", subject=run, by=by, people=run.people)
    return run


@transaction.atomic
def fetch_return(*, run: ReturnRun, by: Any) -> Iterator[bytes]:
    """The file is handed over, piece by piece; that it was is in the history, and every learner in it can see it.

    Raises: NotAllowed, RuleBroken ``return_not_ready``, ``return_gone`` (also where it is not known of everybody in the
    file who they are, so that they could not see it; and of changes, where somebody does not share any more).
    """
    run = ReturnRun.objects.select_related("area").get(pk=run.pk)
    RETURN_POLICY.require(by, "fetch", run)
    if run.made_at is None:
        raise RuleBroken(_("This return is not ready yet."), code="return_not_ready")
    is_there = run.is_kept and _knows_everybody(run)
    if not is_there or (run.since is not None and not all(map(_all_share, _learners(run)))):
        raise RuleBroken(_("This return is no longer kept. Make it again."), code="return_gone")
    areas = Area.objects.filter(authority__in=run.authorities).order_by("pk").values_list("pk", flat=True)
    record("return.fetch", subject=run, by=by, area=run.area_id, areas=[*areas], **_days(run))
    for keys in _learners(run):
        looked_at = ((key, section) for key in keys for section in (ReceiptSection.RECORD, ReceiptSection.CONTACT))
        leave_receipts_of_many(looked_at=looked_at, by=by)
    return pieces(run)


def remove_expired_returns() -> int:
    """No file and no finding is kept past its day; that a return was made stays. The answer is how many went."""
    keys = list(ReturnRun.objects.past_expiry().values_list("pk", flat=True))
    ReturnPart.objects.filter(run__in=keys).delete()
    ReturnFinding.objects.filter(run__in=keys).delete()
    return ReturnRun.objects.filter(pk__in=keys).update(removed_at=clock.now())


def _days(run: ReturnRun) -> dict[str, str]:
    """The facts of history by which a return is told from changes for the caseload system."""
    since = {} if run.since is None else {"since": run.since.isoformat()}
    return {"period_end": run.period_end.isoformat()} | since


def _learners(run: ReturnRun) -> Iterator[list[int]]:
    """The keys of everybody in the file, in their order, some at a time."""
    for keys in run.parts.values_list("learners", flat=True).iterator(chunk_size=1):
        for start in range(0, len(keys), BATCH):
            yield keys[start : start + BATCH]


def _knows_everybody(run: ReturnRun) -> bool:
    return (run.parts.aggregate(number=Sum("learners__len"))["number"] or 0) == run.people


def _all_share(keys: list[int]) -> bool:
    return Learner.objects.filter(pk__in=keys).sharing_with_advisers().count() == len(set(keys))


def _keep(findings: list[ReturnFinding]) -> None:
    ReturnFinding.objects.bulk_create(findings)
    findings.clear()
