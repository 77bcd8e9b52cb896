"""Why a choice ends without a place: one list for every no of a provider and every leaving of a learner.

Pages, e-mails, the interface for other systems and reports take their reasons here.
"""

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from applications.models import RefusalReason, WithdrawalReason

R, W = RefusalReason, WithdrawalReason


class Reason(NamedTuple):
    """One reason: with which verbs it is given, and how each side reads it."""

    verbs: frozenset[str]
    staff: Any
    learner: Any
    is_unmet_demand: bool = False  # the learner was wanted, and there was no place: reports count it


NO, BACK, BOTH, LEAVES = (
    frozenset({"refuse"}),
    frozenset({"withdraw_offer"}),
    frozenset({"refuse", "withdraw_offer"}),
    frozenset({"withdraw"}),
)
REASONS: dict[str, Reason] = {
    R.ENTRY_REQUIREMENTS: Reason(
        BOTH,
        R.ENTRY_REQUIREMENTS.label,
        _("This course asks for grades or subjects that you do not have, or are not expected to get."),
    ),
    R.FULL: Reason(BOTH, R.FULL.label, _("All places on this course are taken."), is_unmet_demand=True),
    R.NOT_RUNNING: Reason(BOTH, R.NOT_RUNNING.label, _("This course will not run this year."), is_unmet_demand=True),
    R.OTHER_COURSE: Reason(BOTH, R.OTHER_COURSE.label, _("They think that another course would suit you better.")),
    R.AGE: Reason(NO, R.AGE.label, _("This course is for another age or school year.")),
    R.INTERVIEW: Reason(NO, R.INTERVIEW.label, _("They decided after your interview or audition.")),
    R.PORTFOLIO: Reason(NO, R.PORTFOLIO.label, _("They decided after they had looked at your work.")),
    R.REFERENCE: Reason(BOTH, R.REFERENCE.label, _("They decided after they had read what your school says.")),
    R.NO_ANSWER: Reason(BOTH, R.NO_ANSWER.label, _("They wrote to you and got no answer.")),
    R.DOUBLE: Reason(BOTH, R.DOUBLE.label, _("You have another application for the same course.")),
    R.OTHER: Reason(BOTH, R.OTHER.label, ""),
    W.CHANGED_MIND: Reason(LEAVES, _("They changed their mind"), W.CHANGED_MIND.label),
    W.OTHER_PLACE: Reason(LEAVES, _("They have a place somewhere else"), W.OTHER_PLACE.label),
    W.TRAVEL: Reason(LEAVES, _("It is too hard for them to get here"), W.TRAVEL.label),
    W.CIRCUMSTANCES: Reason(LEAVES, _("Things changed for them"), W.CIRCUMSTANCES.label),
}


def reasons_for(verb: str) -> list[str]:
    """Those that can be given with this verb, in the order of the list. "Something else" is always last."""
    found = [reason for reason, said in REASONS.items() if verb in said.verbs and reason != R.OTHER]
    return [*found, R.OTHER]


def staff_choices(verb: str) -> list[tuple[str, Any]]:
    """Value and words for a form of staff."""
    return [(reason, REASONS[reason].staff) for reason in reasons_for(verb)]


def learner_words(reason: str) -> Any:
    """The sentence the learner reads; "" where the provider's own words say it all."""
    return REASONS[reason].learner if reason in REASONS else ""


UNMET_DEMAND = [reason for reason, said in REASONS.items() if said.is_unmet_demand]
