"""Who may have a plan, as the help desk of an area says."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import FormView

from core.errors import RuleBroken
from ilp import actions
from ilp.forms import PlanRuleForm
from ilp.models import PlanRule
from ilp.views.help_desk import HelpDeskMixin


class PlanRuleView(HelpDeskMixin, FormView):
    form_class = PlanRuleForm
    template_name = "ilp/plan_rule.html"

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
