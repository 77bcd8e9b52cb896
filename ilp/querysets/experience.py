from typing import Any

from django.db import models
from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from accounts.models import Learner
from core import clock
from core.querysets import among
from ilp.querysets.plan import let_in, of_staff
from ilp.workflow import OPEN_BOOKINGS, TAKES_A_PLACE
from providers.models import Organisation

ORGANISERS = ("editor", "manager", "coordinator", "adviser")


def organising_through(user: Any) -> Any:
    """Organisations whose experiences this person puts up: providers, schools and advice services they act for."""
    return Organisation.objects.with_role(user, *ORGANISERS)


def looking_after(user: Any) -> Any:
    """The school of this learner's roll, and the advice services that answer for it."""
    from accounts.models import CaseloadSchool, RollEntry

    schools = RollEntry.objects.current().filter(learner__user=user).values("school")
    services = CaseloadSchool.objects.today().filter(school__in=schools).values("adviser__organisation")
    return Organisation.objects.filter(Q(pk__in=schools) | Q(pk__in=services))


class ExperienceQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "ExperienceQuerySet":
        """What is published for everybody; what is only for some learners to them and to the staff around them; a
        draft to those who put it up; what one has booked, whatever became of it."""
        public = Q(state="published", is_own_only=False)
        if not user.is_authenticated:
            return self.filter(public)
        from ilp.models import Booking

        seen = public | Q(organisation__in=organising_through(user))
        seen |= Q(pk__in=Booking.objects.own_of(user).values("experience"))
        schools = Organisation.objects.with_role(user, "coordinator", "tutor")
        seen |= Q(state="published", organisation__in=schools)
        return self.filter(seen | Q(state="published", organisation__in=looking_after(user).values("pk")))

    def kept_by(self, user: Any) -> "ExperienceQuerySet":
        """Those of the organisations this person puts experiences up for."""
        return self.filter(organisation__in=organising_through(user))

    def upcoming(self) -> "ExperienceQuerySet":
        """Published, and not begun."""
        return self.filter(state="published", starts_at__gt=clock.now())

    def bookable(self) -> "ExperienceQuerySet":
        """To come, and today is in time to book."""
        return self.upcoming().filter(Q(closes_on=None) | Q(closes_on__gte=clock.today()))

    def with_taken(self) -> "ExperienceQuerySet":
        """Each with ``taken``, the places that are gone, and ``queued``, how many wait for one."""
        from ilp.models import Booking

        def number(states: set[Any]) -> Any:
            rows = Booking.objects.filter(experience=OuterRef("pk"), state__in=sorted(states)).order_by()
            counted = rows.values("experience").annotate(number=Count("pk")).values("number")
            return Coalesce(Subquery(counted), 0, output_field=IntegerField())

        return self.annotate(taken=number(TAKES_A_PLACE), queued=number({"waiting"}))

    def own_area_first(self, area: int | None) -> "ExperienceQuerySet":
        """By day; those of this area before those of the others."""
        near = Case(When(organisation__area=area, then=Value(0)), default=Value(1), output_field=IntegerField())
        return self.annotate(is_away=near).order_by("is_away", "starts_at", "pk")

    def for_list(self) -> "ExperienceQuerySet":
        return self.select_related("organisation__area", "site", "subject", "course")


class BookingQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "BookingQuerySet":
        """The learner's own; of those who put it up, who comes; of the adults who stand behind the learner, and of
        whoever was let in to experiences, theirs."""
        if not user.is_authenticated:
            return self.none()
        here = Q(experience__organisation__in=organising_through(user), state__in=sorted(TAKES_A_PLACE | OPEN_BOOKINGS))
        return self.filter(
            Q(learner__user=user)
            | here
            | among("learner", of_staff(user).values("pk"))
            | Q(learner__in=let_in(user, "experiences").values("pk")),
            learner__erased_at=None,
        )

    def own_of(self, user: Any) -> "BookingQuerySet":
        return self.filter(learner__user=user) if user.is_authenticated else self.none()

    def of_school(self, user: Any) -> "BookingQuerySet":
        """Of learners on the roll of a school that this person is a coordinator or tutor of."""
        on_roll = Learner.objects.on_roll_of(Organisation.objects.with_role(user, "coordinator", "tutor"))
        return self.filter(learner__in=on_roll.values("pk"), learner__erased_at=None)

    def open(self) -> "BookingQuerySet":
        """Booked or waiting, whether it is over or not."""
        return self.filter(state__in=sorted(OPEN_BOOKINGS))

    def to_come(self) -> "BookingQuerySet":
        """Booked or waiting, and it has not begun."""
        return self.open().filter(experience__starts_at__gt=clock.now())

    def taking_places(self) -> "BookingQuerySet":
        return self.filter(state__in=sorted(TAKES_A_PLACE))

    def to_write_up(self) -> "BookingQuerySet":
        """The learner was there, and has not written about it."""
        return self.filter(state="came", entry=None)

    def in_turn(self) -> "BookingQuerySet":
        """In the order of asking."""
        return self.order_by(F("asked_at"), "pk")

    def for_list(self) -> "BookingQuerySet":
        return self.select_related("learner__user", "experience__organisation__area", "experience__site", "entry")
