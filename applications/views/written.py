"""The form a learner fills in once, in sections; for the learner, and for an adult who writes for them today."""

from abc import abstractmethod
from typing import Any

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.generic import View

from accounts.actions import leave_receipts
from accounts.models import LearnerContact, RollEntry
from applications import actions, queries
from applications.forms.written import (
    LATER,
    ContactForm,
    NeedsForm,
    SectionForm,
    StatementForm,
)
from applications.models import Application, Choice, FormSection, SectionDraft
from applications.policies import APPLICATION_POLICY
from core.errors import RuleBroken
from core.views import ActionView, SignedInMixin, VisibleDetailView
from ilp.models import Plan

# The page of each section.
SECTION_PAGES = {
    FormSection.ABOUT: "applications:about",
    FormSection.CONTACT: "applications:contact",
    FormSection.GRADES: "applications:grades",
    FormSection.STATEMENT: "applications:statement",
    FormSection.HELP: "applications:needs",
    FormSection.PLAN: "applications:plan-entries",
}
WRITTEN = Application.objects.select_related("learner__user", "cycle", "statement_from")


class WrittenMixin:
    """A page of one application. An adult who writes for the learner leaves a receipt, and is told whose it is."""

    request: Any

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        application = context["application"]
        learner = application.learner
        leave_receipts(learner=learner, by=self.request.user, sections=["application"])
        is_own = learner.user_id == self.request.user.pk
        return context | {"is_own": is_own, "learner": learner}


def may_read_plan(user: Any, application: Application) -> bool:
    """An adviser without the learner's consent writes the form and does not read the plan."""
    return Plan.objects.visible_to(user).filter(learner=application.learner_id).exists()


def may_see_plan_section(user: Any, application: Application) -> bool:
    """The learner, with a plan or without; an adult who may read it."""
    return application.learner.user_id == user.pk or may_read_plan(user, application)


class ProfileView(SignedInMixin, WrittenMixin, VisibleDetailView):
    """The list of the sections and how far each has got, and the choices that wait to be sent."""

    queryset = WRITTEN
    template_name = "applications/profile.html"
    context_object_name = "application"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        application = self.object
        drafts = Choice.objects.written_by(self.request.user).that_can("send").filter(application=application)
        standings = queries.sections_of(application)
        if not may_see_plan_section(self.request.user, application):
            standings = [one for one in standings if one.section != FormSection.PLAN]
        return super().get_context_data(
            sections=[(one, reverse(SECTION_PAGES[one.section], args=[application.reference])) for one in standings],
            done=sum(one.state == "done" for one in standings),
            choices=list(drafts.for_list().order_by("rank")),
            **kwargs,
        )


class PrintView(SignedInMixin, WrittenMixin, VisibleDetailView):
    """The same sections on paper: as they are filled in, or empty to be written by hand and signed."""

    queryset = WRITTEN
    template_name = "applications/profile_print.html"
    context_object_name = "application"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        application = self.object
        is_empty = "empty" in self.request.GET
        contact = LearnerContact.objects.filter(learner=application.learner_id).first()
        reads_plan = not is_empty and may_read_plan(self.request.user, application)
        drafts = Choice.objects.written_by(self.request.user).that_can("send").filter(application=application)
        return super().get_context_data(
            is_empty=is_empty,
            contact=None if is_empty else contact,
            grades=[] if is_empty else list(application.grades.select_related("school")),
            entries=queries.entries_that_go(application) if reads_plan else [],
            choices=[] if is_empty else list(drafts.for_list().order_by("rank")),
            entry=RollEntry.objects.current().filter(learner=application.learner_id).select_related("school").first(),
            lines=range(6),
            **kwargs,
        )


class SectionView(WrittenMixin, ActionView):
    """One section, for somebody who may write in it."""

    queryset = WRITTEN
    section: FormSection
    done = _l("Saved.")

    def require(self, user: Any) -> None:
        APPLICATION_POLICY.require(user, "write", self.thing)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            application=self.thing,
            section=self.section,
            is_done=queries.is_done(self.thing, self.section),
            **kwargs,
        )

    def get_success_url(self) -> str:
        return reverse("applications:profile", args=[self.thing.reference])


class AboutView(SignedInMixin, WrittenMixin, VisibleDetailView):
    """What the roll says, to be read; who mends it when it is wrong."""

    queryset = WRITTEN
    template_name = "applications/about.html"
    context_object_name = "application"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        entries = RollEntry.objects.current().filter(learner=self.object.learner_id).select_related("school")
        is_done = queries.is_done(self.object, FormSection.ABOUT)
        return super().get_context_data(entry=entries.first(), is_done=is_done, **kwargs)


class TypedSectionView(SectionView):
    """A section that is typed: what is typed is kept meanwhile, and two devices never write over each other."""

    template_name = "applications/section_form.html"
    form_class: type[SectionForm]

    def get_initial(self) -> dict[str, Any]:
        section = self.section
        first: dict[str, Any] = self.written() | {
            "seen": queries.number_of(self.thing, section),
            "is_done": queries.is_done(self.thing, section),
        }
        named = self.request.GET.get("draft", "").replace("\0", "")
        for draft in self.drafts():
            if draft.reference == named:
                first |= draft.answers | {"draft": draft.reference, "seen": draft.seen}
        return first

    def drafts(self) -> list[SectionDraft]:
        """What this person has begun to write here and not saved."""
        drafts = SectionDraft.objects.visible_to(self.request.user)
        return list(drafts.filter(application=self.thing, section=self.section))

    @abstractmethod
    def written(self) -> dict[str, Any]:
        """What the section says now, by the names of its boxes."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if LATER in request.POST:
            try:
                if keep_typed(request, self.thing, self.section, self.form_class()) is None:
                    # Saved on another device since: what is typed here must not be lost by leaving the page.
                    raise RuleBroken(
                        _("You have changed this on another device. Read both, and save what you want to keep."),
                        code="changed_meanwhile",
                    )
            except RuleBroken as rule:
                form = self.get_form()
                form.add_error(None, rule)
                return self.form_invalid(form)
            messages.success(request, _("Kept. You can go on with it from here."))
            return redirect(self.get_success_url())
        return super().post(request, *args, **kwargs)

    def form_invalid(self, form: Any) -> HttpResponse:
        """Where it was changed on another device meanwhile, both are shown; saving again is meant."""
        newer = None
        if form.has_error(NON_FIELD_ERRORS, "changed_meanwhile"):
            newer = {form.fields[name].label: value for name, value in self.written().items()}
            form.data = form.data.copy()
            form.data["seen"] = str(queries.number_of(self.thing, self.section))
        return self.render_to_response(self.get_context_data(form=form, newer=newer))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        named = self.request.GET.get("draft", "")
        waiting = [] if self.request.method == "POST" else [one for one in self.drafts() if one.reference != named]
        return super().get_context_data(drafts=waiting, **kwargs)

    def said(self, answers: dict[str, Any]) -> dict[str, Any]:
        """What each action of a section is told beside its words."""
        return {
            "application": self.thing,
            "seen": answers["seen"],
            "is_done": answers["is_done"],
            "made_from": answers["draft"],
            "by": self.request.user,
        }


class StatementView(TypedSectionView):
    section = FormSection.STATEMENT
    form_class = StatementForm

    def written(self) -> dict[str, Any]:
        self.thing.refresh_from_db(fields=["statement"])
        return {"statement": self.thing.statement}

    def act(self, answers: dict[str, Any]) -> None:
        actions.write_statement(statement=answers["statement"], **self.said(answers))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reads_plan = may_read_plan(self.request.user, self.thing)
        documents = queries.statements_of(self.thing) if reads_plan else []
        return super().get_context_data(
            documents=documents, has_newer=reads_plan and queries.has_newer_statement(self.thing), **kwargs
        )


class NeedsView(TypedSectionView):
    section = FormSection.HELP
    form_class = NeedsForm

    def written(self) -> dict[str, Any]:
        self.thing.refresh_from_db(fields=["needs"])
        return {"needs": self.thing.needs}

    def act(self, answers: dict[str, Any]) -> None:
        actions.write_needs(needs=answers["needs"], **self.said(answers))


class ContactView(TypedSectionView):
    section = FormSection.CONTACT
    form_class = ContactForm

    def written(self) -> dict[str, Any]:
        contact = LearnerContact.objects.filter(learner=self.thing.learner_id).first() or LearnerContact()
        return {name: getattr(contact, name) for name in ContactForm.typed_names}

    def act(self, answers: dict[str, Any]) -> None:
        said = {name: answers[name] for name in ContactForm.typed_names}
        actions.write_contact(**said, **self.said(answers))


def written_application(request: HttpRequest, reference: str) -> Application:
    """The application in the address, for somebody who may write in it: else 404 or 403."""
    application: Application = get_object_or_404(
        Application.objects.visible_to(request.user).select_related("learner", "cycle"), reference=reference
    )
    APPLICATION_POLICY.require(request.user, "write", application)
    return application


class SectionMarkView(SignedInMixin, View):
    """Whoever writes it says that a section is finished, or not yet."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, reference: str, section: str) -> HttpResponse:
        application = written_application(request, reference)
        if section not in FormSection.values:
            raise Http404
        is_done = request.POST.get("is_done") == "1"
        actions.mark_section(application=application, section=section, is_done=is_done, by=request.user)
        return redirect("applications:profile", reference)


FORMS: dict[str, type[SectionForm]] = {
    FormSection.STATEMENT: StatementForm,
    FormSection.HELP: NeedsForm,
    FormSection.CONTACT: ContactForm,
}


def keep_typed(request: HttpRequest, application: Application, section: str, form: Any, **said: Any) -> Any:
    """What has been typed so far, as it stands in the boxes. Raises: RuleBroken ``too_many_drafts``."""
    seen = request.POST.get("seen", "0")
    return actions.keep_section_draft(
        application=application,
        section=section,
        reference=request.POST.get("draft", ""),
        answers=form.typed(request.POST),
        seen=int(seen) if seen.isdecimal() and len(seen) < 9 else 0,
        by=request.user,
        **said,
    )


def kept_answer(keep: Any) -> HttpResponse:
    """What the page says beside the form after ``keep`` has kept what is typed."""
    try:
        draft = keep()
    except RuleBroken as rule:
        return JsonResponse({"words": rule.message}, status=409)
    if draft is None:
        return JsonResponse({"words": _("Saved already.")}, status=409)
    at = date_format(timezone.localtime(draft.saved_at), "H:i")
    return JsonResponse({"words": _("Kept at %(at)s.") % {"at": at}})


class SectionKeepView(SignedInMixin, View):
    """What is being typed is kept while it is typed."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, reference: str, section: str) -> HttpResponse:
        application = written_application(request, reference)
        if section not in FORMS:
            raise Http404
        return kept_answer(lambda: keep_typed(request, application, section, FORMS[section]()))


class SectionDraftDropView(SignedInMixin, View):
    """What was begun is thrown away."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        drafts = SectionDraft.objects.visible_to(request.user).select_related("application__learner")
        draft = get_object_or_404(drafts, reference=reference)
        actions.drop_section_draft(draft=draft, by=request.user)
        messages.success(request, _("Thrown away. What you saved before is as it was."))
        return redirect("applications:profile", draft.application.reference)
