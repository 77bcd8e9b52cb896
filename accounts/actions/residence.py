"""Which authority a learner lives in: Year 12 is counted by it. Never derived from an address: somebody says so."""

import datetime as dt
from typing import Any

from django.db import transaction

from accounts.models import Learner
from accounts.policies import EXCHANGE_POLICY, LEARNER_POLICY
from activity.actions import record
from providers.models import LocalAuthority, Organisation


@transaction.atomic
def set_residence(*, learner: Learner, authority: LocalAuthority | None, by: Any) -> Learner:
    """The learner lives in this authority; with None nobody knows in which. Figures by residence follow at once. The
    next roll of their school that says where they live may say otherwise.

    Raises: NotAllowed.
    """
    learner = Learner.objects.select_for_update(no_key=True, of=("self",)).select_related("area").get(pk=learner.pk)
    LEARNER_POLICY.require(by, "set_residence", learner)
    if learner.residence_authority != authority:
        was = learner.residence_authority_id
        learner.residence_authority = authority
        learner.save(update_fields=["residence_authority"])
        record("residence.set", subject=learner, by=by, **_facts(was=was))
    return learner


def take_over_residence(
    *, learner: Learner, of: Organisation, authority: str | None, by: Any, on: dt.date | None = None
) -> None:
    """The learner, whom the caller has locked, lives in the authority of this code, as the caseload system of ``of``
    has it; with None nobody knows in which. ``on``: when that system last knew it so; None where what it said is given
    back. Raises: NotAllowed.
    """
    EXCHANGE_POLICY.require(by, "take_over", of)
    was, learner.residence_authority_id = learner.residence_authority_id, authority
    learner.save(update_fields=["residence_authority"])
    record("residence.take_over", subject=learner, by=by, **_facts(was=was, on=on.isoformat() if on else None))


def _facts(**facts: str | None) -> dict[str, str]:
    return {name: fact for name, fact in facts.items() if fact}
