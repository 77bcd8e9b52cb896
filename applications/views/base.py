"""What every page that does one verb to one choice has in common."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actions import leave_receipts
from applications.models import Choice
from applications.policies import CHOICE_POLICY
from applications.queries import verbs_for, was_just_done
from applications.words import VERB_WORDS, VerbWords
from applications.workflow import CHOICE_FLOW
from core.errors import StaleState
from core.forms import ConfirmForm
from core.views import ActionView


def buttons_for(
    user: Any, choice: Choice, *, url_names: Mapping[str, str], words: Mapping[str, VerbWords] = VERB_WORDS
) -> list[tuple[VerbWords, str]]:
    """Words and address for each verb this person may do now and has a page for, the main thing first."""
    verbs = [verb for verb in verbs_for(user, choice) if verb in url_names]
    verbs.sort(key=lambda verb: words[verb].colour != "")
    return [(words[verb], reverse(url_names[verb], args=[choice.reference])) for verb in verbs]


class LeavesReceiptMixin:
    """A page of staff about one choice: the learner is told who read it."""

    request: Any
    receipts_as: tuple[str, ...] = ()  # in which kinds of role the page is read

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        choice = context["choice"] if "choice" in context else context["object"]
        learner = choice.application.learner
        leave_receipts(learner=learner, by=self.request.user, sections=["application"], roles=self.receipts_as)
        return context


class ChoiceActionView(ActionView):
    """One verb to one choice. Subclasses say ``verb``, ``act`` and which choices they are about (``get_queryset``).

    Pressed twice, the second press answers like the first: it is done, once. Where somebody else was quicker the page
    says so with 409, also when it is opened.
    """

    queryset = Choice.objects.all()
    form_class = ConfirmForm
    verb = ""
    back = ""  # the page about the choice: where one came from and goes to

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._answer(super().get, request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._answer(super().post, request, *args, **kwargs)

    def _answer(self, answer: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        CHOICE_POLICY.require(request.user, self.verb, self.thing)
        try:
            self.require_possible()
            return answer(request, *args, **kwargs)
        except StaleState:
            if request.method == "POST" and was_just_done(self.thing, self.pressed, by=request.user):
                return redirect(self.get_success_url())
            context = {"back_url": self.get_success_url(), "back_text": _("See how it stands now")}
            return render(request, "409.html", context, status=409)

    @property
    def pressed(self) -> str:
        """The verb of this press, where a page has several."""
        return self.verb

    def form_valid(self, form: Any) -> HttpResponse:
        self.form = form  # for an action that needs more than its cleaned data
        return super().form_valid(form)

    def require_possible(self) -> None:
        """Raises: StaleState when the choice has moved on."""
        if not CHOICE_FLOW.targets(self.thing.status, self.verb):
            raise StaleState(f"Cannot {self.verb} from {self.thing.status}")

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        if issubclass(self.form_class, ConfirmForm):
            words = VERB_WORDS[self.verb]
            kwargs |= {"submit": words.button, "submit_colour": words.colour if words.colour == "warning" else ""}
        return kwargs

    def get_success_url(self) -> str:
        return reverse(self.back, args=[self.thing.reference])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(choice=self.thing, back=self.get_success_url(), **kwargs)

    def say(self, sentence: str) -> None:
        messages.success(self.request, sentence)


class OwnChoiceMixin:
    """Pages of the learner's side: their own choices only, whatever else they may see."""

    def get_queryset(self) -> Any:
        return super().get_queryset().own_of(self.request.user)  # type: ignore[misc]


class OwnActionView(OwnChoiceMixin, ChoiceActionView):
    back = "applications:choice"
