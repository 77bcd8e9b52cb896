"""From the letter to the first signed-in page."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, TemplateView

from accounts import actions
from accounts.actions.codes import address_hash
from accounts.forms import AccountForm, UnlockForm
from accounts.models import ConsentKind, Recovery, UnlockCode
from accounts.queries import asked, free_username, own_learner_of
from core import clock
from core.errors import RuleBroken
from core.views import SignedInMixin

CHECKED = "unlock_checked"  # session: which code was checked, and when
RECOVERY_CHECKED = "recovery_checked"  # the same of a recovery, or of a link sent by e-mail
CHECKED_FOR = 30 * 60  # seconds


@method_decorator([never_cache, sensitive_post_parameters("code")], name="dispatch")
class UnlockView(FormView):
    form_class = UnlockForm
    template_name = "accounts/unlock.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return redirect("accounts:start")
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: UnlockForm) -> HttpResponse:
        address = address_hash(get_adapter().get_client_ip(self.request))
        try:
            found = actions.check_any_code(**form.cleaned_data, address_hash=address)
        except RuleBroken as rule:
            form.add_error(None, rule)
            return self.form_invalid(form)
        self.request.session.cycle_key()
        at = clock.now().timestamp()
        if isinstance(found, Recovery):
            self.request.session[RECOVERY_CHECKED] = {"recovery": found.pk, "at": at}
            return redirect("accounts:recover-account")
        self.request.session[CHECKED] = {"code": found.pk, "at": at}
        return redirect("accounts:unlock-account")


@method_decorator([never_cache, sensitive_post_parameters("password", "password_again")], name="dispatch")
class UnlockAccountView(FormView):
    form_class = AccountForm
    template_name = "accounts/unlock_account.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        checked = request.session.get(CHECKED)
        if request.user.is_authenticated or not checked or clock.now().timestamp() - checked["at"] > CHECKED_FOR:
            return redirect("accounts:unlock")
        self.unlock_code = UnlockCode.objects.select_related("learner").filter(pk=checked["code"]).first()
        if self.unlock_code is None:  # the record has become one with another, or is gone, since the code was typed
            return redirect("accounts:unlock")
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {"username": free_username(self.unlock_code.learner)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(learner=self.unlock_code.learner, **kwargs)

    def form_valid(self, form: AccountForm) -> HttpResponse:
        try:
            user = actions.unlock_account(
                unlock_code=self.unlock_code,
                username=form.cleaned_data["username"],
                password=form.cleaned_data["password"],
            )
        except ValidationError as error:
            form.refuse(error)
            return self.form_invalid(form)
        login(self.request, user, backend="django.contrib.auth.backends.ModelBackend")
        self.request.session.pop(CHECKED, None)
        self.request.session.set_expiry(0)
        return redirect("accounts:consent")


class WelcomeView(SignedInMixin, TemplateView):
    """What a learner can do next, and what is known about them from their school."""

    template_name = "accounts/welcome.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        learner = own_learner_of(self.request.user)
        if learner is None:
            raise Http404
        return super().get_context_data(
            learner=learner,
            entry=learner.roll_entries.current().select_related("school").first(),
            consent=asked(learner, ConsentKind.ADVICE_SERVICE),
            **kwargs,
        )
