"""What this floor shows on pages of the floors below, and on its own learner page."""

from typing import Any

from reporting.models import RecordedStatus
from reporting.policies import STATUS_POLICY
from reporting.queries.lights import entry_year_now


def guarantee_status(request: Any, learner: Any) -> dict[str, Any] | None:
    """What an adult recorded of the learner's Guarantee, for those who may record it."""
    if not STATUS_POLICY.can(request.user, "record", learner):
        return None
    entry_year = entry_year_now(learner.area)
    if entry_year is None:
        return None
    recorded = RecordedStatus.objects.filter(learner=learner, entry_year=entry_year).for_list()[:10]
    return {"learner": learner, "entry_year": entry_year, "recorded": list(recorded)}
