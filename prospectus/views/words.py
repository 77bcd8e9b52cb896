"""Staff's pages about search: its words, what it did not find, and why a course is where it is."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.postgres.aggregates import ArrayAgg, BoolAnd
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, ListView, TemplateView

from core.errors import RuleBroken
from core.sheets import csv_response
from core.views import SignedInMixin
from prospectus import queries
from prospectus.actions.words import change_phrase, change_synonym, compare, delete_phrase
from prospectus.forms.words import GROUPED_BY, FindWordsForm, PeriodForm, PhraseForm, SynonymForm, WhyForm, WishesForm
from prospectus.models import Course, PhraseRule, Synonym
from prospectus.policies import SEARCH_WORDS_POLICY
from prospectus.queries.search import explain
from prospectus.queries.unmet import searches_without_result, wishes
from prospectus.queries.words import as_read


class KeepsWordsMixin(SignedInMixin):
    """For those who keep the search words; for others the page does not exist."""

    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        if not SEARCH_WORDS_POLICY.can(request.user, "change_synonym", None):
            raise Http404
        return super().dispatch(request, *args, **kwargs)


# Lists of rules


class RulesView(KeepsWordsMixin, ListView):
    """A paged list of one kind of rule, narrowed by words."""

    paginate_by = 50

    def get_queryset(self) -> QuerySet:
        self.form = FindWordsForm(self.request.GET)
        self.words = as_read(self.form.cleaned_data["q"]) if self.form.is_valid() else ""
        return self.rules(self.words)

    def rules(self, words: str) -> QuerySet:
        raise AttributeError(f"{type(self).__name__} must define rules()")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(form=self.form, words=self.words, **kwargs)


class SynonymsView(RulesView):
    """Every word that means others, with all it means."""

    template_name = "prospectus/synonyms.html"

    def rules(self, words: str) -> QuerySet:
        rows = Synonym.objects.visible_to(self.request.user)
        if words:
            having = rows.filter(said__contains=words) | rows.filter(meant__contains=words)
            rows = rows.filter(said__in=having.order_by().values("said"))
        grouped = rows.order_by().values("said")
        return grouped.annotate(meanings=ArrayAgg("meant", order_by="meant"), are_ours=BoolAnd("is_ours")).order_by(
            "said"
        )


class PhrasesView(RulesView):
    """Every phrase that is a filter."""

    template_name = "prospectus/phrases.html"

    def rules(self, words: str) -> QuerySet:
        rows = PhraseRule.objects.visible_to(self.request.user)
        return rows.filter(phrase__contains=words) if words else rows

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        names = queries.filter_names()
        rows = [
            (rule, names.of(rule.filter_name).get(rule.filter_value, rule.filter_value))
            for rule in context["object_list"]
        ]
        return context | {"rows": rows}


# One rule: tried on searches first, then saved


class RuleView(KeepsWordsMixin, FormView):
    """One rule. "Show before and after" tries it and saves nothing; "Save" saves it."""

    template_name = "prospectus/search_rule.html"
    list_name = ""
    own = ""  # the rule's words, where it is there already

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"own": self.own}

    def save(self, answers: dict[str, Any]) -> Any:
        raise AttributeError(f"{type(self).__name__} must define save()")

    def form_valid(self, form: Any) -> HttpResponse:
        said = form.cleaned_data["said"]
        try:
            if self.request.POST.get("do") == "compare":
                tried = compare(form.texts(), change=lambda: self.save(form.cleaned_data))
                return self.render_to_response(self.get_context_data(form=form, comparisons=tried))
            self.save(form.cleaned_data)
        except RuleBroken as rule:
            form.add_error(None, rule)
            return self.form_invalid(form)
        messages.success(self.request, _("Saved. Searches with “%(said)s” follow it from now on.") % {"said": said})
        return redirect(f"prospectus:{self.list_name}")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(own=self.own, back=reverse(f"prospectus:{self.list_name}"), **kwargs)


class SynonymAddView(RuleView):
    """A word gets meanings. ``?said=`` fills the word in, from a search that found nothing."""

    form_class = SynonymForm
    list_name = "synonyms"
    extra_context = {"what": "synonym", "heading": gettext_lazy("Add a synonym")}

    def get_initial(self) -> dict[str, Any]:
        return {"said": as_read(self.request.GET.get("said", ""))}

    def save(self, answers: dict[str, Any]) -> Any:
        # A word that has meanings already keeps them.
        before = Synonym.objects.in_use().filter(said=answers["said"]).values_list("meant", flat=True)
        return change_synonym(said=answers["said"], meant=[*before, *answers["meant"]], by=self.request.user)


class SynonymChangeView(RuleView):
    """The meanings of a word."""

    form_class = SynonymForm
    list_name = "synonyms"
    extra_context = {"what": "synonym", "heading": gettext_lazy("Change a synonym")}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.own = as_read(kwargs["said"])
        self.meanings = list(
            Synonym.objects.visible_to(request.user).filter(said=self.own).values_list("meant", flat=True)
        )
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.meanings:
            raise Http404
        return super().get(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {"meant": "\n".join(self.meanings)}

    def save(self, answers: dict[str, Any]) -> Any:
        return change_synonym(said=self.own, meant=answers["meant"], by=self.request.user)


class PhraseAddView(RuleView):
    """A phrase becomes a filter."""

    form_class = PhraseForm
    list_name = "phrases"
    extra_context = {"what": "phrase", "heading": gettext_lazy("Add a phrase")}

    def get_initial(self) -> dict[str, Any]:
        return {"said": as_read(self.request.GET.get("said", ""))}

    def save(self, answers: dict[str, Any]) -> Any:
        return change_phrase(
            phrase=answers["said"],
            filter_name=answers["filter_name"],
            filter_value=answers["filter_value"],
            by=self.request.user,
        )


class PhraseChangeView(PhraseAddView):
    """Another filter for a phrase."""

    extra_context = {"what": "phrase", "heading": gettext_lazy("Change a phrase")}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.own = as_read(kwargs["said"])
        self.rule = PhraseRule.objects.visible_to(request.user).filter(phrase=self.own).first()
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.rule is None:
            raise Http404
        return super().get(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {"filter": f"{self.rule.filter_name}={self.rule.filter_value}"} if self.rule else {}


class RuleDeleteView(KeepsWordsMixin, TemplateView):
    """Asks first; then the rule is out of use."""

    template_name = "prospectus/search_rule_delete.html"
    list_name = ""

    def rules(self) -> QuerySet:
        raise AttributeError(f"{type(self).__name__} must define rules()")

    def delete(self) -> Any:
        raise AttributeError(f"{type(self).__name__} must define delete()")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.rules().exists():
            raise Http404
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            self.delete()
        except RuleBroken as rule:
            messages.warning(request, rule.messages[0])
        else:
            messages.success(request, _("“%(said)s” is out of use.") % {"said": self.said})
        return redirect(f"prospectus:{self.list_name}")

    @property
    def said(self) -> str:
        return as_read(self.kwargs["said"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            own=self.said, rows=self.rules(), back=reverse(f"prospectus:{self.list_name}"), **kwargs
        )


class SynonymDeleteView(RuleDeleteView):
    list_name = "synonyms"
    extra_context = {"what": "synonym"}

    def rules(self) -> QuerySet:
        return Synonym.objects.visible_to(self.request.user).filter(said=self.said)

    def delete(self) -> None:
        change_synonym(said=self.said, meant=[], by=self.request.user)


class PhraseDeleteView(RuleDeleteView):
    list_name = "phrases"
    extra_context = {"what": "phrase"}

    def rules(self) -> QuerySet:
        return PhraseRule.objects.visible_to(self.request.user).filter(phrase=self.said)

    def delete(self) -> None:
        delete_phrase(phrase=self.said, by=self.request.user)


# What was not found


class MissesView(KeepsWordsMixin, ListView):
    """Searches that found nothing."""

    template_name = "prospectus/misses.html"
    paginate_by = 50

    def get_queryset(self) -> QuerySet:
        self.form = PeriodForm(self.request.GET)
        rows, self.few = searches_without_result(since=self.form.since(), area=self.form.chosen_area())
        return rows

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(form=self.form, few=self.few, least=settings.SEARCH_WORDS_SHOWN_FROM, **kwargs)


class MissesDownloadView(MissesView):
    """The same as a table to take away, with all its pages."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        rows = self.get_queryset().values_list("words", "times", "areas", "last_on")
        lines = [*rows, ("(other words)", self.few.times, "", "")] if self.few.times else rows
        return csv_response("searches-without-result.csv", ("Words", "Times", "Areas", "Last on"), lines)


class WishesView(KeepsWordsMixin, ListView):
    """What people wanted to learn and did not find."""

    template_name = "prospectus/wishes.html"
    paginate_by = 50

    def get_queryset(self) -> QuerySet:
        self.form = WishesForm(self.request.GET)
        self.by = self.form.grouped_by()
        rows, self.few = wishes(by=self.by, since=self.form.since(), area=self.form.chosen_area())
        return rows

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            form=self.form,
            few=self.few,
            by=self.by,
            heading=GROUPED_BY[self.by],
            least=settings.SEARCH_WORDS_SHOWN_FROM,
            **kwargs,
        )


class WishesDownloadView(WishesView):
    """The same as a table to take away, with all its pages."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        rows = [
            (name or "(not said)", *rest) for name, *rest in self.get_queryset().values_list("name", "times", "last_on")
        ]
        if self.few.times:
            rows.append(("(others)", self.few.times, ""))
        return csv_response("wishes.csv", (GROUPED_BY[self.by], "Wishes", "Last on"), rows)


# Why a course is where it is


class WhyView(KeepsWordsMixin, TemplateView):
    """How a search was read, its first results, and of one course why it stands where it does."""

    template_name = "prospectus/why.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = WhyForm(self.request.GET)
        text = form.cleaned_data["q"].replace("\0", "") if form.is_valid() else ""
        query = queries.CourseQuery(text=text)
        asked = self.request.GET.get("course", "")
        course = Course.objects.published().for_list().filter(reference=asked).first() if text and asked else None
        return super().get_context_data(
            form=form,
            text=text,
            results=queries.search_courses(query) if text else None,
            course=course,
            why=explain(query, course) if course else None,
            **kwargs,
        )
