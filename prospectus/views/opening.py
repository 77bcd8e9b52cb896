"""Whether learners may apply here for a provider's courses."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.generic import TemplateView

from core.views import SignedInMixin
from prospectus import queries
from prospectus.actions.opening import close_for_applications, open_for_applications
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
            messages.success(request, f"{provider} takes no new applications here: {closed} course runs closed.")
        else:
            opened = open_for_applications(provider=provider, by=request.user)
            messages.success(request, f"{opened} more course runs of {provider} take applications here.")
        return redirect("prospectus:opening")
