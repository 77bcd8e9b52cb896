from typing import Any

from django.db import models

from activity.models import Event


def record(verb: str, *, subject: models.Model, by: Any, **facts: Any) -> Event:
    """History says that ``by`` (None: the service) did this now. ``facts`` are ids and dates, never personal."""
    return Event.objects.create(verb=verb, subject=f"{subject._meta.label_lower}:{subject.pk}", by=by, facts=facts)
