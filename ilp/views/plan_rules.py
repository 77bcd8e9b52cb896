"""Who may have a plan, as the help desk of an area says."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import FormView

from core.errors import RuleBroken
from core.views import SignedInMixin
from ilp import actions
from ilp.forms import PlanRuleForm
from ilp.models import PlanRule
from providers.models import StaffRole


class PlanRuleView(SignedInMixin, FormView):
    form_class = PlanRuleForm
    template_name = "ilp/plan_rule.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            roles = StaffRole.objects.of(request.user, "help_desk").select_related("organisation__area")
            if (role := roles.order_by("pk").first()) is None:
                raise Http404
            self.area = role.organisation.area
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        rule = PlanRule.objects.filter(area=self.area).first() or PlanRule()
        return {name: getattr(rule, name) for name in PlanRuleForm.base_fields}

    def form_valid(self, form: PlanRuleForm) -> HttpResponse:
        try:
            actions.set_plan_rule(area=self.area, by=self.request.user, **form.cleaned_data)
        except RuleBroken as rule:
            form.add_error("last_age_with_assessment", rule)
            return self.form_invalid(form)
        messages.success(self.request, _("Saved. It holds from now on; whoever has a plan keeps it."))
        return redirect("ilp:plan-rule")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(area=self.area, **kwargs)
