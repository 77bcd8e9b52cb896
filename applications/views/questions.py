"""A provider's desk for what it asks beside the form everybody has."""

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications import actions
from applications.forms.question import QuestionForm
from applications.forms.written import AnswersForm
from applications.models import ProviderQuestion
from applications.policies import PROVIDER_POLICY
from applications.queries.questions import drafts_concerned_by
from core.errors import StaleState
from core.forms import ConfirmForm
from core.views import ActionView, SignedInMixin, VisibleListView
from prospectus.models import Course
from providers.models import Cycle, Organisation, Phase

MOST_COURSES = 200  # to tick; whoever has more asks everybody


class QuestionListView(SignedInMixin, VisibleListView):
    """What is asked now, as the learner sees it, with how many drafts each question concerns."""

    queryset = ProviderQuestion.objects.asked().order_by("provider__name", "-cycle__entry_year", "position", "pk")
    template_name = "applications/questions.html"
    context_object_name = "questions"

    def get_queryset(self) -> Any:
        self.providers = list(Organisation.objects.admitting_through(self.request.user).order_by("name"))
        if not self.providers:
            raise Http404("Not an admissions desk")
        return super().get_queryset()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        questions = list(context["questions"])
        counts = drafts_concerned_by(questions)
        areas = {provider.area_id for provider in self.providers}
        cycles = list(Cycle.objects.running().filter(area__in=areas))
        places = [(one, cycle) for one in self.providers for cycle in cycles if cycle.area_id == one.area_id]
        return context | {
            "rows": [(question, counts.get(question.pk, 0)) for question in questions],
            "preview": AnswersForm(questions=questions),
            "places": places,
        }


class QuestionFormMixin:
    """A form that puts a question; its fields are turned into what the action takes."""

    form_class = QuestionForm
    template_name = "applications/question_ask.html"
    provider: Organisation

    def courses(self) -> list[Course]:
        return list(Course.objects.filter(provider=self.provider, state="published").order_by("title")[:MOST_COURSES])

    def get_form_kwargs(self) -> dict[str, Any]:
        self.found = self.courses()
        choices = [(course.reference, course.title) for course in self.found]
        return super().get_form_kwargs() | {"courses": choices}  # type: ignore[misc]

    def said(self, answers: dict[str, Any]) -> dict[str, Any]:
        wanted = set(answers["courses"])
        return answers | {"courses": [course for course in self.found if course.reference in wanted]}

    def get_success_url(self) -> str:
        return reverse("applications:questions")


class QuestionAskView(QuestionFormMixin, ActionView):
    """One question more, of this provider in this cycle."""

    queryset = Organisation.objects.all()
    done = _("From now on everybody concerned is asked this.")

    def get_queryset(self) -> Any:
        return Organisation.objects.admitting_through(self.request.user)

    def require(self, user: Any) -> None:
        PROVIDER_POLICY.require(user, "ask_question", self.thing)
        self.provider = self.thing
        cycles = Cycle.objects.running().filter(area=self.thing.area_id, entry_year=self.kwargs["entry_year"])
        # An area may have two in one year: for what comes after Year 11, and for Years 10 and 11.
        self.cycle = cycles.filter(phase=self.request.GET.get("phase", Phase.POST_16).replace("\0", "")).first()
        if self.cycle is None:
            raise Http404("No such cycle")

    def act(self, answers: dict[str, Any]) -> None:
        actions.ask_question(provider=self.provider, cycle=self.cycle, by=self.request.user, **self.said(answers))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(provider=self.provider, cycle=self.cycle, **kwargs)


class QuestionChangeView(QuestionFormMixin, ActionView):
    """The old words end and new ones begin: who has answered keeps what they answered."""

    queryset = ProviderQuestion.objects.all()
    done = _("Changed. Whoever has not sent yet is asked in the new words.")

    def require(self, user: Any) -> None:
        if self.thing.ended_at is not None:
            raise StaleState("The question is not asked any more.")
        self.provider = self.thing.provider

    def courses(self) -> list[Course]:
        """With those it is for now: left out, because they are drafts or far down the list, it would be for all."""
        own = list(self.thing.courses.all())
        return own + [course for course in super().courses() if course not in own]

    def get_initial(self) -> dict[str, Any]:
        question = self.thing
        return {
            "words": question.words,
            "help_text": question.help_text,
            "kind": question.kind,
            "options": "\n".join(question.options),
            "is_required": question.is_required,
            "courses": [course.reference for course in question.courses.all()],
        }

    def act(self, answers: dict[str, Any]) -> None:
        actions.change_question(question=self.thing, by=self.request.user, **self.said(answers))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        number = drafts_concerned_by([self.thing]).get(self.thing.pk, 0)
        return super().get_context_data(
            question=self.thing, provider=self.provider, cycle=self.thing.cycle, number=number, **kwargs
        )


class QuestionEndView(ActionView):
    queryset = ProviderQuestion.objects.all()
    template_name = "applications/question_end.html"
    form_class = ConfirmForm
    done = _("It is not asked any more.")

    def require(self, user: Any) -> None:
        if self.thing.ended_at is not None:
            raise StaleState("The question is not asked any more.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": gettext("End this question"), "submit_colour": "warning"}

    def act(self, answers: dict[str, Any]) -> None:
        actions.end_question(question=self.thing, by=self.request.user)

    def get_success_url(self) -> str:
        return reverse("applications:questions")
