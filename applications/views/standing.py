"""Where everything stands for a learner, what to do next and by when."""

from typing import Any

from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404
from django.views.generic import TemplateView

from accounts.models import Learner
from applications.models import Application, Choice, ExamResult
from applications.queries import alternatives_to, can_hold_another, needs_others, next_step, timeline
from applications.queries.clashes import clash_words
from applications.queries.companions import companions_of, counted
from applications.queries.reserve import reserve_place
from applications.queries.results_hours import ANSWERS, answers_closed_words
from applications.reasons import learner_words
from applications.views.base import OwnChoiceMixin, buttons_for
from applications.words import choice_tag, stands
from applications.workflow import CHOICE_FLOW, ENDED_WITHOUT_A_PLACE, PROPERTIES
from core import clock
from core.views import SignedInMixin, VisibleDetailView
from prospectus.queries.nearby import nearby_subjects


class Standing:
    """One choice as its learner sees it: words, colour and what comes next."""

    def __init__(self, choice: Choice) -> None:
        self.choice = choice
        self.tag, self.colour = choice_tag(choice, audience="learner")
        self.sentence = stands(choice).learner_sentence.format(provider=choice.provider.name)
        self.step = next_step(choice)
        self.number = choice.rank  # as the learner counts: their page closes the gaps


class Part:
    """An application on the learner's page: what is under way, what is not sent yet, and what is over."""

    def __init__(self, application: Application, standings: list[Standing]) -> None:
        self.application = application
        self.is_empty = not standings
        for number, each in enumerate(standings, start=1):
            each.number = number
        self.live = [each for each in standings if each.choice.status in PROPERTIES["is_live"]]
        self.over = [each for each in standings if each.choice.status in PROPERTIES["is_over"]]
        self.drafts = [each for each in standings if each not in self.live and each not in self.over]
        self.late = sum(each.choice.is_waiting_too_long for each in self.live)
        counting = [each.choice for each in self.live if not each.choice.is_waiting_too_long]
        self.counting = counted(counting)
        self.left = max(application.cycle.choice_limit - self.counting, 0)
        self.is_over = clock.today() > application.cycle.ends_on
        self.why_no_answers = answers_closed_words(application.cycle)
        self.has_place = any(each.choice.has("is_firm") for each in standings)
        # Nothing is under way, nothing waits to be sent, and there is no place: the newest ending leads on. What the
        # learner withdrew shows no other courses. Who has sent nothing is led there once it gets late.
        is_late = clock.today() >= (application.cycle.results_on or application.cycle.closes_on)
        self.is_placeless = not (self.live or self.has_place or self.is_over) and (bool(self.over) or is_late)
        stranded = not (self.live or self.drafts or self.has_place or self.is_over)
        ended = [each for each in self.over if each.choice.status in ENDED_WITHOUT_A_PLACE]
        ended.sort(key=lambda each: each.choice.status_at)
        self.ended_without = ended[-1].choice if stranded and ended else None


class HomeView(SignedInMixin, TemplateView):
    """Where everything stands and what to do next."""

    template_name = "applications/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        has_results = Exists(ExamResult.objects.filter(learner=OuterRef("pk")))
        learners = Learner.objects.select_related("user").annotate(has_results=has_results)
        learner = get_object_or_404(learners, user=self.request.user)
        applications = list(
            Application.objects.visible_to(self.request.user)
            .select_related("cycle__area")
            .order_by("-cycle__entry_year")
        )
        choices = Choice.objects.own_of(self.request.user).to_show_the_learner().for_list()
        standings = [Standing(choice) for choice in choices]
        todo = [each for each in standings if each.step and each.step.is_for_learner]
        todo.sort(key=lambda each: each.step.pressing_on)  # type: ignore[union-attr]
        parts = [
            Part(application, [each for each in standings if each.choice.application_id == application.pk])
            for application in applications
        ]
        return super().get_context_data(learner=learner, parts=parts, todo=todo, **kwargs)


# The verbs a learner has a page for, and the page.
OWN_URLS = {
    "send": "applications:choice-send",
    "accept": "applications:choice-accept",
    "hold": "applications:choice-hold",
    "turn_down": "applications:choice-turn-down",
    "withdraw": "applications:choice-withdraw",
}


class ChoiceView(SignedInMixin, OwnChoiceMixin, VisibleDetailView):
    """One choice: where it stands, what is offered, what can be done, what has happened."""

    queryset = Choice.objects.all()
    template_name = "applications/choice.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        choice = self.object
        pages = dict(OWN_URLS)
        if not can_hold_another(choice.application):
            pages.pop("hold")
        if CHOICE_FLOW.targets(choice.status, "turn_down"):
            pages.pop("withdraw")  # an offer is turned down: two ways to say no would only puzzle
        why_no_answers = answers_closed_words(choice.application.cycle)
        if why_no_answers:
            pages = {verb: page for verb, page in pages.items() if verb not in ANSWERS}
        if needs_others(choice):
            kwargs["alternatives"] = alternatives_to(choice)
            if not kwargs["alternatives"]:
                subjects = [each.run.course.subject_id or "" for each in choice.choice_runs.all()]
                kwargs["nearby"] = nearby_subjects(subjects=subjects)
        return super().get_context_data(
            standing=Standing(choice),
            reason=learner_words(choice.refusal_reason),
            reserve=reserve_place(choice),
            why_no_answers=why_no_answers,
            buttons=buttons_for(self.request.user, choice, url_names=pages),
            events=timeline(choice, audience="learner"),
            can_change=bool(CHOICE_FLOW.targets(choice.status, "send")),
            companions=companions_of(choice),
            clashes=clash_words(choice) if CHOICE_FLOW.targets(choice.status, "send") else [],
            can_pair=choice.status not in PROPERTIES["is_over"],
            can_leave=bool(CHOICE_FLOW.targets(choice.status, "leave")) and choice.left_on is None,
            **kwargs,
        )
