import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import Learner
from providers.models import Organisation


class OutsideOfferQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "OutsideOfferQuerySet":
        """The learner's own, and those of learners a coordinator or adviser answers for.

        Without consent an adviser sees of them only what they recorded themselves: where somebody has an offer is
        no part of the statutory minimum, that they have one is.
        """
        if not user.is_authenticated:
            return self.none()
        on_roll = Learner.objects.on_roll_of(Organisation.objects.coordinating_through(user)).values("pk")
        caseload = Learner.objects.on_caseload_of(user)
        return self.filter(
            Q(learner__user=user)
            | Q(learner__in=on_roll)
            | Q(learner__in=caseload.sharing_with_advisers().values("pk"))
            | Q(learner__in=caseload.values("pk"), by=user)
        )

    def standing(self) -> "OutsideOfferQuerySet":
        """Those that hold and that an adult vouches for: what the Guarantee counts."""
        return self.filter(ended_on=None, is_unconfirmed=False)

    def standing_at(self, moment: dt.datetime) -> "OutsideOfferQuerySet":
        """Those that held just before this moment, as far as was known by then. ``moment`` is the end of a day."""
        last_day = timezone.localdate(moment - dt.timedelta(microseconds=1))
        vouched = self.filter(is_unconfirmed=False).alias(vouched_at=Coalesce("confirmed_at", "created_at"))
        return vouched.filter(Q(ended_on=None) | Q(ended_on__gt=last_day), vouched_at__lt=moment)

    def to_confirm(self) -> "OutsideOfferQuerySet":
        """The learner says so, and an adult should ask to see the letter."""
        return self.filter(ended_on=None, is_unconfirmed=True)

    def to_look_at(self) -> "OutsideOfferQuerySet":
        """Those about which an adult has something to say: to be confirmed, or said to be a mistake since."""
        return self.filter(Q(is_unconfirmed=True) | Q(taken_back_at__isnull=False), ended_on=None)


class OwnRouteQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "OwnRouteQuerySet":
        """The learner's own; of a home school's roll, for its coordinator; of consenting learners, for the adviser who
        answers for them. Not what they only looked at: that somebody read a page is their own business."""
        if not user.is_authenticated:
            return self.none()
        on_roll = Learner.objects.on_roll_of(Organisation.objects.coordinating_through(user)).values("pk")
        caseload = Learner.objects.on_caseload_of(user).sharing_with_advisers().values("pk")
        told = (Q(learner__in=on_roll) | Q(learner__in=caseload)) & ~Q(state="looked")
        return self.filter(Q(learner__user=user) | told)

    def own_of(self, user: Any) -> "OwnRouteQuerySet":
        return self.filter(learner__user=user) if user.is_authenticated else self.none()

    def for_list(self) -> "OwnRouteQuerySet":
        return self.select_related("learner", "run__course__provider", "run__site")
