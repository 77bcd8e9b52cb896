import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Learner
from activity.actions import record
from core import clock
from core.errors import RuleBroken, StaleState
from ilp.models import Contact, NextWho
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
    next_who: str = NextWho.ADVISER,
    once: str = "",
) -> Contact:
    """Keep that an adviser was in touch with a learner, and what comes next: who does what by when. The next step of an
    earlier contact is no longer the one that counts. The same words with the same ``once`` are the same contact.

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
    said = {
        "kind": kind,
        "on": on,
        "note": note,
        "next_step": next_step,
        "next_on": next_on,
        "next_who": next_who or NextWho.ADVISER,
    }
    contact, is_new = _kept_once(once, said, learner=learner, by=by)
    if is_new:
        record("contact.record", subject=contact, by=by, kind=kind)
    return contact


def _kept_once(once: str, said: dict[str, Any], **whose: Any) -> tuple[Contact, bool]:
    """The contact, and whether it is new. A form that somebody went back to, to say something else, is another one."""
    if once:
        contact, is_new = Contact.objects.get_or_create(**whose, once=once, defaults=said)
        if is_new or all(getattr(contact, name) == value for name, value in said.items()):
            return contact, is_new
    return Contact.objects.create(**whose, **said), True


@transaction.atomic
def finish_next_step(*, contact: Contact, by: Any) -> Contact:
    """What this contact left to do is done. Said twice, the first time counts.

    Raises: NotAllowed (not an adviser of this learner today), StaleState (there is no next step, or a later contact
    says what comes next).
    """
    contact = Contact.objects.select_for_update(of=("self",)).select_related("learner").get(pk=contact.pk)
    CONTACT_POLICY.require(by, "record", contact.learner)
    newest = Contact.objects.filter(learner=contact.learner_id).order_by("-on", "-pk").first()
    if contact.next_on is None or newest != contact:
        raise StaleState(f"contact {contact.pk} has no next step that counts")
    if contact.next_done_at is None:
        contact.next_done_at, contact.next_done_by = clock.now(), by
        contact.save(update_fields=["next_done_at", "next_done_by"])
        record("contact.finish_next_step", subject=contact, by=by)
    return contact
