"""How a learner is reached, as the learner or the adults who answer for them say it."""

from typing import Any

from django.db import transaction

from accounts.models import Learner, LearnerContact
from accounts.policies import LEARNER_POLICY
from activity.actions import record


@transaction.atomic
def keep_contact(*, learner: Learner, by: Any, email: str, phone: str, address: str, postcode: str) -> LearnerContact:
    """The learner is reached like this. The next roll of their school may say something else.

    Raises: NotAllowed (the learner, the coordinator of their school, the adviser who answers for them).
    """
    learner = Learner.objects.select_for_update(no_key=True).get(pk=learner.pk)
    LEARNER_POLICY.require(by, "keep_contact", learner)
    contact, _is_new = LearnerContact.objects.get_or_create(learner=learner)
    said = {"email": email, "phone": phone, "address": address, "postcode": postcode}
    changed = sorted(name for name, value in said.items() if getattr(contact, name) != value)
    if changed:
        for name in changed:
            setattr(contact, name, said[name])
        contact.save(update_fields=changed)
        record("contact.keep", subject=learner, by=by, columns=changed)
    return contact
