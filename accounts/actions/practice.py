"""Learners who exist nowhere: of a sandbox, so that programmers can practise."""

import datetime as dt
from typing import Any

from django.db.models import PROTECT, ForeignObjectRel, QuerySet

from accounts.models import Learner, User
from core import clock
from providers.models import Organisation

PRACTICE_NAMES = "practice-"  # how the user name of such an account begins
AGE = 16


def make_practice_learner(*, sandbox: Organisation, number: int) -> Learner:
    """The made-up learner of this number: "Practice Learner 7". Nobody can sign in as them, and nothing reaches them.

    Their account is the one this number had before, for history names accounts and they are never removed.
    For actions that hold the sandbox's lock.
    """
    account, is_new = User.objects.get_or_create(
        username=f"{PRACTICE_NAMES}{sandbox.reference.lower()}-{number}",
        defaults={"name": f"Practice Learner {number}", "is_active": False},
    )
    if is_new:
        account.set_unusable_password()
        account.save(update_fields=["password"])
    today = clock.today()
    return Learner.objects.create(
        user=account,
        given_name="Practice",
        family_name=f"Learner {number}",
        birth_on=dt.date(today.year - AGE, 1, 1 + number % 28),
        area=sandbox.area,
    )


def practice_learners_of(sandbox: Organisation) -> QuerySet:
    """The made-up learners of one sandbox."""
    return Learner.objects.filter(
        area__is_practice=True, user__username__startswith=f"{PRACTICE_NAMES}{sandbox.reference.lower()}-"
    )


def remove_practice_learners(learners: QuerySet) -> int:
    """These made-up learners are gone, with everything that says something of them, whichever floor it is on. Their
    accounts and history stay. Returns how many.

    Real learners are never touched: only those of the practice area are. For actions that hold the sandbox's lock.
    """
    return _remove(learners.filter(area__is_practice=True))


def _remove(rows: QuerySet) -> int:
    """The rows, after whatever the database protects them for."""
    keys = list(rows.values_list("pk", flat=True))
    if keys:
        for relation in rows.model._meta.get_fields(include_hidden=True):
            if isinstance(relation, ForeignObjectRel) and getattr(relation, "on_delete", None) is PROTECT:
                pointing: Any = relation.related_model
                _remove(pointing._default_manager.filter(**{f"{relation.field.name}__in": keys}))
        rows.model._default_manager.filter(pk__in=keys).delete()
    return len(keys)
