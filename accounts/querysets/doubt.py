from typing import Any

from django.db import models
from django.db.models import Q

from accounts.workflow import OPEN_DOUBTS
from providers.models import Organisation, StaffRole


class LearnerDoubtQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "LearnerDoubtQuerySet":
        """Doubts that the coordinator of the asked school, or the help desk of its area, may answer or has seen
        answered."""
        if not user.is_authenticated:
            return self.none()
        areas = StaffRole.objects.of(user, "help_desk").values("organisation__area")
        return self.filter(Q(school__in=Organisation.objects.coordinating_through(user)) | Q(school__area__in=areas))

    def open(self) -> "LearnerDoubtQuerySet":
        """Not answered, and both records still there."""
        return self.filter(state__in=sorted(OPEN_DOUBTS)).exclude(learner=None).exclude(other=None)

    def for_list(self) -> "LearnerDoubtQuerySet":
        return self.select_related("school", "learner__contact", "other__contact", "decided_by")
