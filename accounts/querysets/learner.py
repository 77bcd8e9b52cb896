import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery

from core import clock
from providers.models import Organisation, StaffRole

FOLLOWED_FOR = dt.timedelta(days=2 * 365)  # after school, until 18: participation is the authority's duty so long


class LearnerQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "LearnerQuerySet":
        """Every learner whose name this person may see.

        A learner sees themselves. A coordinator and a tutor see the roll of their school, an adviser the schools
        of their caseload, an officer the learners of their authority's area, all while the relation lasts.
        Providers see nobody here: they see applications.
        """
        if not user.is_authenticated:
            return self.none()
        own = Q(user=user)
        on_roll = Q(pk__in=self.on_roll_of(Organisation.objects.with_role(user, "coordinator", "tutor")).values("pk"))
        areas = StaffRole.objects.of(user, "officer").values("organisation__area")
        seen = own | on_roll | Q(pk__in=self.on_caseload_of(user).values("pk")) | Q(area__in=areas)
        return self.filter(seen, erased_at=None)

    def on_roll_of(self, schools: Any) -> "LearnerQuerySet":
        """Learners on the roll of these schools today."""
        from accounts.models import Learner, RollEntry

        return Learner.objects.filter(pk__in=RollEntry.objects.current().filter(school__in=schools).values("learner"))

    def on_caseload_of(self, user: Any) -> "LearnerQuerySet":
        """Learners whom ``user`` answers for as an adviser today: at their schools, or last at one of them and at none
        since. Who leaves in Year 11 for nobody knows where is who an adviser has to find."""
        from accounts.models import CaseloadSchool, Learner, RollEntry

        schools = CaseloadSchool.objects.of(user).values("school")
        here = RollEntry.objects.current().filter(school__in=schools)
        later = RollEntry.objects.filter(learner=OuterRef("learner")).filter(
            Q(ended_on=None)
            | Q(ended_on__gt=OuterRef("ended_on"))
            | Q(ended_on=OuterRef("ended_on"), pk__gt=OuterRef("pk"))
        )
        today = clock.today()
        left = RollEntry.objects.filter(
            ~Exists(later), school__in=schools, ended_on__lte=today, ended_on__gt=today - FOLLOWED_FOR
        )
        return Learner.objects.filter(Q(pk__in=here.values("learner")) | Q(pk__in=left.values("learner")))

    def on_no_roll(self) -> "LearnerQuerySet":
        """Learners who are on no school's roll today."""
        from accounts.models import RollEntry

        return self.exclude(pk__in=RollEntry.objects.current().values("learner"))

    def helped_by(self, user: Any) -> "LearnerQuerySet":
        """Learners this person may help to sign in again: those of a coordinator's school, of an adviser's caseload,
        and whom the area's help desk has found by name, date of birth and school in the last half hour."""
        from accounts.models import LearnerSearch

        if not user.is_authenticated:
            return self.none()
        on_roll = self.on_roll_of(Organisation.objects.coordinating_through(user)).values("pk")
        areas = StaffRole.objects.of(user, "help_desk").values("organisation__area")
        found = LearnerSearch.objects.filter(by=user, at__gt=clock.now() - LearnerSearch.OPEN_FOR)
        by_desk = Q(pk__in=found.values("learner"), area__in=areas)
        return self.filter(Q(pk__in=on_roll) | Q(pk__in=self.on_caseload_of(user).values("pk")) | by_desk)

    def sharing_with_advisers(self) -> "LearnerQuerySet":
        """Learners whose newest answer lets the advice service see plan and applications."""
        from accounts.models import Consent

        newest = Consent.objects.filter(learner=OuterRef("pk"), kind="advice_service").order_by("-at", "-pk")
        return self.alias(shares=Subquery(newest.values("is_given")[:1])).filter(shares=True)

    def for_list(self) -> "LearnerQuerySet":
        """With the user and the roll entry of today (``learner.roll_now``, a list of one or none)."""
        from accounts.models import RollEntry

        return self.select_related("user", "area").prefetch_related(
            models.Prefetch("roll_entries", RollEntry.objects.current().select_related("school"), to_attr="roll_now")
        )


class LearnerContactQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "LearnerContactQuerySet":
        """Contact details: the learner, their coordinator, and the adviser who answers for them."""
        from accounts.models import Learner

        if not user.is_authenticated:
            return self.none()
        on_roll = Learner.objects.on_roll_of(Organisation.objects.with_role(user, "coordinator"))
        return self.filter(
            Q(learner__user=user)
            | Q(learner__in=on_roll.values("pk"))
            | Q(learner__in=Learner.objects.on_caseload_of(user).values("pk"))
        )
