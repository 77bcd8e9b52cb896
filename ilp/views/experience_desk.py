"""Things to try, for those who put them up: what is on, who comes, who came."""

from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext
from django.views.generic import FormView

from accounts.actions import leave_receipts_of_many
from accounts.models import RollEntry
from core import clock
from core.errors import NotAllowed, RuleBroken
from core.forms import ConfirmForm
from core.views import ActionView, SignedInMixin, VisibleListView
from ilp import actions
from ilp.forms import AttendanceForm, CancelExperienceForm, ExperienceForm
from ilp.models import Booking, Experience
from ilp.policies import EXPERIENCE_POLICY, ORGANISER_POLICY
from ilp.querysets.experience import ORGANISERS, organising_through
from ilp.workflow import EXPERIENCE_FLOW, OPEN_BOOKINGS, TAKES_A_PLACE
from providers.models import Organisation
from providers.queries import role_kinds


class OrganiserMixin(SignedInMixin):
    """Those who put things up; everybody else who is signed in gets 403."""

    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and role_kinds(request.user).isdisjoint(ORGANISERS):
            raise NotAllowed("experiences are put up by providers, schools and advice services")
        return super().dispatch(request, *args, **kwargs)


class DeskExperiencesView(OrganiserMixin, VisibleListView):
    """What one's organisations have put up: to come first, then what was."""

    template_name = "ilp/desk_experiences.html"
    queryset = Experience.objects

    def get_queryset(self) -> Any:
        kept = Experience.objects.kept_by(self.request.user).for_list().with_taken()
        self.is_past = self.request.GET.get("past") == "1"
        if self.is_past:
            return kept.filter(starts_at__lte=clock.now()).order_by("-starts_at", "-pk")
        return kept.filter(starts_at__gt=clock.now()).order_by("starts_at", "pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        organisations = organising_through(self.request.user).order_by("name")
        return super().get_context_data(organisations=organisations, is_past=self.is_past, **kwargs)


class AddExperienceView(OrganiserMixin, FormView):
    """A draft of something to try, for one organisation."""

    form_class = ExperienceForm
    template_name = "ilp/experience_form.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            self.organisation = get_object_or_404(Organisation, reference=kwargs["reference"])
            ORGANISER_POLICY.require(request.user, "add", self.organisation)
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"organisation": self.organisation}

    def form_valid(self, form: ExperienceForm) -> HttpResponse:
        try:
            made = actions.add_experience(organisation=self.organisation, by=self.request.user, **form.facts())
        except RuleBroken as rule:
            form.add_error(None, rule)
            return self.form_invalid(form)
        messages.success(self.request, _("Saved as a draft. Publish it when it is right."))
        return redirect("ilp:desk-experience", made.reference)


class KeptExperienceView(ActionView):
    """Something done to an experience by those who keep it."""

    queryset = Experience.objects
    verb = "change"

    def get_queryset(self) -> Any:
        return Experience.objects.visible_to(self.request.user).for_list().with_taken()

    def require(self, user: Any) -> None:
        EXPERIENCE_POLICY.require(user, self.verb, self.thing)

    def get_success_url(self) -> str:
        return reverse("ilp:desk-experience", args=[self.thing.reference])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(experience=self.thing, **kwargs)


class ChangeExperienceView(KeptExperienceView):
    form_class = ExperienceForm
    template_name = "ilp/experience_form.html"
    done = _l("Saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        known = {"organisation": self.thing.organisation, "experience": self.thing}
        return super().get_form_kwargs() | known

    def form_valid(self, form: ExperienceForm) -> HttpResponse:
        self.form = form
        return super().form_valid(form)

    def act(self, _answers: dict[str, Any]) -> Experience:
        return actions.change_experience(experience=self.thing, by=self.request.user, **self.form.facts())


class PublishExperienceView(KeptExperienceView):
    form_class = ConfirmForm
    template_name = "ilp/experience_publish.html"
    verb = "publish"
    done = _l("Published. Learners can book it now.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": _("Publish it")}

    def act(self, _answers: dict[str, Any]) -> Experience:
        return actions.publish_experience(experience=self.thing, by=self.request.user)


class CancelExperienceView(KeptExperienceView):
    form_class = CancelExperienceForm
    template_name = "ilp/experience_cancel.html"
    verb = "cancel"
    done = _l("Cancelled. Everybody who had booked is told.")

    def act(self, answers: dict[str, Any]) -> Experience:
        return actions.cancel_experience(experience=self.thing, by=self.request.user, **answers)


class DeskExperienceView(KeptExperienceView):
    """One thing, who comes with what they need, and from its day on who came."""

    form_class = AttendanceForm
    template_name = "ilp/desk_experience.html"

    def require(self, user: Any) -> None:
        super().require(user)
        self.bookings = people_of(self.thing)

    def get_form_kwargs(self) -> dict[str, Any]:
        coming = [booking.reference for booking in self.bookings if booking.state != "waiting"]
        return super().get_form_kwargs() | {"references": coming}

    def form_valid(self, form: AttendanceForm) -> HttpResponse:
        self.form = form
        return super().form_valid(form)

    def act(self, _answers: dict[str, Any]) -> list[Booking]:
        marks = self.form.marks()
        marked = actions.mark_attendance(experience=self.thing, marks=marks, by=self.request.user)
        words = ngettext("Saved for %(number)s learner.", "Saved for %(number)s learners.", len(marked))
        self.done = words % {"number": len(marked)}
        return marked

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        leave_looks(self.bookings, by=self.request.user)
        verbs = [
            verb
            for verb in EXPERIENCE_FLOW.verbs_from(self.thing.state)
            if EXPERIENCE_POLICY.can(self.request.user, verb, self.thing)
        ]
        is_over = self.thing.state == "published" and self.thing.has_begun
        return super().get_context_data(
            coming=[booking for booking in self.bookings if booking.state != "waiting"],
            waiting=[booking for booking in self.bookings if booking.state == "waiting"],
            verbs=[] if is_over else verbs,
            can_mark=self.thing.state == "published" and self.thing.day_has_come,
            **kwargs,
        )


class SignInSheetView(KeptExperienceView):
    """Who comes, to print and to sign on the day."""

    http_method_names = ["get"]
    form_class = AttendanceForm
    template_name = "ilp/sign_in_sheet.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"references": []}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.thing.state == "draft":
            raise Http404
        coming = [booking for booking in people_of(self.thing) if booking.state != "waiting"]
        leave_looks(coming, by=self.request.user)
        return super().get_context_data(coming=coming, **kwargs)


def people_of(experience: Experience, *, states: Collection[str] = TAKES_A_PLACE | OPEN_BOOKINGS) -> list[Booking]:
    """Who has a place, by name, and who waits, in turn; each with ``roll``, the school and year group of today."""
    found = experience.bookings.filter(state__in=sorted(states), learner__erased_at=None)
    rows = list(found.select_related("learner"))
    rows.sort(
        key=lambda one: (
            one.state == "waiting",
            (one.asked_at, one.pk) if one.state == "waiting" else (one.learner.family_name, one.learner.given_name),
        )
    )
    rolls = RollEntry.objects.current().filter(learner__in=[one.learner_id for one in rows]).select_related("school")
    known = {entry.learner_id: entry for entry in rolls}
    for one in rows:
        one.roll = known.get(one.learner_id)
    return rows


def leave_looks(bookings: list[Booking], *, by: Any) -> None:
    """The learners can see that these were looked at, and by whom."""
    leave_receipts_of_many(
        looked_at={(booking.learner_id, "experiences") for booking in bookings}, by=by, roles=(*ORGANISERS, "tutor")
    )
