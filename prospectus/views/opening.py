"""Whether learners may apply here for a provider's courses."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import ListView, TemplateView

from core.views import ActionView, SignedInMixin
from prospectus import queries
from prospectus.actions.opening import close_for_applications, open_for_applications, set_opening
from prospectus.forms.opening import SetOpeningForm
from prospectus.queries.opening import STATES, OpeningQuery, Route, openable_runs, opening_choices, route_of, state_of
from providers.models import Organisation


class OpeningView(SignedInMixin, TemplateView):
    """An editor decides, provider by provider, whether learners may apply here; says what that means today."""

    template_name = "prospectus/opening.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        self.providers = queries.opening(request.user)
        if not self.providers:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(providers=self.providers, **kwargs)


class ChangeOpeningView(OpeningView):
    """The buttons of that page."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        provider = get_object_or_404(Organisation.objects.editing_through(request.user), reference=kwargs["reference"])
        if request.POST.get("to") == "closed":
            closed = close_for_applications(provider=provider, by=request.user)
            messages.success(
                request,
                _("%(provider)s takes no new applications here: %(closed)s course runs closed.")
                % {"provider": provider, "closed": closed},
            )
        else:
            opened = open_for_applications(provider=provider, by=request.user)
            messages.success(
                request,
                _("%(opened)s more course runs of %(provider)s take applications here.")
                % {"opened": opened, "provider": provider},
            )
        return redirect("prospectus:opening")


def asked_of(request: HttpRequest) -> OpeningQuery:
    names = ("subject", "level", "site", "state")
    return OpeningQuery(**{name: request.GET.get(name, "").replace("\0", "")[:20] for name in names})


class OpeningRunsView(SignedInMixin, ListView):
    """Every date of a provider that can still be started, and how one applies for it; some of them are ticked."""

    template_name = "prospectus/opening_runs.html"
    paginate_by = 50

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        kept = Organisation.objects.editing_through(request.user).filter(ended_on=None).select_related("area")
        self.provider = get_object_or_404(kept, reference=kwargs["reference"])
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        self.asked = asked_of(self.request)
        return openable_runs(self.provider, self.asked)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        choices = opening_choices(self.provider)
        labels = {"subject": _("Subject"), "level": _("Level"), "site": _("Site"), "state": _("How one applies")}
        return context | {
            "provider": self.provider,
            "filters": [(name, labels[name], choices[name], getattr(self.asked, name)) for name in labels],
            "is_filtered": any(getattr(self.asked, name) for name in labels),
            "rows": [(run, STATES[state_of(run, self.provider)]) for run in context["object_list"]],
        }


class SetOpeningView(ActionView):
    """How one applies for the dates in the address, all in one go; the button repeats how many."""

    template_name = "prospectus/opening_set.html"
    form_class = SetOpeningForm

    def get_queryset(self) -> Any:
        return Organisation.objects.editing_through(self.request.user).filter(ended_on=None).select_related("area")

    def require(self, user: Any) -> None:
        runs = openable_runs(self.thing, asked_of(self.request))
        if "all" not in self.request.GET:
            ticked = [one.replace("\0", "") for one in self.request.GET.getlist("run")]
            runs = runs.filter(reference__in=ticked[:100])
        self.runs = list(runs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.runs:
            messages.warning(request, _("Tick some dates first."))
            return redirect("prospectus:opening-runs", self.thing.reference)
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        may_follow = any(run.opening_set_on and run.upload_id for run in self.runs)
        return super().get_form_kwargs() | {"number": len(self.runs), "may_follow": may_follow}

    def get_initial(self) -> dict[str, Any]:
        """What all of them have already."""
        now = {(route_of(run, self.thing), run.apply_from_on, run.apply_until_on, run.apply_url) for run in self.runs}
        if len(now) != 1:
            return {}
        route, from_on, until_on, url = now.pop()
        url = url if route in (Route.OWN, Route.APPRENTICESHIP) else ""
        return {"route": route, "from_on": from_on, "until_on": until_on, "url": url}

    def act(self, answers: dict[str, Any]) -> int:
        answers.pop("number")
        keys = [run.pk for run in self.runs]
        number = set_opening(provider=self.thing, runs=keys, by=self.request.user, **answers)
        messages.success(
            self.request,
            ngettext("Saved for %(number)s date.", "Saved for %(number)s dates.", number) % {"number": number},
        )
        return number

    def get_success_url(self) -> str:
        return reverse("prospectus:opening-runs", args=[self.thing.reference])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            provider=self.thing, number=len(self.runs), some=self.runs[:5], more=max(len(self.runs) - 5, 0),
            back=self.get_success_url(), **kwargs,
        )  # fmt: skip
