"""Printing unlock letters."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import View

from accounts import actions
from accounts.forms import LetterGroupForm, PrintForm
from accounts.models import Learner, LetterForm, LetterRun
from accounts.queries import codes_that_would_stop, entries_for_letters, groups_of
from accounts.views.roll import OneSchoolMixin
from activity.progress import ProgressMixin
from core.errors import RuleBroken
from core.views import SignedInMixin, VisibleDetailView, VisibleListView


class LettersView(SignedInMixin, OneSchoolMixin, VisibleListView):
    """Every printing for one's schools, newest first."""

    queryset = LetterRun.objects.all()
    template_name = "accounts/letters.html"
    context_object_name = "letter_runs"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(school=self.school, **kwargs)


class NewLettersView(SignedInMixin, OneSchoolMixin, View):
    """Choose whom and what, see what printing will do, print. The choice is in the address, so each step can be
    reloaded."""

    def get(self, request: HttpRequest) -> HttpResponse:
        form = self.group_form()
        if not form.is_bound or not form.is_valid():
            return render(request, "accounts/letters_new.html", {"form": form, "school": self.school})
        return self.confirm(PrintForm(), form)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.group_form()
        if not form.is_bound or not form.is_valid():
            return render(request, "accounts/letters_new.html", {"form": form, "school": self.school})
        try:
            letter_run = actions.request_letters(
                school=self.school,
                address=request.build_absolute_uri(reverse("accounts:unlock")),
                parents_address=request.build_absolute_uri(reverse("accounts:parents")),
                learner=self.learner,
                by=request.user,
                **form.answers(),
            )
        except RuleBroken as rule:
            answer = PrintForm(request.POST)
            answer.add_error(None, rule)
            return self.confirm(answer, form)
        return redirect("accounts:letter-run", reference=letter_run.reference)

    @cached_property
    def learner(self) -> Learner | None:
        """The one learner of ``?learner=``, on the roll of this school today."""
        if not (reference := self.request.GET.get("learner")):
            return None
        return get_object_or_404(Learner.objects.on_roll_of([self.school.pk]), reference=reference)

    def group_form(self) -> LetterGroupForm:
        asked = self.request.GET if "group" in self.request.GET else None
        return LetterGroupForm(
            asked,
            groups=groups_of(self.school),
            school=self.school.reference,
            learner=self.learner,
            initial={"extras": ["covers"]} if self.learner is None else {},
        )

    def confirm(self, form: PrintForm, chosen: LetterGroupForm) -> HttpResponse:
        answers = chosen.answers()
        parts = {name: answers[name] for name in ("year_group", "tutor_group", "only_missing")}
        entries = entries_for_letters(self.school, learner=self.learner, **parts)
        is_posted, no_address = answers["form"] == LetterForm.HOME, 0
        if is_posted:
            without = Q(learner__contact=None) | Q(learner__contact__address="")
            entries, no_address = entries.exclude(without), entries.filter(without).count()
        context = {
            "form": form,
            "school": self.school,
            "group": str(self.learner) if self.learner else _words(answers),
            "is_cards": answers["form"] == LetterForm.CARD,
            "is_posted": is_posted,
            "letters": entries.count(),
            "stopping": codes_that_would_stop(entries),
            "no_address": no_address,
        }
        return render(self.request, "accounts/letters_confirm.html", context)


def _words(answers: dict[str, Any]) -> str:
    year = answers["year_group"]
    return answers["tutor_group"] or (_("Year %s") % year if year else _("everyone"))


class LetterRunView(SignedInMixin, ProgressMixin, VisibleDetailView):
    queryset = LetterRun.objects.all()
    template_name = "accounts/letter_run.html"
    context_object_name = "letter_run"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            fetch_url=reverse("accounts:letters-fetch", args=[self.object.reference]), **kwargs
        )


class FetchLettersView(SignedInMixin, View):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        letter_run = get_object_or_404(LetterRun.objects.visible_to(request.user).for_list(), reference=reference)
        try:
            pdf = actions.fetch_letters(letter_run=letter_run, by=request.user)
        except RuleBroken as rule:
            messages.error(request, rule.message)
            return redirect("accounts:letter-run", reference=reference)
        return HttpResponse(
            pdf,
            content_type="application/pdf",
            headers={
                "Content-Disposition": f'attachment; filename="unlock-letters-{letter_run.reference}.pdf"',
                "Cache-Control": "no-store, private",
            },
        )
