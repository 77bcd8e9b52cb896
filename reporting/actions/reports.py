"""Reports as files: asked for, made by a job, fetched, and gone after a week."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from activity.actions import enqueue, post, record
from activity.workflow import JobState
from core import clock
from core.errors import NotAllowed, RuleBroken
from providers.models import Organisation, StaffRole
from providers.querysets import ask_roles_once
from reporting.actions.parts import Parts, pieces
from reporting.exports import formats_of, write_file
from reporting.models import ReportPart, ReportRun, ReportSchedule
from reporting.policies import REPORT_POLICY
from reporting.queries.reports import REPORTS, as_asked, asked_of, in_words, scope_of
from reporting.queries.reports.kinds import roles_that_read
from reporting.queries.schedules import receivers_of

MAKE, READY = "report", "report-ready"


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
    mine = ReportRun.objects.filter(schedule=None, by=by, organisation=scope.organisation)
    mine = mine.filter(report=report, asked=chosen, form=form)
    running = mine.filter(job__state__in=[JobState.QUEUED, JobState.RUNNING]).first()
    if running is not None:
        return running
    words = [list(pair) for pair in in_words(kind, scope, chosen)]
    run = ReportRun.objects.create(
        report=report, asked=chosen, in_words=words, form=form, organisation=scope.organisation, by=by
    )
    start_making(run, by=by)
    record("report.ask", subject=run, by=by, report=report, organisation=scope.organisation.pk)
    return run


def start_making(run: ReportRun, *, by: Any) -> None:
    """The file will be made once this transaction commits."""
    run.job = enqueue(MAKE, key=f"{MAKE}:{run.pk}", by=by, run_id=run.pk)
    run.save(update_fields=["job"])


def make_report(*, run: ReportRun, progress: Callable[..., None] = lambda **_: None, by: None = None) -> ReportRun:
    """The file can be fetched for a week. It has what whoever asked may read now, or whoever has the role it comes to
    and no other. Written in the caller's one transaction; doing it again changes nothing.

    Raises: RuleBroken ``not_theirs`` (the role that read this report is over), ``too_long`` (for a workbook). Tells: of
    a schedule everybody it comes to, ``report-ready``.
    """
    REPORT_POLICY.require(by, "make", run)
    run = (
        ReportRun.objects.select_for_update(of=("self",))
        .select_related("by", "organisation", "schedule")
        .get(pk=run.pk)
    )
    if run.made_at is not None:
        return run
    kind = REPORTS[run.report]
    reader = run.by if run.schedule is None else _reader_of(run.schedule)
    scope = scope_of(kind, reader) if reader is not None else None
    if scope is None or scope.organisation.pk != run.organisation_id:
        raise RuleBroken(
            _("You do not read this report any more.")
            if run.schedule is None
            else _("Nobody keeps this report any more. Take it over, and it comes again from its next day."),
            code="not_theirs",
        )
    progress(done=0, of=2, doing=_("Counting"))
    asked = asked_of(kind, scope, run.asked)
    if run.schedule is not None:
        run.asked, run.in_words = asked, [list(pair) for pair in in_words(kind, scope, asked)]
    kind = as_asked(kind, scope, asked)
    rows = kind.rows(scope, asked)
    run.rows = len(rows)
    progress(done=1, of=2, doing=_("Writing the file"))
    parts = Parts(run)
    whose = str(kind.whose(scope))
    write_file(run.form, kind, rows, asked=asked, said=run.in_words, whose=whose, on=clock.today(), out=parts)
    parts.finish()
    run.made_at, run.expires_at = clock.now(), clock.now() + ReportRun.KEPT_FOR
    run.save(update_fields=["asked", "in_words", "rows", "made_at", "expires_at"])
    progress(done=2, of=2)
    record("report.make", subject=run, by=by, organisation=run.organisation_id)
    if run.schedule is not None:
        for role in receivers_of(run.schedule):
            post(READY, key=f"{READY}:{run.pk}:{role.pk}", run_id=run.pk, role_id=role.pk)
    return run


def _reader_of(schedule: ReportSchedule) -> Any:
    """The owner as somebody who has the schedule's role and no other, acting in it; None: their role is over. So what
    they read is what everybody in the role may read."""
    roles = StaffRole.objects.current().filter(pk=schedule.owner_id, user__is_active=True)
    role = roles.select_related("user", "organisation").first()
    if role is None:
        return None
    role.is_aside = False  # here alone: a file is made for all, whoever its owner acts for at the moment
    ask_roles_once(role.user, role)
    return role.user


@transaction.atomic
def fetch_report(*, run: ReportRun, by: Any) -> Iterator[bytes]:
    """The file is handed over, piece by piece, and it is written down who took it; it stays until it expires.

    Raises: NotAllowed (also once the role is over), RuleBroken ``report_gone`` (not made yet, or past its week).
    """
    run = ReportRun.objects.select_for_update(of=("self",)).select_related("schedule").get(pk=run.pk)
    REPORT_POLICY.require(by, "fetch", run)
    if not roles_that_read(by, REPORTS[run.report].roles).filter(organisation=run.organisation_id).exists():
        raise NotAllowed(f"report {run.report}")  # the role in which it was asked for is over
    if run.expires_at is None or run.expires_at <= clock.now() or not run.parts.exists():
        raise RuleBroken(_("This file is kept for a week. Ask for it again."), code="report_gone")
    run.fetched_at = clock.now()
    run.save(update_fields=["fetched_at"])
    record("report.fetch", subject=run, by=by, organisation=run.organisation_id, report=run.report, form=run.form)
    return pieces(run)


def take_figures(*, what: str, organisation: Organisation, by: Any) -> None:
    """It is written down who took the figures of a page away as a file. ``what``: one of ``queries.taken.PAGES``."""
    where = {"organisation": organisation.pk, "area": organisation.area_id}
    record("figures.take", subject=organisation, by=by, what=what, **where)


def remove_expired_reports() -> int:
    """No file is kept past its week; that it was asked for stays. The answer is how many were removed."""
    keys = list(ReportRun.objects.past_expiry().values_list("pk", flat=True))
    ReportPart.objects.filter(run__in=keys).delete()
    return len(keys)
