from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery

from core import clock
from providers.models import Organisation, StaffRole


def _current(queryset: Any) -> Any:
    today = clock.today()
    return queryset.filter(started_on__lte=today).filter(Q(ended_on=None) | Q(ended_on__gte=today))


class CaseloadSchoolQuerySet(models.QuerySet):
    def of(self, user: Any) -> "CaseloadSchoolQuerySet":
        """The schools ``user`` answers for as an adviser today."""
        return _current(self).filter(adviser__in=StaffRole.objects.of(user, "adviser"))


class RollEntryQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "RollEntryQuerySet":
        """The roll of the schools this person is a coordinator or tutor of, as it stands today."""
        return self.current().filter(school__in=Organisation.objects.with_role(user, "coordinator", "tutor"))

    def current(self) -> "RollEntryQuerySet":
        """Entries that hold today. The day an entry ends is the first day without it."""
        today = clock.today()
        return self.filter(started_on__lte=today).filter(Q(ended_on=None) | Q(ended_on__gt=today))

    def not_unlocked(self) -> "RollEntryQuerySet":
        """Entries of learners who cannot sign in yet."""
        return self.filter(learner__user=None)

    def matching(self, words: str) -> "RollEntryQuerySet":
        """Entries whose learner's names begin with each of these words, in any order."""
        found = self
        for word in words.split():
            found = found.filter(
                Q(learner__given_name__istartswith=word)
                | Q(learner__family_name__istartswith=word)
                | Q(learner__preferred_name__istartswith=word)
            )
        return found

    def for_list(self) -> "RollEntryQuerySet":
        """With the learner, and whether a letter with a code that still works has been printed for them."""
        from accounts.models import UnlockCode

        open_codes = UnlockCode.objects.open().filter(learner=OuterRef("learner"))
        return self.select_related("learner__user", "school").annotate(has_open_code=Exists(open_codes))


class UnlockCodeQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "UnlockCodeQuerySet":
        """That a code was made, for whom and when (never the code): the learner's coordinator."""
        from accounts.models import Learner

        schools = Organisation.objects.coordinating_through(user)
        return self.filter(learner__in=Learner.objects.on_roll_of(schools).values("pk"))

    def unused(self) -> "UnlockCodeQuerySet":
        """Neither used nor replaced by a newer one; perhaps expired."""
        return self.filter(used_at=None, ended_at=None)

    def open(self) -> "UnlockCodeQuerySet":
        """Codes that unlock a record today."""
        return self.unused().filter(expires_on__gte=clock.today())


class ConsentQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "ConsentQuerySet":
        """A learner's own answers, and those of the learners an adviser answers for."""
        from accounts.models import Learner

        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(learner__user=user) | Q(learner__in=Learner.objects.on_caseload_of(user).values("pk")))


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
        return self.filter(own | on_roll | Q(pk__in=self.on_caseload_of(user).values("pk")) | Q(area__in=areas))

    def on_roll_of(self, schools: Any) -> "LearnerQuerySet":
        """Learners on the roll of these schools today."""
        from accounts.models import Learner, RollEntry

        return Learner.objects.filter(pk__in=RollEntry.objects.current().filter(school__in=schools).values("learner"))

    def on_caseload_of(self, user: Any) -> "LearnerQuerySet":
        """Learners at the schools ``user`` answers for as an adviser today."""
        from accounts.models import CaseloadSchool

        return self.on_roll_of(CaseloadSchool.objects.of(user).values("school"))

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


class LetterRunQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "LetterRunQuerySet":
        """The coordinator's own school's printings."""
        return self.filter(school__in=Organisation.objects.coordinating_through(user))

    def for_list(self) -> "LetterRunQuerySet":
        """With who asked and how far it is, without the PDF itself; ``is_ready`` says whether it can be fetched."""
        is_kept = Q(pdf__isnull=False, expires_at__gt=clock.now())
        return (
            self.select_related("school", "by", "job")
            .defer("pdf")
            .annotate(is_ready=models.ExpressionWrapper(is_kept, output_field=models.BooleanField()))
        )

    def past_expiry(self) -> "LetterRunQuerySet":
        """Printings whose PDF should no longer be kept."""
        return self.filter(pdf__isnull=False, expires_at__lte=clock.now())
