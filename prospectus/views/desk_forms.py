"""Changing a course: its sections, its entry requirements, its partners, and its state."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.errors import StaleState
from core.forms import ConfirmForm
from core.views import ActionView
from prospectus.actions.changing import ChangedMeanwhile
from prospectus.actions.editing import edit_course, requirements_of, set_requirements, share_course
from prospectus.actions.experience import set_experience_requirement
from prospectus.actions.parts import set_parts, teachers_of
from prospectus.actions.publishing import bring_back_course, publish_course, withdraw_course
from prospectus.forms.desk import SectionForm
from prospectus.forms.entry import RowsForm
from prospectus.forms.experience import ExperienceForm
from prospectus.forms.partners import ShareForm
from prospectus.forms.parts import PartsForm, with_one_more
from prospectus.queries import desk
from prospectus.queries.readiness import failings
from prospectus.registry import live_on
from prospectus.views.desk import SECTIONS, URL_NAMES, KeptCourseMixin, failing_url, section_url
from prospectus.words import VERB_WORDS, start_of


class CourseVerbView(KeptCourseMixin, ActionView):
    """One verb to one course. Where somebody was quicker the page says so with 409, also when it is opened."""

    verb = "edit"
    form_class: Any = ConfirmForm

    def require(self, user: Any) -> None:
        if self.verb not in desk.course_verbs(user, self.thing):
            raise StaleState(
                f"Cannot {self.verb} from {self.thing.state}",
                back_url=reverse("prospectus:desk-course", args=[self.thing.reference]),
            )

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        return kwargs | {"submit": VERB_WORDS[f"course.{self.verb}"]} if self.form_class is ConfirmForm else kwargs

    def form_valid(self, form: Any) -> HttpResponse:
        self.form = form
        try:
            return super().form_valid(form)
        except ChangedMeanwhile:
            return self.conflict()

    def conflict(self) -> HttpResponse:
        """Raises: StaleState, on a page where nothing was typed that could be lost."""
        raise StaleState(f"{self.thing.pk} was saved meanwhile")

    def get_success_url(self) -> str:
        if self.request.GET.get("to") == "publish":
            return reverse("prospectus:course-publish", args=[self.thing.reference])
        return self.next_url()

    def next_url(self) -> str:
        return reverse("prospectus:desk-course", args=[self.thing.reference])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        back = reverse("prospectus:desk-course", args=[self.thing.reference])
        return super().get_context_data(course=self.thing, back=back, **kwargs)


def next_section(course: Any, section: str) -> str:
    """The address of the part that is filled in after this one; the course itself after the last."""
    names = [*URL_NAMES, "runs"]
    return section_url(course, names[names.index(section) + 1])


class EditCourseView(CourseVerbView):
    """One section of the course. What somebody else saved meanwhile is shown beside what was typed."""

    template_name = "prospectus/desk_course_edit.html"
    form_class = SectionForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if kwargs["section"] not in SECTIONS:
            raise Http404
        self.section = kwargs["section"]
        return super().dispatch(request, *args, **kwargs)

    def get_form_class(self) -> type[SectionForm]:
        return SECTIONS[self.section].form

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        kwargs.pop("initial")
        return kwargs | {"course": self.thing}

    def act(self, answers: dict[str, Any]) -> None:
        edit_course(course=self.thing, values=self.form.values(), by=self.request.user, as_of=answers["as_of"])

    def conflict(self) -> HttpResponse:
        """Nothing typed is lost: saving again is a decision that knows what is saved by now."""
        now = self.get_queryset().get(pk=self.thing.pk)
        data = self.request.POST.copy()
        data["as_of"] = now.changed_at.isoformat()
        form = self.get_form_class()(data, course=now)
        form.is_valid()
        context = self.get_context_data(form=form, differences=form.differences())
        return self.render_to_response(context, status=409)

    def next_url(self) -> str:
        return next_section(self.thing, self.section)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        names = list(URL_NAMES)
        return super().get_context_data(
            heading=SECTIONS[self.section].heading,
            number=names.index(self.section) + 1,
            of=len(names),
            **kwargs,
        )


class RequirementsView(CourseVerbView):
    """Entry requirements one by one, in rows. Without scripts too a row more is one button away."""

    template_name = "prospectus/desk_course_requirements.html"
    form_class = RowsForm

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        kwargs.pop("initial")
        return kwargs | {"course": self.thing, "held": requirements_of(self.thing)}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "more" in request.POST:
            form = RowsForm.with_one_more(request.POST, course=self.thing)
            return self.render_to_response(self.get_context_data(form=form))
        return super().post(request, *args, **kwargs)

    def act(self, answers: dict[str, Any]) -> None:
        set_requirements(
            course=self.thing, requirements=self.form.requirements(), by=self.request.user, as_of=answers["as_of"]
        )

    def conflict(self) -> HttpResponse:
        now = self.get_queryset().get(pk=self.thing.pk)
        data = self.request.POST.copy()
        data["as_of"] = now.changed_at.isoformat()
        form = RowsForm(data, course=now)
        form.is_valid()
        saved = [str(row) for row in now.requirements.select_related("qualification_type", "level")]
        return self.render_to_response(self.get_context_data(form=form, is_conflict=True, saved=saved), status=409)

    def next_url(self) -> str:
        return next_section(self.thing, "requirements")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        names = list(URL_NAMES)
        return super().get_context_data(number=names.index("requirements") + 1, of=len(names), **kwargs)


class ExperienceView(CourseVerbView):
    """What learners have to have tried before they apply."""

    template_name = "prospectus/desk_course_experience.html"
    form_class = ExperienceForm
    done = _("Saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"course": self.thing}

    def act(self, answers: dict[str, Any]) -> None:
        set_experience_requirement(course=self.thing, by=self.request.user, **answers)


class ShareCourseView(CourseVerbView):
    """Which partners teach the course together with its provider."""

    template_name = "prospectus/desk_course_share.html"
    form_class = ShareForm
    done = _("Saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        consortia = desk.consortia_of(self.thing.provider)
        return super().get_form_kwargs() | {"course": self.thing, "consortia": consortia}

    def act(self, answers: dict[str, Any]) -> None:
        share_course(course=self.thing, consortium=answers["consortium"], by=self.request.user, as_of=answers["as_of"])


class PartsView(CourseVerbView):
    """Which partner teaches which part of the course, where and on which days. Works without scripts too."""

    template_name = "prospectus/desk_course_parts.html"
    form_class = PartsForm
    done = _("Saved.")

    def _held(self, course: Any) -> list[Any]:
        return list(course.parts.select_related("provider"))

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        kwargs.pop("initial")
        if kwargs.get("data") and "more" in self.request.POST:
            kwargs["data"] = with_one_more(self.request.POST)
        teachers = teachers_of(self.thing)
        sites = desk.sites_of(teachers)
        return kwargs | {"course": self.thing, "teachers": teachers, "sites": sites, "held": self._held(self.thing)}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "more" in request.POST:
            return self.render_to_response(self.get_context_data(form=self.get_form()))
        return super().post(request, *args, **kwargs)

    def act(self, answers: dict[str, Any]) -> None:
        set_parts(course=self.thing, parts=self.form.parts(), by=self.request.user, as_of=answers["as_of"])

    def conflict(self) -> HttpResponse:
        """Nothing typed is lost: saving again is a decision that knows what is saved by now."""
        self.thing = self.get_queryset().get(pk=self.thing.pk)
        kwargs = self.get_form_kwargs()
        kwargs["data"] = self.request.POST.copy()
        kwargs["data"]["as_of"] = self.thing.changed_at.isoformat()
        form = PartsForm(**kwargs)
        form.is_valid()
        context = self.get_context_data(form=form, is_conflict=True, held=self._held(self.thing))
        return self.render_to_response(context, status=409)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(is_shared=self.thing.consortium_id is not None, **kwargs)


class PublishCourseView(CourseVerbView):
    """Everything that is missing, each a link to its box; when nothing is, the button."""

    verb = "publish"
    template_name = "prospectus/desk_course_publish.html"
    done = _("Published. Everybody can find it now.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": gettext("Publish this course")}

    def act(self, answers: dict[str, Any]) -> None:
        publish_course(course=self.thing, by=self.request.user)

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        if form.errors:  # it changed since the page was opened: the list says how
            return redirect(self.request.path)
        return response

    def next_url(self) -> str:
        return reverse("prospectus:desk-course", args=[self.thing.reference])

    def get_success_url(self) -> str:
        return self.next_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        missing = [(failing, failing_url(self.thing, failing)) for failing in failings(self.thing)]
        dates = desk.dates_of(self.thing)
        runs = {run.reference: run for run in dates}
        return super().get_context_data(
            missing=[
                (failing.sentence, url, start_of(runs[failing.run]) if failing.run else "") for failing, url in missing
            ],
            dates=[run for run in dates if run.ended_on is None],
            **kwargs,
        )


class WithdrawCourseView(CourseVerbView):
    """Says first who still stands on it."""

    verb = "withdraw"
    template_name = "prospectus/desk_course_withdraw.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": gettext("Withdraw this course"), "submit_colour": "warning"}

    def act(self, answers: dict[str, Any]) -> None:
        live = withdraw_course(course=self.thing, by=self.request.user).live
        if live:
            applications = "application goes" if live == 1 else "applications go"
            sentence = gettext("Withdrawn. %(live)s live %(applications)s on: answer as before.") % {
                "live": live,
                "applications": applications,
            }
        else:
            sentence = gettext("Withdrawn. Nobody finds it any more.")
        messages.success(self.request, sentence)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        live = live_on(list(self.thing.runs.values_list("pk", flat=True)))
        return super().get_context_data(live=live, **kwargs)


class BringBackCourseView(CourseVerbView):
    """The course is a draft again."""

    verb = "bring_back"
    template_name = "prospectus/desk_course_bring_back.html"
    done = _("It is a draft again. Look through it, then publish it.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": gettext("Bring it back as a draft")}

    def act(self, answers: dict[str, Any]) -> None:
        bring_back_course(course=self.thing, by=self.request.user)
