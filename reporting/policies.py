"""Who may record how the Guarantee stands for a learner, keep its figures, and put its words right."""

from typing import Any

from accounts.models import Learner
from core.policies import Policy, the_service
from ilp.policies import any_officer
from providers.models import RoleKind, StaffRole
from reporting.models import ReturnRun


def answers_for(user: Any, learner: Any) -> bool:
    """The adviser of whose caseload the learner is, or an officer of the authority that counts them."""
    caseload = Learner.objects.on_caseload_of(user).filter(pk=learner.pk)
    return caseload.exists() or Learner.objects.of_guarantee_for(user).filter(pk=learner.pk).exists()


def officer_of_area(user: Any, area: Any) -> bool:
    """An officer of the area's authority."""
    roles = StaffRole.objects.of(user, RoleKind.OFFICER)
    return roles.filter(organisation__area=area, organisation__kind="authority").exists()


STATUS_POLICY = Policy({"record": answers_for, "take_back": answers_for})
WORDS_POLICY = Policy({"change": any_officer})
FIGURES_POLICY = Policy({"freeze": officer_of_area, "ask_return": officer_of_area})


def officer_of_return(user: Any, run: Any) -> bool:
    """An officer of every authority whose return it is."""
    return ReturnRun.objects.visible_to(user).filter(pk=run.pk).exists()


RETURN_POLICY = Policy({"make": the_service, "fetch": officer_of_return})


def counts_cohorts_for(user: Any, organisation: Any) -> bool:
    """A coordinator of the school, an adviser of the service or an officer of the authority."""
    roles = StaffRole.objects.of(user, RoleKind.COORDINATOR, RoleKind.ADVISER, RoleKind.OFFICER)
    return roles.filter(organisation=organisation.pk).exists()


def colleague(user: Any, cohort: Any) -> bool:
    """Somebody who counts cohorts for the same organisation."""
    return counts_cohorts_for(user, cohort.organisation)


ORGANISATION_COHORTS_POLICY = Policy({"save": counts_cohorts_for})
COHORT_POLICY = Policy({"change": colleague, "end": colleague})


def who_gets(user: Any, run: Any) -> bool:
    """They asked for this file and act for the organisation it is for, or it comes by itself to a role of theirs."""
    if run.schedule_id is not None:
        return has_its_role(user, run.schedule)
    return run.by_id == user.pk and StaffRole.objects.of(user).filter(organisation=run.organisation_id).exists()


def has_its_role(user: Any, schedule: Any) -> bool:
    """Somebody to whom the report comes."""
    return StaffRole.objects.of(user, schedule.role).filter(organisation=schedule.organisation_id).exists()


REPORT_POLICY = Policy({"make": the_service, "fetch": who_gets})
SCHEDULE_POLICY = Policy(dict.fromkeys(("pause", "resume", "take_over", "end"), has_its_role))
