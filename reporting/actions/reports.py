"""Reports as files: asked for, made by a job, fetched, and gone after a week."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from activity.actions import enqueue, record
from activity.workflow import JobState
from core import clock
from core.errors import NotAllowed, RuleBroken
from reporting.actions.parts import Parts, pieces
from reporting.exports import formats_of, write_file
from reporting.models import ReportPart, ReportRun
from reporting.policies import REPORT_POLICY
from reporting.queries.reports import REPORTS, asked_of, in_words, scope_of
from reporting.queries.reports.kinds import roles_that_read

MAKE = "report"


@transaction.atomic
def ask_report(*, report: str, asked: Mapping[str, str], form: str, by: Any) -> ReportRun:
    """A file of this report is being made; asked for again meanwhile it is the same one.

    Raises: NotAllowed (not a report of theirs).
    """
    kind = REPORTS[report]
    scope = scope_of(kind, by)
    if scope is None or form not in formats_of(kind):
        raise NotAllowed(f"report {report}")
    chosen = asked_of(kind, scope, asked)
    mine = ReportRun.objects.filter(by=by, organisation=scope.organisation, report=report, asked=chosen, form=form)
    running = mine.filter(job__state__in=[JobState.QUEUED, JobState.RUNNING]).first()
    if running is not None:
        return running
    words = [list(pair) for pair in in_words(kind, scope, chosen)]
    run = ReportRun.objects.create(
        report=report, asked=chosen, in_words=words, form=form, organisation=scope.organisation, by=by
    )
    run.job = enqueue(MAKE, key=f"{MAKE}:{run.pk}", by=by, run_id=run.pk)
    run.save(update_fields=["job"])
    record("report.ask", subject=run, by=by, report=report, organisation=scope.organisation.pk)
    return run


def make_report(*, run: ReportRun, progress: Callable[..., None] = lambda **_: None, by: None = None) -> ReportRun:
    """The file can be fetched for a week. It has what whoever asked may read now. Written in the caller's one
    transaction; doing it again changes nothing.

    Raises: RuleBroken ``not_theirs`` (the role that read this report is over).
    """
    REPORT_POLICY.require(by, "make", run)
    run = ReportRun.objects.select_for_update(of=("self",)).select_related("by", "organisation").get(pk=run.pk)
    if run.made_at is not None:
        return run
    kind = REPORTS[run.report]
    scope = scope_of(kind, run.by)
    if scope is None or scope.organisation.pk != run.organisation_id:
        raise RuleBroken(_("You do not read this report any more."), code="not_theirs")
    progress(done=0, of=2, doing=_("Counting"))
    rows = kind.rows(scope, asked_of(kind, scope, run.asked))
    run.rows = len(rows)
    progress(done=1, of=2, doing=_("Writing the file"))
    parts = Parts(run)
    whose = str(kind.whose(scope))
    write_file(run.form, kind, rows, asked=run.asked, said=run.in_words, whose=whose, on=clock.today(), out=parts)
    parts.finish()
    run.made_at, run.expires_at = clock.now(), clock.now() + ReportRun.KEPT_FOR
    run.save(update_fields=["rows", "made_at", "expires_at"])
    progress(done=2, of=2)
    record("report.make", subject=run, by=by, organisation=run.organisation_id)
    return run


@transaction.atomic
def fetch_report(*, run: ReportRun, by: Any) -> Iterator[bytes]:
    """The file is handed over, piece by piece, and it is written down who took it; it stays until it expires.

    Raises: NotAllowed (also once the role is over), RuleBroken ``report_gone`` (not made yet, or past its week).
    """
    run = ReportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    REPORT_POLICY.require(by, "fetch", run)
    if not roles_that_read(by, REPORTS[run.report].roles).filter(organisation=run.organisation_id).exists():
        raise NotAllowed(f"report {run.report}")  # the role in which it was asked for is over
    if run.expires_at is None or run.expires_at <= clock.now() or not run.parts.exists():
        raise RuleBroken(_("This file is kept for a week. Ask for it again."), code="report_gone")
    run.fetched_at = clock.now()
    run.save(update_fields=["fetched_at"])
    record("report.fetch", subject=run, by=by, organisation=run.organisation_id)
    return pieces(run)


def remove_expired_reports() -> int:
    """No file is kept past its week; that it was asked for stays. The answer is how many were removed."""
    keys = list(ReportRun.objects.past_expiry().values_list("pk", flat=True))
    ReportPart.objects.filter(run__in=keys).delete()
    return len(keys)
