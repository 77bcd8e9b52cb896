"""The question whether to share: the learner answers it, the area coordinator words it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView

from accounts import actions
from accounts.forms import ConsentForm, ConsentWordsForm
from accounts.models import WORDS, ConsentKind, ConsentWording
from accounts.queries import asked, may_consent, number_sharing, own_learner_of
from core.errors import RuleBroken
from core.views import SignedInMixin
from providers.models import Area, StaffRole


class ConsentView(SignedInMixin, FormView):
    """The learner answers, or changes an earlier answer."""

    form_class = ConsentForm
    template_name = "accounts/consent.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        self.learner = own_learner_of(request.user)
        if self.learner is None:
            raise Http404
        self.asked = asked(self.learner, ConsentKind.ADVICE_SERVICE)
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        initial: dict[str, Any] = {"version": self.asked.version}
        if self.asked.answer and not self.asked.is_asked_again:
            initial["is_given"] = "yes" if self.asked.answer.is_given else "no"
        return initial

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            question=self.asked.words,
            answer=self.asked.answer,
            is_asked_again=self.asked.is_asked_again,
            is_too_young=not may_consent(self.learner),
            is_first="next" not in self.request.GET,
            **kwargs,
        )

    def form_valid(self, form: ConsentForm) -> HttpResponse:
        try:
            actions.answer_consent(
                learner=self.learner,
                kind=ConsentKind.ADVICE_SERVICE,
                is_given=form.cleaned_data["is_given"],
                words=self.asked.words,
                # An answer belongs to the words that were read. A page opened before they changed is shown again.
                version=form.cleaned_data["version"] if "version" in form.data else self.asked.version,
                by=self.request.user,
            )
        except RuleBroken as rule:
            self.asked = asked(self.learner, ConsentKind.ADVICE_SERVICE)
            form.data = form.data.copy()
            form.data["version"] = self.asked.version
            form.add_error(None, rule)
            return self.form_invalid(form)
        if self.asked.answer is not None:
            messages.success(self.request, _("Your answer is saved. It holds from now on, everywhere."))
            return redirect("accounts:information")
        return redirect(reverse("accounts:welcome"))


class ConsentWordsView(SignedInMixin, FormView):
    """How an area asks: the words of today, the earlier ones, and new ones."""

    form_class = ConsentWordsForm
    template_name = "accounts/consent_words.html"
    kind = ConsentKind.ADVICE_SERVICE

    @cached_property
    def area(self) -> Area:
        """The one in ``?area=``, otherwise their first."""
        role = StaffRole.objects.of(self.request.user, "help_desk").select_related("organisation__area")
        areas = sorted({one.organisation.area for one in role}, key=lambda area: area.name)
        wanted = self.request.GET.get("area")
        for area in areas:
            if not wanted or area.slug == wanted:
                return area
        raise Http404("No area of theirs")

    def get_initial(self) -> dict[str, Any]:
        newest = self.wordings[0] if self.wordings else None
        return {"words": newest.words if newest else WORDS[self.kind]}

    @cached_property
    def wordings(self) -> list[ConsentWording]:
        visible = ConsentWording.objects.visible_to(self.request.user).for_list()
        return list(visible.filter(area=self.area, kind=self.kind))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            area=self.area, wordings=self.wordings, sharing=number_sharing(self.area), **kwargs
        )

    def form_valid(self, form: ConsentWordsForm) -> HttpResponse:
        try:
            actions.word_consent(area=self.area, kind=self.kind, by=self.request.user, **form.cleaned_data)
        except RuleBroken as rule:
            form.add_error("words", rule)
            return self.form_invalid(form)
        messages.success(self.request, _("Learners are asked in these words from now on."))
        return redirect(self.request.get_full_path())
