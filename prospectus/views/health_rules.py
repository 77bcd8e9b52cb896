"""How long an update lasts: the rules, and changing one after seeing whose light it would turn."""

import datetime as dt
from dataclasses import asdict
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView, View

from core import clock
from core.errors import RuleBroken
from prospectus.actions.freshness import change_freshness_rule
from prospectus.forms.freshness import ClosureForm, FreshnessRuleForm
from prospectus.queries.lights import EVERYWHERE, Terms, terms_of
from prospectus.queries.rules import rule_history, rules_in_force, terms_words, turns
from prospectus.views.health_area import AreaStaffMixin
from providers.actions.closures import add_closure, remove_closure
from providers.models import Area, Closure, OrganisationKind, StaffRole


def way_back(request: HttpRequest) -> str:
    """The page of ours that somebody came from to mend days here, and goes back to; empty where none is said."""
    asked = request.GET.get("back", "").replace("\0", "")
    return asked if asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None) else ""


def areas_looked_after(user: Any) -> QuerySet[Area]:
    """Those whose days this person may change."""
    return Area.objects.filter(pk__in=StaffRole.objects.over_areas(user).values("organisation__area"))


class FreshnessRulesView(AreaStaffMixin, TemplateView):
    """The rules of all areas, and the days on which nobody is written to."""

    template_name = "prospectus/freshness_rules.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        areas = Area.objects.visible_to(self.request.user)
        is_mine = Exists(areas_looked_after(self.request.user).filter(pk=OuterRef("area")))
        closures = Closure.objects.filter(area__in=areas).annotate(is_mine=is_mine).select_related("area")
        closures = closures.order_by("-ends_on", "area__name")
        return super().get_context_data(
            rules=rules_in_force(areas),
            closures=closures[:50],
            today=clock.today(),
            back=way_back(self.request),
            back_query=urlencode({"back": way_back(self.request)}) if way_back(self.request) else "",
            **kwargs,
        )


class ClosureAddView(AreaStaffMixin, FormView):
    """Days on which nobody of an area is written to."""

    template_name = "prospectus/closure_add.html"
    form_class = ClosureForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"areas": areas_looked_after(self.request.user)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back=way_back(self.request), **kwargs)

    def form_valid(self, form: ClosureForm) -> HttpResponse:
        try:
            add_closure(by=self.request.user, **form.cleaned_data)
        except RuleBroken as rule:
            form.add_error(None, rule)
            return self.form_invalid(form)
        messages.success(self.request, _("Added. Nobody of the area is written to on these days."))
        return redirect(way_back(self.request) or "prospectus:freshness-rules")


class ClosureRemoveView(AreaStaffMixin, View):
    """The button that makes days to come working days again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            day = dt.date.fromisoformat(kwargs["day"])
        except ValueError:
            raise Http404 from None
        areas = Area.objects.visible_to(request.user)
        closure = Closure.objects.filter(area__in=areas, area__slug=kwargs["area"], starts_on=day).first()
        if closure is None:
            raise Http404
        try:
            remove_closure(closure=closure, by=request.user)
        except RuleBroken as rule:
            messages.error(request, " ".join(rule.messages))
        else:
            messages.success(request, _("Taken out. These are working days again."))
        return redirect(way_back(request) or "prospectus:freshness-rules")


class FreshnessRuleView(AreaStaffMixin, FormView):
    """One kind of provider in one area. The first press shows what would change; the second changes it."""

    template_name = "prospectus/freshness_rule_change.html"
    form_class = FreshnessRuleForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if kwargs["kind"] not in OrganisationKind.values:
            raise Http404
        self.kind = OrganisationKind(kwargs["kind"])
        self.area = get_object_or_404(Area, slug=kwargs["area"])
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def now(self) -> Terms:
        return terms_of([self.area.pk])[self.area.pk, self.kind]

    def get_initial(self) -> dict[str, Any]:
        return asdict(EVERYWHERE[self.kind] if "everywhere" in self.request.GET else self.now)

    def form_valid(self, form: FreshnessRuleForm) -> HttpResponse:
        terms = form.terms()
        if "save" not in self.request.POST and terms.turn_month <= terms.last_month:
            turning, providers = turns(self.area, self.kind, terms)
            self.template_name = "prospectus/freshness_rule_confirm.html"
            context = {"turning": turning, "providers": providers, "then": terms_words(terms)}
            return self.render_to_response(self.get_context_data(form=form, is_same=terms == self.now, **context))
        try:
            is_new = change_freshness_rule(area=self.area, kind=self.kind, terms=terms, by=self.request.user)
        except RuleBroken as rule:
            form.add_error(None, rule)
            return self.form_invalid(form)
        messages.success(self.request, _("Saved. The lights follow it.") if is_new else _("It was so already."))
        return redirect("prospectus:freshness-rules")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            area=self.area,
            kind=self.kind,
            words=terms_words(self.now),
            is_own=self.now != EVERYWHERE[self.kind],
            everywhere=terms_words(EVERYWHERE[self.kind]),
            history=rule_history(self.area, self.kind),
            **kwargs,
        )
