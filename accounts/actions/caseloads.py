"""Who of an advice service answers for whom: given, handed over, and looked after while somebody is away."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Absence, CaseloadLearner, CaseloadSchool, Duty, Learner
from accounts.policies import CASELOAD_POLICY
from accounts.querysets.caseload import schools_without_adviser, services_known_to
from activity.actions import record
from core import clock
from core.errors import RuleBroken, StaleState
from providers.models import Organisation, StaffRole

LONGEST = dt.timedelta(days=366)
A_DAY = dt.timedelta(days=1)


@transaction.atomic
def hand_over_schools(
    *, schools: Iterable[Organisation], to: StaffRole, on: dt.date, by: Any, of: StaffRole | None = None
) -> list[CaseloadSchool]:
    """These schools are this adviser's from that day. ``of``: whose they were; their access ends with the day before.
    Without it nobody is there for them today. Handing over the same again changes nothing.

    Raises: NotAllowed, RuleBroken ``handed_over_in_past``, ``other_service``, ``not_an_adviser``, ``no_school`` and
    ``school_changed`` (one of them is somebody else's meanwhile, or of another area).
    """
    service = _locked(to.organisation_id)
    CASELOAD_POLICY.require(by, "hand_over", service)
    _require_adviser(to, service)
    _require_day(on)
    if of is not None and of.organisation_id != service.pk:
        raise RuleBroken(_("Hand schools over within one advice service."), code="other_service")
    keys = sorted(school.pk for school in schools)
    if not keys:
        raise RuleBroken(_("Choose at least one school."), code="no_school")
    open_rows = CaseloadSchool.objects.open().filter(school__in=keys)
    held = open_rows.filter(adviser=to, ended_on=None)
    _require_schools(set(keys) - set(held.values_list("school", flat=True)), service, of)
    if of is not None:
        _end_rows(open_rows.filter(adviser=of), on)
    _end_rows(held.filter(started_on__gt=on), on)  # theirs from a later day, and now from this one
    theirs = set(held.values_list("school", flat=True))
    given = CaseloadSchool.objects.bulk_create(
        CaseloadSchool(adviser=to, school_id=key, started_on=on) for key in keys if key not in theirs
    )
    record("caseload.hand_over", subject=to, by=by, schools=keys, of=of.pk if of else None, on=on.isoformat())
    return given


@transaction.atomic
def hand_over_learners(*, learners: Iterable[Learner], to: StaffRole, on: dt.date, by: Any) -> int:
    """These learners are this adviser's from that day, whoever answers for their school; who had them has them no
    longer. Returns how many changed hands.

    Raises: NotAllowed (of one: nobody changes hands), RuleBroken as for schools, and ``no_learner``.
    """
    service = _locked(to.organisation_id)
    found = list(
        Learner.objects.select_for_update(no_key=True).filter(pk__in=[one.pk for one in learners]).order_by("pk")
    )
    if not found:
        raise RuleBroken(_("Choose at least one learner."), code="no_learner")
    for learner in found:
        CASELOAD_POLICY.require(by, "hand_over_learner", learner)
    if not services_known_to(by).filter(pk=service.pk).exists():
        raise RuleBroken(_("Choose an adviser of the same service."), code="other_service")
    _require_adviser(to, service)
    _require_day(on)
    changed = 0
    for learner in found:
        open_rows = CaseloadLearner.objects.filter(learner=learner).filter(Q(ended_on=None) | Q(ended_on__gte=on))
        if open_rows.filter(adviser=to, started_on__lte=on, ended_on=None).exists():
            continue
        _end_rows(open_rows, on)
        row = CaseloadLearner.objects.create(learner=learner, adviser=to, started_on=on, by=by)
        record("caseload_learner.hand_over", subject=learner, by=by, to=row.adviser_id, on=on.isoformat())
        changed += 1
    return changed


@transaction.atomic
def give_back_learner(*, learner: Learner, by: Any) -> None:
    """From tomorrow whoever answers for the learner's school answers for them again; today is the last day.

    Raises: NotAllowed, StaleState (they are nobody's singly).
    """
    learner = Learner.objects.select_for_update(no_key=True).get(pk=learner.pk)
    row = CaseloadLearner.objects.filter(learner=learner, ended_on=None).first()
    if row is None:
        raise StaleState(f"learner {learner.pk} is with their school's adviser")
    CASELOAD_POLICY.require(by, "hand_over_learner", learner)
    _end_rows(CaseloadLearner.objects.filter(pk=row.pk), clock.today() + A_DAY)
    record("caseload_learner.give_back", subject=learner, by=by)


@transaction.atomic
def set_absence(
    *, adviser: StaffRole, started_on: dt.date, ended_on: dt.date, by: Any, cover: StaffRole | None = None
) -> Absence:
    """The adviser is away on these days, first and last included, and ``cover`` sees and does everything for their
    caseload meanwhile. Without anybody, the service's managers see that nobody does.

    Raises: NotAllowed, RuleBroken ``absence_order``, ``absence_over``, ``absence_long``, ``absence_overlaps``,
    ``covers_themselves``, ``other_service``, ``not_an_adviser`` and ``cover_away``.
    """
    service = _locked(adviser.organisation_id)
    CASELOAD_POLICY.require(by, "set_absence", adviser)
    _require_adviser(adviser, service)
    _require_days(started_on, ended_on)
    if _absences(adviser, started_on, ended_on).exists():
        raise RuleBroken(_("They are away on some of these days already. Change that first."), code="absence_overlaps")
    _require_cover(adviser, cover, started_on, ended_on)
    absence = Absence.objects.create(adviser=adviser, cover=cover, started_on=started_on, ended_on=ended_on, by=by)
    days = {"started_on": started_on.isoformat(), "ended_on": ended_on.isoformat()}
    record("absence.set", subject=absence, by=by, cover=cover.pk if cover else None, **days)
    return absence


@transaction.atomic
def set_cover(*, absence: Absence, cover: StaffRole | None, by: Any) -> Absence:
    """From now on this adviser stands in, and whoever did before does no longer. Nobody: ``cover`` is None.

    Raises: NotAllowed, StaleState (over, or called off), RuleBroken as for an absence.
    """
    absence = _locked_absence(absence, by, "set_cover")
    _require_cover(absence.adviser, cover, max(absence.started_on, clock.today()), absence.ended_on)
    if absence.cover_id != (cover.pk if cover else None):
        absence.cover = cover
        absence.save(update_fields=["cover"])
        record("absence.cover", subject=absence, by=by, cover=cover.pk if cover else None)
    return absence


@transaction.atomic
def end_absence(*, absence: Absence, by: Any) -> Absence:
    """The adviser is back, or stays: what stood in for them ends now. Raises: NotAllowed, StaleState."""
    absence = _locked_absence(absence, by, "end_absence")
    absence.called_off_at = clock.now()
    absence.save(update_fields=["called_off_at"])
    record("absence.end", subject=absence, by=by)
    return absence


@transaction.atomic
def set_duty(*, adviser: StaffRole, started_on: dt.date, ended_on: dt.date, by: Any) -> Duty:
    """On these days the adviser looks after the learners of the service's area who have nobody: no adviser follows
    their school, or who does is away and nobody stands in.

    Raises: NotAllowed, RuleBroken ``absence_order``, ``absence_over``, ``absence_long`` and ``not_an_adviser``.
    """
    service = _locked(adviser.organisation_id)
    CASELOAD_POLICY.require(by, "set_duty", service)
    _require_adviser(adviser, service)
    _require_days(started_on, ended_on)
    duty = Duty.objects.create(adviser=adviser, started_on=started_on, ended_on=ended_on, by=by)
    record("duty.set", subject=duty, by=by, started_on=started_on.isoformat(), ended_on=ended_on.isoformat())
    return duty


@transaction.atomic
def end_duty(*, duty: Duty, by: Any) -> Duty:
    """The duty ends now. Raises: NotAllowed, StaleState (over, or ended already)."""
    _locked(duty.adviser.organisation_id)
    duty = Duty.objects.for_list().get(pk=duty.pk)
    CASELOAD_POLICY.require(by, "set_duty", duty.adviser.organisation)
    if not Duty.objects.standing().filter(pk=duty.pk).exists():
        raise StaleState(f"duty {duty.pk} is over")
    duty.called_off_at = clock.now()
    duty.save(update_fields=["called_off_at"])
    record("duty.end", subject=duty, by=by)
    return duty


def _locked(service_id: int) -> Organisation:
    """The service is the lock of who answers for whom: two people who hand over at once queue up here."""
    return Organisation.objects.select_for_update(no_key=True).get(pk=service_id)


def _locked_absence(absence: Absence, by: Any, verb: str) -> Absence:
    _locked(absence.adviser.organisation_id)
    absence = Absence.objects.for_list().get(pk=absence.pk)
    CASELOAD_POLICY.require(by, verb, absence.adviser)
    if not Absence.objects.standing().filter(pk=absence.pk).exists():
        raise StaleState(f"absence {absence.pk} is over")
    return absence


def _end_rows(rows: Any, on: dt.date) -> None:
    """They end with the day before, if not earlier; those that have not begun, and would only then, never do. What has
    begun stays, with a last day before its first where it began and ended on the same one."""
    rows.filter(started_on__gte=max(on, clock.today() + A_DAY)).delete()
    rows.filter(Q(ended_on=None) | Q(ended_on__gte=on)).update(ended_on=on - A_DAY)


def _absences(adviser: StaffRole, started_on: dt.date, ended_on: dt.date) -> Any:
    return Absence.objects.filter(
        adviser=adviser, called_off_at=None, started_on__lte=ended_on, ended_on__gte=started_on
    )


def _require_adviser(role: StaffRole, service: Organisation) -> None:
    if not StaffRole.objects.current().filter(pk=role.pk, kind="adviser", organisation=service).exists():
        raise RuleBroken(_("Choose somebody who is an adviser of this service today."), code="not_an_adviser")


def _require_schools(keys: set[int], service: Organisation, of: StaffRole | None) -> None:
    if of is None:
        known = schools_without_adviser().filter(area=service.area_id)
    else:
        rows = CaseloadSchool.objects.open().filter(adviser=of, ended_on=None)
        known = Organisation.objects.filter(pk__in=rows.values("school"))
    if known.filter(pk__in=keys).count() != len(keys):
        words = _("One of these schools is somebody else’s meanwhile. Go back and read who has what.")
        raise RuleBroken(words, code="school_changed")


def _require_day(on: dt.date) -> None:
    if on < clock.today():
        raise RuleBroken(_("This day is over. Choose today or a later day."), code="handed_over_in_past")


def _require_days(started_on: dt.date, ended_on: dt.date) -> None:
    if ended_on < started_on:
        raise RuleBroken(_("The last day is before the first one."), code="absence_order")
    if ended_on < clock.today():
        raise RuleBroken(_("These days are over already."), code="absence_over")
    if ended_on - started_on > LONGEST:
        raise RuleBroken(_("This is longer than a year. Hand the schools over instead."), code="absence_long")


def _require_cover(adviser: StaffRole, cover: StaffRole | None, started_on: dt.date, ended_on: dt.date) -> None:
    if cover is None:
        return
    if cover.pk == adviser.pk:
        raise RuleBroken(_("Nobody stands in for themselves. Choose a colleague."), code="covers_themselves")
    if cover.organisation_id != adviser.organisation_id:
        raise RuleBroken(_("Choose an adviser of the same service."), code="other_service")
    _require_adviser(cover, adviser.organisation)
    if _absences(cover, started_on, ended_on).exists():
        raise RuleBroken(_("They are away on some of these days, too. Choose somebody else."), code="cover_away")
