"""The desk's page for answers that are released together: what is in it, what each learner will read, and when."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView

from accounts.actions import leave_receipts_of_many
from accounts.models import Learner
from accounts.queries import reach_of
from activity.kinds import KINDS
from applications import actions
from applications.forms.releases import OpenReleaseForm, SetReleaseForm
from applications.models import Release, StagedDecision
from applications.policies import PROVIDER_POLICY
from applications.queries.releases import counts_of, mark_of, reads, short_of_places, summary
from applications.views.admissions import ReceivedMixin
from core.errors import RuleBroken
from core.forms import ConfirmForm
from core.views import ActionView, SignedInMixin, VisibleListView
from providers.models import Organisation

RELEASES_PER_PAGE = 25


class ReleaseListView(SignedInMixin, FormView):
    """Releases of one's providers, the newest first, and a form to open another."""

    form_class = OpenReleaseForm
    template_name = "applications/releases.html"

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            self.providers = list(Organisation.objects.admitting_through(request.user).order_by("name"))
            if not self.providers:
                raise Http404("Not an admissions desk")
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"providers": self.providers}

    def form_valid(self, form: OpenReleaseForm) -> HttpResponse:
        provider = form.providers[form.cleaned_data["provider"]]
        try:
            release = actions.open_release(provider=provider, name=form.cleaned_data["name"], by=self.request.user)
        except RuleBroken as rule:
            form.add_error(None, rule)
            return self.form_invalid(form)
        return redirect("applications:release", release.reference)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = int(said) if (said := self.request.GET.get("page", "")[:4]).isdecimal() and int(said) else 1
        newest = Release.objects.visible_to(self.request.user).for_list().order_by("-created_at", "-pk")
        found = list(newest[(page - 1) * RELEASES_PER_PAGE :][: RELEASES_PER_PAGE + 1])
        return super().get_context_data(
            rows=[(one, summary(one)) for one in found[:RELEASES_PER_PAGE]],
            newer=f"?page={page - 1}" if page > 1 else "",
            older=f"?page={page + 1}" if len(found) > RELEASES_PER_PAGE else "",
            providers=self.providers,
            **kwargs,
        )


class ReleaseView(SignedInMixin, VisibleListView):
    """What is in one release, with what each learner will read; afterwards what could not be done and why."""

    template_name = "applications/release.html"
    context_object_name = "decisions"

    def get_queryset(self) -> Any:
        release = Release.objects.visible_to(self.request.user).for_list().filter(reference=self.kwargs["reference"])
        self.release = release.first()
        if self.release is None:
            raise Http404("No such release")
        shown = StagedDecision.objects.visible_to(self.request.user).exclude(outcome="dropped")
        decisions = shown.filter(release=self.release).for_list()
        # What could not be done is for a person: it stands first.
        return decisions.order_by("-outcome" if self.release.released_at else "outcome", "verb", "pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rows = [reads(one) for one in context["decisions"]]
        leave_receipts_of_many(
            looked_at={(row.decision.choice.application.learner_id, "application") for row in rows},
            by=self.request.user,
            roles=ReceivedMixin.receipts_as,
        )
        return context | {
            "release": self.release,
            "state": summary(self.release),
            "rows": rows,
            "counts": counts_of(self.release),
            "short": short_of_places(self.release),
        }


class _ReleaseActionView(ActionView):
    queryset = Release.objects.all()

    def require(self, user: Any) -> None:
        PROVIDER_POLICY.require(user, "release", self.thing.provider)

    def get_success_url(self) -> str:
        return reverse("applications:release", args=[self.thing.reference])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            release=self.thing, counts=counts_of(self.thing), short=short_of_places(self.thing), **kwargs
        )


class SetReleaseView(_ReleaseActionView):
    """The hour, under how many of which it is."""

    form_class = SetReleaseForm
    template_name = "applications/release_set.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        waiting = StagedDecision.objects.filter(release=self.thing, outcome="").values("choice")
        learners = Learner.objects.filter(applications__choices__in=waiting).distinct()
        sample = next(iter(KINDS["choice-refused"].samples()))
        return super().get_context_data(reach=reach_of(learners), sample=sample, **kwargs)

    done = _("Set. At that hour the learners hear, without anybody pressing anything.")

    def get_initial(self) -> dict[str, Any]:
        return {"number": self.thing.waiting, "seen": mark_of(self.thing)}

    def get_form_kwargs(self) -> dict[str, Any]:
        words = ngettext("Release %(number)s decision", "Release %(number)s decisions", self.thing.waiting)
        return super().get_form_kwargs() | {"submit": words % {"number": self.thing.waiting}}

    def form_valid(self, form: Any) -> HttpResponse:
        self.form = form
        return super().form_valid(form)

    def form_invalid(self, form: Any) -> HttpResponse:
        form.data = form.data.copy()
        # The page is drawn anew, and the next press is about that.
        form.data["number"], form.data["seen"] = self.thing.waiting, mark_of(self.thing)
        return super().form_invalid(form)

    def act(self, answers: dict[str, Any]) -> Release:
        return actions.set_release(
            release=self.thing,
            by=self.request.user,
            release_at=self.form.release_at,
            number=answers["number"],
            seen=answers["seen"],
        )


class UnsetReleaseView(_ReleaseActionView):
    form_class = ConfirmForm
    template_name = "applications/release_confirm.html"
    done = _("Stopped. Nothing has been released.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": gettext("Stop it")}

    def act(self, answers: dict[str, Any]) -> Release:
        return actions.unset_release(release=self.thing, by=self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = gettext("It has no hour any more, and decisions can be changed again.")
        return super().get_context_data(heading=gettext("Stop the release"), words=words, **kwargs)


class EndReleaseView(_ReleaseActionView):
    form_class = ConfirmForm
    template_name = "applications/release_confirm.html"
    done = _("Given up. Nothing in it was released.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": gettext("Give it up"), "submit_colour": "warning"}

    def act(self, answers: dict[str, Any]) -> Release:
        return actions.end_release(release=self.thing, by=self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = gettext("Nothing in it becomes an answer. The applications wait as they did.")
        return super().get_context_data(heading=gettext("Give the release up"), words=words, **kwargs)


class DropDecisionView(ActionView):
    """One decision is taken out again."""

    queryset = StagedDecision.objects.all()
    form_class = ConfirmForm
    template_name = "applications/decision_drop.html"
    done = _("Taken out.")

    def require(self, user: Any) -> None:
        PROVIDER_POLICY.require(user, "release", self.thing.release.provider)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": gettext("Take it out")}

    def act(self, answers: dict[str, Any]) -> StagedDecision:
        return actions.drop_decision(decision=self.thing, by=self.request.user)

    def get_success_url(self) -> str:
        return reverse("applications:release", args=[self.thing.release.reference])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        choice = self.thing.choice
        looked_at = {(choice.application.learner_id, "application")}
        leave_receipts_of_many(looked_at=looked_at, by=self.request.user, roles=ReceivedMixin.receipts_as)
        return super().get_context_data(decision=self.thing, content=choice.snapshot.content, **kwargs)
