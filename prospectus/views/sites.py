"""The places a provider teaches at, for those who keep its courses."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import ListView

from core.errors import StaleState
from core.views import ActionView
from prospectus.actions.changing import ChangedMeanwhile
from prospectus.actions.site_keeping import edit_site, end_site, merge_site, taught_at
from prospectus.forms.sites import EditSiteForm, EndSiteForm, MergeSiteForm
from prospectus.queries.sites import kept_sites, other_sites
from prospectus.views.desk import KeeperMixin
from providers.models import Site


class SitesView(KeeperMixin, ListView):
    """Every site of the providers this person keeps, ended ones last."""

    template_name = "prospectus/desk_sites.html"
    paginate_by = 50

    def get_queryset(self) -> Any:
        self.provider = self.request.GET.get("provider", "").replace("\0", "")[:12]
        return kept_sites(self.request.user, provider=self.provider)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(providers=self.providers, provider=self.provider, **kwargs)


class SiteVerbView(ActionView):
    """One verb to one open site of a provider this person keeps."""

    def get_queryset(self) -> Any:
        return Site.objects.kept_by(self.request.user).select_related("organisation")

    def require(self, user: Any) -> None:
        if self.thing.ended_on is not None:
            raise StaleState(f"site {self.thing.pk} has ended", back_url=self.get_success_url())

    def get_success_url(self) -> str:
        return reverse("prospectus:sites")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            site=self.thing, provider=self.thing.organisation, back=self.get_success_url(), **kwargs
        )


class EditSiteView(SiteVerbView):
    template_name = "prospectus/desk_site_edit.html"
    form_class = EditSiteForm
    done = _("Saved. Search and distances follow it now.")

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        kwargs.pop("initial")
        return kwargs | {"site": self.thing}

    def form_valid(self, form: Any) -> HttpResponse:
        self.form = form
        try:
            return super().form_valid(form)
        except ChangedMeanwhile:
            return self.conflict()

    def act(self, answers: dict[str, Any]) -> Site:
        return edit_site(site=self.thing, values=self.form.values(), seen=answers["seen"], by=self.request.user)

    def conflict(self) -> HttpResponse:
        """Nothing typed is lost: saving again is a decision that knows what is saved by now."""
        now = self.get_queryset().get(pk=self.thing.pk)
        data = self.request.POST.copy()
        data["seen"] = EditSiteForm(site=now).initial["seen"]
        form = EditSiteForm(data, site=now)
        form.is_valid()
        return self.render_to_response(self.get_context_data(form=form, saved=now), status=409)


class OtherSiteView(SiteVerbView):
    """What is done to a site together with another of the same provider."""

    label = error = ""

    def is_needed(self) -> bool:
        return True

    def get_form_kwargs(self) -> dict[str, Any]:
        self.others = other_sites(self.thing)
        words = {"label": self.label, "error": self.error, "is_needed": self.is_needed()}
        return super().get_form_kwargs() | {"sites": self.others} | words

    def form_valid(self, form: Any) -> HttpResponse:
        self.other = form.site
        return super().form_valid(form)

    def say(self, moved: int, sentence: str) -> None:
        words = ngettext("%(number)s date moved to %(site)s.", "%(number)s dates moved to %(site)s.", moved)
        dates = words % {"number": moved, "site": self.other} if moved else gettext("No date was there.")
        messages.success(self.request, f"{sentence} {dates}")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"others": self.others}


class EndSiteView(OtherSiteView):
    template_name = "prospectus/desk_site_end.html"
    form_class = EndSiteForm
    label, error = _("To which site do they move?"), _("Choose the site to move to")

    def is_needed(self) -> bool:
        return bool(self.taught.dates or (self.taught.parts and self.others))

    def get_form_kwargs(self) -> dict[str, Any]:
        self.taught = taught_at(self.thing)
        words = {"may_be_none": not self.taught.dates, "initial": {"seen": self.taught.digest}}
        return super().get_form_kwargs() | words

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return super().form_valid(form)
        except ChangedMeanwhile:
            return self.conflict()

    def act(self, answers: dict[str, Any]) -> None:
        moved = end_site(site=self.thing, move_to=self.other, by=self.request.user, seen=answers["seen"])
        self.say(moved, gettext("%(site)s has ended.") % {"site": self.thing})

    def say(self, moved: int, sentence: str) -> None:
        """The parts, too: as many as the page counted, because otherwise it would not have ended."""
        super().say(moved, sentence)
        if number := len(self.taught.parts):
            messages.info(self.request, self._of_parts(number))

    def _of_parts(self, number: int) -> str:
        if self.other:
            words = ngettext("%(number)s part moved to %(site)s.", "%(number)s parts moved to %(site)s.", number)
        else:
            words = ngettext(
                "No place is said any more of %(number)s part of a course taught together.",
                "No place is said any more of %(number)s parts of courses taught together.",
                number,
            )
        return words % {"number": number, "site": self.other}

    def conflict(self) -> HttpResponse:
        """The page as things are now: pressing again is a decision that knows them."""
        data = self.request.POST.copy()
        data["seen"] = taught_at(self.thing).digest
        form = EndSiteForm(**{**self.get_form_kwargs(), "data": data})
        form.is_valid()
        return self.render_to_response(self.get_context_data(form=form, is_changed=True), status=409)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        numbers = {"dates": len(self.taught.dates), "parts": len(self.taught.parts), "courses": self.taught.courses}
        return context | numbers


class MergeSiteView(OtherSiteView):
    template_name = "prospectus/desk_site_merge.html"
    form_class = MergeSiteForm
    label, error = _("Which site is the same place?"), _("Choose the site that is the same place")

    def act(self, answers: dict[str, Any]) -> None:
        self.say(merge_site(site=self.thing, into=self.other, by=self.request.user), gettext("Merged."))
