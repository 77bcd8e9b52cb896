from functools import reduce
from operator import or_
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery

from accounts.querysets.caseload import ask_acting_once, at_schools_of_caseload, roles_acted_for
from core import clock
from core.bulk import among as these
from core.querysets import among, is_nothing, keys_of
from providers.models import Organisation, StaffRole

GUARANTEE_FROM_YEAR = 11  # below, no officer needs a name


def ask_caseload_once(user: Any) -> None:
    """Until ``forget_roles``, ``on_caseload_of`` names the keys of whom this adviser answers for: for a page that needs
    them in many places, and would otherwise ask in each."""
    from accounts.models import Learner

    if hasattr(user, "caseload_today") or is_nothing(StaffRole.objects.of(user, "adviser")):
        return
    ask_acting_once(user)
    theirs = Learner.objects.on_caseload_of(user)
    user.caseload_today = list(theirs.values_list("pk", flat=True))


class LearnerQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "LearnerQuerySet":
        """Every learner whose name this person may see: themselves, those their roles are about, and those who have
        let them in."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(
            Q(user=user)
            | among("pk", self.through_roles_of(user).values("pk"))
            | among("pk", self.who_let_in(user).values("pk")),
            erased_at=None,
        )

    def who_let_in(self, user: Any, section: str = "") -> "LearnerQuerySet":
        """Learners this person supports today; with ``section``, those who let them see it."""
        from accounts.models import Learner, Supporter

        held = Supporter.objects.held_by(user)
        if section:
            held = held.filter(sections__contains=[section])
        return Learner.objects.filter(pk__in=held.values("learner"))

    def through_roles_of(self, user: Any) -> "LearnerQuerySet":
        """Every learner whose name a role shows this person, while the role and the relation last.

        A coordinator and a tutor see the roll of their school, an adviser the schools of their caseload, an
        officer the young people the September Guarantee is about, and nobody younger. Providers see nobody here:
        they see applications. Source: SPEC 2.
        """
        on_roll = self.on_roll_of(Organisation.objects.with_role(user, "coordinator", "tutor"))
        shown = (on_roll, self.on_caseload_of(user), self.of_guarantee_for(user))
        if all(map(is_nothing, shown)):
            return self.none()
        reasons = (among("pk", learners.values("pk")) for learners in shown)
        return self.filter(reduce(or_, reasons), erased_at=None)

    def answered_for_by(self, user: Any) -> "LearnerQuerySet":
        """Learners on the roll or the caseload of this person: those they may have to reach and to tell apart."""
        on_roll = self.on_roll_of(Organisation.objects.with_role(user, "coordinator", "tutor"))
        return self.filter(among("pk", on_roll.values("pk")) | among("pk", self.on_caseload_of(user).values("pk")))

    def of_guarantee_for(self, user: Any) -> "LearnerQuerySet":
        """Learners whose participation an officer's authority answers for: in Year 11 or above at a school of its area,
        or living in it, and those who have left school from there."""
        from accounts.models import Learner, RollEntry

        roles = StaffRole.objects.of(user, "officer")
        if is_nothing(roles):
            return self.none()
        roles = roles.filter(organisation__kind="authority")
        old_enough = RollEntry.objects.filter(year_group__gte=GUARANTEE_FROM_YEAR, started_on__lte=clock.today())
        here = Q(area__in=roles.values("organisation__area")) | Q(
            residence_authority__in=roles.filter(organisation__area__authority__isnull=False).values(
                "organisation__area__authority"
            )
        )
        return Learner.objects.filter(here, pk__in=old_enough.values("learner"))

    def on_roll_of(self, schools: Any) -> "LearnerQuerySet":
        """Learners on the roll of these schools today."""
        from accounts.models import Learner, RollEntry

        if is_nothing(schools):
            return self.none()
        return Learner.objects.filter(
            pk__in=RollEntry.objects.current().filter(school__in=keys_of(schools)).values("learner")
        )

    def on_caseload_of(self, user: Any) -> "LearnerQuerySet":
        """Learners whom ``user`` answers for as an adviser today: at their schools, or last at one of them and at none
        since. Who leaves in Year 11 for nobody knows where is who an adviser has to find. Theirs are, too, learners
        given to them singly, everybody of whom they stand in for, and on duty whoever has nobody; not those of their
        schools who were given to somebody else."""
        from accounts.models import CaseloadLearner, CaseloadSchool, Learner, RollEntry

        if (known := getattr(user, "caseload_today", None)) is not None:
            return Learner.objects.filter(pk__in=these(known))
        if is_nothing(CaseloadSchool.objects.of(user)):
            return self.none()
        schools = at_schools_of_caseload(user)
        here = RollEntry.objects.current().filter(schools)
        left = RollEntry.objects.left_lately().filter(schools)
        elsewhere = CaseloadLearner.objects.today().exclude(adviser__in=keys_of(roles_acted_for(user)))
        by_school = Q(pk__in=here.values("learner")) | Q(pk__in=left.values("learner"))
        singly = Q(pk__in=CaseloadLearner.objects.of(user).values("learner"))
        return Learner.objects.filter(singly | (by_school & ~Q(pk__in=elsewhere.values("learner"))))

    def own_caseload_of(self, user: Any) -> "LearnerQuerySet":
        """Of these those who are this adviser's own: not lent to them for as long as a colleague is away."""
        from accounts.models import CaseloadLearner, CaseloadSchool, Learner, RollEntry

        own = StaffRole.objects.of(user, "adviser")
        if is_nothing(own):
            return self.none()
        schools = CaseloadSchool.objects.today().filter(adviser__in=keys_of(own)).values("school")
        here = RollEntry.objects.current().filter(school__in=schools)
        left = RollEntry.objects.left_lately().filter(school__in=schools)
        by_school = Q(pk__in=here.values("learner")) | Q(pk__in=left.values("learner"))
        singly = CaseloadLearner.objects.today()
        is_given = Q(pk__in=singly.filter(adviser__in=keys_of(own)).values("learner"))
        return Learner.objects.filter(is_given | (by_school & ~Q(pk__in=singly.values("learner"))))

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
        return self.agreeing_to("advice_service")

    def agreeing_to(self, kind: str) -> "LearnerQuerySet":
        """Learners whose newest answer to this kind of consent is a yes that holds.

        A yes holds for the words it was given to: where the area has asked for something else since, it holds no
        longer.
        """
        from accounts.models import Consent, ConsentWording

        if is_nothing(self):
            return self
        newest = Consent.objects.filter(learner=OuterRef("pk"), kind=kind).order_by("-at", "-pk")
        other_words = ConsentWording.objects.material().filter(
            kind=kind, area=OuterRef("area"), created_at__gt=OuterRef("answered_at")
        )
        return (
            self.alias(shares=Subquery(newest.values("is_given")[:1]), answered_at=Subquery(newest.values("at")[:1]))
            .filter(shares=True)
            .exclude(Exists(other_words))
        )

    def refusing(self, kind: str) -> "LearnerQuerySet":
        """Learners whose newest answer to this kind of consent is a no."""
        from accounts.models import Consent

        newest = Consent.objects.filter(learner=OuterRef("pk"), kind=kind).order_by("-at", "-pk")
        return self.alias(answer=Subquery(newest.values("is_given")[:1])).filter(answer=False)

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
            | among("learner", on_roll.values("pk"))
            | among("learner", Learner.objects.on_caseload_of(user).values("pk"))
        )
