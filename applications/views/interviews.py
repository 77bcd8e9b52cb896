"""Interviews at the desk: the times a provider sets up, and who comes."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.db.models.functions import TruncDate
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.actions import leave_receipts_of_many
from applications import actions
from applications.forms import (
    AttendanceForm,
    ChangeSessionForm,
    InterviewForm,
    SessionForm,
)
from applications.models import Choice, Interview, InterviewSession, InterviewSlot
from applications.policies import INTERVIEW_POLICY, PROVIDER_POLICY
from applications.queries.interviews import (
    free_slots,
    interviews_on,
    sessions_to_come,
)
from applications.views.admissions import DeskActionView, ReceivedMixin
from core import clock
from core.calendars import calendar_response
from core.errors import RuleBroken, StaleState
from core.forms import ConfirmForm
from core.views import ActionView, SignedInMixin, VisibleDetailView, VisibleListView
from providers.models import Organisation

MOST_ON_A_DAY = 200
MOST_DAYS = 14
SLOTS_PER_PAGE = 25
NAMED_IN_A_SLOT = 20

# --- the desk: one learner


class InviteView(DeskActionView):
    verb = "invite"
    form_class = InterviewForm
    heading = _("Invite to an interview")
    words = _("The learner is told at once and sees date, time and place in their application.")
    done = _("The interview is planned and the learner is told.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"free": free_slots(self.thing).count()}

    def act(self, answers: dict[str, Any]) -> None:
        actions.invite_to_interview(choice=self.thing, by=self.request.user, **said_of(self.form))


def said_of(form: InterviewForm) -> dict[str, Any]:
    """What the actions take. Where the learner chooses, place and words are those of the time they choose."""
    if form.starts_at is None:
        return {}
    return {
        "starts_at": form.starts_at,
        "place": form.cleaned_data["place"],
        "note": form.cleaned_data["note"],
    }


class CancelInterviewView(DeskActionView):
    verb = "cancel_interview"
    heading = _("Cancel the interview")
    words = _("The learner is told at once. The choice waits for your answer again.")
    done = _("The interview is cancelled and the learner is told.")

    def act(self, answers: dict[str, Any]) -> None:
        actions.cancel_interview(choice=self.thing, by=self.request.user)


class RearrangeView(DeskActionView):
    """Another time for an interview that is planned. It moves no choice, so it asks a policy of its own."""

    verb = "cancel_interview"  # possible as long as an interview can still be called off
    form_class = InterviewForm
    heading = _("Arrange the interview anew")
    words = _("The time they had is free again. The learner is told at once.")
    done = _("The interview is arranged anew and the learner is told.")

    def require(self, user: Any) -> None:
        INTERVIEW_POLICY.require(user, "rearrange", self.thing)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"free": free_slots(self.thing).count()}

    def act(self, answers: dict[str, Any]) -> None:
        actions.rearrange_interview(choice=self.thing, by=self.request.user, **said_of(self.form))


# --- the desk: times and days


class SessionListView(SignedInMixin, VisibleListView):
    """What is set up from today on, and on which days somebody comes."""

    queryset = InterviewSession.objects.all()
    template_name = "applications/interviews.html"
    context_object_name = "sessions"

    def get_queryset(self) -> Any:
        self.providers = list(Organisation.objects.admitting_through(self.request.user).order_by("name"))
        if not self.providers:
            raise Http404("Not an admissions desk")
        return sessions_to_come(self.request.user, today=clock.today()).for_list()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        slots = InterviewSlot.objects.filter(session__in=list(context["sessions"])).with_taken()
        taken: dict[int, int] = {}
        number: dict[int, int] = {}
        for slot in slots:
            taken[slot.session_id] = taken.get(slot.session_id, 0) + slot.taken
            number[slot.session_id] = number.get(slot.session_id, 0) + 1
        rows = [
            (each, taken.get(each.pk, 0), number.get(each.pk, 0) * each.places, timezone.localdate(each.starts_at))
            for each in context["sessions"]
        ]
        return context | {
            "rows": rows,
            "providers": self.providers,
            "days": self._days(),
            "today": clock.today(),
        }

    def _days(self) -> list[tuple[dt.date, int]]:
        """The next days on which anybody comes, at a time of a session or at one of their own."""
        coming = Interview.objects.filter(
            choice__in=Choice.objects.received_by(self.request.user).values("pk"),
            state="planned",
            starts_at__date__gte=clock.today(),
        )
        by_day = coming.annotate(on=TruncDate("starts_at")).order_by("on").values_list("on")
        return list(by_day.annotate(number=Count("pk"))[:MOST_DAYS])


class SessionAddView(ActionView):
    """Times on one day at which learners can come."""

    queryset = Organisation.objects.all()
    form_class = SessionForm
    template_name = "applications/session_form.html"
    done = _("Set up. Learners whom you ask to an interview can choose these times.")

    def get_queryset(self) -> Any:
        return Organisation.objects.admitting_through(self.request.user)

    def require(self, user: Any) -> None:
        PROVIDER_POLICY.require(user, "hold_interviews", self.thing)

    def get_initial(self) -> dict[str, Any]:
        return {"slot_minutes": 20, "places": 1, "change_hours": 24}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"provider": self.thing}

    def form_valid(self, form: SessionForm) -> HttpResponse:
        self.form = form
        return super().form_valid(form)

    def form_invalid(self, form: SessionForm) -> HttpResponse:
        form.set_layout(asks_about_closed_day=form.has_error("__all__", "closed_day"))
        return super().form_invalid(form)

    def act(self, answers: dict[str, Any]) -> InterviewSession:
        return actions.add_session(provider=self.thing, by=self.request.user, **self.form.facts())

    def get_success_url(self) -> str:
        return reverse("applications:session", args=[self.result.reference])


class SessionMixin:
    """Pages about one session: of the person's own providers only."""

    queryset = InterviewSession.objects.all()

    def require(self: Any, user: Any) -> None:
        PROVIDER_POLICY.require(user, "hold_interviews", self.thing.provider)

    def get_success_url(self: Any) -> str:
        return reverse("applications:session", args=[self.thing.reference])

    def get_context_data(self: Any, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(session=self.thing, **kwargs)  # type: ignore[misc]


class SessionView(SignedInMixin, VisibleDetailView):
    """One session: its times, and who has each."""

    queryset = InterviewSession.objects.all()
    template_name = "applications/session.html"
    context_object_name = "session"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        session = self.object
        received = Choice.objects.received_by(self.request.user)
        slots = list(session.slots.select_related("session"))  # a hundred at most
        page = Paginator(slots, SLOTS_PER_PAGE).get_page(self.request.GET.get("page"))
        planned = Interview.objects.filter(
            slot__in=page.object_list, state__in=["planned", "done", "missed"], choice__in=received.values("pk")
        )
        by_slot: dict[int, list[Interview]] = {}
        found = planned.select_related("choice__snapshot", "choice__application__learner").order_by("choice__reference")
        for interview in found:
            by_slot.setdefault(interview.slot_id, []).append(interview)  # type: ignore[arg-type]
        named = {key: interviews[:NAMED_IN_A_SLOT] for key, interviews in by_slot.items()}
        leave_looks((one.choice for interviews in named.values() for one in interviews), by=self.request.user)
        rows = [
            (slot, named.get(slot.pk, []), max(0, len(by_slot.get(slot.pk, [])) - NAMED_IN_A_SLOT)) for slot in page
        ]
        return super().get_context_data(
            slots=rows,
            page_obj=page,
            on=timezone.localdate(session.starts_at),
            can_change=session.ended_at is None and not session.is_over,
            **kwargs,
        )


class SessionChangeView(SessionMixin, ActionView):
    form_class: Any = ChangeSessionForm
    template_name = "applications/session_form.html"
    done = _("Saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        kwargs.pop("initial")
        return kwargs | {"session": self.thing}

    def form_valid(self, form: Any) -> HttpResponse:
        self.form = form
        return super().form_valid(form)

    def act(self, answers: dict[str, Any]) -> InterviewSession:
        return actions.change_session(session=self.thing, by=self.request.user, **self.form.facts())


class SessionEndView(SessionMixin, ActionView):
    form_class = ConfirmForm
    template_name = "applications/session_end.html"
    done = _("Called off. Whoever had booked is asked to choose another time.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": gettext("Call these times off"), "submit_colour": "warning"}

    def act(self, answers: dict[str, Any]) -> InterviewSession:
        return actions.end_session(session=self.thing, by=self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        booked = Interview.objects.filter(slot__session=self.thing, state="planned", starts_at__gt=clock.now()).count()
        return super().get_context_data(booked=booked, **kwargs)


class SessionCalendarView(SignedInMixin, VisibleDetailView):
    """The session as a file for the calendar of who talks with the learners. It names nobody."""

    queryset = InterviewSession.objects.all()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        session = self.get_object()
        return calendar_response(
            name=session.reference,
            summary=gettext("Interviews"),
            starts=session.starts_at,
            ends=session.ends_at,
            place=session.where,
            words=session.interviewers,
            url=settings.PORTAL_ADDRESS + reverse("applications:session", args=[session.reference]),
            is_cancelled=session.ended_at is not None,
        )


class DayView(SignedInMixin, VisibleListView):
    """Everybody who comes on one day, to print, and afterwards who came."""

    template_name = "applications/interviews_day.html"
    context_object_name = "interviews"
    paginate_by = MOST_ON_A_DAY

    def get_queryset(self) -> Any:
        if not Organisation.objects.admitting_through(self.request.user).exists():
            raise Http404("Not an admissions desk")
        try:
            self.day = dt.date.fromisoformat(self.kwargs["day"])
        except ValueError:
            raise Http404("Not a day") from None
        if not 2000 <= self.day.year <= 2200:  # the day before and after it are on the page, too
            raise Http404("Not a day of ours")
        return interviews_on(self.request.user, self.day)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Each mark on its own: what one of them cannot be leaves the others said."""
        self.object_list = self.get_queryset()
        context = self.get_context_data()
        form = AttendanceForm(request.POST, people=self._people(context["interviews"]))
        if not form.is_valid():
            return self.render_to_response(context | {"form": form})
        saved, marks = 0, form.marks()
        for interview in context["interviews"]:
            came = marks.get(interview.choice.reference)
            if came is None or came is interview.came:
                continue
            try:
                actions.record_attendance(choice=interview.choice, by=request.user, came=came)
                saved += 1
            except (StaleState, RuleBroken):
                messages.warning(
                    request,
                    gettext("%(name)s: not saved, because the choice has moved on.")
                    % {"name": interview.choice.reference},
                )
        words = ngettext("Saved for %(number)s learner.", "Saved for %(number)s learners.", saved)
        messages.success(request, words % {"number": saved})
        return redirect(request.get_full_path())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        interviews = list(context["interviews"])
        leave_looks((one.choice for one in interviews), by=self.request.user)
        form = AttendanceForm(people=self._people(interviews))
        rows = [(one, f"came_{one.choice.reference}", one.is_over and one.state == "planned") for one in interviews]
        return context | {
            "form": form,
            "rows": rows,
            "day": self.day,
            "before": self.day - dt.timedelta(days=1),
            "after": self.day + dt.timedelta(days=1),
            "can_mark": any(can for _one, _name, can in rows),
        }

    @staticmethod
    def _people(interviews: Iterable[Interview]) -> list[tuple[str, str, bool | None]]:
        return [
            (one.choice.reference, name_of(one.choice), one.came)
            for one in interviews
            if one.is_over and one.state == "planned"
        ]


def name_of(choice: Choice) -> str:
    """The name as it was sent: a provider knows nothing newer of a learner."""
    content = choice.snapshot.content
    if not content:
        return gettext("Erased")
    return f"{content['learner']['given_name']} {content['learner']['family_name']}"


def leave_looks(choices: Iterable[Choice], *, by: Any) -> None:
    """The learners can see that these were looked at, and by whom."""
    looked_at = {(choice.application.learner_id, "application") for choice in choices}
    leave_receipts_of_many(looked_at=looked_at, by=by, roles=ReceivedMixin.receipts_as)
