"""A small town whose every figure of the September Guarantee can be counted on fingers.

Entry in September 2027. Two schools in Northmoor, one in Westhaven; each learner is named for how they stand.
"""

import datetime as dt
from types import SimpleNamespace

from applications.actions import record_outside_offer
from applications.models import Application, Choice
from core import clock
from providers.models import LocalAuthority, RoleKind
from reporting.actions import load_statuses, record_status
from reporting.models import GuaranteeStatus
from tests.factories import (
    AreaFactory,
    CaseloadSchoolFactory,
    CycleFactory,
    LearnerFactory,
    OrganisationFactory,
    ProviderFactory,
    RollEntryFactory,
    SchoolFactory,
    StaffRoleFactory,
)

SENT_AT = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)


def build_town():
    """Northmoor: Hollins with five of Year 11 and two of Year 12, Brannoc with two of Year 11."""
    town = SimpleNamespace(people={})
    load_statuses()
    town.authority = LocalAuthority.objects.create(code="998", name="Northmoor")
    town.elsewhere = LocalAuthority.objects.create(code="997", name="Westhaven")
    town.area = AreaFactory(name="Northmoor", authority=town.authority)
    town.other_area = AreaFactory(name="Westhaven", authority=town.elsewhere)
    town.cycle, town.other_cycle = CycleFactory(area=town.area), CycleFactory(area=town.other_area)
    town.hollins = SchoolFactory(area=town.area, name="Hollins Park School")
    town.brannoc = SchoolFactory(area=town.area, name="St Brannoc's School")
    town.westhaven = SchoolFactory(area=town.other_area, name="Westhaven School")
    town.college = ProviderFactory(area=town.area)
    council = OrganisationFactory(kind="authority", area=town.area)
    town.officer = StaffRoleFactory(organisation=council, kind=RoleKind.OFFICER).user
    town.adviser = CaseloadSchoolFactory(school=town.hollins, adviser__organisation__area=town.area).adviser.user
    town.coordinator = StaffRoleFactory(organisation=town.brannoc, kind=RoleKind.COORDINATOR).user
    _year_11(town)
    _year_12(town)
    return town


def somebody(town, name, school, *, year_group=11, started_on=dt.date(2026, 9, 1), **facts):
    """On the roll; nothing else is known of them."""
    learner = LearnerFactory(area=school.area, given_name=name, family_name=f"Of {school.name}", **facts)
    RollEntryFactory(learner=learner, school=school, year_group=year_group, started_on=started_on)
    town.people[name] = learner
    return learner


def choice_in(status, *, learner, town, rank=1):
    """A row of this status: what leads to a status is the applications floor's business and tested there."""
    application, _new = Application.objects.get_or_create(learner=learner, cycle=CycleFactory(area=learner.area))
    sent_at = None if status in ("draft", "with_school", "not_sent") else SENT_AT
    return Choice.objects.create(
        application=application, provider=town.college, rank=rank, status=status, sent_at=sent_at
    )


def status_of(code):
    return GuaranteeStatus.objects.get(code=code)


def _year_11(town):
    choice_in("offered", learner=somebody(town, "Offer", town.hollins), town=town)
    choice_in("sent", learner=somebody(town, "Waiting", town.hollins), town=town)
    choice_in("draft", learner=somebody(town, "Started", town.hollins), town=town)
    somebody(town, "Nothing", town.hollins)
    outside = somebody(town, "Outside", town.hollins)
    with clock.at(dt.date(2026, 11, 10)):
        record_outside_offer(learner=outside, cycle=town.cycle, by=town.adviser, provider_name="A firm in Leeds")
        away = somebody(town, "Not appropriate", town.brannoc)
        record_status(learner=away, entry_year=2027, status=status_of("140"), by=town.officer)
        refused = somebody(town, "Refused", town.brannoc)
        choice_in("turned_down", learner=refused, town=town)
        record_status(learner=refused, entry_year=2027, status=status_of("151"), by=town.officer)
    # Lives here and learns elsewhere: Year 11 counts there.
    somebody(town, "Away", town.westhaven, residence_authority=town.authority)


def _year_12(town):
    resident = {"year_group": 12, "residence_authority": town.authority}
    choice_in("accepted", learner=somebody(town, "Resident", town.hollins, **resident), town=town)
    somebody(town, "Resident elsewhere", town.hollins, year_group=12, residence_authority=town.elsewhere)
    # Learns elsewhere and lives here: Year 12 counts here.
    choice_in("sent", learner=somebody(town, "Learns elsewhere", town.westhaven, **resident), town=town)
    somebody(town, "Nobody knows where", town.hollins, year_group=12)
