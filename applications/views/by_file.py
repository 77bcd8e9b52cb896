"""For desks without a system of their own: the list as a file, and answers by the same file."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import FormView, View

from applications import actions
from applications.exports.received import COLUMNS, HEADINGS, rows_of
from applications.forms import AnswersForm
from applications.imports.answers import read_answers
from applications.queries.desk import in_order, worklist
from applications.reasons import staff_choices
from applications.views.worklist import DeskMixin
from core import clock
from core.errors import RuleBroken
from core.searching import is_forgotten
from core.sheets import csv_response
from providers.uploads import FileRefused


class TakeListView(DeskMixin, View):
    """The list as it is filtered, as a file. Who took it, and how many, is written down."""

    def post(self, request: HttpRequest) -> HttpResponseBase:
        if is_forgotten(request):
            messages.warning(request, _("What you searched for is not kept any more. Search again."))
            return redirect("applications:received")
        found = in_order(worklist(request.user, self.asked, colleagues=self.colleagues))
        some = found.select_related("application").only("pk", "provider", "placed_with", "application__learner")
        taken = list(some)
        actions.take_list(providers=self.providers, choices=taken, by=request.user)
        # Written while it is sent: nobody comes into it of whom it is not written down.
        rows = rows_of(found.filter(pk__in=[choice.pk for choice in taken]))
        return csv_response(f"applications-{clock.today().isoformat()}.csv", HEADINGS, rows)


class ByFileView(DeskMixin, FormView):
    """A list that was taken away comes back with decisions. Nothing has happened until the next page is confirmed."""

    template_name = "applications/by_file.html"
    form_class = AnswersForm

    def form_valid(self, form: AnswersForm) -> HttpResponse:
        try:
            rows = read_answers(form.cleaned_data["file"])
            run = actions.pick_by_file(rows=rows, by=self.request.user)
        except (FileRefused, RuleBroken) as refusal:
            form.add_error("file", str(refusal.message) if isinstance(refusal, RuleBroken) else str(refusal))
            return self.form_invalid(form)
        return redirect(reverse("applications:received-together", args=[run.reference]))

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        reasons = [(value, words) for value, words in staff_choices("refuse")]
        return super().get_context_data(**kwargs) | {"columns": COLUMNS, "reasons": reasons}
