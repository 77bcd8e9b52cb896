"""A learner lets people in and sees whom; those who were let in join, and look."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, View

from accounts import actions
from accounts.actions.codes import address_hash, in_groups
from accounts.actions.supporters import token_hash_of
from accounts.forms import InviteSupporterForm, JoinForm, SharingForm, SupporterCodeForm
from accounts.models import Supporter
from accounts.queries import open_supporter, own_learner_of
from accounts.views.information import OwnLearnerMixin
from core import clock, slots
from core.errors import RuleBroken
from core.forms import ConfirmForm
from core.views import ActionView, SignedInMixin, VisibleDetailView, VisibleListView

OPENED = "support_opened"  # session: the hash of the link or code that was opened, and when
OPENED_FOR = 60 * 60  # seconds


# --- the learner's side


@method_decorator(never_cache, name="dispatch")
class InviteSupporterView(OwnLearnerMixin, FormView):
    """Whom to let in. A code is shown on the answer to this form and nowhere else."""

    form_class = InviteSupporterForm
    template_name = "accounts/supporter_invite.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            self.learner  # noqa: B018 - nobody's page but a learner's
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: InviteSupporterForm) -> HttpResponse:
        try:
            supporter, code = actions.invite_supporter(learner=self.learner, by=self.request.user, **form.answers())
        except RuleBroken as rule:
            form.add_error("until_on" if rule.code.startswith("until") else None, rule)
            return self.form_invalid(form)
        if not code:
            messages.success(
                self.request, _("We have sent the e-mail. They see nothing until they have followed its link.")
            )
            return redirect("accounts:information")
        context = {"supporter": supporter, "code": in_groups(code)}
        return render(self.request, "accounts/supporter_code.html", context)


class OwnSupporterView(ActionView):
    """Something a learner does to one of the people they let in."""

    queryset = Supporter.objects.all()

    def get_queryset(self) -> Any:
        return super().get_queryset().own_of(self.request.user)

    def get_success_url(self) -> str:
        return reverse("accounts:information")


class ChangeSupporterView(OwnSupporterView):
    form_class = SharingForm
    template_name = "accounts/supporter_change.html"
    done = gettext_lazy("Saved. It holds from now on.")

    def get_initial(self) -> dict[str, Any]:
        return {"sections": self.thing.sections, "until_on": self.thing.until_on}

    def act(self, answers: dict[str, Any]) -> None:
        actions.change_supporter(supporter=self.thing, by=self.request.user, **answers)


class EndSupporterView(OwnSupporterView):
    form_class = ConfirmForm
    template_name = "accounts/supporter_end.html"
    done = gettext_lazy("Ended. They see nothing of yours any more.")

    def get_form_kwargs(self) -> dict[str, Any]:
        words = _("End this now") if self.thing.accepted_at else _("Take the invitation back")
        return super().get_form_kwargs() | {"submit": words, "submit_colour": "warning"}

    def act(self, answers: dict[str, Any]) -> None:
        actions.end_supporter(supporter=self.thing, by=self.request.user)


# --- the supporter's side


class SupportingView(SignedInMixin, VisibleListView):
    """The young people somebody supports. Whoever supports nobody is told how it begins."""

    queryset = Supporter.objects.all()
    template_name = "accounts/supporting.html"
    context_object_name = "supported"

    def get_queryset(self) -> Any:
        held = super().get_queryset().held_by(self.request.user)
        return held.for_list().order_by("learner__family_name", "learner__given_name", "pk")


class SupportedView(SignedInMixin, VisibleDetailView):
    """One young person, as far as they let this person see. Each section is drawn by the floor that has it."""

    queryset = Supporter.objects.all()
    template_name = "accounts/supported.html"
    context_object_name = "supporter"

    def get_queryset(self) -> Any:
        return super().get_queryset().held_by(self.request.user).for_list()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        supporter = self.object
        shown = [section for section in supporter.sections if slots.fills(f"supported-{section}")]
        actions.leave_receipts(learner=supporter.learner, by=self.request.user, sections=shown or ["record"], roles=())
        return super().get_context_data(slots=[f"supported-{section}" for section in shown], **kwargs)


class StopSupportingView(ActionView):
    """The supporter steps back."""

    queryset = Supporter.objects.all()
    form_class = ConfirmForm
    template_name = "accounts/supporter_stop.html"
    done = gettext_lazy("You no longer see anything of this young person.")

    def get_queryset(self) -> Any:
        return super().get_queryset().held_by(self.request.user).for_list()

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": _("Stop supporting"), "submit_colour": "warning"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        actions.leave_receipts(learner=self.thing.learner, by=self.request.user, sections=["record"], roles=())
        return super().get_context_data(**kwargs)

    def act(self, answers: dict[str, Any]) -> None:
        actions.end_supporter(supporter=self.thing, by=self.request.user)

    def get_success_url(self) -> str:
        return reverse("accounts:supporting")


@method_decorator(never_cache, name="dispatch")
class OpenSupportView(View):
    """The link of the e-mail. Changes nothing, because mail programs open links, too; the token leaves the address."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        if open_supporter(token_hash_of(token)) is None:
            return over(request)
        remember(request, token_hash_of(token))
        return redirect("accounts:support-join")


@method_decorator([never_cache, sensitive_post_parameters("code")], name="dispatch")
class SupportCodeView(FormView):
    """Somebody types the code a young person has given them."""

    form_class = SupporterCodeForm
    template_name = "accounts/support_code.html"

    def form_valid(self, form: SupporterCodeForm) -> HttpResponse:
        try:
            code = actions.read_code(form.cleaned_data["code"])
            address = address_hash(get_adapter().get_client_ip(self.request))
            supporter = actions.check_supporter_code(code=code, address_hash=address)
        except RuleBroken as rule:
            form.add_error("code", rule)
            return self.form_invalid(form)
        remember(self.request, supporter.token_hash)
        return redirect("accounts:support-join")


@method_decorator([never_cache, sensitive_post_parameters("password", "password_again")], name="dispatch")
class SupportJoinView(FormView):
    """Somebody new makes an account; somebody who has signed in says yes."""

    template_name = "accounts/support_join.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        opened = request.session.get(OPENED)
        is_recent = bool(opened) and clock.now().timestamp() - opened["at"] <= OPENED_FOR
        self.supporter = open_supporter(opened["hash"]) if is_recent else None
        return super().dispatch(request, *args, **kwargs) if self.supporter else over(request)

    def get_form(self, form_class: Any = None) -> Any:
        kwargs = self.get_form_kwargs()
        if self.request.user.is_authenticated:
            return ConfirmForm(submit=_("Yes, I will support them"), **kwargs)
        form = JoinForm(**kwargs)
        form.submit = _("Make my account")
        form.fields["name"].help_text = _("The young person sees it beside what you look at.")
        return form

    def form_valid(self, form: Any) -> HttpResponse:
        link = {"supporter": self.supporter, "token_hash": self.supporter.token_hash}
        try:
            if self.request.user.is_authenticated:
                actions.accept_supporter(**link, by=self.request.user)
            else:
                answers = {name: form.cleaned_data[name] for name in ("name", "username", "password")}
                user = actions.join_as_supporter(**link, **answers)
                login(self.request, user, backend="django.contrib.auth.backends.ModelBackend")
                self.request.session.set_expiry(0)
        except ValidationError as error:
            form.refuse(error) if isinstance(form, JoinForm) else form.add_error(None, error)
            return self.form_invalid(form)
        self.request.session.pop(OPENED, None)
        messages.success(self.request, _("You can look from now on."))
        return redirect("accounts:supported", reference=self.supporter.reference)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            supporter=self.supporter, is_learner=own_learner_of(self.request.user) is not None, **kwargs
        )


def remember(request: HttpRequest, token_hash: str) -> None:
    request.session[OPENED] = {"hash": token_hash, "at": clock.now().timestamp()}


def over(request: HttpRequest) -> HttpResponse:
    """One page for a link that was used, taken back, is too old or never was."""
    return render(request, "accounts/support_over.html", status=404)
