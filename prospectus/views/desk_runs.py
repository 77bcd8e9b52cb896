"""The dates of a course, and the places they are at."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from core.errors import StaleState
from core.forms import ConfirmForm
from core.views import ActionView
from prospectus.actions.changing import ChangedMeanwhile
from prospectus.actions.publishing import end_run, publish_ready, publish_run
from prospectus.actions.runs import create_run, edit_run
from prospectus.actions.sites import create_site
from prospectus.forms.runs import RunForm, SiteForm
from prospectus.models import CourseRun, CourseState
from prospectus.queries import desk
from prospectus.queries.readiness import run_failings
from prospectus.registry import live_on
from prospectus.views.desk_forms import CourseVerbView
from prospectus.words import start_of, words_of_run
from providers.models import Organisation


class NewRunView(CourseVerbView):
    """One more date of the course, as a draft."""

    template_name = "prospectus/desk_run.html"
    form_class = RunForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"sites": desk.sites_for(self.thing)}

    def act(self, answers: dict[str, Any]) -> None:
        run = create_run(course=self.thing, values=self.form.values(), by=self.request.user)
        lacking = run_failings(run)
        said = gettext("Saved as a draft. Before it is published: ") + " ".join(each.sentence for each in lacking)
        messages.success(self.request, said if lacking else gettext("Saved as a draft. Nothing is missing."))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(provider=self.thing.provider, **kwargs)


class RunVerbView(ActionView):
    """One verb to one date of a course this person keeps."""

    verb = ""
    form_class: Any = ConfirmForm

    def get_queryset(self) -> Any:
        runs = CourseRun.objects.kept_by(self.request.user)
        return runs.select_related("course__provider__area", "course__consortium", "site")

    def require(self, user: Any) -> None:
        verbs = desk.run_verbs(self.thing, of_course=desk.course_verbs(user, self.thing.course))
        if self.verb not in verbs:
            back_url = reverse("prospectus:desk-course", args=[self.thing.course.reference])
            raise StaleState(f"Cannot {self.verb} {self.thing.pk} as it stands", back_url=back_url)

    def get_success_url(self) -> str:
        to_publish = self.request.GET.get("to") == "publish"
        name = "prospectus:course-publish" if to_publish else "prospectus:desk-course"
        return reverse(name, args=[self.thing.course.reference])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        course = self.thing.course
        back = reverse("prospectus:desk-course", args=[course.reference])
        return super().get_context_data(
            run=self.thing, start=start_of(self.thing), course=course, provider=course.provider, back=back, **kwargs
        )


class EditRunView(RunVerbView):
    """What is typed is saved, whatever it lacks; somebody else's save is shown first."""

    verb = "edit"
    template_name = "prospectus/desk_run.html"
    form_class = RunForm
    done = _("Saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        kwargs.pop("initial")
        sites = desk.sites_for(self.thing.course, held=self.thing)
        return kwargs | {"run": self.thing, "sites": sites}

    def act(self, answers: dict[str, Any]) -> None:
        edit_run(run=self.thing, values=self.form.values(), by=self.request.user, as_of=answers["as_of"])

    def form_valid(self, form: Any) -> HttpResponse:
        self.form = form
        try:
            return super().form_valid(form)
        except ChangedMeanwhile:
            return self.conflict()

    def conflict(self) -> HttpResponse:
        """Nothing typed is lost: saving again is a decision that knows what is saved by now."""
        now = self.get_queryset().get(pk=self.thing.pk)
        data = self.request.POST.copy()
        data["as_of"] = now.changed_at.isoformat()
        form = RunForm(data, run=now, sites=desk.sites_for(now.course, held=now))
        form.is_valid()
        context = self.get_context_data(form=form, differences=form.differences())
        return self.render_to_response(context, status=409)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = words_of_run(self.thing)
        return super().get_context_data(words=words, missing=run_failings(self.thing), **kwargs)


class PublishRunView(RunVerbView):
    """A date beside a published course is published by itself."""

    verb = "publish"
    template_name = "prospectus/desk_run_publish.html"
    done = _("Published. It stands on the course’s page now.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": gettext("Publish this date")}

    def act(self, answers: dict[str, Any]) -> None:
        publish_run(run=self.thing, by=self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        edit_url = reverse("prospectus:run-edit", args=[self.thing.reference])
        missing = [(each.sentence, f"{edit_url}#{each.anchor}") for each in run_failings(self.thing)]
        return super().get_context_data(missing=missing, **kwargs)


class EndRunView(RunVerbView):
    """Says first who still stands on it."""

    verb = "end"
    template_name = "prospectus/desk_run_end.html"
    done = _("Taken out. It stays on record for those who applied.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": gettext("Take this date out"), "submit_colour": "warning"}

    def act(self, answers: dict[str, Any]) -> None:
        end_run(run=self.thing, by=self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        course = self.thing.course
        leaves_none = course.state == CourseState.PUBLISHED and not desk.has_other_dates(self.thing)
        return super().get_context_data(live=live_on([self.thing.pk]), leaves_none=leaves_none, **kwargs)


class KeptProviderView(ActionView):
    """Something for one of the providers whose courses this person keeps."""

    def get_queryset(self) -> Any:
        return Organisation.objects.editing_through(self.request.user).filter(ended_on=None).select_related("area")


class NewSiteView(KeptProviderView):
    """One more place of a provider. Goes back to the date's form it comes from, or to the sites."""

    template_name = "prospectus/desk_site.html"
    form_class = SiteForm
    done = _("The site is there. Dates can be at it now.")

    def act(self, answers: dict[str, Any]) -> None:
        create_site(provider=self.thing, by=self.request.user, **answers)

    def get_success_url(self) -> str:
        """Back to the date one came from; an address of our own making only."""
        for name, runs in (("course", "run-create"), ("run", "run-edit")):
            reference = self.request.GET.get(name, "")
            if reference.isalnum() and reference.isascii():
                return reverse(f"prospectus:{runs}", args=[reference])
        return reverse("prospectus:sites" if self.request.GET.get("to") == "sites" else "prospectus:desk-courses")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back=self.get_success_url(), provider=self.thing, **kwargs)


class PublishReadyView(KeptProviderView):
    """Every draft date that is right, in one go."""

    http_method_names = ["post"]

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        number = publish_ready(provider=self.thing, by=request.user)
        published = ngettext("%(number)s date is published.", "%(number)s dates are published.", number)
        messages.success(
            request,
            published % {"number": number} if number else gettext("There was nothing that is right and not out yet."),
        )
        return redirect(reverse("prospectus:roll-over") + f"?provider={self.thing.reference}")
