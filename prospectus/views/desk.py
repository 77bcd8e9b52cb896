"""A provider's own courses: the list, one course with all that belongs to it, and its parts to fill in."""

from typing import Any, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import DetailView, FormView, ListView

from core.views import SignedInMixin
from prospectus.actions.editing import create_course
from prospectus.forms.desk import (
    BasicsForm,
    EntryForm,
    FindingForm,
    LearningForm,
    NewCourseForm,
    QualificationForm,
    SectionForm,
)
from prospectus.models import Course, CourseState
from prospectus.queries import desk
from prospectus.queries.readiness import Failing, failings
from prospectus.words import COURSE_WORDS, VERB_WORDS, start_of, words_of_run


class Section(NamedTuple):
    """One part of the course's form."""

    heading: str
    form: type[SectionForm]


SECTIONS = {
    "basics": Section(gettext_lazy("What it is"), BasicsForm),
    "qualification": Section(gettext_lazy("Subject and level"), QualificationForm),
    "learning": Section(gettext_lazy("What learners do"), LearningForm),
    "entry": Section(gettext_lazy("What you need to get in"), EntryForm),
    "finding": Section(gettext_lazy("Money, links and words to find it by"), FindingForm),
}
# In the order in which they are filled in.
URL_NAMES = {
    "basics": "course-edit",
    "qualification": "course-edit",
    "learning": "course-edit",
    "entry": "course-edit",
    "requirements": "course-requirements",
    "finding": "course-edit",
}
HEADINGS = {name: section.heading for name, section in SECTIONS.items()} | {
    "requirements": gettext_lazy("Grades and qualifications, one by one")
}
VERB_URLS = {
    "publish": "prospectus:course-publish",
    "withdraw": "prospectus:course-withdraw",
    "bring_back": "prospectus:course-bring-back",
}
RUN_URLS = {"edit": "prospectus:run-edit", "publish": "prospectus:run-publish", "end": "prospectus:run-end"}
VERB_COLOURS = {"publish": "", "withdraw": "secondary", "bring_back": ""}


def section_url(course: Course, section: str) -> str:
    if section == "runs":
        return reverse("prospectus:desk-course", args=[course.reference])
    args = [course.reference] + ([section] if URL_NAMES[section] == "course-edit" else [])
    return reverse(f"prospectus:{URL_NAMES[section]}", args=args)


def failing_url(course: Course, failing: Failing) -> str:
    """Straight to the field; saving it leads back to the list of what is left."""
    if failing.run:
        return reverse("prospectus:run-edit", args=[failing.run]) + f"?to=publish#{failing.anchor}"
    if failing.section == "runs":
        return reverse("prospectus:run-create", args=[course.reference]) + "?to=publish#id_starts_on_0"
    return section_url(course, failing.section) + f"?to=publish#{failing.anchor}"


class KeeperMixin(SignedInMixin):
    """People who keep some provider's courses; for everybody else these pages do not exist."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        self.providers = desk.kept_providers(request.user)
        if not self.providers:
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class KeptCourseMixin:
    """A course this person keeps."""

    request: HttpRequest

    def get_queryset(self) -> Any:
        courses = Course.objects.kept_by(self.request.user)
        return courses.select_related("provider__area", "subject", "qualification_type", "consortium", "review")


class DeskCoursesView(KeeperMixin, ListView):
    """The courses of all providers this person keeps, by state."""

    template_name = "prospectus/desk_courses.html"
    context_object_name = "courses"
    paginate_by = 50

    def get_queryset(self) -> Any:
        asked = {name: self.request.GET.get(name, "").replace("\0", "").strip()[:80] for name in desk.FILTERS}
        self.asked = desk.DeskQuery(**asked)
        return desk.kept_courses(self.request.user, self.asked).select_related("provider", "review")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(asked=self.asked, providers=self.providers, **kwargs)
        counts = desk.state_counts(self.request.user, self.asked)
        return context | {
            "rows": [
                (course, COURSE_WORDS[CourseState(course.state)], desk.comment_on(course))
                for course in context["courses"]
            ],
            "states": [(state, COURSE_WORDS[CourseState(state)].tag, number) for state, number in counts.items()],
            "all_courses": sum(counts.values()),
            "is_filtered": any(getattr(self.asked, name) for name in desk.FILTERS),
            "kept": self._kept(),
        }

    def _kept(self) -> str:
        """The filters besides the state, to go with the links to the states."""
        kept = self.request.GET.copy()
        for name in ("state", "page"):
            kept.pop(name, None)
        return kept.urlencode()


class NewCourseView(KeeperMixin, FormView):
    """A title, and the draft is there."""

    template_name = "prospectus/desk_course_create.html"
    form_class = NewCourseForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"providers": self.providers}

    def form_valid(self, form: NewCourseForm) -> HttpResponse:
        course = create_course(by=self.request.user, **form.cleaned_data)
        messages.success(self.request, _("The draft is saved. Fill in what you know; the rest can wait."))
        return redirect(section_url(course, "qualification"))


class DeskCourseView(SignedInMixin, KeptCourseMixin, DetailView):
    """One course: what is filled in, what is missing, its dates, and what can be done with it now."""

    template_name = "prospectus/desk_course.html"
    context_object_name = "course"
    slug_field = slug_url_kwarg = "reference"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        course = self.object
        missing = failings(course) if course.state != CourseState.WITHDRAWN else []
        verbs = desk.course_verbs(self.request.user, course)
        return super().get_context_data(
            words=COURSE_WORDS[CourseState(course.state)],
            comment=desk.comment_on(course),
            missing=missing,
            lacks_dates=[failing.sentence for failing in missing if failing.section == "runs"],
            sections=[self._section(name, missing) for name in URL_NAMES],
            dates=[self._date(run, verbs, missing) for run in desk.dates_of(course)],
            buttons=[
                (
                    VERB_WORDS[f"course.{verb}"],
                    reverse(VERB_URLS[verb], args=[course.reference]),
                    VERB_COLOURS.get(verb),
                )
                for verb in verbs
                if verb in VERB_URLS
            ],
            can_edit="edit" in verbs,
            **kwargs,
        )

    def _section(self, name: str, missing: list[Failing]) -> tuple[str, str, int]:
        lacking = sum(failing.section == name for failing in missing)
        return HEADINGS[name], section_url(self.object, name), lacking

    def _date(self, run: Any, verbs: list[str], missing: list[Failing]) -> tuple[Any, ...]:
        buttons = [
            (VERB_WORDS[f"run.{verb}"], reverse(RUN_URLS[verb], args=[run.reference]))
            for verb in desk.run_verbs(run, of_course=verbs)
        ]
        lacking = [each.sentence for each in missing if each.run == run.reference]
        return run, start_of(run), words_of_run(run), buttons, lacking
