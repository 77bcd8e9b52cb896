from django.db import models

from activity.models import Event
from activity.querysets import EventQuerySet


def history_of(subject: models.Model) -> EventQuerySet:
    """What happened to this thing, the oldest first. Whoever may see the thing may see this."""
    return Event.objects.for_list().filter(subject=f"{subject._meta.label_lower}:{subject.pk}").order_by("pk")
