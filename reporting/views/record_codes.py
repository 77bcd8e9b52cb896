"""The codes of the return, in words an authority's data manager can put right."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.views.generic import FormView, ListView

from core.errors import RuleBroken
from core.views import SignedInMixin
from ilp.actions import change_code_words
from ilp.models import RecordCode, RecordKind
from ilp.policies import CODE_POLICY
from reporting.forms_returns import HEADLINES, CodeWordsForm


class RecordCodesView(SignedInMixin, ListView):
    """All codes of one kind."""

    template_name = "reporting/record_codes.html"

    def get_queryset(self) -> Any:
        if not CODE_POLICY.can(self.request.user, "change", None):
            raise Http404
        asked = self.request.GET.get("kind", "")
        self.kind = RecordKind(asked) if asked in RecordKind.values else RecordKind.ACTIVITY
        return RecordCode.objects.visible_to(self.request.user).of_kind(self.kind)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        headlines = dict(HEADLINES)
        context = super().get_context_data(kinds=list(RecordKind), kind=self.kind, **kwargs)
        return context | {"rows": [(code, headlines.get(code.headline, "")) for code in context["object_list"]]}


class CodeWordsView(SignedInMixin, FormView):
    """What one code means, and where an activity is published."""

    form_class = CodeWordsForm
    template_name = "reporting/record_code_words.html"

    @cached_property
    def thing(self) -> RecordCode:
        if not CODE_POLICY.can(self.request.user, "change", None):
            raise Http404
        codes = RecordCode.objects.visible_to(self.request.user)
        return get_object_or_404(codes, kind=self.kwargs["kind"], code=self.kwargs["code"])

    def get_initial(self) -> dict[str, Any]:
        return {"meaning": self.thing.meaning, "headline": self.thing.headline}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"is_activity": self.thing.kind == RecordKind.ACTIVITY}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(thing=self.thing, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            change_code_words(code=self.thing, by=self.request.user, **form.cleaned_data)
        except RuleBroken as rule:
            form.add_error(None, rule)
            return self.form_invalid(form)
        messages.success(self.request, gettext("Saved."))
        return redirect("reporting:record-codes")
