"""The grades of an application, row by row, and those the school says."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.generic import View

from accounts.models import SchoolGrade
from applications import actions, queries
from applications.forms.written import GradeForm
from applications.models import Application, FormSection, Grade
from applications.policies import APPLICATION_POLICY
from applications.views.written import SectionView, WrittenMixin, written_application
from core.views import ActionView, SignedInMixin


class GradesView(SectionView):
    """The grades there are, what the school says, and a form for one more."""

    section = FormSection.GRADES
    template_name = "applications/grades.html"
    form_class = GradeForm

    def act(self, answers: dict[str, Any]) -> None:
        actions.add_grade(application=self.thing, by=self.request.user, **answers)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            grades=list(self.thing.grades.select_related("school")),
            school_grades=queries.school_grades_of(self.thing, seen_by=self.request.user),
            **kwargs,
        )

    def get_success_url(self) -> str:
        return reverse("applications:grades", args=[self.thing.reference])


class OneGrade:
    """A row of an application this person may write in."""

    request: Any

    def find(self, request: HttpRequest, reference: str) -> Grade:
        grades = Grade.objects.filter(application__in=Application.objects.visible_to(request.user).values("pk"))
        grade: Grade = get_object_or_404(
            grades.select_related("application__learner", "application__cycle"), reference=reference
        )
        APPLICATION_POLICY.require(request.user, "write", grade.application)
        return grade


class GradeChangeView(WrittenMixin, OneGrade, ActionView):
    template_name = "applications/grade_change.html"
    form_class = GradeForm
    done = _l("Saved.")

    def get_queryset(self) -> Any:
        grades = Grade.objects.filter(application__in=Application.objects.visible_to(self.request.user).values("pk"))
        return grades.select_related("application__learner__user", "application__cycle", "school")

    def require(self, user: Any) -> None:
        APPLICATION_POLICY.require(user, "write", self.thing.application)

    def get_initial(self) -> dict[str, Any]:
        grade = self.thing
        return {
            "subject": grade.subject,
            "qualification": grade.qualification,
            "grade_words": grade.grade,
            "is_expected": "yes" if grade.is_expected else "no",
        }

    def act(self, answers: dict[str, Any]) -> None:
        actions.change_grade(grade=self.thing, by=self.request.user, **answers)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(application=self.thing.application, **kwargs)

    def get_success_url(self) -> str:
        return reverse("applications:grades", args=[self.thing.application.reference])


class GradeRemoveView(SignedInMixin, OneGrade, View):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        grade = self.find(request, reference)
        actions.remove_grade(grade=grade, by=request.user)
        messages.success(request, _("%(subject)s is taken out.") % {"subject": grade.subject})
        return redirect("applications:grades", grade.application.reference)


class SchoolGradesView(SignedInMixin, View):
    """The ticked grades of the school become rows."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        application = written_application(request, reference)
        keys = [int(key) for key in request.POST.getlist("grade") if key.isdecimal() and len(key) < 15]
        seen = SchoolGrade.objects.visible_to(request.user)
        wanted: Sequence[SchoolGrade] = seen.filter(pk__in=keys, learner=application.learner_id)
        number = actions.take_school_grades(application=application, school_grades=wanted, by=request.user)
        if number:
            messages.success(request, _("Your school’s grades are in your application."))
        else:
            messages.warning(request, _("Tick the grades you want to use."))
        return redirect("applications:grades", reference)
