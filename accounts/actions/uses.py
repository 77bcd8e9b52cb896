"""Whether anything but a roll speaks of a learner: only a record nobody has used may go again."""

from collections.abc import Collection
from typing import Any

from accounts.models import Learner

# What a roll itself writes, and what goes with the record.
OF_A_ROLL = {"accounts.learnercontact", "accounts.rollentry", "accounts.characteristics", "accounts.schoolgrade",
             "accounts.attendance", "accounts.learnerdoubt", "accounts.receipt"}  # fmt: skip


def used_learners(keys: Collection[int], *, besides: Collection[str] = ()) -> set[int]:
    """Those of these learners who have an account, or of whom any table of any floor says more than a roll can.

    ``besides``: labels of further tables that do not count. A query for each table, however many learners.
    """
    used = set(Learner.objects.filter(pk__in=keys).exclude(user=None).values_list("pk", flat=True))
    for relation in Learner._meta.related_objects:
        model: Any = relation.related_model
        if model._meta.label_lower in OF_A_ROLL | set(besides):
            continue
        name = relation.field.name
        used |= set(model._default_manager.filter(**{f"{name}__in": keys}).values_list(name, flat=True))
    return used
