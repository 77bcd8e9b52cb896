"""What can be tried, for everybody; and what a learner has booked."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.generic import FormView, TemplateView

from accounts.queries import own_learner_of
from core import clock
from core.calendars import calendar_response
from core.errors import NotAllowed, RuleBroken
from core.forms import ConfirmForm
from core.views import ActionView, SignedInMixin, VisibleDetailView, VisibleListView
from ilp import actions
from ilp.forms import BookingForm, ExperienceFilterForm, WriteUpForm
from ilp.models import Booking, EntryKind, Experience
from ilp.policies import BOOKING_POLICY, EXPERIENCE_POLICY, year_of
from ilp.queries import clashing
from ilp.views.plans import EntryFormMixin, OwnPlanMixin
from ilp.workflow import BOOKING_FLOW, BookingState
from prospectus.models import Course


class ExperiencesView(VisibleListView):
    """What is to come, in one's own area first."""

    queryset = Experience.objects.upcoming()
    template_name = "ilp/experiences.html"
    paginate_by = 30

    def get_queryset(self) -> Any:
        self.learner = own_learner_of(self.request.user)
        self.form = ExperienceFilterForm(self.request.GET, is_learner=self.learner is not None)
        asked = self.form.cleaned_data if self.form.is_valid() else {}
        found = Experience.objects.visible_to(self.request.user).upcoming().for_list().with_taken()
        self.course = None
        if reference := self.request.GET.get("course", "")[:12].replace("\0", ""):
            self.course = Course.objects.visible_to(self.request.user).filter(reference=reference).first()
            found = found.filter(course=self.course) if self.course is not None else found.none()
        if asked.get("kind"):
            found = found.filter(kind=asked["kind"])
        if code := asked.get("subject"):
            found = found.filter(Q(subject=code) | Q(subject__parent=code))
        if place := asked.get("place"):
            found = found.filter(
                Q(place__icontains=place)
                | Q(site__town__icontains=place)
                | Q(site__name__icontains=place)
                | Q(site__postcode__istartswith=place)
                | Q(organisation__name__icontains=place)
                | Q(organisation__area__name__icontains=place)
            )
        if days := asked.get("days"):
            found = found.filter(starts_at__lt=clock.now() + dt.timedelta(days=int(days)))
        if asked.get("mine") and self.learner is not None:
            year = year_of(self.learner)
            found = found.filter(first_year_group__lte=year, last_year_group__gte=year)
        return found.own_area_first(self.learner.area_id if self.learner else None)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(form=self.form, learner=self.learner, course=self.course, **kwargs)
        shown = [one.pk for one in context["object_list"]]
        mine = Booking.objects.open().filter(learner=self.learner, experience__in=shown) if self.learner else []
        states = {booking.experience_id: booking for booking in mine}
        return context | {"rows": [(one, states.get(one.pk)) for one in context["object_list"]]}


class ExperienceView(VisibleDetailView):
    """One thing to try, and the way to book it."""

    queryset = Experience.objects.with_taken()
    template_name = "ilp/experience.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, experience = self.request.user, self.object
        learner = own_learner_of(user)
        own = Booking.objects.own_of(user).filter(experience=experience).order_by("-pk").first() if learner else None
        return super().get_context_data(
            experience=experience,
            learner=learner,
            booking=own,
            can_give_back=own is not None and own.state in ("booked", "waiting") and not experience.has_begun,
            can_book=experience.is_bookable and (own is None or own.state == "given_back"),
            can_keep=user.is_authenticated and EXPERIENCE_POLICY.can(user, "change", experience),
            **kwargs,
        )


class CalendarView(VisibleDetailView):
    """The same as a file for a calendar."""

    queryset = Experience.objects.exclude(state="draft")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        experience = self.get_object()
        return calendar_response(
            name=experience.reference,
            summary=experience.title,
            starts=experience.starts_at,
            ends=experience.ends_at,
            place=experience.where,
            words=f"{experience.organisation}. {experience.bring}".strip(),
            url=settings.PORTAL_ADDRESS + reverse("ilp:experience", args=[experience.reference]),
            is_cancelled=experience.state == "cancelled",
        )


class MakeBookingView(ActionView):
    """Yes, I want to go."""

    queryset = Experience.objects.with_taken()
    form_class = BookingForm
    template_name = "ilp/booking_make.html"

    def require(self, user: Any) -> None:
        self.learner = own_learner_of(user)
        if self.learner is None:
            raise NotAllowed("booking is for learners")
        self.others = clashing(self.learner, self.thing)

    @property
    def is_full(self) -> bool:
        return self.thing.taken >= self.thing.places

    def get_form_kwargs(self) -> dict[str, Any]:
        submit = _("Put me on the waiting list") if self.is_full else _("Book my place")
        return super().get_form_kwargs() | {"submit": submit, "has_clash": bool(self.others)}

    def act(self, answers: dict[str, Any]) -> Booking:
        booking = actions.make_booking(experience=self.thing, learner=self.learner, by=self.request.user, **answers)
        if booking.state == BookingState.BOOKED:
            self.done = _("You have a place.")
        else:
            self.done = _("You are on the waiting list. We tell you as soon as a place is free.")
        return booking

    def get_success_url(self) -> str:
        return reverse("ilp:experience", args=[self.thing.reference])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(experience=self.thing, others=self.others, is_full=self.is_full, **kwargs)


class BookingsView(SignedInMixin, TemplateView):
    """What this learner has booked: to come, to write about, and what was."""

    template_name = "ilp/bookings.html"
    most_past = 50

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if own_learner_of(self.request.user) is None:
            raise Http404
        own = Booking.objects.own_of(self.request.user).for_list().order_by("experience__starts_at", "pk")
        known = list(own.order_by("-experience__starts_at", "-pk")[: self.most_past])[::-1]
        to_come = [one for one in known if one.state in ("booked", "waiting") and not one.experience.has_begun]
        to_write = [one for one in known if one.state == "came" and one.entry_id is None]
        rest = [one for one in known[::-1] if one not in to_come and one not in to_write]
        return super().get_context_data(to_come=to_come, to_write=to_write, rest=rest, **kwargs)


class GiveBackView(ActionView):
    """I cannot come."""

    queryset = Booking.objects
    form_class = ConfirmForm
    template_name = "ilp/booking_give_back.html"
    done = _l("Given back. Somebody else can go.")

    def require(self, user: Any) -> None:
        BOOKING_POLICY.require(user, "give_back", self.thing)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": _("Give my place back"), "submit_colour": "warning"}

    def act(self, _answers: dict[str, Any]) -> Booking:
        return actions.give_back_booking(booking=self.thing, by=self.request.user)

    def get_success_url(self) -> str:
        return reverse("ilp:bookings")


class WriteUpView(EntryFormMixin, OwnPlanMixin, FormView):
    """What it was like, as an entry of the plan that stands beside the word of who saw the learner there."""

    kind = EntryKind.EXPERIENCE.value
    form_class = WriteUpForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            self.booking = get_object_or_404(
                Booking.objects.visible_to(request.user).for_list(), reference=kwargs["reference"]
            )
            BOOKING_POLICY.require(request.user, "write_up", self.booking)
            BOOKING_FLOW.target(self.booking.state, "write_up")  # the page itself says that they were there
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs) if self.plan else redirect("ilp:plan")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().post(request, *args, **kwargs) if self.plan else redirect("ilp:plan")

    def get_initial(self) -> dict[str, Any]:
        experience = self.booking.experience
        place = f"{experience.organisation}, {experience.where}"[:120]
        known = {"title": experience.title, "place": place, "from_on": experience.on, "booking": self.booking.reference}
        return known | super().get_initial() | {"booking": self.booking.reference}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(booking=self.booking, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            actions.write_up_booking(
                booking=self.booking, made_from=form.cleaned_data["draft"], by=self.request.user, **form.answers()
            )
        except RuleBroken as rule:
            form.add_error(None, rule)
            return self.form_invalid(form)
        messages.success(self.request, _("It is in your plan now. Somebody who helps you will read it."))
        return redirect(reverse("ilp:plan") + f"#{self.kind}")
