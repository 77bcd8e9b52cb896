"""Who sees what this floor keeps."""

import datetime as dt
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.models import Learner
from core import clock
from core.querysets import among
from providers.models import Area, Organisation, StaffRole


class StatusQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "StatusQuerySet":
        """The words of the return, for everybody who may record one or put them right."""
        roles = StaffRole.objects.of(user, "officer", "adviser") if user.is_authenticated else StaffRole.objects.none()
        return self.all() if roles.exists() else self.none()

    def recordable(self) -> "StatusQuerySet":
        """What no choice can tell. That an offer was made is recorded as an offer, and that nothing is recorded is
        not recorded."""
        return self.filter(category__in=["not_appropriate", "no_offer"])

    def of_year(self, year_group: int | None) -> "StatusQuerySet":
        return self.filter(for_year_12=True) if year_group == 12 else self.filter(for_year_11=True)


class RecordedStatusQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "RecordedStatusQuerySet":
        """Those of learners whose coordinator, adviser or officer this person is: part of the statutory minimum."""
        if not user.is_authenticated:
            return self.none()
        on_roll = Learner.objects.on_roll_of(Organisation.objects.coordinating_through(user))
        caseload = Learner.objects.on_caseload_of(user)
        counted = Learner.objects.of_guarantee_for(user)
        theirs = (among("learner", learners.values("pk")) for learners in (on_roll, caseload, counted))
        return self.filter(reduce(or_, theirs))

    def standing(self) -> "RecordedStatusQuerySet":
        return self.filter(ended_at=None)

    def standing_at(self, moment: dt.datetime) -> "RecordedStatusQuerySet":
        """As the record stood just before this moment."""
        return self.filter(recorded_at__lt=moment).filter(Q(ended_at=None) | Q(ended_at__gte=moment))

    def for_list(self) -> "RecordedStatusQuerySet":
        return self.select_related("learner", "status", "by")


class FreezeQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "FreezeQuerySet":
        """Those of the areas whose authority this person is an officer of."""
        return self.filter(area__in=areas_of_officer(user))

    def for_list(self) -> "FreezeQuerySet":
        return self.select_related("area", "by")


class ReturnRunQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "ReturnRunQuerySet":
        """Those of the areas whose authority this person is an officer of; of several in one file, of all of them."""
        areas = areas_of_officer(user)
        theirs = ArraySubquery(Area.objects.filter(pk__in=areas, authority__isnull=False).values("authority"))
        is_of_one = Q(authorities__len__lte=1)
        return self.filter(is_of_one | Q(authorities__contained_by=theirs), area__in=areas)

    def naming(self, learner: Any) -> "ReturnRunQuerySet":
        """Those that have this learner in them, or may: of where they live, and of where they are at school."""
        schools = learner.roll_entries.values_list("school__area__authority", flat=True)
        codes = {learner.residence_authority_id, learner.area.authority_id, *schools} - {None}
        is_in_it = Exists(
            self.model.parts.rel.related_model.objects.filter(run=OuterRef("pk"), learners__contains=[learner.pk])
        )
        return self.filter(is_in_it | Q(authorities__overlap=sorted(codes)))

    def to_department(self) -> "ReturnRunQuerySet":
        return self.filter(since=None)

    def to_caseload_system(self) -> "ReturnRunQuerySet":
        return self.exclude(since=None)

    def past_expiry(self) -> "ReturnRunQuerySet":
        return self.filter(expires_at__lte=clock.now(), removed_at=None)

    def for_list(self) -> "ReturnRunQuerySet":
        return self.select_related("area", "by", "job")


class ReturnFindingQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "ReturnFindingQuerySet":
        """Of the returns this person sees those of learners whose names a role shows them."""
        learners = Learner.objects.through_roles_of(user)
        runs = self.model.run.field.related_model.objects.visible_to(user)
        return self.filter(among("learner", learners.values("pk")), run__in=runs)


def areas_of_officer(user: Any) -> Any:
    """The keys of the areas whose authority this person is an officer of."""
    roles = StaffRole.objects.of(user, "officer") if user.is_authenticated else StaffRole.objects.none()
    return roles.filter(organisation__kind="authority").values("organisation__area")


class ReconciliationQuerySet(models.QuerySet):
    def newest(self) -> "ReconciliationQuerySet":
        """The last count of each area."""
        return self.order_by("area_id", "-made_at", "-pk").distinct("area_id")


class SavedCohortQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "SavedCohortQuerySet":
        """Those of the organisations this person counts cohorts for."""
        roles = StaffRole.objects.of(user, "coordinator", "adviser", "officer")
        return self.filter(organisation__in=roles.values("organisation"))

    def followed(self) -> "SavedCohortQuerySet":
        """Those nobody has ended, whose days are not over."""
        return self.filter(Q(until_on=None) | Q(until_on__gte=clock.today()), ended_at=None)

    def led_first(self, user: Any) -> "SavedCohortQuerySet":
        """Those this person leads before the others, each with ``is_mine``."""
        mine = Q(lead__in=StaffRole.objects.of(user).values("pk"))
        is_mine = models.Case(models.When(mine, then=True), default=False, output_field=models.BooleanField())
        return self.annotate(is_mine=is_mine).order_by("-is_mine", "name", "pk")

    def for_list(self) -> "SavedCohortQuerySet":
        return self.select_related("lead__user", "organisation")


class ReportRunQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "ReportRunQuerySet":
        """Their own, while they act for the organisation it is for; and what comes by itself to a role of theirs."""
        if not user.is_authenticated:
            return self.none()
        roles = StaffRole.objects.of(user)
        own = Q(schedule=None, by=user, organisation__in=roles.values("organisation"))
        in_role = roles.filter(organisation=OuterRef("organisation"), kind=OuterRef("schedule__role"))
        return self.filter(own | Exists(in_role))

    def for_list(self) -> "ReportRunQuerySet":
        """With how far it is; ``is_ready`` says whether it can be fetched."""
        is_kept = Q(has_file=True, expires_at__gt=clock.now())
        is_ready = models.ExpressionWrapper(is_kept, output_field=models.BooleanField())
        return self.select_related("job", "by", "schedule").with_file().annotate(is_ready=is_ready)

    def with_file(self) -> "ReportRunQuerySet":
        """``has_file``: it was made, and is not removed."""
        parts = self.model._meta.get_field("parts").related_model.objects.filter(run=models.OuterRef("pk"))
        return self.annotate(has_file=models.Exists(parts))

    def past_expiry(self) -> "ReportRunQuerySet":
        """Those whose file should no longer be kept."""
        return self.with_file().filter(has_file=True, expires_at__lte=clock.now())


class ReportScheduleQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "ReportScheduleQuerySet":
        """Those that come to a role of this person."""
        if not user.is_authenticated:
            return self.none()
        held = StaffRole.objects.of(user).filter(organisation=OuterRef("organisation"), kind=OuterRef("role"))
        return self.filter(Exists(held))

    def going_on(self) -> "ReportScheduleQuerySet":
        """Those that nobody has ended."""
        return self.filter(ended_at=None)

    def kept(self) -> "ReportScheduleQuerySet":
        """Those whose owner still has the role, and may sign in."""
        return self.filter(owner__in=StaffRole.objects.current().filter(user__is_active=True).values("pk"))

    def due(self) -> "ReportScheduleQuerySet":
        """Those that should be made now."""
        return self.going_on().kept().filter(paused_at=None, next_on__lte=clock.today())

    def for_list(self) -> "ReportScheduleQuerySet":
        """With who keeps it; ``is_kept`` says whether they still do."""
        owners = StaffRole.objects.current().filter(pk=OuterRef("owner"), user__is_active=True)
        return self.select_related("owner__user", "organisation").annotate(is_kept=Exists(owners))
