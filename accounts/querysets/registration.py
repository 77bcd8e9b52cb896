import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Count, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from core import clock
from providers.models import StaffRole


class RegistrationQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "RegistrationQuerySet":
        """The learner's own; and to the area coordinator those of the area who let us look for their record, and those
        who are one with it. Of the others nobody is shown a name."""
        from accounts.models import Learner

        if not user.is_authenticated:
            return self.none()
        areas = StaffRole.objects.of(user, "help_desk").values("organisation__area")
        looked_for = Q(learner__in=Learner.objects.agreeing_to("record_match").values("pk"))
        return self.filter(
            Q(learner__user=user) | Q(learner__area__in=areas) & (looked_for | Q(joined_at__isnull=False))
        )

    def waiting(self) -> "RegistrationQuerySet":
        """Those that are one with no school's record yet."""
        return self.filter(joined_at=None)

    def from_address(self, address_hash: str, *, within: dt.timedelta) -> "RegistrationQuerySet":
        return self.filter(address_hash=address_hash, created_at__gt=clock.now() - within)

    def with_questions(self) -> "RegistrationQuerySet":
        """With ``questions``: how many records of schools wait to be compared with theirs."""
        from accounts.models import LearnerDoubt

        waiting = LearnerDoubt.objects.open().filter(other=OuterRef("learner")).order_by().values("other")
        counted = waiting.annotate(number=Count("pk")).values("number")
        return self.annotate(questions=Coalesce(Subquery(counted, output_field=IntegerField()), 0))

    def for_list(self) -> "RegistrationQuerySet":
        return self.select_related("learner__contact", "learner__area", "school", "joined_by")
