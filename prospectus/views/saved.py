"""Searches somebody saved, what is new in them, and stopping their e-mails."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import FormView, ListView, View

from core.errors import RuleBroken
from core.views import ActionView, SignedInMixin
from prospectus.actions import saved
from prospectus.forms.keeping import RemoveForm, SavedSearchForm
from prospectus.forms.search import SearchForm
from prospectus.messages import reference_of
from prospectus.models import SavedSearch
from prospectus.queries.saved import MOST_SAVED

NOT_SAVED = ("page", "after", "sort")


def canonical(asked: QueryDict) -> str:
    """The search's address in one order, without a page: the same search is always the same address."""
    form = SearchForm(asked)
    form.query()
    return address_of(form)


def address_of(form: SearchForm) -> str:
    """The same from a form that has been read already."""
    names = sorted({*form.fields, "provider"} - {*NOT_SAVED})
    data = QueryDict(mutable=True)
    for name in names:
        chosen = form.cleaned_data.get(name)
        known = chosen if isinstance(chosen, list) else form.data.getlist(name)
        if name == "provider":
            known = list(form.chosen_providers)
        data.setlist(name, sorted({" ".join(str(one).split()) for one in known if one and "\0" not in str(one)}))
    return data.urlencode()[:2000]


def suggested_name(asked: QueryDict) -> str:
    """What the search is about, from its words and filters."""
    form = SearchForm(asked)
    form.query()
    words = [form.cleaned_data.get("q") or ""]
    for name in form.fields:
        chosen = form.cleaned_data.get(name)
        if isinstance(chosen, list):
            words += [form.text_of(name, value) for value in chosen]
    words += [provider.name for provider in form.chosen_providers.values()]
    if form.place:
        words.append(f"near {form.place.postcode}")
    return ", ".join(word for word in words if word)[:100] or "All courses"


class SavedSearchesView(SignedInMixin, ListView):
    """The searches this person saved, at most ten, so one page."""

    template_name = "prospectus/saved_searches.html"
    context_object_name = "searches"

    def get_queryset(self) -> Any:
        return SavedSearch.objects.visible_to(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(most=MOST_SAVED, has_address=bool(self.request.user.email), **kwargs)


class SavedSearchSaveView(SignedInMixin, FormView):
    """Gives the search a name. Somebody who is not signed in signs in and comes back here."""

    form_class = SavedSearchForm
    template_name = "prospectus/saved_search_save.html"

    def get_initial(self) -> dict[str, Any]:
        return {"name": suggested_name(self.request.GET), "is_mailed": "yes"}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"has_address": bool(self.request.user.email)}

    def form_valid(self, form: SavedSearchForm) -> HttpResponse:
        try:
            saved.save_search(
                address=canonical(self.request.GET),
                name=form.cleaned_data["name"],
                is_mailed=form.cleaned_data.get("is_mailed") == "yes",
                by=self.request.user,
            )
        except RuleBroken as rule:
            form.add_error(None, rule)
            return self.form_invalid(form)
        messages.success(self.request, gettext("Your search is saved."))
        return redirect("prospectus:saved-searches")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        back = f"{reverse('prospectus:courses')}?{canonical(self.request.GET)}"
        return super().get_context_data(back=back, has_address=bool(self.request.user.email), **kwargs)


class _OwnSearch(ActionView):
    queryset = SavedSearch.objects.all()

    def get_success_url(self) -> str:
        return reverse("prospectus:saved-searches")


class SavedSearchChangeView(_OwnSearch):
    form_class = SavedSearchForm
    template_name = "prospectus/saved_search_change.html"
    done = _("Your search is changed.")

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.thing.name, "is_mailed": "yes" if self.thing.is_mailed else "no"}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"has_address": bool(self.request.user.email)}

    def act(self, answers: dict[str, Any]) -> None:
        # Without an address there was no such question, and what was chosen before stands.
        is_mailed = answers["is_mailed"] == "yes" if "is_mailed" in answers else self.thing.is_mailed
        saved.change_saved_search(search=self.thing, name=answers["name"], is_mailed=is_mailed, by=self.request.user)


class SavedSearchRemoveView(_OwnSearch):
    form_class = RemoveForm
    template_name = "prospectus/saved_search_remove.html"
    done = _("Your search is removed.")

    def act(self, answers: dict[str, Any]) -> None:
        saved.remove_saved_search(search=self.thing, by=self.request.user)


class SavedSearchOpenView(SignedInMixin, View):
    """On to the results. From now on only what comes later is new."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        search = SavedSearch.objects.visible_to(request.user).filter(reference=reference).first()
        if search is None:
            raise Http404
        saved.look_at_saved_search(search=search, by=request.user)
        return redirect(f"{reverse('prospectus:courses')}?{search.address}")


@method_decorator(csrf_exempt, name="dispatch")
class SavedSearchStopView(View):
    """Stops the e-mails of one search. The link asks first; a mail program's own button posts here without a page."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.reference = reference_of(kwargs["token"])
        if self.reference is None:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return render(request, "prospectus/saved_search_stop.html", {"is_done": False})

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        # The signed link is the permission: the worst that a stranger with it can do is to stop an e-mail.
        saved.stop_mails(reference=self.reference or "")
        return render(request, "prospectus/saved_search_stop.html", {"is_done": True})
