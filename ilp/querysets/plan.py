from typing import Any

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Learner, Supporter, SupporterKind
from core.querysets import among, is_nothing
from ilp.workflow import IN_PLAN, EntryState
from providers.models import Organisation

EXPERIENCE = "experience"  # what a learner may show without the rest of the plan
# About special needs: not for every adult of the school, and shown by the learner one by one (decision 0049).
SENSITIVE = ("transition", "assessment")
APART = (EXPERIENCE, *SENSITIVE)  # what has a section of its own in sharing


def of_staff(user: Any) -> Any:
    """Learners whose plan is open to this person by a role: their school's roll, or their caseload with consent."""
    on_roll = Learner.objects.on_roll_of(Organisation.objects.with_role(user, "coordinator", "tutor"))
    advised = Learner.objects.on_caseload_of(user).sharing_with_advisers()
    if is_nothing(on_roll) and is_nothing(advised):
        return Learner.objects.none()
    return Learner.objects.filter(among("pk", on_roll.values("pk")) | among("pk", advised.values("pk")), erased_at=None)


def of_coordinators(user: Any) -> Any:
    """Learners of whom this person may read what is about special needs: the roll they look after."""
    return Learner.objects.on_roll_of(Organisation.objects.coordinating_through(user)).filter(erased_at=None)


def let_in(user: Any, *sections: str, **facts: Any) -> Any:
    """Learners who show this person one of these sections of theirs today."""
    held = Supporter.objects.held_by(user).filter(sections__overlap=list(sections), **facts)
    return Learner.objects.filter(pk__in=held.values("learner"), erased_at=None)


def _by_staff(user: Any) -> Q:
    open_to_all = among("plan__learner", of_staff(user).values("pk")) & ~Q(kind__in=SENSITIVE)
    return open_to_all | among("plan__learner", of_coordinators(user).values("pk")) & Q(kind__in=SENSITIVE)


def _by_invitation(user: Any, **facts: Any) -> Q:
    shown = Q(plan__learner__in=let_in(user, "plan", **facts).values("pk")) & ~Q(kind__in=APART)
    for kind, section in ((EXPERIENCE, "experiences"), *zip(SENSITIVE, SENSITIVE, strict=True)):
        shown |= Q(plan__learner__in=let_in(user, section, **facts).values("pk"), kind=kind)
    return shown


class PlanQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "PlanQuerySet":
        """The learner's own; those of a tutor's and coordinator's roll; of an adviser's caseload where the learner has
        said yes to the advice service; and of those who have let this person in. Source: SPEC 2."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(
            Q(learner__user=user)
            | among("learner", of_staff(user).values("pk"))
            | Q(learner__in=let_in(user, "plan", "experiences", *SENSITIVE).values("pk"))
        )

    def own_of(self, user: Any) -> "PlanQuerySet":
        return self.filter(learner__user=user) if user.is_authenticated else self.none()

    def for_list(self) -> "PlanQuerySet":
        return self.select_related("learner__user")

    def with_bookings(self) -> "PlanQuerySet":
        """Each with ``to_come`` and ``to_write_up``: how many things the learner has booked, and has been to and not
        written about. No query of their own."""
        from ilp.models import Booking

        def number(rows: Any) -> Any:
            counted = rows.filter(learner=OuterRef("learner")).order_by().values("learner").annotate(number=Count("pk"))
            return Coalesce(Subquery(counted.values("number")), 0, output_field=models.IntegerField())

        bookings = Booking.objects.all()
        return self.annotate(to_come=number(bookings.to_come()), to_write_up=number(bookings.to_write_up()))

    def with_taken_out(self) -> "PlanQuerySet":
        """Each with ``taken_out``: how many entries can be put back. No query of its own."""
        gone = Count("entries", filter=Q(entries__state=EntryState.TAKEN_OUT))
        return self.annotate(taken_out=gone)

    def with_asking(self) -> "PlanQuerySet":
        """Each with ``is_asking``: whether anybody has published sections to answer, here or anywhere."""
        from ilp.models import TemplateVersion

        return self.annotate(is_asking=Exists(TemplateVersion.objects.published()))


class EntryQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "EntryQuerySet":
        """The entries of every plan this person may see; of somebody let in, what the learner lets them see.
        What is about special needs: of staff the coordinator only."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(plan__learner__user=user) | _by_staff(user) | _by_invitation(user))

    def stood_behind_by(self, user: Any) -> "EntryQuerySet":
        """The entries this adult may validate or talk about: never a parent or carer, never one's own."""
        if not user.is_authenticated:
            return self.none()
        by_invitation = _by_invitation(user, kind=SupporterKind.PROFESSIONAL)
        return self.filter(_by_staff(user) | by_invitation).exclude(plan__learner__user=user)

    def own_of(self, user: Any) -> "EntryQuerySet":
        return self.filter(plan__learner__user=user) if user.is_authenticated else self.none()

    def in_plan(self) -> "EntryQuerySet":
        """Those that have not been taken out."""
        return self.filter(state__in=sorted(IN_PLAN))

    def for_list(self) -> "EntryQuerySet":
        return self.select_related(
            "plan__learner__user",
            "revision",
            "course",
            "booking__experience__organisation",
            "booking__experience__site",
        )


class RevisionQuerySet(models.QuerySet):
    def for_list(self) -> "RevisionQuerySet":
        return self.select_related("by").prefetch_related("remarks__by")


class DraftQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "DraftQuerySet":
        """What a learner is writing is nobody else's."""
        return self.filter(plan__learner__user=user) if user.is_authenticated else self.none()
