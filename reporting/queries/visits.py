"""What an adviser takes along on home visits. Nothing of it needs the learner's consent to share."""

from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from accounts.models import LearnerContact
from core.errors import RuleBroken
from ilp.models import Contact
from reporting.queries.caseload import Caseload

MOST_VISITS = 50  # on one sheet: paper with more children's addresses than anybody visits is only lost


class Visit(NamedTuple):
    learner: Any
    contact: LearnerContact | None
    last: Contact | None


def visits(learners: Caseload, *, user: Any) -> list[Visit]:
    """Each of these learners with how to find them and the newest contact, as far as ``user`` may see. Three queries.

    Raises: RuleBroken ``too_many_visits``.
    """
    rows = learners[: MOST_VISITS + 1]
    if len(rows) > MOST_VISITS:
        words = _("A sheet has room for %(most)s learners. Choose a filter first, or tick some.")
        raise RuleBroken(words % {"most": MOST_VISITS}, code="too_many_visits")
    keys = [learner.pk for learner in rows]
    reach = {one.learner_id: one for one in LearnerContact.objects.visible_to(user).filter(learner__in=keys)}
    newest = Contact.objects.visible_to(user).filter(learner__in=keys).order_by("learner_id", "-on", "-pk")
    last = {one.learner_id: one for one in newest.distinct("learner_id").select_related("by")}
    return [Visit(learner, reach.get(learner.pk), last.get(learner.pk)) for learner in rows]
