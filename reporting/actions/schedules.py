"""Reports that come by themselves: scheduled for a role, kept by one of its holders, made when they are due."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from activity.actions import record
from core import clock
from core.errors import NotAllowed, RuleBroken, StaleState
from providers.models import StaffRole
from providers.queries import is_working_day
from reporting.actions.reports import start_making
from reporting.exports import formats_of
from reporting.models import ReportRun, ReportSchedule
from reporting.policies import SCHEDULE_POLICY
from reporting.queries.reports import REPORTS, asked_of, in_words, scope_of
from reporting.queries.schedules import WHEN, next_due

MOST = 20  # of one role at one organisation: more are no help to anybody who gets them


@transaction.atomic
def schedule_report(*, report: str, asked: Mapping[str, str], form: str, when: str, by: Any) -> ReportSchedule:
    """From now on this report comes to everybody who has the role in which ``by`` reads it; they keep it. The same one
    that is scheduled already is that one: where it rested it goes on, and where nobody kept it it is theirs. ``when``:
    one of ``WHEN``.

    What holds where nothing is chosen is not kept, so that next year's report is of next year.

    Raises: NotAllowed (not a report of theirs), RuleBroken ``too_many``.
    """
    kind = REPORTS[report]
    scope = scope_of(kind, by)
    if scope is None or form not in formats_of(kind) or when not in WHEN:
        raise NotAllowed(f"schedule {report}")
    mine = StaffRole.objects.current().filter(user=by, organisation=scope.organisation, kind=scope.kind)
    owner = mine.select_for_update(of=("self",), no_key=True).order_by("pk")[0]  # a second press waits here
    chosen, usual = asked_of(kind, scope, asked), asked_of(kind, scope, {})
    kept = {name: value for name, value in chosen.items() if value != usual[name]}
    rhythm, day = when.split("-")
    facts = {
        "report": report, "asked": kept, "form": form, "organisation": scope.organisation, "role": scope.kind,
        "rhythm": rhythm, "day": int(day),
    }  # fmt: skip
    running = ReportSchedule.objects.going_on().filter(organisation=scope.organisation, role=scope.kind)
    same = running.filter(**facts).select_for_update(of=("self",)).first()
    if same is not None:
        return _going_on(same, by=by)
    if running.count() >= MOST:
        raise RuleBroken(
            _("Your organisation has so many reports that come by themselves already. End one first."), code="too_many"
        )
    said = dict(zip((one.name for one in kind.filters), in_words(kind, scope, chosen), strict=True))
    next_on = next_due(rhythm, int(day), after=clock.today())
    schedule = ReportSchedule.objects.create(
        owner=owner, in_words=[list(said[name]) for name in kept], next_on=next_on, **facts
    )
    record("schedule.make", subject=schedule, by=by, report=report, organisation=scope.organisation.pk)
    return schedule


@transaction.atomic
def pause_schedule(*, schedule: ReportSchedule, by: Any) -> ReportSchedule:
    """It does not come until somebody lets it go on.

    Raises: NotAllowed, StaleState (paused or ended).
    """
    held = _open(schedule, "pause", by)
    if held.paused_at is not None:
        raise StaleState(_("Somebody has paused this report already."))
    held.paused_at = clock.now()
    held.save(update_fields=["paused_at"])
    record("schedule.pause", subject=held, by=by, organisation=held.organisation_id)
    return held


@transaction.atomic
def resume_schedule(*, schedule: ReportSchedule, by: Any) -> ReportSchedule:
    """It comes again from the next day it is due; what was missed does not come.

    Raises: NotAllowed, StaleState (not paused, or ended).
    """
    held = _open(schedule, "resume", by)
    if held.paused_at is None:
        raise StaleState(_("This report goes on already."))
    held.paused_at = None
    held.next_on = next_due(held.rhythm, held.day, after=clock.today())
    held.save(update_fields=["paused_at", "next_on"])
    record("schedule.resume", subject=held, by=by, organisation=held.organisation_id)
    return held


@transaction.atomic
def take_over_schedule(*, schedule: ReportSchedule, by: Any) -> ReportSchedule:
    """It is theirs to keep, and comes again from the next day it is due, also where it was paused.

    Raises: NotAllowed, StaleState (its owner keeps it, or it was ended).
    """
    held = _open(schedule, "take_over", by)
    if ReportSchedule.objects.kept().filter(pk=held.pk).exists():
        raise StaleState(_("Somebody keeps this report already."))
    held.owner = StaffRole.objects.of(by, held.role).filter(organisation=held.organisation_id).order_by("pk")[0]
    held.paused_at, held.next_on = None, next_due(held.rhythm, held.day, after=clock.today())
    held.save(update_fields=["owner", "paused_at", "next_on"])
    record("schedule.take_over", subject=held, by=by, organisation=held.organisation_id)
    return held


@transaction.atomic
def end_schedule(*, schedule: ReportSchedule, by: Any) -> ReportSchedule:
    """It comes no more; that it came stays, and its files their week.

    Raises: NotAllowed, StaleState (it was ended).
    """
    held = _open(schedule, "end", by)
    held.ended_at, held.ended_by = clock.now(), by
    held.save(update_fields=["ended_at", "ended_by"])
    record("schedule.end", subject=held, by=by, organisation=held.organisation_id)
    return held


def make_due_reports() -> int:
    """Every report whose day has come is being made, once: also where several of its days were missed, and when two
    workers ask together. On days on which nobody in the area works it waits. Returns how many."""
    keys = list(ReportSchedule.objects.due().order_by("pk").values_list("pk", flat=True))
    return sum(_make_due(key) for key in keys)


@transaction.atomic
def _make_due(key: int) -> bool:
    """The run is a row, its job with it, and the schedule waits for its next day."""
    due = ReportSchedule.objects.due().filter(pk=key)
    held = due.select_for_update(of=("self",), skip_locked=True).select_related("organisation__area", "owner").first()
    if held is None or not is_working_day(clock.today(), area=held.organisation.area):
        return False
    due_on = held.next_on
    run = ReportRun.objects.create(
        report=held.report, asked=held.asked, in_words=held.in_words, form=held.form, organisation=held.organisation,
        by_id=held.owner.user_id, schedule=held, due_on=due_on,
    )  # fmt: skip
    start_making(run, by=None)
    held.next_on = next_due(held.rhythm, held.day, after=clock.today())
    held.save(update_fields=["next_on"])
    record("schedule.run", subject=held, by=None, due_on=due_on.isoformat())
    return True


def _going_on(schedule: ReportSchedule, *, by: Any) -> ReportSchedule:
    """It comes on its next day, whatever kept it from that. The caller holds it."""
    if not ReportSchedule.objects.kept().filter(pk=schedule.pk).exists():
        return take_over_schedule(schedule=schedule, by=by)
    return schedule if schedule.paused_at is None else resume_schedule(schedule=schedule, by=by)


def _open(schedule: ReportSchedule, verb: str, by: Any) -> ReportSchedule:
    held = ReportSchedule.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=schedule.pk)
    SCHEDULE_POLICY.require(by, verb, held)
    if held.ended_at is not None:
        raise StaleState(_("Somebody has ended this report."))
    return held
