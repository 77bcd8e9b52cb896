from typing import Any

from django.db import models
from django.db.models import F, Q

from accounts.models import CaseloadLearner, CaseloadSchool, Duty, Learner, RollEntry
from accounts.querysets.caseload import left_to_duty
from core import clock
from core.querysets import among, is_nothing
from ilp.querysets.plan import let_in, of_coordinators, of_staff
from ilp.workflow import OPEN_HELP, AgreedActionState, ReviewState, TargetState
from providers.models import StaffRole

NEEDS = "needs"  # the topic that is about special needs
REVIEWS = "reviews"  # the section a learner may let somebody see
TRANSITION = "transition"  # the kind of review that is about special needs, and the section it is shown with


class _OfLearnerQuerySet(models.QuerySet):
    kind_of_review = "review__kind"

    def visible_to(self, user: Any) -> Any:
        """The learner's own; those of a tutor's and coordinator's roll; of an adviser's caseload where the learner has
        said yes to the advice service; and of those who let this person see their reviews. Source: SPEC 2. A transition
        review and what is agreed in it: of staff the coordinator, and who is let in to that (decision 0049)."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(
            Q(learner__user=user)
            | self._by_staff(user)
            | Q(learner__in=let_in(user, REVIEWS).values("pk")) & ~self._about_needs()
            | Q(learner__in=let_in(user, TRANSITION).values("pk")) & self._about_needs()
        )

    def open_to_all(self) -> Any:
        """Without what is about special needs: for figures that every adult of the school reads."""
        return self.exclude(self._about_needs())

    def _about_needs(self) -> Q:
        return Q(**{self.kind_of_review: TRANSITION})

    def _by_staff(self, user: Any) -> Q:
        return among("learner", of_staff(user).values("pk")) & ~self._about_needs() | (
            among("learner", of_coordinators(user).values("pk")) & self._about_needs()
        )

    def own_of(self, user: Any) -> Any:
        return self.filter(learner__user=user, learner__erased_at=None) if user.is_authenticated else self.none()

    def of_staff(self, user: Any) -> Any:
        """Of learners whose reviews this person leads by a role, never their own."""
        return self.filter(self._by_staff(user)).exclude(learner__user=user)


class ReviewQuerySet(_OfLearnerQuerySet):
    kind_of_review = "kind"

    def planned(self) -> "ReviewQuerySet":
        return self.filter(state=ReviewState.PLANNED)

    def finished(self) -> "ReviewQuerySet":
        return self.filter(state=ReviewState.FINISHED)

    def for_list(self) -> "ReviewQuerySet":
        return self.select_related("learner__user", "lead__user", "lead__organisation")


class ReviewDraftQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "ReviewDraftQuerySet":
        """What somebody is writing is nobody else's."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(by=user) | Q(is_from_learner=True, review__learner__user=user))


class TargetQuerySet(_OfLearnerQuerySet):
    def open(self) -> "TargetQuerySet":
        return self.filter(state=TargetState.OPEN)

    def for_list(self) -> "TargetQuerySet":
        return self.select_related("learner__user", "review", "by", "role__organisation")


class AgreedActionQuerySet(_OfLearnerQuerySet):
    def open(self) -> "AgreedActionQuerySet":
        return self.filter(state=AgreedActionState.OPEN)

    def late(self) -> "AgreedActionQuerySet":
        return self.open().filter(due_on__lt=clock.today())

    def to_be_done_by(self, user: Any) -> "AgreedActionQuerySet":
        """Open ones that are this adult's, of learners they still see."""
        return self.open().of_staff(user).filter(owner_role__user=user)

    def for_list(self) -> "AgreedActionQuerySet":
        return self.select_related("learner__user", "review", "owner_role__user", "owner_role__organisation")


def advised_without_a_school() -> Any:
    """Learners who share with the advice service and are followed at no school: those who have left lately a school
    that an adviser, or whoever is on duty, looks after, and those given to an adviser singly."""
    followed = CaseloadSchool.objects.today().values("school")
    on_duty = left_to_duty(Duty.objects.there()).values("pk")
    left = RollEntry.objects.left_lately().filter(Q(school__in=followed) | Q(school__in=on_duty))
    singly = CaseloadLearner.objects.today()
    theirs = Q(pk__in=left.values("learner")) | Q(pk__in=singly.values("learner"))
    return Learner.objects.sharing_with_advisers().filter(theirs)


class HelpRequestQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "HelpRequestQuerySet":
        """The learner's own, and those of learners whose plan this person reads by a role; about special needs only
        who reads of those (decision 0049). Of learners on no school's roll whom no adviser may read, the help desk of
        their area."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(learner__user=user) | self._by_staff(user))

    def to_be_answered_by(self, user: Any) -> "HelpRequestQuerySet":
        """What this adult may take on: never their own."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(self._by_staff(user)).exclude(learner__user=user)

    @staticmethod
    def _by_staff(user: Any) -> Q:
        open_to_all = among("learner", of_staff(user).values("pk")) & ~Q(topic=NEEDS)
        areas = StaffRole.objects.of(user, "help_desk").values("organisation__area")
        by_coordinators = among("learner", of_coordinators(user).values("pk")) & Q(topic=NEEDS)
        if is_nothing(areas):
            return open_to_all | by_coordinators
        at_no_school = Q(learner__in=Learner.objects.on_no_roll().filter(area__in=areas, erased_at=None).values("pk"))
        nobody_else = Q(topic=NEEDS) | ~Q(learner__in=advised_without_a_school().values("pk"))
        return open_to_all | by_coordinators | at_no_school & nobody_else

    def own_of(self, user: Any) -> "HelpRequestQuerySet":
        return self.filter(learner__user=user) if user.is_authenticated else self.none()

    def open(self) -> "HelpRequestQuerySet":
        return self.filter(state__in=sorted(OPEN_HELP))

    def oldest_first(self) -> "HelpRequestQuerySet":
        return self.order_by(F("asked_at"), "pk")

    def for_list(self) -> "HelpRequestQuerySet":
        return self.select_related("learner__user", "taken_by")
