"""Who of a school's learners goes where, and what the school says to it."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext
from django.views.generic import View

from core import clock
from core.errors import NotAllowed, StaleState
from core.forms import ConfirmForm
from core.views import ActionView, SignedInMixin, VisibleDetailView, VisibleListView
from ilp import actions
from ilp.models import Booking, Experience
from ilp.policies import BOOKING_POLICY
from ilp.views.experience_desk import leave_looks, people_of
from ilp.workflow import OPEN_BOOKINGS, TAKES_A_PLACE, BookingState
from providers.queries import role_kinds

REFUSED = {BookingState.REFUSED}
# Why the school's yes came too late for somebody, by what had become of the booking.
MEANWHILE = {
    BookingState.GIVEN_BACK: _l("has given the place back"),
    BookingState.REFUSED: _l("the school has said no"),
    BookingState.CALLED_OFF: _l("it was cancelled"),
    BookingState.CAME: _l("it is over"),
    BookingState.MISSED: _l("it is over"),
}
NOT_OURS = _l("is no longer on your school’s roll")


class SchoolMixin(SignedInMixin):
    """Tutors and coordinators; everybody else who is signed in gets 403."""

    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and role_kinds(request.user).isdisjoint({"tutor", "coordinator"}):
            raise NotAllowed("who of a school goes where is for its tutors and coordinators")
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        ours = Booking.objects.of_school(self.request.user).filter(state__in=sorted(OPEN_BOOKINGS | REFUSED))
        return Experience.objects.filter(pk__in=ours.values("experience")).for_list()


class SchoolBookingsView(SchoolMixin, VisibleListView):
    """What learners of the school have booked and is to come, soonest first."""

    template_name = "ilp/school_bookings.html"
    queryset = Experience.objects

    def get_queryset(self) -> Any:
        ours = Q(bookings__in=Booking.objects.of_school(self.request.user).open().values("pk"))
        return (
            super()
            .get_queryset()
            .filter(ends_at__gt=clock.now())
            .annotate(
                going=Count("bookings", filter=ours & Q(bookings__state="booked")),
                queued=Count("bookings", filter=ours & Q(bookings__state="waiting")),
                unsaid=Count("bookings", filter=ours & Q(bookings__agreed_at=None)),
            )
            .order_by("starts_at", "pk")
        )


class SchoolBookingView(SchoolMixin, VisibleDetailView):
    """Who of ours goes to one thing: a list to print, and the school's yes."""

    template_name = "ilp/school_booking.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        ours = set(
            Booking.objects.of_school(self.request.user).filter(experience=self.object).values_list("pk", flat=True)
        )
        shown = people_of(self.object, states=OPEN_BOOKINGS | TAKES_A_PLACE | REFUSED)
        bookings = [booking for booking in shown if booking.pk in ours]
        leave_looks(bookings, by=self.request.user)
        return super().get_context_data(
            experience=self.object,
            bookings=bookings,
            unsaid=[one for one in bookings if one.agreed_at is None and one.state in ("booked", "waiting")],
            **kwargs,
        )


class AgreeBookingsView(SchoolMixin, View):
    """The school says yes to those that were ticked, or to all that are on the list."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        # All is all that the page listed: who has booked since has not been looked at.
        meant = request.POST.getlist("listed" if request.POST.get("all") else "booking")
        ticked = [one for one in meant if "\0" not in one][:1000]
        found = Booking.objects.of_school(request.user).filter(experience__reference=reference, reference__in=ticked)
        agreed, left_out = 0, []
        for booking in found.select_related("learner", "experience__organisation"):
            try:
                actions.agree_booking(booking=booking, by=request.user)
            except (StaleState, NotAllowed):
                booking.refresh_from_db(fields=["state"])
                left_out.append((booking, MEANWHILE.get(booking.state, NOT_OURS)))
            else:
                agreed += 1
        if left_out:
            # On the page itself: a message would carry the names in a cookie.
            leave_looks([booking for booking, _why in left_out], by=request.user)
            known = {"experience": left_out[0][0].experience, "agreed": agreed, "left_out": left_out}
            return render(request, "ilp/bookings_agreed.html", known | {"asked": agreed + len(left_out)})
        if agreed:
            words = ngettext(
                "You have said yes for %(number)s learner.", "You have said yes for %(number)s learners.", agreed
            )
            messages.success(request, words % {"number": agreed})
        else:
            messages.warning(request, _("Tick the learners who may go."))
        return redirect("ilp:school-booking", reference)


class RefuseBookingView(ActionView):
    """The school says no to one learner."""

    queryset = Booking.objects
    form_class = ConfirmForm
    template_name = "ilp/booking_refuse.html"
    done = _l("Said. The learner is told, and the place is free for somebody else.")

    def require(self, user: Any) -> None:
        BOOKING_POLICY.require(user, "refuse", self.thing)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": _("Say no"), "submit_colour": "warning"}

    def act(self, _answers: dict[str, Any]) -> Booking:
        return actions.refuse_booking(booking=self.thing, by=self.request.user)

    def get_success_url(self) -> str:
        return reverse("ilp:school-bookings")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        leave_looks([self.thing], by=self.request.user)
        return super().get_context_data(booking=self.thing, **kwargs)


class AllowBookingView(RefuseBookingView):
    """The school takes its no back."""

    template_name = "ilp/booking_allow.html"
    done = _l("Said. The learner is told.")

    def require(self, user: Any) -> None:
        BOOKING_POLICY.require(user, "allow", self.thing)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": _("They may go after all"), "submit_colour": ""}

    def act(self, _answers: dict[str, Any]) -> Booking:
        return actions.allow_booking(booking=self.thing, by=self.request.user)

    def get_success_url(self) -> str:
        return reverse("ilp:school-booking", args=[self.thing.experience.reference])
