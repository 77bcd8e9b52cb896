"""Every rule of the return, each once. Those about several records at a time are in ``reporting.returns.checking``."""

from reporting.returns.rules import activity, guarantee, person
from reporting.returns.rules.base import Against, Rule

# Two of the table are about no field alone; the checks that say them are in ``checking``.
NO_ACTIVITIES = Rule(
    240, 1, "Activities", "There is nothing about activities. The Department rejects the whole file.",
    lambda it, at: not it.has_activities,
)  # fmt: skip
SAME_ID = Rule(902, 1, "YoungPersonsID", "The same ID is in the file twice.", lambda it, at: False)
SAME_ULN = Rule(907, 1, "UniqueLearnerNo", "Two records have the same unique learner number.", lambda it, at: False)
SAME_PERSON = Rule(
    908, 3, "GivenName/FamilyName/DOB", "Two records have the same names and date of birth: they may be one person.",
    lambda it, at: False,
)  # fmt: skip
OF_PERSON = person.RULES + guarantee.RULES
OF_ACTIVITY = activity.RULES
OF_FILE = (SAME_ID, SAME_ULN, SAME_PERSON)
RULES = {rule.number: rule for rule in (*OF_PERSON, *OF_ACTIVITY, NO_ACTIVITIES, *OF_FILE)}

__all__ = [
    "NO_ACTIVITIES",
    "OF_ACTIVITY",
    "OF_FILE",
    "OF_PERSON",
    "RULES",
    "SAME_ID",
    "SAME_PERSON",
    "SAME_ULN",
    "Against",
    "Rule",
]
