"""Getting back in: what is wrong, a link by e-mail, a code from somebody who knows one."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, TemplateView, View

from accounts import actions
from accounts.actions.codes import address_hash
from accounts.forms import AskLinkForm, EmailForm, NewPasswordForm, ProblemForm, RecoverForm
from accounts.models import Recovery, SignInLink, SignInLinkKind
from accounts.queries import help_desks, is_learner, open_link, passkeys_of
from accounts.views.unlocking import CHECKED_FOR, UnlockView
from accounts.views.unlocking import RECOVERY_CHECKED as CHECKED
from core import clock
from core.errors import RuleBroken
from core.forms import ConfirmForm
from core.views import SignedInMixin
from providers.actions import hash_of


class CannotSignInView(TemplateView):
    """Asks what is wrong and says what to do about it."""

    template_name = "accounts/cannot_sign_in.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = ProblemForm(self.request.GET if "what" in self.request.GET else None)
        what = form.cleaned_data["what"] if form.is_bound and form.is_valid() else ""
        return super().get_context_data(form=form, what=what, desks=help_desks() if what else [], **kwargs)


class RecoverView(UnlockView):
    """The unlock page in other words: either page takes either code."""

    form_class = RecoverForm
    template_name = "accounts/recover.html"


@method_decorator(never_cache, name="dispatch")
class RecoverEmailView(FormView):
    form_class = AskLinkForm
    template_name = "accounts/recover_email.html"

    def form_valid(self, form: AskLinkForm) -> HttpResponse:
        address = address_hash(get_adapter().get_client_ip(self.request))
        actions.ask_recovery_link(email=form.cleaned_data["email"], address_hash=address)
        return render(self.request, "accounts/recover_email_sent.html")


@method_decorator(never_cache, name="dispatch")
class OpenLinkView(View):
    """The link of an e-mail. Changes nothing, because mail programs open links, too; the token leaves the address."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        link = open_link(hash_of(token))
        if link is None:
            return render(request, "accounts/link_over.html", status=404)
        request.session[CHECKED] = {"link": link.token_hash, "at": clock.now().timestamp()}
        return redirect("accounts:recover-account" if link.kind == SignInLinkKind.RECOVER else "accounts:email-confirm")


@method_decorator([never_cache, sensitive_post_parameters("password", "password_again")], name="dispatch")
class RecoverAccountView(FormView):
    """The right code or link was given: here is the sign-in name, and a new password is chosen."""

    form_class = NewPasswordForm
    template_name = "accounts/recover_account.html"
    recovery: Recovery | None = None
    link: SignInLink | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        checked = request.session.get(CHECKED)
        if checked and clock.now().timestamp() - checked["at"] <= CHECKED_FOR:
            self.recovery = Recovery.objects.for_list().filter(pk=checked.get("recovery")).first()
            self.link = open_link(checked.get("link", ""), kind=SignInLinkKind.RECOVER)
        if self.recovery is None and self.link is None:
            return redirect("accounts:recover")
        self.person = self.recovery.learner.user if self.recovery else self.link.user
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {"username": self.person.username}

    def get_form_kwargs(self) -> dict[str, Any]:
        """Who comes by their own mail says which passkeys they still have; help by somebody else ends them all."""
        own = passkeys_of(self.person) if self.link and is_learner(self.person) else []
        return super().get_form_kwargs() | {"passkeys": [(one.pk, one.data.get("name", "")) for one in own]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        ends_passkeys = bool(self.recovery) and passkeys_of(self.person).exists()
        return super().get_context_data(person=self.person, ends_passkeys=ends_passkeys, **kwargs)

    def form_valid(self, form: NewPasswordForm) -> HttpResponse:
        password = form.cleaned_data["password"]
        try:
            if self.recovery:
                user = actions.recover_account(recovery=self.recovery, password=password)
            else:
                user = actions.recover_by_link(
                    link=self.link, password=password, keep=form.cleaned_data.get("keep", ())
                )
        except ValidationError as error:
            form.refuse(error)
            return self.form_invalid(form)
        self.request.session.pop(CHECKED, None)
        messages.success(self.request, _("You have a new password. Everybody who was signed in as you is signed out."))
        if not is_learner(user):
            # Staff prove their second factor, too.
            return redirect("accounts:sign-in")
        self.request.session.flush()
        login(self.request, user, backend="django.contrib.auth.backends.ModelBackend")
        self.request.session.set_expiry(0)
        return redirect("accounts:start")


@method_decorator([never_cache, sensitive_post_parameters("password")], name="dispatch")
class EmailView(SignedInMixin, FormView):
    """The learner's own address, with which they can get back in alone."""

    form_class = EmailForm
    template_name = "accounts/email.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not is_learner(request.user):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "remove" in request.POST:
            actions.remove_email(user=request.user, by=request.user)
            messages.success(request, _("Your e-mail address is taken away."))
            return redirect("accounts:email")
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: EmailForm) -> HttpResponse:
        try:
            actions.add_email(user=self.request.user, by=self.request.user, **form.cleaned_data)
        except RuleBroken as rule:
            form.add_error("password" if rule.code == "wrong_password" else None, rule)
            return self.form_invalid(form)
        messages.info(self.request, _("We have sent a link to that address. Open it within two days to confirm it."))
        return redirect("accounts:email")


@method_decorator(never_cache, name="dispatch")
class ConfirmEmailView(FormView):
    template_name = "accounts/email_confirm.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        checked = request.session.get(CHECKED)
        is_recent = bool(checked) and clock.now().timestamp() - checked["at"] <= CHECKED_FOR
        self.link = open_link(checked.get("link", ""), kind=SignInLinkKind.CONFIRM) if is_recent else None
        if self.link is None:
            return render(request, "accounts/link_over.html", status=404)
        return super().dispatch(request, *args, **kwargs)

    def get_form(self, form_class: Any = None) -> ConfirmForm:
        return ConfirmForm(submit=_("Yes, this is my address"), **self.get_form_kwargs())

    def form_valid(self, form: ConfirmForm) -> HttpResponse:
        actions.confirm_email(link=self.link)
        self.request.session.pop(CHECKED, None)
        messages.success(self.request, _("Your address is confirmed. You can use it if you forget your password."))
        return redirect("accounts:email")
