import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Learner
from core import clock
from providers.models import Cycle, Organisation, StaffRole

EARLY = dt.timedelta(days=7)  # so long before results day schools may have handed results over


def _not_told_yet() -> Q:
    """Results handed over in the days before an hour of results that is still to come in the learner's area."""
    now = timezone.localtime(clock.now())
    to_come = Q(results_on__gt=now.date(), results_on__lte=now.date() + EARLY)
    today = Q(results_on=now.date(), results_from__gt=now.time())
    cycles = Cycle.objects.filter(to_come | today, area=models.OuterRef("learner__area"))
    return Q(models.Exists(cycles), said_at__gte=clock.now() - EARLY)


class ExamResultQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "ExamResultQuerySet":
        """The learner's own, those of the roll somebody coordinates or tutors, and with consent the adviser's.

        Never a provider's: it reads of results what its conditions ask, and no more (decision 0065).
        """
        if not user.is_authenticated:
            return self.none()
        on_roll = Learner.objects.on_roll_of(Organisation.objects.with_role(user, "coordinator", "tutor"))
        sharing = Learner.objects.on_caseload_of(user).sharing_with_advisers()
        own = Q(learner__user=user) & ~_not_told_yet()
        return self.filter(own | Q(learner__in=on_roll.values("pk")) | Q(learner__in=sharing.values("pk")))

    def told(self) -> "ExamResultQuerySet":
        """Those whose hour, where the learner's area has set one, has come."""
        return self.exclude(_not_told_yet())

    def standing(self) -> "ExamResultQuerySet":
        """Without those that a corrected grade has replaced."""
        return self.filter(ended_at=None)

    def for_list(self) -> "ExamResultQuerySet":
        """With the school, and the grade it replaces."""
        return self.select_related("school", "replaces")


class ResultsRehearsalQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "ResultsRehearsalQuerySet":
        """Rehearsals of the providers whose applications this person answers, and of the areas they look after."""
        if not user.is_authenticated:
            return self.none()
        areas = StaffRole.objects.over_areas(user).values("organisation__area")
        return self.filter(Q(provider__in=Organisation.objects.admitting_through(user)) | Q(provider__area__in=areas))

    def open(self) -> "ResultsRehearsalQuerySet":
        """Those that go on: nobody has ended them, and their day is not over."""
        return self.filter(ended_at=None, ends_at__gt=clock.now())
