"""Cohorts that an organisation follows: saved under a name, led by somebody, changed and ended."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, ListView

from core.errors import RuleBroken
from core.forms import ConfirmForm
from core.views import ActionView
from reporting import actions
from reporting.forms import SavedCohortForm
from reporting.models import SavedCohort
from reporting.queries.cohorts import STAGES
from reporting.queries.lights import entry_year_now
from reporting.queries.saved_cohorts import SHOWN, cohort_of, leads_of, numbers_of
from reporting.views.cohorts import CohortMixin, ReaderMixin, with_addresses


class SavedCohortsView(ReaderMixin, ListView):
    """Those of the organisation, one's own first, with their numbers."""

    template_name = "reporting/saved_cohorts.html"
    paginate_by = 10

    def get_queryset(self) -> Any:
        found = SavedCohort.objects.visible_to(self.request.user).followed()
        return found.filter(organisation=self.reader.organisation).led_first(self.request.user).for_list()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        saved = list(context["object_list"])
        found = numbers_of(self.reader, saved, entry_year=entry_year_now(self.reader.area))
        cohorts = [cohort_of(each) for each in saved]
        return context | {
            "stages": [STAGES[stage].words for stage in SHOWN],
            "rows": [
                (each, cohort.query, with_addresses(cohort, cells))
                for each, cohort, cells in zip(saved, cohorts, found, strict=True)
            ],
        }


class SaveCohortView(CohortMixin, FormView):
    """The cohort of the address under a name, for the organisation."""

    form_class = SavedCohortForm
    template_name = "reporting/cohort_save.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"leads": leads_of(self.reader.organisation)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.pop("form", None) or self.get_form()
        self.ask()
        return super().get_context_data(
            form=form,
            said=self._said(),
            back_url=f"{reverse('reporting:cohorts')}?{self.cohort.query}",
            **kwargs,
        )

    def _said(self) -> list[tuple[str, str]]:
        basis = dict(self.form.fields["basis"].choices)[self.cohort.basis]  # type: ignore[attr-defined]
        return [(str(name), str(value)) for name, value in [(_("Counted"), basis), *self.form.in_words()]]

    def form_valid(self, form: SavedCohortForm) -> HttpResponse:
        self.ask()
        try:
            actions.save_cohort(
                organisation=self.reader.organisation,
                filters=self.cohort.said,
                in_words=self._said(),
                by=self.request.user,
                **form.cleaned_data,
            )
        except RuleBroken as rule:
            form.add_error(None, rule)
            return self.form_invalid(form)
        messages.success(self.request, _("Saved. Your colleagues find it here, too."))
        return redirect("reporting:saved-cohorts")


class _OneCohortView(ReaderMixin, ActionView):
    """One that nobody has ended, of an organisation this person counts cohorts for."""

    queryset = SavedCohort.objects.all()

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(organisation=self.reader.organisation)

    def require(self, user: Any) -> None:
        if self.thing.ended_at is not None:
            raise Http404

    def get_success_url(self) -> str:
        return reverse("reporting:saved-cohorts")


class ChangeCohortView(_OneCohortView):
    form_class = SavedCohortForm
    template_name = "reporting/cohort_change.html"
    done = gettext_lazy("Saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"leads": leads_of(self.thing.organisation)}

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.thing.name, "lead": self.thing.lead_id, "until_on": self.thing.until_on}

    def act(self, answers: dict[str, Any]) -> SavedCohort:
        return actions.change_cohort(cohort=self.thing, by=self.request.user, **answers)


class EndCohortView(_OneCohortView):
    template_name = "reporting/cohort_end.html"
    form_class = ConfirmForm
    done = gettext_lazy("It is followed no more.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": _("End it")}

    def act(self, answers: dict[str, Any]) -> SavedCohort:
        return actions.end_cohort(cohort=self.thing, by=self.request.user)
