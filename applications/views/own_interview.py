"""A learner's own interview: choosing a time, giving it back, keeping it in a calendar."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications import actions
from applications.forms import GiveBackInterviewForm
from applications.models import Choice, Interview, InterviewSlot
from applications.policies import INTERVIEW_POLICY
from applications.queries.interviews import days_to_book, ends_at, planned_interview
from applications.views.base import OwnChoiceMixin
from core.calendars import calendar_response
from core.errors import RuleBroken, StaleState
from core.forms import ConfirmForm
from core.views import ActionView, SignedInMixin, VisibleDetailView


class OwnInterviewView(OwnChoiceMixin, ActionView):
    """Something the learner does with an interview that is planned; 409 where none is."""

    queryset = Choice.objects.all()
    verb = ""

    def require(self, user: Any) -> None:
        INTERVIEW_POLICY.require(user, self.verb, self.thing)
        planned = planned_interview(self.thing)
        url = self.get_success_url()
        if planned is None:
            raise StaleState("No interview is planned.", back_url=url)
        self.planned: Interview = planned

    def get_success_url(self) -> str:
        return reverse("applications:choice", args=[self.thing.reference])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(choice=self.thing, planned=self.planned, back=self.get_success_url(), **kwargs)


class BookView(OwnInterviewView):
    """One button for each free time: a press books it."""

    verb = "book"
    form_class = ConfirmForm
    template_name = "applications/interview_book.html"
    done = _("Your interview is booked.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": ""}

    def act(self, answers: dict[str, Any]) -> Interview:
        slot = InterviewSlot.objects.filter(reference=self.request.POST.get("slot", "")).first()
        if slot is None:
            raise RuleBroken(gettext("Choose one of the times."), code="slot_gone")
        return actions.book_interview(choice=self.thing, slot=slot, by=self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(days=days_to_book(self.thing), **kwargs)


class GiveBackView(OwnInterviewView):
    verb = "give_back"
    form_class = GiveBackInterviewForm
    template_name = "applications/interview_give_back.html"
    done = _("You have given the time back.")

    def require(self, user: Any) -> None:
        super().require(user)
        if self.planned.starts_at is None:
            raise StaleState("No time is booked.", back_url=self.get_success_url())

    def act(self, answers: dict[str, Any]) -> Interview:
        return actions.give_back_interview(choice=self.thing, by=self.request.user, **answers)


class CalendarView(SignedInMixin, OwnChoiceMixin, VisibleDetailView):
    """The learner's interview as a file for a calendar. Others may read that calendar: it says an hour and a place."""

    queryset = Choice.objects.all()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        choice = self.get_object()
        planned = planned_interview(choice)
        if planned is None or planned.starts_at is None:
            raise Http404("No time to put into a calendar")
        return calendar_response(
            name=f"interview-{choice.reference}",
            summary=gettext("Interview"),
            starts=planned.starts_at,
            ends=ends_at(planned),
            place=planned.place,
            url=settings.PORTAL_ADDRESS + reverse("applications:choice", args=[choice.reference]),
        )
