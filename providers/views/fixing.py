"""Correcting cells of a checked file here, and the file as it came with what is wrong beside each row."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from core.errors import RuleBroken
from core.views import SignedInMixin, VisibleDetailView
from providers import actions
from providers.models import IssueSeverity, Upload
from providers.policies import UPLOAD_POLICY
from providers.queries.fixing import rows_to_fix
from providers.uploads import KINDS

ROWS_PER_PAGE = 10
BOXES_PER_PAGE = 900  # of one form Django reads a thousand fields
BOX = re.compile(r"(?:cell-([0-9]{1,7})-([0-9]{1,4})|seen-([0-9]{1,7}))")  # by the row, and the place of the heading


class FixUploadView(SignedInMixin, VisibleDetailView):
    """The rows in which something is wrong, with boxes, saved a page at a time. Where nothing can be corrected here,
    the upload's page says why."""

    queryset = Upload.objects
    template_name = "providers/upload_fix.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        if not self.object.is_fixable:
            return redirect("providers:upload", self.object.reference)
        return self.render_to_response(self.get_context_data(object=self.object))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        upload = self.object = self.get_object()
        typed: dict[int, dict[int, str]] = defaultdict(dict)
        seen = {}
        for name, text in request.POST.items():
            if (box := BOX.fullmatch(name)) and box[3]:
                seen[int(box[3])] = text
            elif box:
                typed[int(box[1])][int(box[2])] = text
        try:
            number = actions.fix_rows(upload=upload, cells=typed, seen=seen, by=request.user)
        except RuleBroken as rule:
            row = rule.now.row if isinstance(rule, actions.RowChanged) else None
            problem = [(f"row-{row}" if row else "", rule.message)]
            return self.render_to_response(self.get_context_data(object=upload, typed=typed, problem=problem))
        corrected = ngettext("Saved. %(number)s cell corrected.", "Saved. %(number)s cells corrected.", number)
        messages.success(request, corrected % {"number": number} if number else _("Nothing was changed."))
        if "check" in request.POST:
            actions.check_again(upload=Upload.objects.get(pk=upload.pk), by=request.user)
            return redirect("providers:upload", upload.reference)
        page = self.page.next_page_number() if "on" in request.POST and self.page.has_next() else self.page.number
        return redirect(f"{reverse('providers:upload-fix', args=[upload.reference])}?page={page}")

    @cached_property
    def page(self) -> Page:
        most = max(1, min(ROWS_PER_PAGE, BOXES_PER_PAGE // (len(self.object.headings) + 1)))
        return Paginator(self.object.rows.all(), most).get_page(self.request.GET.get("page"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = rows_to_fix(self.object, self.page.object_list)
        return super().get_context_data(page_obj=self.page, rows=rows, **kwargs)


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
