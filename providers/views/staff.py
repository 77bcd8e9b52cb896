"""Who acts for a provider: its people, those who are asked to be, and for whom one acts oneself."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_lazy as _lazy
from django.views.generic import FormView

from core import clock
from core.errors import RuleBroken, StaleState
from core.views import ActionView, SignedInMixin, VisibleListView
from providers import actions
from providers.forms.staff import (
    EVERYWHERE,
    ActForForm,
    EndRoleForm,
    GiveRoleForm,
    InviteAgainForm,
    InviteForm,
    StepInForm,
)
from providers.models import PROVIDER_ROLES, Invitation, Organisation, RoleKind, StaffRole
from providers.policies import INVITATION_POLICY, ROLE_POLICY, STAFF_POLICY
from providers.queries import (
    by_last_use,
    role_kinds,
    roles_today,
    sort_of,
    staffed_organisations,
    waiting_invitations,
)


class StaffView(SignedInMixin, VisibleListView):
    """The providers whose staff one may know. Who knows of one only goes straight there."""

    template_name = "providers/staff.html"

    def get_queryset(self) -> Any:
        return staffed_organisations(self.request.user)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        first = list(self.get_queryset()[:2])
        if not first:
            raise Http404
        if len(first) == 1:
            return redirect("providers:staff-of", first[0].reference)
        return super().get(request, *args, **kwargs)


class StaffOfView(SignedInMixin, VisibleListView):
    """The people of one provider today, those whose role ended because nobody used it, and the invitations that
    wait. When somebody last signed in is for those who manage them."""

    queryset = StaffRole.objects
    template_name = "providers/staff_of.html"
    sorts = by_last_use("user__name", "user__username", "kind")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        organisations = Organisation.objects.staffed_through(request.user).select_related("area")
        self.organisation = get_object_or_404(organisations, reference=kwargs["reference"])
        self.can_manage = STAFF_POLICY.can(request.user, "invite", self.organisation)
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        roles = StaffRole.objects.visible_to(self.request.user)
        if self.can_manage:
            roles = StaffRole.objects.filter(
                Q(pk__in=roles.values("pk")) | Q(pk__in=StaffRole.objects.lapsed_to(self.request.user).values("pk"))
            )
        # Who may not know when somebody was last here cannot find it out from the order either.
        self.sort, order = sort_of(self.request.GET.get("sort", "") if self.can_manage else "", self.sorts)
        return roles.filter(organisation=self.organisation).for_list().order_by(*order)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        can_manage = self.can_manage
        context = super().get_context_data(
            sort=self.sort,
            today=clock.today(),
            organisation=self.organisation,
            can_manage=can_manage,
            invitations=list(waiting_invitations(self.organisation)) if can_manage else [],
            can_step_in="help_desk" in role_kinds(self.request.user)
            and not Organisation.objects.editing_through(self.request.user).filter(pk=self.organisation.pk).exists()
            and STAFF_POLICY.can(self.request.user, "step_in", self.organisation),
            has_several=Organisation.objects.staffed_through(self.request.user)[1:2].exists(),
            **kwargs,
        )
        # Asked once for the page: everything on it is of one provider.
        rows = [
            (role, can_manage and role.kind in PROVIDER_ROLES and not role.has_lapsed)
            for role in context["object_list"]
        ]
        return context | {"rows": rows}


class StaffFormView(ActionView):
    """Something to do for the staff of one provider."""

    def get_success_url(self) -> str:
        return reverse("providers:staff-of", args=[self.organisation.reference])

    @property
    def organisation(self) -> Organisation:
        return self.thing if isinstance(self.thing, Organisation) else self.thing.organisation

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(organisation=self.organisation, back=self.get_success_url(), **kwargs)


class StepInView(StaffFormView):
    """The help desk acts for a provider of its area, until tonight."""

    template_name = "providers/staff_step_in.html"
    form_class = StepInForm

    def get_queryset(self) -> Any:
        return Organisation.objects.staffed_through(self.request.user).select_related("area")

    def require(self, user: Any) -> None:
        STAFF_POLICY.require(user, "step_in", self.thing)

    def act(self, _answers: dict[str, Any]) -> StaffRole:
        role = actions.step_in(organisation=self.thing, by=self.request.user)
        words = _("Until tonight you keep the courses of %(provider)s. What you do is recorded as yours.")
        messages.success(self.request, words % {"provider": self.thing})
        return role


class InviteStaffView(StaffFormView):
    template_name = "providers/staff_invite.html"
    form_class = InviteForm
    done = gettext_lazy("The invitation is on its way. It stands below until it is used.")

    def get_queryset(self) -> Any:
        return Organisation.objects.staffed_through(self.request.user).select_related("area")

    def require(self, user: Any) -> None:
        STAFF_POLICY.require(user, "invite", self.thing)

    def act(self, answers: dict[str, Any]) -> Invitation:
        return actions.invite_staff(organisation=self.thing, by=self.request.user, **answers)


class RoleView(StaffFormView):
    queryset = StaffRole.objects


class GiveRoleView(RoleView):
    template_name = "providers/role_give.html"
    form_class = GiveRoleForm

    def require(self, user: Any) -> None:
        STAFF_POLICY.require(user, "give_role", self.thing.organisation)

    def get_form_kwargs(self) -> dict[str, Any]:
        held = StaffRole.objects.current().filter(
            user=self.thing.user, organisation=self.thing.organisation, ended_on=None
        )
        self.held = frozenset(held.values_list("kind", flat=True))
        return super().get_form_kwargs() | {"held": self.held}

    def act(self, answers: dict[str, Any]) -> StaffRole:
        given = actions.give_role(role=self.thing, kind=answers["kind"], by=self.request.user)
        messages.success(
            self.request,
            _("%(user)s has one more role: %(kind)s.") % {"user": given.user, "kind": given.get_kind_display()},
        )
        return given

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"has_all": self.held >= set(PROVIDER_ROLES)}


class EndRoleView(RoleView):
    template_name = "providers/role_end.html"
    form_class = EndRoleForm

    def require(self, user: Any) -> None:
        ROLE_POLICY.require(user, "end", self.thing)

    def act(self, answers: dict[str, Any]) -> StaffRole:
        role = actions.end_role(role=self.thing, last_on=answers["last_on"], by=self.request.user)
        said = {"user": role.user, "kind": role.get_kind_display(), "day": date_format(role.ended_on, "j F Y")}
        words = (
            _("The role of %(user)s has ended: %(kind)s.")
            if role.ended_at
            else _("The role of %(user)s ends after %(day)s: %(kind)s.")
        )
        messages.success(self.request, words % said)
        return role

    def get_success_url(self) -> str:
        """Who ended their own last role here may not see the page any more."""
        seen = Organisation.objects.staffed_through(self.request.user).filter(pk=self.thing.organisation_id)
        return super().get_success_url() if seen.exists() else reverse("accounts:start")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(is_own=self.thing.user_id == self.request.user.pk, **kwargs)


class InviteAgainView(StaffFormView):
    """Somebody's role ended because they did not sign in, and they are asked to have it again."""

    template_name = "providers/role_invite_again.html"
    form_class = InviteAgainForm
    done = _lazy("The invitation is on its way.")

    def get_queryset(self) -> Any:
        return StaffRole.objects.lapsed_to(self.request.user).for_list()

    def require(self, user: Any) -> None:
        ROLE_POLICY.require(user, "invite_again", self.thing)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {
            "is_fixed": self.thing.kind not in PROVIDER_ROLES,
            "initial": {"email": self.thing.user.email},
        }

    def act(self, answers: dict[str, Any]) -> Invitation:
        return actions.invite_again(role=self.thing, email=answers.get("email", ""), by=self.request.user)

    def get_success_url(self) -> str:
        """A school's people are looked after on another page."""
        seen = Organisation.objects.staffed_through(self.request.user).filter(pk=self.thing.organisation_id)
        return super().get_success_url() if seen.exists() else reverse("accounts:staff-help")


class InvitationView(StaffFormView):
    """One verb to an invitation that waits, by a button on the list."""

    queryset = Invitation.objects
    http_method_names = ["post"]
    verb = ""

    def require(self, user: Any) -> None:
        INVITATION_POLICY.require(user, self.verb, self.thing)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            self.act({})
        except RuleBroken as rule:
            messages.error(request, rule.message)
        except StaleState as stale:
            raise StaleState(stale, back_url=self.get_success_url()) from stale
        else:
            messages.success(request, self.done)
        return redirect(self.get_success_url())


class ResendInvitationView(InvitationView):
    verb = "resend"
    done = gettext_lazy("Sent again, with a new link. The old link no longer works.")

    def act(self, answers: dict[str, Any]) -> Invitation:
        return actions.resend_invitation(invitation=self.thing, by=self.request.user)


class WithdrawInvitationView(InvitationView):
    verb = "withdraw"
    done = gettext_lazy("Withdrawn. Its link no longer works.")

    def act(self, answers: dict[str, Any]) -> Invitation:
        return actions.withdraw_invitation(invitation=self.thing, by=self.request.user)


class ActForView(SignedInMixin, FormView):
    """For which of one's organisations one acts, and in which roles."""

    template_name = "providers/staff_act_for.html"
    form_class = ActForForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        self.roles = roles_today(request.user)
        if not self.roles:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"choices": list({role.reference: role.name for role in self.roles}.items())}

    def get_initial(self) -> dict[str, Any]:
        acting = {role.reference for role in self.roles if not role.is_aside}
        return {"organisation": acting.pop() if len(acting) == 1 else EVERYWHERE}

    def form_valid(self, form: ActForForm) -> HttpResponse:
        reference = form.cleaned_data["organisation"]
        chosen = None
        if reference != EVERYWHERE:
            keys = [role.organisation_id for role in self.roles]
            chosen = get_object_or_404(Organisation.objects.filter(pk__in=keys), reference=reference)
        actions.act_for(organisation=chosen, by=self.request.user)
        messages.success(
            self.request,
            _("You act for %(chosen)s now.") % {"chosen": chosen} if chosen else _("You act for all of them now."),
        )
        return redirect("providers:staff-act-for")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows: dict[str, list[str]] = {}
        for role in self.roles:
            rows.setdefault(role.name, []).append(RoleKind(role.kind).label)
        return super().get_context_data(rows=list(rows.items()), can_choose=len(rows) > 1, **kwargs)
