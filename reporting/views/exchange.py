"""The exchange with the client caseload system: its extracts, and what has changed here for it."""

import datetime as dt
from typing import Any

from django.shortcuts import redirect
from django.views.generic import FormView

from core import clock
from core.errors import RuleBroken
from providers.models import Upload
from reporting import actions
from reporting.exchange.kind import CASELOAD
from reporting.forms_returns import AskChangesForm
from reporting.models import ReturnRun
from reporting.views.guarantee import GuaranteeMixin

SHOWN = 25


def school_year_began() -> dt.date:
    today = clock.today()
    return dt.date(today.year - (today.month < 9), 9, 1)


class ExchangeView(GuaranteeMixin, FormView):
    """What was taken over and what was handed out lately, and a form for the changes since the last time."""

    roles = ("officer",)
    form_class = AskChangesForm
    template_name = "reporting/exchange.html"

    @property
    def runs(self) -> Any:
        runs = ReturnRun.objects.visible_to(self.request.user).filter(area=self.area)
        return runs.to_caseload_system().for_list()

    def get_initial(self) -> dict[str, Any]:
        last = self.runs.exclude(made_at=None).first()
        return super().get_initial() | {"since": last.period_end if last else school_year_began()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        extracts = Upload.objects.visible_to(self.request.user).filter(kind=CASELOAD.name).for_list()
        return super().get_context_data(runs=self.runs[:SHOWN], extracts=extracts[:SHOWN], **kwargs)

    def form_valid(self, form: Any) -> Any:
        try:
            run = actions.ask_changes(area=self.area, by=self.request.user, **form.cleaned_data)
        except RuleBroken as rule:
            form.add_error(None, rule)
            return self.form_invalid(form)
        return redirect("reporting:return", reference=run.reference)
