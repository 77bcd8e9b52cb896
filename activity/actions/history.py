from collections.abc import Iterable
from typing import Any

from django.db import models

from activity.models import Event
from activity.registry import ROLES


def record(verb: str, *, subject: models.Model, by: Any, **facts: Any) -> Event:
    """History says that ``by`` (None: the service) did this now, and in which roles if they have several.

    ``facts`` are ids and dates, never personal. Those of ``organisation`` are the roles there, where they have any.
    ``roles=None`` for what somebody does as themselves.
    """
    facts = _facts(by, facts)
    return Event.objects.create(verb=verb, subject=_named(subject), by=by, facts=facts)


def record_all(verb: str, *, subjects: Iterable[models.Model], by: Any, **facts: Any) -> None:
    """The same of each of these, in one go."""
    facts = _facts(by, facts)
    Event.objects.bulk_create(Event(verb=verb, subject=_named(one), by=by, facts=facts) for one in subjects)


def _named(subject: models.Model) -> str:
    return f"{subject._meta.label_lower}:{subject.pk}"


def _facts(by: Any, facts: dict[str, Any]) -> dict[str, Any]:
    if "roles" in facts:
        facts = {name: fact for name, fact in facts.items() if name != "roles" or fact is not None}
    elif by is not None:
        roles = sorted(role for acting in ROLES for role in acting(by, facts.get("organisation")))
        facts |= {"roles": roles} if roles else {}
    return facts
