"""Setting up, naming and removing what one signs in with beside the password."""

from typing import Any
from urllib.parse import quote

import segno
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import clear_totp_secret, get_totp_secret
from allauth.mfa.webauthn.internal import auth as webauthn
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.generic import FormView, TemplateView

from accounts import actions
from accounts.forms import AppForm, NameForm, PasskeyForm, ResetFactorsForm
from accounts.models import User
from accounts.queries import may_end_factor, recovery_codes_of, second_factors_of
from accounts.sessions import FACTOR, STAFF
from accounts.views.confirming import ConfirmedMixin
from core.errors import RuleBroken
from core.forms import ConfirmForm as ButtonForm
from core.views import ActionView
from providers.models import StaffRole
from providers.queries import roles_today

SHOWN = "recovery_codes_shown"  # session: new codes may be seen in it until they have been


class SetUpView(ConfirmedMixin, TemplateView):
    """Staff choose how they prove who they are. Whoever has it already goes to their account."""

    template_name = "accounts/factor_set_up.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.session.get(FACTOR) or not roles_today(request.user):
            return redirect("accounts:account")
        if second_factors_of(request.user).exists():
            # They became staff, or got a role back, in a session that has proved a password only.
            return redirect("accounts:factor-again")
        return super().get(request, *args, **kwargs)


class AddFactorView(ConfirmedMixin, FormView):
    """What both kinds share: afterwards this session counts, and the first time there are codes to write down."""

    def added(self, factor: Authenticator) -> HttpResponse:
        session = self.request.session
        session[FACTOR] = session.get(FACTOR) or factor.type
        session[STAFF] = bool(roles_today(self.request.user))
        messages.success(self.request, gettext("Added. You can sign in with it from now on."))
        if recovery_codes_of(self.request.user) is None and session[STAFF]:
            actions.make_recovery_codes(by=self.request.user)
            session[SHOWN] = False
            return redirect("accounts:recovery-codes")
        return redirect("accounts:account")

    def may_add(self) -> bool:
        """Somebody who has a factor but has not shown it in this session adds no other."""
        return bool(self.request.session.get(FACTOR)) or not (
            roles_today(self.request.user) and second_factors_of(self.request.user).exists()
        )

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not self.may_add():
            return redirect("accounts:factor-again")
        return super().dispatch(request, *args, **kwargs)


@method_decorator(never_cache, name="dispatch")
class AppView(AddFactorView):
    """An app that shows codes. Learners do without: a passkey is less to carry and to remember."""

    template_name = "accounts/factor_app.html"
    form_class = AppForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not roles_today(request.user):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: AppForm) -> HttpResponse:
        try:
            factor = actions.add_app(secret=get_totp_secret(), by=self.request.user, **form.cleaned_data)
        except RuleBroken as rule:
            form.add_error("code", rule)
            return self.form_invalid(form)
        clear_totp_secret(self.request)
        return self.added(factor)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        secret = get_totp_secret()
        address = get_adapter().build_totp_url(self.request.user, secret)
        return super().get_context_data(
            picture=qr_code(address),
            address=address,
            key=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
            is_replacing=second_factors_of(self.request.user).filter(type=Authenticator.Type.TOTP).exists(),
            **kwargs,
        )


@method_decorator(never_cache, name="dispatch")
class PasskeyView(AddFactorView):
    """A passkey: the telephone or computer itself, opened by a finger, a face or its PIN."""

    template_name = "accounts/passkey_add.html"
    form_class = PasskeyForm

    def form_valid(self, form: PasskeyForm) -> HttpResponse:
        try:
            return self.added(actions.add_passkey(by=self.request.user, **form.cleaned_data))
        except RuleBroken as rule:
            form.add_error(None, rule)
            return self.form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(options=webauthn.begin_registration(self.request.user, True), **kwargs)


class OwnFactorView(ConfirmedMixin, FormView):
    """One of one's own."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            self.factor = get_object_or_404(second_factors_of(request.user), pk=kwargs["key"])
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(factor=self.factor, **kwargs)


class RenameFactorView(OwnFactorView):
    template_name = "accounts/factor_rename.html"
    form_class = NameForm

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.factor.data.get("name", "")}

    def form_valid(self, form: NameForm) -> HttpResponse:
        actions.rename_factor(factor=self.factor, name=form.cleaned_data["name"], by=self.request.user)
        return redirect("accounts:account")


class RemoveFactorView(OwnFactorView):
    template_name = "accounts/factor_remove.html"

    def get_form(self, form_class: Any = None) -> Any:
        return ButtonForm(submit=_("Remove it"), submit_colour="warning", **self.get_form_kwargs())

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            actions.remove_factor(factor=self.factor, by=self.request.user)
        except RuleBroken as rule:
            form.add_error(None, rule)
            return self.form_invalid(form)
        messages.success(self.request, gettext("Removed. It no longer signs you in."))
        return redirect("accounts:account")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(may_end=may_end_factor(self.request.user, self.factor), **kwargs)


@method_decorator(never_cache, name="dispatch")
class RecoveryCodesView(ConfirmedMixin, FormView):
    """New codes to write down. They are shown once, straight after they were made, and never again."""

    template_name = "accounts/recovery_codes.html"

    def get_form(self, form_class: Any = None) -> Any:
        return ButtonForm(submit=_("Make new codes"), **self.get_form_kwargs())

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            actions.make_recovery_codes(by=self.request.user)
        except RuleBroken as rule:
            form.add_error(None, rule)
            return self.form_invalid(form)
        self.request.session[SHOWN] = False
        return redirect("accounts:recovery-codes")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        codes = recovery_codes_of(self.request.user)
        is_new = codes is not None and self.request.session.get(SHOWN) is False
        if is_new:
            self.request.session[SHOWN] = True
        unused = codes.get_unused_codes() if codes else []
        return super().get_context_data(
            codes=[spaced(code) for code in unused] if is_new else [],
            text="data:text/plain;charset=utf-8," + quote("\r\n".join(spaced(code) for code in unused)),
            left=len(unused),
            has_factor=second_factors_of(self.request.user).exists(),
            **kwargs,
        )


class FactorAgainView(ConfirmedMixin, TemplateView):
    """Somebody has a second step but has not shown it in this session: signing in again asks for it."""

    template_name = "accounts/factor_again.html"


class ResetFactorsView(ActionView):
    """Somebody has lost their telephone, and a manager or the help desk has made sure who they are."""

    queryset = StaffRole.objects
    template_name = "accounts/factor_reset.html"
    form_class = ResetFactorsForm

    def get_queryset(self) -> Any:
        return StaffRole.objects.helped_by(self.request.user).for_list()

    def act(self, answers: dict[str, Any]) -> User:
        actions.reset_factors(person=self.thing.user, by=self.request.user, **answers)
        messages.success(
            self.request,
            gettext("Done. %(person)s signs in with the password and sets up a new second step.")
            % {"person": self.thing.user},
        )
        return self.thing.user

    def get_success_url(self) -> str:
        return reverse("accounts:staff-help")


def qr_code(address: str) -> SafeString:
    """The address as a picture that a telephone reads, without a style the security policy would refuse."""
    picture = segno.make(address, error="m").svg_inline(
        scale=5, border=4, omitsize=False, svgclass="qr", lineclass=None, light="#fff"
    )
    return mark_safe(picture)  # noqa: S308 - made here, and it draws only squares


def spaced(code: str) -> str:
    return f"{code[:4]} {code[4:]}"
