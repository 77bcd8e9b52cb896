"""Any cohort, and how much of it reached each stage; the names behind a number."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.generic import ListView, TemplateView

from accounts.actions import leave_receipts_of_many
from core.sheets import csv_response
from core.views import SignedInMixin
from reporting.actions import take_figures
from reporting.forms import CohortForm
from reporting.queries.cohort_figures import Cell, figures_of
from reporting.queries.cohorts import STAGES, Cohort, names_of
from reporting.queries.lights import entry_year_now
from reporting.queries.readers import CHOICES, PLAN, Basis, Reader, reader_of

LINES = 50


class ReaderMixin(SignedInMixin):
    """A page of figures for coordinators, advisers and officers; for others it does not exist."""

    reader: Reader

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        reader = reader_of(request.user)
        if reader is None:
            raise Http404
        self.reader = reader
        return super().dispatch(request, *args, **kwargs)


class CohortMixin(ReaderMixin):
    """What the address asks for."""

    request: HttpRequest

    def ask(self) -> None:
        self.form = CohortForm(self.request.GET, reader=self.reader)
        self.cohort = self.form.cohort
        self.by = self.form.answers()["by"]
        self.entry_year = entry_year_now(self.reader.area)


class CohortView(CohortMixin, TemplateView):
    """How many of a cohort reached each stage, and of each part of it."""

    template_name = "reporting/cohorts.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self.ask()
        figures = figures_of(self.reader, self.cohort, by=self.by, entry_year=self.entry_year)
        page = Paginator(figures.parts, LINES).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            reader=self.reader,
            form=self.form,
            cohort=self.cohort,
            entry_year=self.entry_year,
            stages=[stage.words for stage in STAGES.values()],
            whole=with_addresses(figures.whole.cohort, figures.whole.cells),
            is_rounded=figures.is_rounded,
            page_obj=page,
            parts=[(line.label, with_addresses(line.cohort, line.cells)) for line in page],
            by_words=dict(self.form.fields["by"].choices).get(self.by, ""),  # type: ignore[attr-defined]
            is_resident=self.cohort.basis == Basis.RESIDENT,
            has_authority=self.reader.area.authority_id is not None,
            **kwargs,
        )


def with_addresses(cohort: Cohort, cells: list[Cell]) -> list[dict[str, Any]]:
    """Each cell with the words of its stage, and the address of its names where it has any."""
    names = reverse("reporting:cohort-names")
    return [
        {
            "words": STAGES[cell.stage].words,
            "shown": cell.shown,
            "percent": cell.percent,
            "url": f"{names}?{cohort.query}&stage={cell.stage}" if cell.has_names and cell.shown else "",
        }
        for cell in cells
    ]


class CohortDownloadView(CohortMixin, TemplateView):
    """The same as a file."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.ask()
        figures = figures_of(self.reader, self.cohort, by=self.by, entry_year=self.entry_year)
        facts = [f"{name}: {value}" for name, value in self.form.in_words()]
        basis = str(dict(self.form.fields["basis"].choices)[self.cohort.basis])  # type: ignore[attr-defined]
        headings = ["Cohort", "Counted", "Part", *(str(stage.words) for stage in STAGES.values())]
        lines = [figures.whole, *figures.parts]
        rows = [
            [
                "; ".join(facts),
                basis,
                line.label,
                *("under 10" if cell.shown is None else cell.shown for cell in line.cells),
            ]
            for line in lines
        ]
        take_figures(what="cohort", organisation=self.reader.organisation, by=self.request.user)
        return csv_response("cohort.csv", headings, rows)


class CohortNamesView(CohortMixin, ListView):
    """Who a number counts, for who may know it of each of them. That they were read leaves receipts."""

    template_name = "reporting/cohort_names.html"
    paginate_by = 50

    def get_queryset(self) -> QuerySet:
        self.ask()
        self.stage = self.request.GET.get("stage", "eligible")
        if self.stage not in STAGES:
            raise Http404
        names = names_of(self.reader, self.cohort, self.stage, entry_year=self.entry_year)
        if names is None:
            raise Http404
        return names

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        page: Page[Any] = context["page_obj"]
        facts = self.cohort.facts | {STAGES[self.stage].fact}
        sections = ["record", *(name for name, fact in (("plan", PLAN), ("choices", CHOICES)) if fact in facts)]
        leave_receipts_of_many(
            looked_at=[(learner.pk, section) for learner in page for section in sections],
            by=self.request.user,
            roles=(self.reader.kind,),
        )
        return context | {
            "stage_words": STAGES[self.stage].words,
            "said": self.form.in_words(),
            "basis": dict(self.form.fields["basis"].choices)[self.cohort.basis],  # type: ignore[attr-defined]
            "back_url": f"{reverse('reporting:cohorts')}?{self.cohort.query}",
        }
