"""One's own account: how one signs in, and where one is signed in."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, TemplateView, View

from accounts import actions
from accounts.forms import PasswordForm
from accounts.models import Recovery, Session, SignOn, SignOnIdentity
from accounts.queries import may_end_factor, recovery_codes_of, second_factors_of
from accounts.sessions import seconds_left, see
from accounts.views.confirming import ConfirmedMixin
from core import clock
from core.searching import SearchByNameMixin
from core.views import SignedInMixin, VisibleListView
from providers.models import StaffRole
from providers.queries import by_last_use, role_kinds_but_advice, roles_today, sort_of


class AccountView(SignedInMixin, TemplateView):
    """How one signs in, and where one is signed in now."""

    template_name = "accounts/account.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, key = self.request.user, self.request.session.session_key
        factors, codes = list(second_factors_of(user)), recovery_codes_of(user)
        joined = list(SignOnIdentity.objects.visible_to(user)) if roles_today(user) else []
        mine = {role.organisation_id for role in roles_today(user)} - {one.sign_on.organisation_id for one in joined}
        return super().get_context_data(
            is_staff=bool(roles_today(user)),
            factors=[(factor, len(factors) > 1 or may_end_factor(user, factor)) for factor in factors],
            helped=[] if roles_today(user) else Recovery.objects.told_to(user)[:50],
            codes_left=len(codes.get_unused_codes()) if codes else None,
            joined=joined,
            to_join=SignOn.objects.working().filter(organisation__in=mine) if mine else [],
            sessions=[(row, row.session_key == key) for row in Session.objects.visible_to(user)[:50]],
            **kwargs,
        )


class TryAddressAgainView(SignedInMixin, View):
    """The address e-mails came back from is right, says whoever has it."""

    def post(self, request: HttpRequest) -> HttpResponse:
        actions.try_address_again(user=request.user, by=request.user)
        messages.success(request, gettext("We send e-mails to your address again."))
        return redirect("accounts:account")


@method_decorator([never_cache, sensitive_post_parameters("password", "password_again")], name="dispatch")
class PasswordView(ConfirmedMixin, FormView):
    template_name = "accounts/password_change.html"
    form_class = PasswordForm

    def form_valid(self, form: PasswordForm) -> HttpResponse:
        session = self.request.session
        try:
            user = actions.change_password(
                new=form.cleaned_data["password"], session_key=session.session_key, by=self.request.user
            )
        except ValidationError as error:
            form.refuse(error)
            return self.form_invalid(form)
        update_session_auth_hash(self.request, user)
        messages.success(self.request, gettext("Your password is changed. You are signed out everywhere else."))
        return redirect("accounts:account")


class EndSessionView(SignedInMixin, View):
    """Signs the person out somewhere else, or everywhere else."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, reference: str | None = None) -> HttpResponse:
        ended = actions.end_sessions(reference=reference, session_key=request.session.session_key, by=request.user)
        words = gettext("You are signed out there.") if ended else gettext("That was over already.")
        messages.success(request, words)
        return redirect("accounts:account")


class SessionLeftView(View):
    """How many seconds there are until the session is over. Asking changes nothing."""

    def get(self, request: HttpRequest) -> HttpResponse:
        left = max(0, int(seconds_left(request.session))) if request.user.is_authenticated else 0
        return JsonResponse({"seconds": left}, headers={"Cache-Control": "no-store"})


class SessionStayView(View):
    """The person is still there."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            see(request.session)
        return redirect("accounts:session-left")


class StaffHelpView(SignedInMixin, SearchByNameMixin, VisibleListView):
    """The staff whom one may help to sign in again, found by name, and whose roles ended because nobody used them."""

    sorts = by_last_use("user__name", "user_id", "organisation__name")
    template_name = "accounts/staff_help.html"

    def get_queryset(self) -> Any:
        helped = StaffRole.objects.helped_by(self.request.user)
        lapsed = StaffRole.objects.lapsed_to(self.request.user)
        roles = StaffRole.objects.filter(Q(pk__in=helped.values("pk")) | Q(pk__in=lapsed.values("pk"))).for_list()
        self.q = self.asked.get("q", "")
        if self.q:
            roles = roles.filter(user__name__icontains=self.q)
        self.sort, order = sort_of(self.request.GET.get("sort", ""), self.sorts)
        return roles.order_by(*order)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not may_help(request.user):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(q=self.q, sort=self.sort, today=clock.today(), **kwargs)


def may_help(user: Any) -> bool:
    """Managers and help desks."""
    return not role_kinds_but_advice(user).isdisjoint({"manager", "help_desk"})
