"""Feeds at the desk: which there are, how they do, and switching them on and off."""

from abc import abstractmethod
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, View

from activity.progress import STOP_POLLING
from core.errors import RuleBroken
from core.forms import ConfirmForm
from core.views import ActionView, SignedInMixin, VisibleDetailView, VisibleListView
from prospectus.actions.feeds import add_feed, edit_feed, end_feed, pause_feed, resume_feed, try_feed
from prospectus.forms.feeds import FeedAddForm, FeedForm
from prospectus.imports.fetching import folder_of
from prospectus.models import Feed, FeedFetch, FeedSource, FetchOutcome
from prospectus.policies import FEED_POLICY, keeps_the_courses, looks_after_providers
from prospectus.queries.feeds import may_have_feeds, needs_somebody, with_last_fetch, with_set_by_hand
from prospectus.words import FEED_WORDS
from prospectus.workflow import FEED_FLOW
from providers.models import Area, Organisation

FETCHES_PER_PAGE = 20
PARTS_PER_PAGE = 100


class FeedKeeperMixin(SignedInMixin):
    """For those who keep courses or look after providers; for others the pages do not exist."""

    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not may_have_feeds(request.user):
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class RunningMixin:
    """A page of something that is being fetched: its own address answers a poll with how far it is."""

    request: HttpRequest

    @abstractmethod
    def running(self) -> FeedFetch | None:
        """What is being fetched for this page; None when nothing is."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()  # type: ignore[attr-defined]
        self.fetching = self.running()
        if request.htmx and not request.htmx.history_restore_request:  # type: ignore[attr-defined]
            response = self._progress(request)
        else:
            response = self.render_to_response(self.get_context_data(object=self.object))  # type: ignore[attr-defined]
        patch_vary_headers(response, ["HX-Request"])
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(fetching=self.fetching, **kwargs)  # type: ignore[misc]

    def _progress(self, request: HttpRequest) -> HttpResponse:
        if self.fetching is None:
            return HttpResponse(status=STOP_POLLING, headers={"HX-Refresh": "true"})
        return render(request, "prospectus/_feed_progress.html", {"fetch": self.fetching})


class DeskFeedsView(FeedKeeperMixin, VisibleListView):
    """The feeds this person may see, those in trouble first."""

    queryset = Feed.objects
    template_name = "prospectus/desk_feeds.html"
    context_object_name = "feeds"

    def get_queryset(self) -> Any:
        return with_last_fetch(super().get_queryset())


class FeedAddView(FeedKeeperMixin, FormView):
    """One more feed."""

    template_name = "prospectus/feed_add.html"
    form_class = FeedAddForm

    def get_form_kwargs(self) -> dict[str, Any]:
        user = self.request.user
        is_area_staff = looks_after_providers(user, None)
        kept = Organisation.objects.editing_through(user)
        providers = Organisation.objects.visible_to(user).providers() if is_area_staff else kept
        return super().get_form_kwargs() | {
            "providers": list(providers.order_by("name")),
            "areas": list(Area.objects.visible_to(user)) if is_area_staff else [],
        }

    def form_valid(self, form: FeedAddForm) -> HttpResponse:
        try:
            feed = add_feed(by=self.request.user, **form.answers)
        except RuleBroken as rule:
            form.add_error("address" if str(rule.code).startswith("address") else "whose", rule)
            return self.form_invalid(form)
        return redirect("prospectus:desk-feed", feed.reference)


class DeskFeedView(SignedInMixin, RunningMixin, VisibleDetailView):
    """One feed: how it does, what can be done with it, and every fetch."""

    queryset = with_set_by_hand(Feed.objects.all())
    template_name = "prospectus/desk_feed.html"
    context_object_name = "feed"

    def running(self) -> FeedFetch | None:
        return FeedFetch.objects.for_list().filter(feed=self.object, ended_at=None).first()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        feed, user = self.object, self.request.user
        page = Paginator(feed.fetches.all(), FETCHES_PER_PAGE).get_page(self.request.GET.get("page"))
        may = FEED_POLICY.can(user, "edit", feed)
        last = next((fetch for fetch in page if fetch.ended_at), None) if page.number == 1 else None
        is_sound = last is not None and last.outcome != FetchOutcome.FAILED
        verbs = [verb for verb in FEED_FLOW.verbs_from(feed.state) if verb in FEED_WORDS and may]
        return super().get_context_data(
            buttons=[(verb, FEED_WORDS[verb], f"prospectus:feed-{verb}") for verb in verbs],
            # What to do next is the green one: nobody should switch on what has just failed, or is still being tried.
            main_button="resume" if is_sound and not self.fetching else "" if self.fetching else "try",
            may_edit=may and bool(FEED_FLOW.targets(feed.state, "edit")),
            keeps_courses=feed.set_by_hand and feed.provider and keeps_the_courses(user, feed.provider),
            folder=folder_of(feed).name if feed.source == FeedSource.FOLDER else "",
            is_open=feed.address.startswith("http://"),
            page_obj=page,
            last=last,
            needs_somebody=needs_somebody(last) if last else False,
            **kwargs,
        )


class FeedFetchView(SignedInMixin, RunningMixin, VisibleDetailView):
    """One fetch: what came of each provider in the file."""

    queryset = FeedFetch.objects
    template_name = "prospectus/feed_fetch.html"
    context_object_name = "fetch"

    def running(self) -> FeedFetch | None:
        return self.object if self.object.ended_at is None else None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        parts = self.object.parts.select_related("provider", "upload")
        page = Paginator(parts, PARTS_PER_PAGE).get_page(self.request.GET.get("page"))
        return super().get_context_data(page_obj=page, **kwargs)


class FeedButtonView(SignedInMixin, View):
    """A button on the page of a feed."""

    http_method_names = ["post"]
    act: Any
    done = ""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        feed = get_object_or_404(Feed.objects.visible_to(request.user), reference=kwargs["reference"])
        type(self).act(feed=feed, by=request.user)
        if self.done:
            messages.success(request, self.done)
        return redirect("prospectus:desk-feed", feed.reference)


class FeedTryView(FeedButtonView):
    act = staticmethod(try_feed)


class FeedResumeView(FeedButtonView):
    act = staticmethod(resume_feed)
    done = _("The feed is switched on. It is fetched within a minute, and then by its timetable.")


class FeedPauseView(FeedButtonView):
    act = staticmethod(pause_feed)
    done = _("The feed is switched off. Nothing is fetched until you switch it on again.")


class FeedEditView(ActionView):
    """From where and when a feed is fetched."""

    queryset = Feed.objects.for_list()
    template_name = "prospectus/feed_edit.html"
    form_class = FeedForm

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.thing, name) for name in ("source", "address", "rhythm", "weekday", "hour")}

    def act(self, answers: dict[str, Any]) -> None:
        was = self.thing.source, self.thing.address
        feed = edit_feed(feed=self.thing, by=self.request.user, **answers)
        is_elsewhere = (feed.source, feed.address) != was
        words = gettext("Saved. It is being tried from there; switch it on when you have read what came of it.")
        messages.success(self.request, words if is_elsewhere else gettext("Saved."))

    def get_success_url(self) -> str:
        return reverse("prospectus:desk-feed", args=[self.thing.reference])


class FeedEndView(ActionView):
    """The feed is over for good."""

    queryset = Feed.objects
    template_name = "prospectus/feed_end.html"
    form_class = ConfirmForm
    done = _("The feed has ended. The courses it brought stay as they are.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": gettext("End this feed"), "submit_colour": "warning"}

    def act(self, answers: dict[str, Any]) -> None:
        end_feed(feed=self.thing, by=self.request.user)

    def get_success_url(self) -> str:
        return reverse("prospectus:desk-feeds")
