"""Who of an advice service answers for whom today."""

import datetime as dt
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from core import clock
from core.querysets import among, is_nothing, keys_of, with_known_keys
from providers.models import Organisation, StaffRole


def _today(rows: Any) -> Any:
    """Those whose days have begun and are not over; the last day counts."""
    today = clock.today()
    return rows.filter(started_on__lte=today).filter(Q(ended_on=None) | Q(ended_on__gte=today))


def advisers_now() -> QuerySet:
    """The roles of everybody who is an adviser today."""
    return StaffRole.objects.current().filter(kind="adviser")


class ActedFor(NamedTuple):
    """An adviser's role somebody acts for today. ``until``: they stand in so long; None: it is their own."""

    pk: int
    name: str
    until: dt.date | None
    is_on_duty: bool


def ask_acting_once(user: Any) -> None:
    """Until ``forget_roles`` it is known for whom this adviser acts today: what asks for it names the keys."""
    from accounts.models import Absence, Duty

    mine = keys_of(StaffRole.objects.of(user, "adviser"))
    until = Absence.objects.covered_by(mine).filter(adviser=OuterRef("pk")).values("ended_on")[:1]
    on_duty = Exists(Duty.objects.of(user).filter(adviser=OuterRef("pk")))
    roles = roles_acted_for(user).annotate(until=Subquery(until), is_on_duty=on_duty).order_by("until", "pk")
    user.acting_today = [ActedFor(*row) for row in roles.values_list("pk", "user__name", "until", "is_on_duty")]


def acting_today(user: Any) -> list[ActedFor] | None:
    """Where it has been asked once; else None."""
    return getattr(user, "acting_today", None)


def roles_acted_for(user: Any) -> Any:
    """The advisers' roles this person acts for today: their own, and those they stand in for, while these last. Nothing
    where they are no adviser."""
    from accounts.models import Absence

    own = StaffRole.objects.of(user, "adviser")
    if is_nothing(own):
        return own
    if (known := acting_today(user)) is not None:
        return with_known_keys(StaffRole.objects.all(), [role.pk for role in known])
    covered = Absence.objects.covered_by(keys_of(own)).filter(adviser__in=advisers_now()).values("adviser")
    return StaffRole.objects.filter(Q(pk__in=keys_of(own)) | Q(pk__in=covered))


def advisers_there() -> QuerySet:
    """The roles of advisers whose learners have somebody today: they are here, or somebody stands in."""
    from accounts.models import Absence

    return advisers_now().exclude(pk__in=Absence.objects.uncovered().values("adviser"))


class _OfServiceQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Any:
        """What the advisers of a service, its managers and the help desk of its area know of each other."""
        return self.filter(adviser__organisation__in=services_known_to(user).values("pk"))


class CaseloadSchoolQuerySet(models.QuerySet):
    def of(self, user: Any) -> "CaseloadSchoolQuerySet":
        """The schools ``user`` answers for as an adviser today, their own and those of whom they stand in for."""
        roles = roles_acted_for(user)
        return self.none() if is_nothing(roles) else _today(self).filter(adviser__in=keys_of(roles))

    def today(self) -> "CaseloadSchoolQuerySet":
        """Those that hold today, whoever the adviser is, while they are one."""
        return _today(self).filter(adviser__in=advisers_now())

    def open(self) -> "CaseloadSchoolQuerySet":
        """Those that hold today or from a day to come, without an end before today."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gte=clock.today()))


class CaseloadLearnerQuerySet(_OfServiceQuerySet):
    def of(self, user: Any) -> "CaseloadLearnerQuerySet":
        """The single learners ``user`` answers for today, their own and those of whom they stand in for."""
        roles = roles_acted_for(user)
        return self.none() if is_nothing(roles) else _today(self).filter(adviser__in=keys_of(roles))

    def today(self) -> "CaseloadLearnerQuerySet":
        """Those that hold today, while the adviser is there or somebody stands in: else the school's answers again."""
        return _today(self).filter(adviser__in=advisers_there())


class AbsenceQuerySet(_OfServiceQuerySet):
    def standing(self) -> "AbsenceQuerySet":
        """Not over and not called off: today's, and those to come."""
        return self.filter(called_off_at=None, ended_on__gte=clock.today())

    def today(self) -> "AbsenceQuerySet":
        return self.filter(called_off_at=None, started_on__lte=clock.today(), ended_on__gte=clock.today())

    def covered_by(self, roles: Any) -> "AbsenceQuerySet":
        """Those of today in which one of these roles stands in."""
        return self.today().filter(cover__in=roles)

    def uncovered(self) -> "AbsenceQuerySet":
        """Those of today in which nobody who is an adviser, and here, stands in."""
        here = advisers_now().exclude(pk__in=self.model.objects.today().values("adviser"))
        return self.today().exclude(cover__in=here)

    def for_list(self) -> "AbsenceQuerySet":
        return self.select_related("adviser__user", "adviser__organisation__area", "cover__user")


class DutyQuerySet(_OfServiceQuerySet):
    def standing(self) -> "DutyQuerySet":
        return self.filter(called_off_at=None, ended_on__gte=clock.today())

    def today(self) -> "DutyQuerySet":
        """Those that hold today, while the adviser is one."""
        held = self.filter(called_off_at=None, started_on__lte=clock.today(), ended_on__gte=clock.today())
        return held.filter(adviser__in=advisers_now())

    def there(self) -> "DutyQuerySet":
        """Those of today whose adviser is not away: while they are, nobody is on duty by it."""
        from accounts.models import Absence

        return self.today().exclude(adviser__in=Absence.objects.today().values("adviser"))

    def of(self, user: Any) -> "DutyQuerySet":
        """Those of today that are this person's own. Being away takes nothing from them."""
        roles = StaffRole.objects.of(user, "adviser")
        return self.none() if is_nothing(roles) else self.today().filter(adviser__in=keys_of(roles))

    def for_list(self) -> "DutyQuerySet":
        return self.select_related("adviser__user", "adviser__organisation__area")


def services_known_to(user: Any) -> QuerySet:
    """Advice services of which this person is an adviser or manager, or whose area's help desk they are."""
    own = Organisation.objects.with_role(user, "adviser", "manager").values("pk")
    areas = StaffRole.objects.of(user, "help_desk").values("organisation__area")
    return Organisation.objects.filter(Q(pk__in=own) | Q(area__in=areas), kind="advice_service", ended_on=None)


def schools_without_adviser() -> QuerySet:
    """Schools for whose learners no adviser is there today, and nobody stands in."""
    from accounts.models import CaseloadSchool

    looked_after = _today(CaseloadSchool.objects.all()).filter(adviser__in=advisers_there())
    return Organisation.objects.filter(kind="school", ended_on=None).exclude(pk__in=looked_after.values("school"))


def left_to(user: Any) -> Any:
    """The schools whose learners this person looks after on duty today, because nobody else does."""
    from accounts.models import Duty

    known = acting_today(user)
    if known is not None and not any(role.is_on_duty for role in known):
        return Organisation.objects.none()
    return left_to_duty(Duty.objects.of(user))


def left_to_duty(duties: Any) -> Any:
    """The schools in the areas of these duties for whose learners nobody else is there today."""
    if is_nothing(duties):
        return Organisation.objects.none()
    return schools_without_adviser().filter(area__in=duties.values("adviser__organisation__area"))


def at_schools_of_caseload(user: Any, *, path: str = "school") -> Q:
    """What is true of rows whose ``path`` is a school that ``user`` answers for as an adviser today: theirs, those of
    whom they stand in for, and on duty those that have nobody."""
    from accounts.models import CaseloadSchool

    theirs = CaseloadSchool.objects.of(user).values("school")
    return Q(**{f"{path}__in": theirs}) | among(path, left_to(user).values("pk"))
