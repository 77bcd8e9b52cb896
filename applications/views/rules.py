"""The dates and rules of an area's applications: read by those who look after areas, changed by its coordinators."""

import datetime as dt
import hashlib
import json
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from applications.forms.rules import AreaOpeningForm, CycleForm, NewCycleForm, ProviderOpeningForm, WhatIfForm
from applications.queries.opening import area_opening
from applications.queries.rules import changed_terms, consequences, last_years, next_terms, rule_events, terms_said
from applications.queries.what_if import FARTHEST, preview
from core import clock
from core.errors import RuleBroken
from core.views import SignedInMixin
from prospectus.actions.opening import open_area_from, open_from
from providers.actions.cycles import TERMS, add_cycle, change_cycle, facts_of
from providers.models import Area, Closure, Cycle, Organisation, Phase, StaffRole
from providers.policies import CYCLE_POLICY
from providers.queries.calendar import bank_holidays_between

YEAR_AHEAD = dt.timedelta(days=365)  # of the calendar that is shown


class RulesMixin(SignedInMixin):
    """For those who look after areas; for others the page does not exist. ``verb`` is what the page does."""

    request: HttpRequest
    kwargs: dict[str, Any]
    verb = "read"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        if not CYCLE_POLICY.can(request.user, "read", None):
            raise Http404
        if "area" in kwargs:
            self.area = get_object_or_404(Area.objects.visible_to(request.user), slug=kwargs["area"])
            CYCLE_POLICY.require(request.user, self.verb, self.area)
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc,no-any-return]

    @cached_property
    def cycle(self) -> Cycle:
        cycles = Cycle.objects.visible_to(self.request.user).select_related("area")
        return get_object_or_404(cycles, area=self.area, entry_year=self.kwargs["year"], phase=self.kwargs["phase"])


class RulesView(RulesMixin, TemplateView):
    """An area's cycles, its calendar, and from when it takes applications."""

    template_name = "applications/rules.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        areas = list(Area.objects.visible_to(self.request.user))
        own = set(StaffRole.objects.over_areas(self.request.user).values_list("organisation__area", flat=True))
        asked = [each for each in areas if each.slug == self.request.GET.get("area")]
        area = next(iter(asked or [each for each in areas if each.pk in own] or areas), None)
        today = clock.today()
        closures, holidays = [], []
        cycles = list(Cycle.objects.filter(area=area))
        if area is not None:
            closures = list(Closure.objects.filter(area=area, ends_on__gte=today).order_by("starts_on"))
            holidays = bank_holidays_between(today, today + YEAR_AHEAD)
        return super().get_context_data(
            areas=areas,
            area=area,
            cycles=[each for each in cycles if each.ends_on >= today],
            earlier=[each for each in cycles if each.ends_on < today],
            days=sorted(
                [(each.starts_on, each.ends_on, each.name, False) for each in closures]
                + [(day, day, name, True) for day, name in holidays]
            ),
            today=today,
            can_change=area is not None and CYCLE_POLICY.can(self.request.user, "change", area),
            can_look_ahead=area is not None and area.pk in own,
            opening=area_opening(area) if area else None,
            **kwargs,
        )


class CycleView(RulesMixin, TemplateView):
    """One cycle: its terms, and who made and changed them."""

    template_name = "applications/cycle.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            cycle=self.cycle,
            terms=terms_said(self.cycle),
            events=rule_events(self.cycle),
            can_change=CYCLE_POLICY.can(self.request.user, "change", self.area) and self.cycle.ends_on >= clock.today(),
            **kwargs,
        )


class CycleChangeView(RulesMixin, FormView):
    """The first press shows what the change means; a second one with the same terms makes it."""

    verb = "change"
    template_name = "applications/cycle_change.html"
    form_class = CycleForm

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.cycle, name) for name in TERMS}

    def form_valid(self, form: CycleForm) -> HttpResponse:
        terms, seen = form.terms(), facts_of(self.cycle)
        shown = _fingerprint(seen, terms)
        if self.request.POST.get("shown") != shown:
            return self.render_to_response(
                self.get_context_data(
                    form=form.again(shown),
                    shown=shown,
                    changes=changed_terms(self.cycle, terms),
                    consequences=consequences(self.cycle, terms),
                )
            )
        try:
            change_cycle(cycle=self.cycle, terms=terms, seen=seen, by=self.request.user)
        except RuleBroken as rule:
            form.add_error(None, rule)
            return self.form_invalid(form)
        messages.success(self.request, _("Saved. The dates and rules hold for what comes after."))
        return redirect("applications:cycle", self.area.slug, self.cycle.entry_year, self.cycle.phase)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(cycle=self.cycle, **kwargs)


def _fingerprint(seen: dict[str, Any], terms: dict[str, Any]) -> str:
    """What was shown: other terms, or rules that somebody changed meanwhile, are shown again."""
    words = json.dumps([seen, {name: str(value) for name, value in terms.items()}], sort_keys=True)
    return hashlib.sha256(words.encode()).hexdigest()[:16]


class CycleAddView(RulesMixin, FormView):
    """A new year, begun with last year's rules and each date a year later."""

    verb = "add"
    template_name = "applications/cycle_add.html"
    form_class = NewCycleForm

    def get_initial(self) -> dict[str, Any]:
        phase = Phase.PRE_16 if self.request.GET.get("phase") == Phase.PRE_16 else Phase.POST_16
        last = last_years(self.area.pk, phase)
        if last is not None:
            return next_terms(last) | {"entry_year": last.entry_year + 1, "phase": phase}
        plain = Cycle(area=self.area, phase=phase)
        years = {"first_year_group": 9, "last_year_group": 10} if phase == Phase.PRE_16 else {}
        return {name: getattr(plain, name) for name in TERMS} | years | {"phase": phase}

    def form_valid(self, form: NewCycleForm) -> HttpResponse:
        terms = form.terms()
        entry_year, phase = terms.pop("entry_year"), terms.pop("phase")
        try:
            add_cycle(area=self.area, entry_year=entry_year, phase=phase, terms=terms, by=self.request.user)
        except RuleBroken as rule:
            form.add_error(None, rule)
            return self.form_invalid(form)
        messages.success(self.request, _("Added."))
        return redirect("applications:cycle", self.area.slug, entry_year, phase)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(area=self.area, **kwargs)


class AreaOpeningView(RulesMixin, FormView):
    """From when the area takes applications here."""

    verb = "open_area"
    template_name = "applications/area_opening.html"
    form_class = AreaOpeningForm

    def get_initial(self) -> dict[str, Any]:
        return {"from_on": self.area.applying_from_on}

    def form_valid(self, form: AreaOpeningForm) -> HttpResponse:
        try:
            open_area_from(area=self.area, by=self.request.user, **form.cleaned_data)
        except RuleBroken as rule:
            form.add_error(None, rule)
            return self.form_invalid(form)
        messages.success(self.request, _("Saved."))
        return redirect(f"{reverse('applications:rules')}?area={self.area.slug}")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(area=self.area, **kwargs)


class ProviderOpeningView(RulesMixin, FormView):
    """From when one provider of the area takes applications here: providers join step by step."""

    verb = "open_provider"
    template_name = "applications/provider_opening.html"
    form_class = ProviderOpeningForm

    @cached_property
    def provider(self) -> Organisation:
        providers = Organisation.objects.providers().filter(area=self.area, ended_on=None).select_related("area")
        return get_object_or_404(providers, reference=self.kwargs["reference"])

    def get_initial(self) -> dict[str, Any]:
        return {"from_on": self.provider.applying_from_on}

    def form_valid(self, form: ProviderOpeningForm) -> HttpResponse:
        try:
            open_from(provider=self.provider, by=self.request.user, **form.cleaned_data)
        except RuleBroken as rule:
            form.add_error(None, rule)
            return self.form_invalid(form)
        messages.success(self.request, _("Saved."))
        return redirect(f"{reverse('applications:rules')}?area={self.area.slug}")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(area=self.area, provider=self.provider, **kwargs)


class WhatIfView(RulesMixin, TemplateView):
    """The area on another day, if nobody acted. Nothing is written, nobody is told."""

    verb = "look_ahead"
    template_name = "applications/what_if.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = WhatIfForm(self.request.GET) if "on_day" in self.request.GET else WhatIfForm()
        seen = None
        if asked.is_bound and asked.is_valid():
            on = asked.cleaned_data["on"]
            if on < clock.today():
                asked.add_error("on", _("Choose today or a later day"))
            elif on > clock.today() + FARTHEST:
                asked.add_error("on", _("Choose a day in the next year and a half"))
            else:
                seen = preview(self.area, on)
        return super().get_context_data(**kwargs | {"area": self.area, "form": asked, "preview": seen})
