from typing import Any

from django.db import models
from django.db.models import Q

from providers.models import Organisation, StaffRole


def _school_facts(queryset: Any, user: Any) -> Any:
    """The learner's own; those on the roll somebody coordinates or tutors; those sharing with their adviser."""
    from accounts.models import Learner

    if not user.is_authenticated:
        return queryset.none()
    on_roll = Learner.objects.on_roll_of(Organisation.objects.with_role(user, "coordinator", "tutor"))
    sharing = Learner.objects.on_caseload_of(user).sharing_with_advisers()
    return queryset.filter(
        Q(learner__user=user) | Q(learner__in=on_roll.values("pk")) | Q(learner__in=sharing.values("pk"))
    )


class SchoolGradeQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "SchoolGradeQuerySet":
        """Grades: the learner, their school, and with consent their adviser. Providers see an application's copy."""
        return _school_facts(self, user)

    def for_list(self) -> "SchoolGradeQuerySet":
        return self.select_related("school").order_by("-kind", "stage", "subject", "pk")


class AttendanceQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "AttendanceQuerySet":
        """Attendance: the learner, their school, and with consent their adviser."""
        return _school_facts(self, user)

    def for_list(self) -> "AttendanceQuerySet":
        return self.select_related("school").order_by("-school_year", "pk")


class CharacteristicsQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "CharacteristicsQuerySet":
        """Special needs, ethnicity and their like: the coordinator of the school's roll, and officers of the authority,
        who answer for the statutory return. Never tutors, advisers or providers."""
        from accounts.models import Learner

        if not user.is_authenticated:
            return self.none()
        on_roll = Learner.objects.on_roll_of(Organisation.objects.coordinating_through(user))
        officers = StaffRole.objects.of(user, "officer").filter(organisation__kind="authority")
        return self.filter(
            Q(learner__in=on_roll.values("pk")) | Q(learner__area__in=officers.values("organisation__area"))
        )
