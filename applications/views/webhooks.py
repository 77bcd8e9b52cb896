"""A manager's pages of addresses told of changes; area coordinators read them. A secret is on one page, once."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.decorators.cache import never_cache

from applications import actions
from applications.forms import WebhookForm
from applications.models import Webhook, WebhookDelivery
from applications.policies import PROVIDER_POLICY
from applications.views.tokens import ConfirmedManagerMixin
from applications.workflow import DELIVERY_FLOW, WEBHOOK_FLOW, DeliveryState, WebhookState
from core import clock
from core.errors import StaleState
from core.forms import ConfirmForm
from core.views import ActionView, SignedInMixin, VisibleDetailView, VisibleListView
from providers.models import Organisation, RoleKind
from providers.queries import role_kinds

DELIVERIES_PER_PAGE = 25


class WebhooksView(SignedInMixin, VisibleListView):
    """Every address that is told, or could be again, newest first."""

    queryset = Webhook.objects.standing()
    template_name = "applications/webhooks.html"
    context_object_name = "webhooks"

    def get_queryset(self) -> Any:
        self.providers = list(Organisation.objects.let_in_through(self.request.user).order_by("name"))
        if not self.providers and RoleKind.HELP_DESK not in role_kinds(self.request.user):
            raise Http404("Manages no provider and coordinates no area")
        return super().get_queryset()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(providers=self.providers, managed={one.pk for one in self.providers}, **kwargs)


class WebhookView(SignedInMixin, VisibleDetailView):
    """One address, what can be done with it, and every delivery to it."""

    queryset = Webhook.objects
    template_name = "applications/webhook.html"
    context_object_name = "webhook"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        webhook = self.object
        may = PROVIDER_POLICY.can(self.request.user, "let_system_in", webhook.provider)
        counts = dict(webhook.deliveries.order_by().values_list("state").annotate(Count("pk")))
        state = self.request.GET.get("state", "")
        state = state if state in DeliveryState.values else ""
        deliveries = webhook.deliveries.for_list().select_related("by")
        found = deliveries.filter(state=state) if state else deliveries
        page = Paginator(found, DELIVERIES_PER_PAGE).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            may=may,
            verbs=WEBHOOK_FLOW.verbs_from(webhook.state) if may else [],
            is_on=webhook.state == WebhookState.ON,
            is_overlap=webhook.older_until is not None and webhook.older_until > clock.now(),
            is_stopped=webhook.state == WebhookState.STOPPED,
            state=state,
            states=[(each.value, each.label, counts.get(each.value, 0)) for each in DeliveryState],
            number=sum(counts.values()),
            hastened=DELIVERY_FLOW.sources("hasten") if may else set(),
            is_testing=any(one.event == "test" and one.state == DeliveryState.WAITING for one in page),
            page_obj=page,
            **kwargs,
        )


@method_decorator(never_cache, name="dispatch")
class WebhookAddView(ConfirmedManagerMixin, ActionView):
    template_name = "applications/webhook_add.html"
    form_class = WebhookForm

    def get_queryset(self) -> Any:
        return Organisation.objects.let_in_through(self.request.user)

    def require(self, user: Any) -> None:
        PROVIDER_POLICY.require(user, "let_system_in", self.thing)

    def act(self, answers: dict[str, Any]) -> Any:
        return actions.add_webhook(provider=self.thing, by=self.request.user, **answers)

    def get_success_url(self) -> str:
        return reverse("applications:webhooks")

    def form_valid(self, form: Any) -> HttpResponse:
        return _shown_once(self, super().form_valid(form))


class _ManagedMixin:
    """One address of a provider that the person manages."""

    verb = ""
    request: HttpRequest
    thing: Any

    def require(self, user: Any) -> None:
        PROVIDER_POLICY.require(user, "let_system_in", self.thing.provider)
        if self.verb not in WEBHOOK_FLOW.verbs_from(self.thing.state):
            raise StaleState("The address has ended.", back_url=reverse("applications:webhooks"))


@method_decorator(never_cache, name="dispatch")
class WebhookNewSecretView(_ManagedMixin, ConfirmedManagerMixin, ActionView):
    queryset = Webhook.objects
    template_name = "applications/webhook_new_secret.html"
    form_class = ConfirmForm
    verb = "new_secret"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": _("Make a new secret")}

    def act(self, answers: dict[str, Any]) -> Any:
        return actions.renew_secret(webhook=self.thing, by=self.request.user)

    def get_success_url(self) -> str:
        return reverse("applications:webhook", args=[self.thing.reference])

    def form_valid(self, form: Any) -> HttpResponse:
        return _shown_once(self, super().form_valid(form))


class WebhookEndView(_ManagedMixin, ActionView):
    queryset = Webhook.objects
    template_name = "applications/webhook_end.html"
    form_class = ConfirmForm
    verb = "end"
    done = _("The address is ended. Nothing is sent there any more.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": _("End this address"), "submit_colour": "warning"}

    def act(self, answers: dict[str, Any]) -> None:
        actions.end_webhook(webhook=self.thing, by=self.request.user)

    def get_success_url(self) -> str:
        return reverse("applications:webhooks")


class WebhookButtonView(SignedInMixin, View):
    """A button on the page of an address."""

    http_method_names = ["post"]
    act: Any
    done = ""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        webhook = get_object_or_404(Webhook.objects.visible_to(request.user), reference=kwargs["reference"])
        type(self).act(webhook=webhook, by=request.user)
        messages.success(request, self.done)
        return redirect("applications:webhook", webhook.reference)


class WebhookSwitchOnView(WebhookButtonView):
    act = staticmethod(actions.switch_on_webhook)
    done = _("The address is switched on. It is told what changed since it was told last.")


class WebhookSwitchOffView(WebhookButtonView):
    act = staticmethod(actions.switch_off_webhook)
    done = _("The address is switched off. What changes meanwhile is told when you switch it on again.")


class WebhookTestView(WebhookButtonView):
    act = staticmethod(actions.send_test_event)
    done = _("A test is being sent. What came of it stands below in a moment.")


class DeliveryHastenView(SignedInMixin, View):
    """The button beside a delivery that waits for its next try."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found = WebhookDelivery.objects.visible_to(request.user).select_related("webhook")
        delivery = get_object_or_404(found, reference=kwargs["reference"])
        actions.hasten_delivery(delivery=delivery, by=request.user)
        messages.success(request, _("It is being tried. What came of it stands below in a moment."))
        return redirect("applications:webhook", delivery.webhook.reference)


def _shown_once(view: Any, response: HttpResponse) -> HttpResponse:
    """Not a page to come back to: the secret is shown nowhere else."""
    if not hasattr(view, "result"):  # a rule said no, on the form
        return response
    webhook, secret = view.result
    return render(view.request, "applications/webhook_secret.html", {"webhook": webhook, "secret": secret})
