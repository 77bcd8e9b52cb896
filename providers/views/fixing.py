"""Correcting cells of a checked file here, and the file as it came with what is wrong beside each row."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from core.errors import RuleBroken
from core.views import SignedInMixin, VisibleDetailView
from providers import actions
from providers.models import IssueSeverity, Upload, UploadRow
from providers.policies import UPLOAD_POLICY
from providers.queries.fixing import RowToFix, row_to_fix, rows_to_fix
from providers.uploads import KINDS

ROWS_PER_PAGE = 10
CELL = re.compile(r"cell-([0-9]{1,4})")  # the box of a cell, by the place of its heading


class FixUploadView(SignedInMixin, VisibleDetailView):
    """The rows in which something is wrong, with boxes. Where nothing can be corrected here, its page says why."""

    queryset = Upload.objects
    template_name = "providers/upload_fix.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        if not self.object.is_fixable:
            return redirect("providers:upload", self.object.reference)
        return self.render_to_response(self.get_context_data(object=self.object))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = Paginator(self.object.rows.all(), ROWS_PER_PAGE).get_page(self.request.GET.get("page"))
        return super().get_context_data(page_obj=page, rows=rows_to_fix(self.object, page.object_list), **kwargs)


class FixRowView(SignedInMixin, View):
    """One row is saved. Answers with the row alone where htmx asks, and goes back to the page otherwise."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, reference: str, row: int) -> HttpResponse:
        upload = get_object_or_404(Upload.objects.visible_to(request.user).for_list(), reference=reference)
        held = get_object_or_404(UploadRow, upload=upload, row=row)
        typed = {int(found[1]): text for name, text in request.POST.items() if (found := CELL.fullmatch(name))}
        try:
            number = actions.fix_row(
                upload=upload, row=row, cells=typed, seen=request.POST.get("seen", ""), by=request.user
            )
        except RuleBroken as rule:
            now = rule.now if isinstance(rule, actions.RowChanged) else row_to_fix(upload, held)
            return self._answer(request, upload, now, problem=rule.message, typed=typed)
        upload.refresh_from_db()
        corrected = ngettext("Saved. %(number)s cell corrected.", "Saved. %(number)s cells corrected.", number)
        said = corrected % {"number": number} if number else _("Nothing was changed.")
        if request.htmx:
            return self._answer(request, upload, row_to_fix(upload, held), said=said)
        page = (upload.rows.filter(row__lt=row).count()) // ROWS_PER_PAGE + 1
        return redirect(f"{reverse('providers:upload-fix', args=[reference])}?page={page}#row-{row}")

    def _answer(self, request: HttpRequest, upload: Upload, row: RowToFix, **said: Any) -> HttpResponse:
        template = "providers/_fix_saved.html" if request.htmx else "providers/upload_fix_row.html"
        return render(request, template, {"object": upload, "row": row, **said})


class CheckAgainView(SignedInMixin, View):
    """The file is checked once more, with what was corrected."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        upload = get_object_or_404(Upload.objects.visible_to(request.user).for_list(), reference=reference)
        actions.check_again(upload=upload, by=request.user)
        return redirect("providers:upload", reference)


def _until_sent(content: Iterable[bytes], stack: ExitStack) -> Iterator[bytes]:
    """The content, and what it is read from stays open until it ends or nobody wants more of it."""
    with stack:
        yield from content


class MarkedUploadView(SignedInMixin, View):
    """The file as it came, corrections laid over it, with one more column that says what is wrong with each row."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponseBase:
        upload = get_object_or_404(Upload.objects.visible_to(request.user), reference=reference)
        UPLOAD_POLICY.require(request.user, "receive", upload)
        mark = KINDS[upload.kind].mark
        if not upload.has_file:
            raise Http404
        words: dict[int, list[str]] = defaultdict(list)
        for issue in upload.issues.exclude(severity=IssueSeverity.NOTICE).iterator(chunk_size=1000):
            words[issue.row].append(f"{issue.column}: {issue.message}" if issue.column else issue.message)
        with ExitStack() as stack:
            stack.enter_context(closing(upload.file)).open("rb")
            marked = mark(upload, {row: " ".join(said) for row, said in words.items()}) if mark else None
            if marked is None:
                raise Http404
            content = _until_sent(marked.content, stack.pop_all())
        response = StreamingHttpResponse(content, content_type=marked.content_type)
        response["Content-Disposition"] = f'attachment; filename="{marked.name}"'
        return response
