"""From the link of an invitation to being staff."""

from typing import Any

from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, View

from accounts import actions
from accounts.forms import JoinForm
from accounts.queries import open_invitation, own_learner_of
from core import clock
from core.forms import ConfirmForm
from providers.actions import hash_of

OPENED = "invitation_opened"  # session: the hash of the link that was opened, and when
OPENED_FOR = 60 * 60  # seconds


@method_decorator(never_cache, name="dispatch")
class OpenInvitationView(View):
    """The link of the e-mail. Changes nothing, because mail programs open links, too; the token leaves the address."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        if open_invitation(hash_of(token)) is None:
            return over(request)
        request.session[OPENED] = {"hash": hash_of(token), "at": clock.now().timestamp()}
        return redirect("accounts:invitation")


@method_decorator([never_cache, sensitive_post_parameters("password", "password_again")], name="dispatch")
class InvitationView(FormView):
    """Somebody new makes an account; somebody who has signed in says yes."""

    template_name = "accounts/invitation.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        opened = request.session.get(OPENED)
        is_recent = bool(opened) and clock.now().timestamp() - opened["at"] <= OPENED_FOR
        self.invitation = open_invitation(opened["hash"]) if is_recent else None
        return super().dispatch(request, *args, **kwargs) if self.invitation else over(request)

    def get_form(self, form_class: Any = None) -> Any:
        kwargs = self.get_form_kwargs()
        return ConfirmForm(submit=_("Join"), **kwargs) if self.request.user.is_authenticated else JoinForm(**kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        link = {"invitation": self.invitation, "token_hash": self.invitation.token_hash}
        try:
            if self.request.user.is_authenticated:
                actions.join_as(**link, by=self.request.user)
            else:
                answers = {name: form.cleaned_data[name] for name in ("name", "username", "password")}
                user = actions.join_as_new(**link, **answers)
                login(self.request, user, backend="django.contrib.auth.backends.ModelBackend")
                self.request.session.set_expiry(0)
        except ValidationError as error:
            form.refuse(error) if isinstance(form, JoinForm) else form.add_error(None, error)
            return self.form_invalid(form)
        self.request.session.pop(OPENED, None)
        return redirect("accounts:start")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            invitation=self.invitation, is_learner=own_learner_of(self.request.user) is not None, **kwargs
        )


def over(request: HttpRequest) -> HttpResponse:
    """One page for a link that was used, withdrawn, replaced, is too old or never was."""
    return render(request, "accounts/invitation_over.html", status=404)
