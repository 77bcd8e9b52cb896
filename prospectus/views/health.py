"""How well a provider's courses are kept, for those who keep them."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import ListView, TemplateView, View

from core.views import SignedInMixin
from prospectus.actions.mending import MOST_AT_ONCE, confirm_courses
from prospectus.forms.mend import MEND_FORMS
from prospectus.models import Course
from prospectus.queries.health import Problem, ProviderHealth, health_of, in_order, with_problem
from prospectus.queries.mends import MENDS
from prospectus.views.desk import KeeperMixin
from prospectus.words import ADVICE, MEND_WORDS
from providers.models import Organisation


def tiles_of(health: ProviderHealth) -> list[tuple[Problem, int, str]]:
    """Each thing that can be wrong, how many courses it is wrong with, and the tone of that number."""
    grave = (Problem.EXPIRED, Problem.COMING)
    return [
        (problem, number, "good" if not number else "bad" if problem in grave else "warn")
        for problem, number in health.problems.items()
        if problem != Problem.COMING or health.coming is not None
    ]


class HealthView(KeeperMixin, TemplateView):
    """The light, the score and what is wrong, for each provider whose courses this person keeps."""

    template_name = "prospectus/health.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kept = [(health, tiles_of(health)) for health in health_of(self.providers)]
        return super().get_context_data(kept=kept, **kwargs)


class CoursesConfirmView(SignedInMixin, View):
    """The button "everything is still correct"."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        provider = get_object_or_404(Organisation.objects.editing_through(request.user), reference=kwargs["reference"])
        confirmed = confirm_courses(provider=provider, by=request.user)
        if confirmed:
            thanks = ngettext(
                "Thank you. %(number)s course says that you checked today.",
                "Thank you. %(number)s courses say that you checked today.",
                confirmed,
            )
            messages.success(request, thanks % {"number": confirmed})
        else:
            messages.info(request, _("Everything had been checked today already."))
        return redirect("prospectus:health")


class HealthCoursesView(SignedInMixin, ListView):
    """The courses of one provider that have one problem."""

    template_name = "prospectus/health_courses.html"
    context_object_name = "courses"
    paginate_by = 50

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        if kwargs["problem"] not in Problem.values:
            raise Http404
        self.problem = Problem(kwargs["problem"])
        self.provider = get_object_or_404(
            Organisation.objects.editing_through(request.user), reference=kwargs["reference"]
        )
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        courses = Course.objects.kept_by(self.request.user).filter(provider=self.provider)
        return in_order(with_problem(courses, self.problem), self.problem)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(
            provider=self.provider, problem=self.problem, advice=ADVICE[self.problem], **kwargs
        )
        if self.problem in MENDS:
            context["mend"] = MEND_WORDS[self.problem]
            context["at_once"] = min(context["paginator"].count, MEND_FORMS[self.problem].most or MOST_AT_ONCE)
        return context
