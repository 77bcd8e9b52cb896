"""Statements and CVs: a learner makes them, and adults who are asked read them."""

from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.generic import FormView

from accounts.actions import leave_receipts
from core.errors import NotAllowed, RuleBroken
from core.forms import ConfirmForm
from core.views import ActionView, SignedInMixin, VisibleDetailView, VisibleListView
from ilp import actions
from ilp.exports.document import document_pdf
from ilp.forms import AskDocumentForm, DocumentForm, SayForm, StartDocumentForm
from ilp.models import LONGEST_STATEMENT, Document
from ilp.policies import DOCUMENT_POLICY
from ilp.queries import choosable, drawn
from ilp.views.plans import OwnPlanMixin
from providers.queries import role_kinds

READERS = ("tutor", "coordinator")


class DocumentsView(OwnPlanMixin, FormView):
    """Those the learner has made, and a way to start one more."""

    template_name = "ilp/documents.html"
    form_class = StartDocumentForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        has_no_plan = request.user.is_authenticated and self.plan is None
        return redirect("ilp:plan") if has_no_plan else response

    def form_valid(self, form: StartDocumentForm) -> HttpResponse:
        if self.plan is None:
            return redirect("ilp:plan")
        try:
            document = actions.start_document(plan=self.plan, by=self.request.user, **form.cleaned_data)
        except RuleBroken as rule:
            form.add_error(None, rule)
            return self.form_invalid(form)
        return redirect("ilp:document", document.reference)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(documents=Document.objects.own_of(self.request.user).for_list(), **kwargs)


class OwnDocumentMixin:
    """The learner's own; of somebody who was asked to read it: 403."""

    queryset = Document.objects
    verb = "keep"
    thing: Document

    def require(self, user: Any) -> None:
        DOCUMENT_POLICY.require(user, self.verb, self.thing)


class DocumentView(OwnDocumentMixin, ActionView):
    """The form beside how it reads. With scripts it is kept while it is written; without, by a button."""

    template_name = "ilp/document.html"
    form_class = DocumentForm

    def get_form_kwargs(self) -> dict[str, Any]:
        parts = self.thing.parts.select_related("entry__revision", "entry__course").order_by("position")
        in_it = {part.entry_id: part for part in parts}
        entries = list(choosable(self.thing.plan))
        known = {entry.pk for entry in entries}
        entries = [part.entry for part in in_it.values() if part.entry_id not in known] + entries
        entries.sort(key=lambda entry: (entry.pk not in in_it, in_it[entry.pk].position if entry.pk in in_it else 0))
        for entry in entries:
            entry.is_newer = entry.pk in in_it and in_it[entry.pk].is_older
        kwargs = super().get_form_kwargs() | {"entries": entries}
        kwargs["initial"] = {
            name: getattr(self.thing, name) for name in ("name", "opening", "facts", "marks_validated")
        } | {"seen": self.thing.number}
        kwargs["initial"] |= {f"place-{part.entry.reference}": part.position for part in in_it.values()}
        return kwargs

    def form_valid(self, form: DocumentForm) -> HttpResponse:
        try:
            kept = actions.keep_document(document=self.thing, by=self.request.user, **form.answers())
        except RuleBroken as rule:
            form.add_error(None, rule)
            return self.form_invalid(form)
        if not self.request.htmx:  # type: ignore[attr-defined]
            messages.success(self.request, _("Kept. It reads as it does below."))
            return redirect("ilp:document", kept.reference)
        return self.preview(kept)

    def form_invalid(self, form: DocumentForm) -> HttpResponse:
        if not self.request.htmx:  # type: ignore[attr-defined]
            return super().form_invalid(form)
        wrong = [str(error) for errors in form.errors.values() for error in errors]
        return self.preview(Document.objects.for_list().get(pk=self.thing.pk), wrong=wrong)

    def preview(self, document: Document, wrong: list[str] | None = None) -> HttpResponse:
        context = {"document": document, "shown": drawn(document), "most": LONGEST_STATEMENT, "is_swap": True}
        # What was refused is not what the number of the page stands for: the next try is refused as well.
        context |= {"wrong": wrong or [], "is_kept": not wrong}
        return render(self.request, "ilp/_document_preview.html", context)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        remarks = self.thing.remarks.select_related("by", "role__organisation")
        return super().get_context_data(
            document=self.thing, shown=drawn(self.thing), most=LONGEST_STATEMENT, remarks=remarks, **kwargs
        )


class RemoveDocumentView(OwnDocumentMixin, ActionView):
    template_name = "ilp/document_remove.html"
    form_class = ConfirmForm
    verb = "remove"
    done = _l("Removed. Your plan is as it was.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"submit": _("Remove it"), "submit_colour": "warning"}

    def act(self, _answers: dict[str, Any]) -> None:
        actions.remove_document(document=self.thing, by=self.request.user)

    def get_success_url(self) -> str:
        return reverse("ilp:documents")


class AskDocumentView(OwnDocumentMixin, ActionView):
    """Please read it; or no longer."""

    template_name = "ilp/document_ask.html"
    form_class = AskDocumentForm
    verb = "ask"

    def get_initial(self) -> dict[str, Any]:
        return {"is_asked": "no" if self.thing.is_open else "yes"}

    def get_form_kwargs(self) -> dict[str, Any]:
        words = _("Nobody is to read it any more") if self.thing.is_open else _("Ask my school to read it")
        return super().get_form_kwargs() | {"submit": words}

    def act(self, answers: dict[str, Any]) -> Document:
        is_asked = (answers["is_asked"] or self.get_initial()["is_asked"]) == "yes"
        kept = actions.ask_document(document=self.thing, is_asked=is_asked, by=self.request.user)
        self.done = _("Your school can read it now.") if kept.asked_at else _("Only you can read it now.")
        return kept

    def get_success_url(self) -> str:
        return reverse("ilp:document", args=[self.thing.reference])


class DocumentFileView(SignedInMixin, VisibleDetailView):
    """It as a file, for its learner and for whoever was asked to read it."""

    queryset = Document.objects
    kind = ("pdf", "application/pdf")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        document = self.get_object()
        leave_receipts(learner=document.plan.learner, by=request.user, sections=["statement"], roles=READERS)
        suffix, content_type = self.kind
        return HttpResponse(
            self.content(document),
            content_type=content_type,
            headers={
                "Content-Disposition": f'attachment; filename="{document.kind}-{document.reference}.{suffix}"',
                "Cache-Control": "no-store, private",
            },
        )

    def content(self, document: Document) -> bytes:
        return document_pdf(document=document, shown=drawn(document))


class DocumentTextView(DocumentFileView):
    kind = ("txt", "text/plain; charset=utf-8")

    def content(self, document: Document) -> bytes:
        return drawn(document).text.encode()


class DocumentsAskedView(SignedInMixin, VisibleListView):
    """What learners of the school ask to have read, who has waited longest first."""

    template_name = "ilp/documents_asked.html"
    queryset = Document.objects

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and role_kinds(request.user).isdisjoint(READERS):
            raise NotAllowed("documents are read by tutors and coordinators")
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        asked = super().get_queryset().filter(asked_at__isnull=False).exclude(plan__learner__user=self.request.user)
        return asked.order_by(F("asked_at"), "pk")


class DeskDocumentView(ActionView):
    """A learner's document as an adult of the school reads it, and what they write to the learner."""

    template_name = "ilp/desk_document.html"
    queryset = Document.objects
    form_class = SayForm
    done = _l("The learner can read it now.")

    def require(self, user: Any) -> None:
        DOCUMENT_POLICY.require(user, "say", self.thing)

    def get_initial(self) -> dict[str, Any]:
        return {"seen": self.thing.number}

    def act(self, answers: dict[str, Any]) -> Any:
        return actions.say_document(document=self.thing, by=self.request.user, **answers)

    def get_success_url(self) -> str:
        return reverse("ilp:desk-document", args=[self.thing.reference])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        leave_receipts(learner=self.thing.plan.learner, by=self.request.user, sections=["statement"], roles=READERS)
        remarks = self.thing.remarks.select_related("by", "role__organisation")
        return super().get_context_data(document=self.thing, shown=drawn(self.thing), remarks=remarks, **kwargs)
