import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Learner
from activity.actions import record
from core import clock
from core.errors import RuleBroken
from ilp.models import Contact
from ilp.policies import CONTACT_POLICY


@transaction.atomic
def record_contact(
    *,
    learner: Learner,
    by: Any,
    kind: str,
    on: dt.date,
    note: str = "",
    next_step: str = "",
    next_on: dt.date | None = None,
) -> Contact:
    """Keep that an adviser was in touch with a learner, and what comes next.

    Raises: NotAllowed (not an adviser of this learner today), RuleBroken ``contact_in_future`` and
    ``next_step_without_date`` / ``next_date_without_step`` / ``next_step_in_past``.
    """
    CONTACT_POLICY.require(by, "record", learner)
    if on > clock.today():
        raise RuleBroken(
            _("The contact cannot be in the future. Record it once it has happened."), code="contact_in_future"
        )
    if next_step and next_on is None:
        raise RuleBroken(_("Say when the next step is due."), code="next_step_without_date")
    if next_on is not None and not next_step:
        raise RuleBroken(_("Say what the next step is."), code="next_date_without_step")
    if next_on is not None and next_on < on:
        raise RuleBroken(_("The next step is due before the contact. Check the two dates."), code="next_step_in_past")
    contact = Contact.objects.create(
        learner=learner, by=by, kind=kind, on=on, note=note, next_step=next_step, next_on=next_on
    )
    record("contact.record", subject=contact, by=by, kind=kind)
    return contact
