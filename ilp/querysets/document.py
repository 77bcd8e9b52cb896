from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

from providers.models import Organisation


def _is_there() -> Exists:
    """The learner is on the roll of the school that was asked."""
    from accounts.models import RollEntry

    entries = RollEntry.objects.current().filter(learner=OuterRef("plan__learner"), school=OuterRef("asked_school"))
    return Exists(entries)


class DocumentQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "DocumentQuerySet":
        """The learner's own; and while they ask to have it read, it is open to the tutors and coordinators of the
        school they asked, as long as they are on its roll. Nobody else: no supporter, no adviser, no provider."""
        if not user.is_authenticated:
            return self.none()
        schools = Organisation.objects.with_role(user, "coordinator", "tutor")
        asked = Q(_is_there(), asked_school__in=schools.values("pk"), plan__learner__erased_at=None)
        return self.filter(Q(plan__learner__user=user) | asked)

    def own_of(self, user: Any) -> "DocumentQuerySet":
        return self.filter(plan__learner__user=user) if user.is_authenticated else self.none()

    def for_list(self) -> "DocumentQuerySet":
        """Each with ``is_open``: the learner's school of today was asked to read it."""
        return self.select_related("plan__learner__user").annotate(is_open=_is_there())
