"""Figures that stay: freezes with their comparison, and the figures of every day."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, When
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.views.generic import FormView, TemplateView

from accounts.actions import leave_receipts_of_many
from accounts.models import ReceiptSection
from core import clock
from core.errors import RuleBroken
from reporting import actions
from reporting.forms_guarantee import FreezeForm
from reporting.models import Freeze
from reporting.queries.freezes import Day, Moved, compared, days_kept, frozen_tallies, named_for, with_learners
from reporting.queries.guarantee import GUARANTEE_YEARS, GuaranteeCohort, GuaranteeRow, Tally, rows_of, tallies
from reporting.queries.lights import Light
from reporting.views.guarantee import GuaranteeMixin

DAYS_SHOWN = 30
FREEZES_SHOWN = 50
KINDS = ("came", "went", "changed")


class FreezesView(GuaranteeMixin, FormView):
    """The freezes of the area, and a form for another."""

    roles = ("officer",)
    form_class = FreezeForm
    template_name = "reporting/guarantee_freezes.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        freezes = Freeze.objects.visible_to(self.request.user).filter(area=self.area).for_list()
        return super().get_context_data(freezes=freezes[:FREEZES_SHOWN], **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            freeze = actions.freeze_figures(area=self.area, by=self.request.user, **form.cleaned_data)
        except RuleBroken as rule:
            form.add_error(None, rule)
            return self.form_invalid(form)
        messages.success(self.request, gettext("The figures are kept as they stood."))
        return redirect("reporting:guarantee-freeze", reference=freeze.reference)


class FreezeView(GuaranteeMixin, TemplateView):
    """One freeze beside another, or beside now: its figures, who came, who went, whose light is another."""

    roles = ("officer",)
    template_name = "reporting/guarantee_freeze.html"

    @cached_property
    def freezes(self) -> list[Freeze]:
        """The one the page is about, the one to stand beside it, and the newest others of its entry year."""
        freezes = Freeze.objects.visible_to(self.request.user).filter(area=self.area)
        asked, beside = self.kwargs["reference"], self.request.GET.get("with", "").replace("\0", "")
        place = Case(When(reference=asked, then=0), When(reference=beside, then=1), default=2)
        of_its_year = freezes.filter(entry_year__in=freezes.filter(reference=asked).values("entry_year"))
        return list(of_its_year.for_list().order_by(place, "-stood_on", "-pk")[: FREEZES_SHOWN + 1])

    @cached_property
    def freeze(self) -> Freeze:
        if not self.freezes:
            raise Http404
        return self.freezes[0]

    @property
    def entry_year(self) -> int | None:
        """The freeze's, whatever year it is now."""
        return self.freeze.entry_year

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        freeze, others = self.freeze, self.freezes[1:]
        beside = self.request.GET.get("with")
        other = next((one for one in others if one.reference == beside), None)
        asked = self.request.GET.get("year", "")
        year_group = int(asked) if asked in map(str, GUARANTEE_YEARS) else GUARANTEE_YEARS[0]
        kind = self.request.GET.get("kind", "")
        can_name = freeze.names_removed_on is None and (other is None or other.names_removed_on is None)
        comparison = compared(freeze, other, year_group=year_group) if can_name else None
        moved = [one for one in comparison.moved if kind not in KINDS or one.kind == kind] if comparison else []
        named = named_for(self.request.user, moved)
        before, after = _everybody(frozen_tallies(freeze, year_group=year_group)), self._after(other, year_group)
        return super().get_context_data(
            freeze=freeze,
            others=sorted(others, key=lambda one: (one.stood_on, one.pk), reverse=True),
            other=other,
            year_group=year_group,
            years=GUARANTEE_YEARS,
            before=before,
            after=after,
            lights=[(a.light, a.count, b.count) for a, b in zip(before.by_light, after.by_light, strict=True)],
            categories=[
                (a.category, a.count, b.count) for a, b in zip(before.by_category, after.by_category, strict=True)
            ],
            comparison=comparison,
            kind=kind if kind in KINDS else "",
            page_obj=self._page(named),
            without_name=len(moved) - len(named),
            **kwargs,
        )

    def _after(self, other: Freeze | None, year_group: int) -> Any:
        if other is not None:
            return _everybody(frozen_tallies(other, year_group=year_group))
        cohort = GuaranteeCohort(self.area, year_group, self.freeze.entry_year, clock.today())
        return _everybody(tallies(cohort.standing()))

    def _page(self, moved: list[Moved]) -> Any:
        page: Any = Paginator(moved, 25).get_page(self.request.GET.get("page"))
        page.object_list = with_learners(page.object_list)
        leave_receipts_of_many(
            looked_at=[(learner.pk, ReceiptSection.RECORD) for learner, _moved in page.object_list],
            by=self.request.user,
            roles=self.roles,
        )
        return page


def _everybody(counted: list[Tally]) -> GuaranteeRow:
    return rows_of(counted, schools={})[0]


class DaysView(GuaranteeMixin, TemplateView):
    """How the figures of the area, or of a school, went day by day."""

    roles = ("officer",)
    template_name = "reporting/guarantee_days.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        since = clock.today() - dt.timedelta(days=DAYS_SHOWN)
        asked = {"entry_year": self.entry_year, "since": since, "school": self.request.GET.get("school", "")}
        years = []
        for year_group in GUARANTEE_YEARS:
            days = days_kept(self.area, year_group=year_group, **asked)
            years.append((year_group, days, _chart(year_group, days[::-1]) if days else None))
        schools = self.area.organisations.filter(kind="school", ended_on=None).order_by("name")
        return super().get_context_data(
            years=years, lights=list(Light), schools=schools, school=asked["school"], shown=DAYS_SHOWN, **kwargs
        )


def _chart(year_group: int, days: list[Day]) -> dict[str, Any]:
    """How many stood at each light, day by day, and in a sentence how it stands; ``days`` from the oldest on."""
    first, last = days[0], days[-1]
    facts = {
        "offers": last.offers, "cohort": last.cohort, "day": date_format(last.day, "j F Y"),
        "before": first.offers, "since": date_format(first.day, "j F Y"),
    }  # fmt: skip
    return {
        "name": f"year-{year_group}",
        "summary": gettext("%(offers)s of %(cohort)s with an offer on %(day)s; %(before)s on %(since)s.") % facts,
        "labels": [date_format(day.day, "j M") for day in days],
        "series": [
            (light.label, [day.by_light[place] for day in days]) for place, light in reversed([*enumerate(Light)])
        ],
    }
