import datetime as dt
from typing import Any

from accounts.models import Characteristics, Learner, RollEntry, SenProvision
from core import clock
from core.policies import Policy
from ilp.models import Entry, Plan, PlanRule, Remark, RemarkKind

YEAR_GROUP_TO_AGE = 4  # who begins Year 7 is 11


def adviser_of_learner(user: Any, learner: Learner) -> bool:
    return Learner.objects.on_caseload_of(user).filter(pk=learner.pk).exists()


def may_have_plan(learner: Learner) -> bool:
    """From the area's first year group on, until the day before the birthday after its last age. Source: SPEC I1."""
    rule = PlanRule.objects.filter(area=learner.area_id).first() or PlanRule()
    today = clock.today()
    age = _age(learner.birth_on, today)
    entry = RollEntry.objects.current().filter(learner=learner).first()
    if entry is not None:
        is_old_enough = entry.year_group >= rule.first_year_group
    else:
        is_old_enough = age >= rule.first_year_group + YEAR_GROUP_TO_AGE
    has_assessment = Characteristics.objects.filter(
        learner=learner, sen_provision__in=[SenProvision.PLAN, SenProvision.STATEMENT]
    )
    if age <= rule.last_age:
        return is_old_enough
    return is_old_enough and age <= rule.last_age_with_assessment and has_assessment.exists()


def _age(birth_on: dt.date, today: dt.date) -> int:
    """Whole years."""
    return today.year - birth_on.year - ((today.month, today.day) < (birth_on.month, birth_on.day))


def starts_own(user: Any, learner: Learner) -> bool:
    return learner.user_id == user.pk and may_have_plan(learner)


def own_plan(user: Any, plan: Plan) -> bool:
    return plan.learner.user_id == user.pk


def own_entry(user: Any, entry: Entry) -> bool:
    return entry.plan.learner.user_id == user.pk


def stands_behind(user: Any, entry: Entry) -> bool:
    """An adult of the learner's school, their adviser with consent, or somebody who works with them and was let in."""
    return Entry.objects.stood_behind_by(user).filter(pk=entry.pk).exists()


def validated_it(user: Any, entry: Entry) -> bool:
    """Whose validation it is, as long as they may still validate."""
    newest = Remark.objects.filter(revision=entry.revision_id, kind=RemarkKind.VALIDATED).order_by("-at", "-pk").first()
    return newest is not None and newest.by_id == user.pk and stands_behind(user, entry)


CONTACT_POLICY = Policy({"record": adviser_of_learner})
PLAN_POLICY = Policy({"start": starts_own, "add": own_plan})
ENTRY_POLICY = Policy(
    {
        "revise": own_entry,
        "validate": stands_behind,
        "talk": stands_behind,
        "reply": own_entry,
        "take_back": validated_it,
        "take_out": own_entry,
        "put_back": own_entry,
    }
)
