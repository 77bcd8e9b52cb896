"""Signing in by one's organisation: found, asked there, come back, joined to the account one has."""

from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import FormView, View

from accounts import actions, openid
from accounts.forms import FindSignOnForm
from accounts.models import SignOn, SignOnIdentity
from accounts.openid import Question, Said, SignOnFailed
from accounts.queries import acts_there, open_invitation, sign_on_for
from accounts.views.confirming import ConfirmedMixin, safe_next
from accounts.views.invitations import OPENED
from core.errors import RuleBroken, StaleState, TooManyTries
from core.forms import ConfirmForm
from core.views import SignedInMixin

ASKED = "sign_on_asked"  # session: the question somebody has gone away to answer; good for one answer
PENDING = "sign_on_pending"  # session: who they are there, until they have said which account is theirs


def back_url(sign_on: SignOn) -> str:
    """Where the issuer sends people back to: an address of each organisation's own, so that answers cannot be mixed."""
    return settings.PORTAL_ADDRESS + reverse("accounts:sign-on-back", args=[sign_on.organisation.reference])


def leave(request: HttpRequest, sign_on: SignOn, *, is_trial: bool) -> HttpResponse:
    """Off to the issuer, with what is needed to believe its answer kept in the session.

    Raises: SignOnFailed.
    """
    issuer = openid.discover(sign_on.issuer)
    url, question = openid.ask_who(issuer, client_id=sign_on.client_id, back=back_url(sign_on))
    request.session[ASKED] = {
        "sign_on": sign_on.pk,
        "set_at": sign_on.changed_at.isoformat(),
        "question": list(question),
        "next": safe_next(request, ""),
        "is_trial": is_trial,
    }
    # The security policy lets forms lead to our own pages only, so the way out is an ordinary link, followed at once.
    return render(request, "accounts/sign_on_go.html", {"url": url, "organisation": sign_on.organisation})


class FindSignOnView(FormView):
    """By the end of an address. Which organisations there are is not listed."""

    template_name = "accounts/sign_on_find.html"
    form_class = FindSignOnForm

    def form_valid(self, form: FindSignOnForm) -> HttpResponse:
        sign_on = sign_on_for(form.cleaned_data["email"])
        if sign_on is not None:
            return redirect("accounts:sign-on", sign_on.organisation.reference)
        form.add_error(
            "email",
            _("No organisation signs in addresses like this one. Use your sign-in name and password."),
        )
        return self.form_invalid(form)


@method_decorator(never_cache, name="dispatch")
class SignOnView(View):
    """An organisation's own address: says who will be asked, and goes there."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        working = SignOn.objects.working().filter(organisation__reference=kwargs["reference"])
        self.sign_on = working.first()
        if self.sign_on is None:
            return render(request, "accounts/sign_on_over.html", status=404)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        context = {"organisation": self.sign_on.organisation, "next": safe_next(request, "")}
        return render(request, "accounts/sign_on.html", context)

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        if not ratelimit.consume(request, action="login"):
            raise TooManyTries(_("There have been too many tries from here."), wait_minutes=1)
        try:
            return leave(request, self.sign_on, is_trial=False)
        except SignOnFailed:
            return refused(request, _cannot(self.sign_on))


@method_decorator(never_cache, name="dispatch")
class SignOnBackView(View):
    """The way back from the issuer. Whatever comes of it, the question is used up."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        asked = request.session.pop(ASKED, None)
        sign_on = self.found(reference, asked)
        if sign_on is None:
            return refused(
                request, _("This answer does not belong to a sign-in that was begun here. Begin again from this page.")
            )
        try:
            said = openid.hear(
                openid.discover(sign_on.issuer),
                question=Question(*asked["question"]),
                answer=request.GET.dict(),
                client_id=sign_on.client_id,
                secret=actions.secret_of(sign_on),
                back=back_url(sign_on),
            )
        except SignOnFailed as problem:
            if asked["is_trial"]:
                messages.error(request, _("It does not work yet: %(why)s") % {"why": problem.sentence})
                return redirect("accounts:sign-on-set", reference)
            return refused(request, _cannot(sign_on) if problem.code != "refused" else str(problem.sentence))
        return self.tried(sign_on, asked, said) if asked["is_trial"] else self.heard(sign_on, asked, said)

    def found(self, reference: str, asked: Any) -> SignOn | None:
        """The sign-on the question was for, unless it is another's address or was set otherwise since."""
        if not asked:
            return None
        sign_on = SignOn.objects.select_related("organisation").filter(pk=asked["sign_on"]).first()
        if sign_on is None or sign_on.organisation.reference != reference:
            return None
        return sign_on if sign_on.changed_at.isoformat() == asked["set_at"] else None

    def tried(self, sign_on: SignOn, asked: dict[str, Any], said: Said) -> HttpResponse:
        if not self.request.user.is_authenticated:
            return refused(self.request, _("You were signed out meanwhile. Sign in and try it again."))
        actions.note_trial(sign_on=sign_on, tried=sign_on, by=self.request.user)
        words = [_("It works: you came back signed on.")]
        try:
            actions.require_own_address(sign_on, said)
        except RuleBroken as rule:
            words = [_("You came back signed on, but nobody could join their account so:"), rule.message]
        has_two = openid.TWO_FACTORS in said.methods or bool(said.level and said.level == sign_on.strong_level)
        words.append(
            _("It said that there were two factors.") if has_two else _("It did not say that there were two factors.")
        )
        messages.info(self.request, " ".join(words))
        return redirect("accounts:sign-on-set", sign_on.organisation.reference)

    def heard(self, sign_on: SignOn, asked: dict[str, Any], said: Said) -> HttpResponse:
        request = self.request
        try:
            known = actions.use_identity(sign_on=sign_on, said=said)
            if known is None:
                actions.require_own_address(sign_on, said)
        except (RuleBroken, StaleState) as rule:
            words = rule.message if isinstance(rule, RuleBroken) else _cannot(sign_on)
            return refused(request, words)
        if known is None:
            return self.join(sign_on, said)
        user, is_second_factor = known
        if request.user.is_authenticated:
            if request.user.pk != user.pk:
                return refused(request, _("That is somebody else’s account. Sign out here first."))
            return redirect("accounts:start")
        record_authentication(
            request, user, method="sign_on", sign_on=sign_on.pk, is_second_factor=is_second_factor or None
        )
        answer = perform_login(request, Login(user=user, redirect_url=asked["next"] or None))
        request.session.set_expiry(0)
        return answer

    def join(self, sign_on: SignOn, said: Said) -> HttpResponse:
        """The first time: which account is theirs? They prove that they have it, or make it from an invitation."""
        request = self.request
        request.session[PENDING] = {"sign_on": sign_on.pk, "said": list(said)}
        if request.user.is_authenticated:
            return redirect("accounts:sign-on-join")
        opened = request.session.get(OPENED)
        invitation = open_invitation(opened["hash"]) if opened else None
        if (
            invitation is not None
            and invitation.organisation_id == sign_on.organisation_id
            and invitation.email.lower() == said.email.lower()
        ):
            messages.info(request, _("Make your account here once. Then both are joined."))
            return redirect("accounts:invitation")
        messages.info(
            request,
            _(
                "%(organisation)s has said who you are. Sign in once more with your sign-in name, so that we know "
                "which account here is yours. If you have none, ask a manager there to invite you."
            )
            % {"organisation": sign_on.organisation},
        )
        return redirect(f"{reverse('accounts:sign-in')}?next={reverse('accounts:sign-on-join')}")


@method_decorator(never_cache, name="dispatch")
class JoinSignOnView(SignedInMixin, FormView):
    """Somebody who has proved both says that they belong together."""

    template_name = "accounts/sign_on_join.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            pending = request.session.get(PENDING)
            self.sign_on = SignOn.objects.working().filter(pk=pending["sign_on"]).first() if pending else None
            if self.sign_on is None or not acts_there(request.user, self.sign_on.organisation_id):
                request.session.pop(PENDING, None)
                raise Http404
            self.said = Said(*pending["said"])
        return super().dispatch(request, *args, **kwargs)

    def get_form(self, form_class: Any = None) -> Any:
        return ConfirmForm(submit=_("Join them"), **self.get_form_kwargs())

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            actions.join_sign_on(sign_on=self.sign_on, said=self.said, by=self.request.user)
        except RuleBroken as rule:
            form.add_error(None, rule)
            return self.form_invalid(form)
        self.request.session.pop(PENDING, None)
        messages.success(
            self.request,
            _("Joined. From now on you can sign in with %(organisation)s.")
            % {"organisation": self.sign_on.organisation},
        )
        return redirect("accounts:account")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(organisation=self.sign_on.organisation, email=self.said.email, **kwargs)


class PartSignOnView(ConfirmedMixin, FormView):
    """One's account is no longer signed on by the organisation."""

    template_name = "accounts/sign_on_part.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            self.identity = get_object_or_404(SignOnIdentity.objects.visible_to(request.user), pk=kwargs["key"])
        return super().dispatch(request, *args, **kwargs)

    def get_form(self, form_class: Any = None) -> Any:
        return ConfirmForm(submit=_("Part them"), submit_colour="warning", **self.get_form_kwargs())

    def form_valid(self, form: Any) -> HttpResponse:
        actions.part_sign_on(identity=self.identity, by=self.request.user)
        messages.success(self.request, _("Parted. You sign in with your sign-in name and password."))
        return redirect("accounts:account")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(organisation=self.identity.sign_on.organisation, **kwargs)


def refused(request: HttpRequest, words: str) -> HttpResponse:
    """The other way in stays open, and says why this one did not."""
    messages.error(request, words)
    return redirect("accounts:account" if request.user.is_authenticated else "accounts:sign-in")


def _cannot(sign_on: SignOn) -> str:
    return _(
        "Signing in with %(organisation)s does not work at the moment. Try again later, or use your sign-in name and "
        "password."
    ) % {"organisation": sign_on.organisation}
