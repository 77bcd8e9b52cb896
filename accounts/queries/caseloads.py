"""Who answers for a learner today, and how the caseloads of a service are shared out."""

from collections import defaultdict
from typing import Any, NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.models import Absence, CaseloadLearner, CaseloadSchool, Duty, RollEntry
from accounts.querysets.caseload import ActedFor, acting_today, advisers_now, schools_without_adviser
from core import clock
from providers.models import Organisation, StaffRole


def advisers_of(learner_id: int) -> QuerySet:
    """The roles of everybody who answers for this learner as an adviser today: of their school or their last one, or
    given to them singly; who stands in; and who is on duty where nobody is there."""
    entries = RollEntry.objects.filter(learner=learner_id)
    followed = entries.filter(Q(pk__in=entries.current().values("pk")) | Q(pk__in=entries.left_lately().values("pk")))
    schools = followed.values("school")
    singly = CaseloadLearner.objects.today().filter(learner=learner_id)
    by_school = CaseloadSchool.objects.today().filter(school__in=schools)
    own = Q(pk__in=singly.values("adviser")) | (Q(pk__in=by_school.values("adviser")) & ~Exists(singly))
    covers = Absence.objects.today().filter(adviser__in=StaffRole.objects.filter(own).values("pk"))
    on_duty = Duty.objects.there().filter(
        adviser__organisation__area__in=schools_without_adviser().filter(pk__in=schools).values("area")
    )
    return advisers_now().filter(
        own | Q(pk__in=covers.values("cover")) | (Q(pk__in=on_duty.values("adviser")) & ~Exists(singly))
    )


def covered_now(user: Any) -> list[ActedFor]:
    """For whom this person stands in today, and until when, the first to come back first; once it has been asked for
    whom they act (``ask_caseload_once``)."""
    return [role for role in acting_today(user) or () if role.until is not None]


class AdviserRow(NamedTuple):
    """One adviser of a service, with what is theirs and when they are away."""

    role: StaffRole
    schools: list[CaseloadSchool]
    singly: int
    absences: list[Absence]
    is_manager: bool

    @property
    def is_left_alone(self) -> bool:
        """Away today, and nobody stands in."""
        today = clock.today()
        return any(one.started_on <= today and not one.has_cover for one in self.absences)


class DutyRow(NamedTuple):
    """A duty, and the absences of its adviser that fall into it: while somebody is away, they are not on duty."""

    duty: Duty
    absences: list[Absence]

    @property
    def is_there(self) -> bool:
        """On duty today, and here."""
        return self.duty.is_there


class ServiceCaseloads(NamedTuple):
    service: Organisation
    advisers: list[AdviserRow]
    managers: list[StaffRole]
    duties: list[DutyRow]
    without: list[Organisation]

    @property
    def alone(self) -> list[AdviserRow]:
        return [one for one in self.advisers if one.is_left_alone]

    @property
    def is_somebody_on_duty(self) -> bool:
        """Today."""
        return any(one.is_there for one in self.duties)


def caseloads_of(service: Organisation) -> ServiceCaseloads:
    """Who of the service has which schools, who is away, who stands in and who is on duty; and the schools of its area
    that nobody follows. Six queries."""
    roles = list(advisers_now().filter(organisation=service).select_related("user").order_by("user__name", "pk"))
    schools: dict[int, list[CaseloadSchool]] = defaultdict(list)
    rows = CaseloadSchool.objects.open().filter(adviser__in=roles).select_related("school")
    for row in rows.order_by("school__name", "started_on"):
        schools[row.adviser_id].append(row)
    held = CaseloadLearner.objects.filter(adviser__in=roles, ended_on=None)
    singly = dict(held.order_by().values("adviser").annotate(number=Count("pk")).values_list("adviser", "number"))
    absences: dict[int, list[Absence]] = defaultdict(list)
    standing = Absence.objects.standing().filter(adviser__in=roles)
    cover_there = Exists(advisers_now().filter(pk=OuterRef("cover")))
    found = list(standing.for_list().annotate(has_cover=cover_there))
    away = {absence.adviser_id for absence in found if absence.started_on <= clock.today()}
    for absence in found:
        absence.has_cover &= absence.started_on > clock.today() or absence.cover_id not in away
        absences[absence.adviser_id].append(absence)
    managers = StaffRole.objects.current().filter(organisation=service, kind="manager").select_related("user")
    managing = list(managers.order_by("user__name", "pk"))
    keepers = {one.user_id for one in managing}
    is_there = Exists(Duty.objects.there().filter(pk=OuterRef("pk")))
    duties = [
        _on_duty(duty, absences[duty.adviser_id])
        for duty in Duty.objects.standing().filter(adviser__in=roles).for_list().annotate(is_there=is_there)
    ]
    without = schools_without_adviser().filter(area=service.area_id).order_by("name")
    return ServiceCaseloads(
        service,
        [
            AdviserRow(role, schools[role.pk], singly.get(role.pk, 0), absences[role.pk], role.user_id in keepers)
            for role in roles
        ],
        managing,
        duties,
        list(without[:200]),
    )


def _on_duty(duty: Duty, absences: list[Absence]) -> DutyRow:
    within = (one for one in absences if one.started_on <= duty.ended_on and duty.started_on <= one.ended_on)
    return DutyRow(duty, list(within))
