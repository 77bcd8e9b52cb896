"""E-mails that come back: the address is kept beside the one it was, and the people concerned are shown it."""

from typing import Any

from django.db import transaction
from django.db.models import F

from accounts.models import LearnerContact, User
from accounts.queries import WITH_ADDRESS
from core.errors import NotAllowed


@transaction.atomic
def note_bounce(*, address: str) -> int:
    """No e-mail goes to this address until whoever has it changes it or says that it is right. Returns how many have
    it: none for an address nobody has here."""
    rows = (model._default_manager.filter(email__iexact=address) for model in WITH_ADDRESS)
    return sum(found.update(bounced_email=F("email")) for found in rows) if address else 0


@transaction.atomic
def try_address_again(*, user: User, by: Any) -> None:
    """E-mails go to this person's addresses again, as they are, and to all who have the same: one kept as coming back
    with a brother would let nothing through. Raises: NotAllowed for anybody but themselves."""
    if by.pk != user.pk:
        raise NotAllowed
    mine: list[Any] = [*User.objects.filter(pk=user.pk), *LearnerContact.objects.filter(learner__user=user)]
    for address in {one.email.lower() for one in mine if one.is_bouncing}:
        for model in WITH_ADDRESS:
            model._default_manager.filter(bounced_email__iexact=address).update(bounced_email="")
