"""The application form as a PDF: empty for everybody, and with what is known for whoever may read it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.generic import View

from accounts.actions import leave_receipts
from accounts.models import Learner, LearnerContact
from applications.exports.paper_form import OnPaper, of_application, paper_form_pdf
from applications.models import Choice
from applications.policies import LEARNER_POLICY
from applications.views.assisting import cycle_to_write
from applications.views.written import WRITTEN, may_read_plan
from core.views import SignedInMixin, VisibleDetailView
from providers.models import Cycle

OF_ONE_PERSON = {"Cache-Control": "no-store, private"}


def pdf_answer(content: bytes, *, name: str, headers: dict[str, str] | None = None) -> HttpResponse:
    kept = {"Content-Disposition": f'attachment; filename="{name}.pdf"'} | (headers or {})
    return HttpResponse(content, content_type="application/pdf", headers=kept)


class HowItWorksPdfView(View):
    """The empty form of an area and year, as long as anybody can still apply with it."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, area: str, year: int, phase: str) -> HttpResponse:
        cycles = Cycle.objects.visible_to(request.user).running().select_related("area")
        cycle = get_object_or_404(cycles, area__slug=area, entry_year=year, phase=phase)
        return pdf_answer(paper_form_pdf(cycle=cycle), name=f"application-form-{cycle.area.slug}-{cycle.entry_year}")


class ProfilePdfView(SignedInMixin, VisibleDetailView):
    """What is written, on paper; with ``?empty`` only the form."""

    queryset = WRITTEN.select_related("cycle__area")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        application = self.get_object()
        cycle, name = application.cycle, f"application-form-{application.reference}"
        if "empty" in request.GET:
            return pdf_answer(paper_form_pdf(cycle=cycle), name=f"application-form-{cycle.entry_year}")
        leave_receipts(learner=application.learner, by=request.user, sections=["application"])
        drafts = Choice.objects.written_by(request.user).that_can("send").filter(application=application)
        paper = of_application(
            application,
            contact=LearnerContact.objects.filter(learner=application.learner_id).first(),
            reads_plan=may_read_plan(request.user, application),
            choices=drafts.for_list().order_by("rank"),
        )
        return pdf_answer(paper_form_pdf(cycle=cycle, paper=paper), name=name, headers=OF_ONE_PERSON)


class AssistPdfView(SignedInMixin, View):
    """For a learner who is to sign: who they are and how to reach them. What they have written is not on it, because
    the adult has not said yet how they have the learner's word."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        learner = get_object_or_404(Learner.objects.visible_to(request.user), reference=reference)
        LEARNER_POLICY.require(request.user, "assist", learner)
        cycle = cycle_to_write(learner)
        leave_receipts(learner=learner, by=request.user, sections=["record", "contact"])
        contact = LearnerContact.objects.visible_to(request.user).filter(learner=learner).first()
        content = paper_form_pdf(cycle=cycle, paper=OnPaper(learner=learner, contact=contact))
        return pdf_answer(content, name=f"application-form-{learner.reference}", headers=OF_ONE_PERSON)
