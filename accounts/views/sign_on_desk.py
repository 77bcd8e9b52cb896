"""An organisation's own sign-in: set, tried, switched on and off."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, ListView, View

from accounts import actions
from accounts.forms import SignOnForm
from accounts.models import SignOn
from accounts.openid import SignOnFailed
from accounts.queries import organisations_to_set
from accounts.sessions import has_confirmed_lately
from accounts.views.confirming import ConfirmedMixin
from accounts.views.sign_on import back_url, leave
from core.errors import RuleBroken
from core.views import SignedInMixin
from providers.models import Organisation
from providers.queries import role_kinds_but_advice

KEEPERS = frozenset({"manager", "officer"})


class SignOnsView(SignedInMixin, ListView):
    """The organisations whose sign-in one sets. Who sets one only goes straight there."""

    template_name = "accounts/sign_ons.html"
    paginate_by = 50

    def get_queryset(self) -> Any:
        return organisations_to_set(self.request.user)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if role_kinds_but_advice(request.user).isdisjoint(KEEPERS):
            raise Http404
        first = list(self.get_queryset()[:2])
        if len(first) == 1:
            return redirect("accounts:sign-on-set", first[0].reference)
        return super().get(request, *args, **kwargs)


class _OfOrganisation(ConfirmedMixin):
    """One organisation whose sign-in one sets. Whoever sets it decides whom the portal believes, so they show again
    that it is they."""

    organisation: Organisation
    sign_on: SignOn | None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            found = organisations_to_set(request.user)
            self.organisation = get_object_or_404(found, reference=kwargs["reference"])
            self.sign_on = getattr(self.organisation, "sign_on", None)
        return super().dispatch(request, *args, **kwargs)


@method_decorator(sensitive_post_parameters("secret"), name="dispatch")
class SetSignOnView(_OfOrganisation, FormView):
    """How it is set, what to enter at the other side, and whether it is on."""

    template_name = "accounts/sign_on_set.html"
    form_class = SignOnForm

    def get_initial(self) -> dict[str, Any]:
        if self.sign_on is None:
            return {}
        return {
            "issuer": self.sign_on.issuer,
            "client_id": self.sign_on.client_id,
            "domains": "\n".join(self.sign_on.domains.values_list("domain", flat=True)),
            "trusts_factor": self.sign_on.trusts_factor,
            "strong_level": self.sign_on.strong_level,
        }

    def form_valid(self, form: SignOnForm) -> HttpResponse:
        try:
            actions.set_sign_on(organisation=self.organisation, by=self.request.user, **form.cleaned_data)
        except RuleBroken as rule:
            field = {"address": "issuer", "secret_needed": "secret"}.get(rule.code or "", "domains")
            form.add_error(field, rule)
            return self.form_invalid(form)
        messages.success(self.request, _("Saved. Try it before you switch it on."))
        return redirect("accounts:sign-on-set", self.organisation.reference)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sign_on = self.sign_on or SignOn(organisation=self.organisation)
        return super().get_context_data(
            organisation=self.organisation,
            sign_on=self.sign_on,
            number=self.sign_on.identities.filter(issuer=self.sign_on.issuer).count() if self.sign_on else 0,
            back_url=back_url(sign_on),
            own_url=self.request.build_absolute_uri(reverse("accounts:sign-on", args=[self.organisation.reference])),
            has_several=organisations_to_set(self.request.user)[1:2].exists(),
            **kwargs,
        )


class _SignOnVerbView(_OfOrganisation, View):
    """One button of the page."""

    http_method_names = ["post"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not has_confirmed_lately(request):
            # The page with the buttons asks, and leads back to itself.
            return redirect("accounts:sign-on-set", kwargs["reference"])
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        if self.sign_on is None:
            raise Http404
        try:
            return self.act(request, self.sign_on)
        except RuleBroken as rule:
            messages.error(request, rule.message)
        return redirect("accounts:sign-on-set", reference)

    def act(self, request: HttpRequest, sign_on: SignOn) -> HttpResponse:
        raise AttributeError(f"{type(self).__name__} must define act()")


class TrySignOnView(_SignOnVerbView):
    """Goes to the issuer and back, and signs nobody in."""

    def act(self, request: HttpRequest, sign_on: SignOn) -> HttpResponse:
        try:
            return leave(request, sign_on, is_trial=True)
        except SignOnFailed as problem:
            messages.error(request, _("It does not work yet: %(why)s") % {"why": problem.sentence})
            return redirect("accounts:sign-on-set", self.organisation.reference)


class SwitchOnView(_SignOnVerbView):
    def act(self, request: HttpRequest, sign_on: SignOn) -> HttpResponse:
        actions.switch_on(sign_on=sign_on, by=request.user)
        messages.success(request, _("It is on. Your people find it on the sign-in page."))
        return redirect("accounts:sign-on-set", self.organisation.reference)


class SwitchOffView(_SignOnVerbView):
    def act(self, request: HttpRequest, sign_on: SignOn) -> HttpResponse:
        actions.switch_off(sign_on=sign_on, by=request.user)
        messages.success(request, _("It is off. Everybody signs in with their sign-in name and password."))
        return redirect("accounts:sign-on-set", self.organisation.reference)
