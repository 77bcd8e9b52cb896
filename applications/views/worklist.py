"""The worklist of the admissions desk: what is to be done, in order; filters, search, and many answered together."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from applications import actions
from applications.models import Choice, DeskFilter
from applications.queries.desk import (
    Asked,
    colleagues_of,
    facets,
    group_counts,
    groups,
    in_order,
    with_what_a_row_shows,
    worklist,
)
from applications.together_words import TOGETHER_WORDS
from applications.words import FILTER_WORDS, desk_tag
from applications.workflow import PROPERTIES, ChoiceState
from core.errors import RuleBroken
from core.searching import KEY, keep_words, kept_words
from core.views import SignedInMixin, VisibleListView
from providers.models import Organisation

ON_PAPER = 500


class DeskMixin(SignedInMixin):
    """Pages of whoever answers applications; to others they do not exist."""

    request: Any

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        self.providers = list(Organisation.objects.admitting_through(request.user).order_by("name"))
        if not self.providers:
            raise Http404("Not an admissions desk")
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def asked(self) -> Asked:
        return Asked.of(self.request.GET, words=kept_words(self.request).get("words", ""))

    @cached_property
    def colleagues(self) -> Any:
        return colleagues_of(self.providers)

    def address(self) -> str:
        """The list as it is asked for now."""
        parts = [self.asked.address, f"{KEY}={self.request.GET[KEY]}" if KEY in self.request.GET else ""]
        query = "&".join(part for part in parts if part)
        return reverse("applications:received") + (f"?{query}" if query else "")


class ReceivedListView(DeskMixin, VisibleListView):
    """The worklist: headed groups, the most urgent first. Numbers, filters and rows are of one question."""

    queryset = Choice.objects.all()
    template_name = "applications/received.html"
    context_object_name = "choices"

    @property
    def is_print(self) -> bool:
        return "print" in self.request.GET

    def get_paginate_by(self, queryset: Any) -> int:
        return ON_PAPER if self.is_print else 50

    def get_queryset(self) -> Any:
        user = self.request.user
        everything = worklist(user, self.asked.without("group"), colleagues=self.colleagues)
        self.numbers = group_counts(everything)
        found = worklist(user, self.asked, colleagues=self.colleagues)
        return with_what_a_row_shows(in_order(found), user)

    def get_paginator(self, *args: Any, **kwargs: Any) -> Paginator:
        """It does not count again what the groups have counted."""
        paginator = super().get_paginator(*args, **kwargs)
        shown = [number for group, number in self.numbers if self.asked.group in ("", group.slug)]
        is_group = self.asked.group in {group.slug for group, _number in self.numbers}
        paginator.count = sum(shown) if is_group else sum(number for _group, number in self.numbers)
        return paginator

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A search. The words stay with the session, and the address has a key to them."""
        key, address = keep_words(request, {"words": request.POST.get("words", "")}), self.asked.address
        if key:
            address = f"{address}&{KEY}={key}" if address else f"{KEY}={key}"
        return redirect(f"{reverse('applications:received')}?{address}")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        parts, own = groups(), {one.user_id for one in self.colleagues}
        rows = []
        for choice in context["choices"]:
            tag, colour = desk_tag(choice)
            rows.append((parts[choice.group], choice, tag, colour, _answer_by(choice), _owner(choice, own)))
        found = facets(self.request.user, providers=self.providers, colleagues=self.colleagues)
        sections = [
            (group, number, [row for row in rows if row[0].slug == group.slug]) for group, number in self.numbers
        ]
        return context | {
            "providers": self.providers,
            "rows": rows,
            "sections": [section for section in sections if section[2]],
            "counts": [(group, number) for group, number in self.numbers if number],
            "count_links": [(group, number, self._with(group=group.slug)) for group, number in self.numbers if number],
            "total": context["paginator"].count,
            "asked": self.asked,
            "filters": [
                (name, words, found.options[name], getattr(self.asked, name))
                for name, words in FILTER_WORDS.items()
                if found.options.get(name)
            ],
            "chips": self._chips(found),
            "is_filtered": bool(self.asked.names or self.asked.words),
            "is_narrowed": bool(self.asked.without("group").names),
            "saved": DeskFilter.objects.filter(user=self.request.user),
            "together": TOGETHER_WORDS,
            "found_key": self.request.GET.get(KEY, "") if self.asked.words else "",
            "is_print": self.is_print,
        }

    def _with(self, **said: str) -> str:
        query = self.request.GET.copy()
        for name in ("page", "print"):
            query.pop(name, None)
        for name, value in said.items():
            query.pop(name, None)
            if value:
                query[name] = value
        return f"?{query.urlencode()}"

    def _chips(self, found: Any) -> list[tuple[str, str]]:
        """What narrows the list, in words, and the address without it."""
        headings = {group.slug: str(group.heading) for group in groups()}
        said = []
        for name in self.asked.names:
            value = getattr(self.asked, name)
            words = headings.get(value, value) if name == "group" else found.words_of(name, value)
            said.append((words, self._with(**{name: ""})))
        if self.asked.words:
            said.append((f"“{self.asked.words}”", self._with(found="")))
        return said


def _answer_by(choice: Any) -> dt.date | None:
    """The day by which somebody has to answer: this desk, or the learner with an offer."""
    if choice.status in PROPERTIES["is_with_provider"]:
        return choice.answer_due_on
    return choice.offer_until_on if choice.status == ChoiceState.OFFERED else None


def _owner(choice: Any, own: set[int]) -> str:
    handling = getattr(choice, "handling", None)
    return str(handling.assigned_to) if handling and handling.assigned_to_id in own else ""


class FilterSaveView(DeskMixin, View):
    """What the list shows now is kept under a name."""

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            actions.save_desk_filter(address=self.asked.address, name=request.POST.get("name", ""), by=request.user)
        except RuleBroken as rule:
            messages.error(request, str(rule.message))
        else:
            messages.success(request, _("The filter is saved."))
        return redirect(self.address())


class FilterRemoveView(DeskMixin, View):
    """One's own filter is gone."""

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        saved = DeskFilter.objects.visible_to(request.user).filter(reference=reference).first()
        if saved is None:
            raise Http404("No filter of theirs")
        actions.remove_desk_filter(saved=saved, by=request.user)
        messages.success(request, _t("The filter “%(name)s” is removed.") % {"name": saved.name})
        return redirect("applications:received")
