"""A list on paper beside what is here."""

from typing import Any

from django.core.paginator import Paginator

from core.views import SignedInMixin, VisibleDetailView
from prospectus.imports.paper import NAME
from prospectus.models import PaperLine, PaperVerdict
from prospectus.queries.paper import lines_by_verdict
from providers.models import Upload
from providers.workflow import UploadState

PER_PAGE = 100


class PaperListView(SignedInMixin, VisibleDetailView):
    """Every line of one paper list, side by side with the course it was held to."""

    queryset = Upload.objects.filter(kind=NAME, state=UploadState.PUBLISHED).select_related("organisation")
    template_name = "prospectus/paper_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        upload: Upload = self.object
        numbers = lines_by_verdict(upload)
        verdict = self.request.GET.get("verdict", "")
        verdict = verdict if verdict in numbers else ""
        lines = PaperLine.objects.filter(upload=upload).select_related("course").order_by("position")
        if verdict:
            lines = lines.filter(verdict=verdict)
        paginator = Paginator(lines, PER_PAGE)
        paginator.count = numbers[verdict] if verdict else sum(numbers.values())  # known already
        return super().get_context_data(
            verdicts=[(name, PaperVerdict(name).label, number) for name, number in numbers.items() if number],
            verdict=verdict,
            all_lines=sum(numbers.values()),
            page_obj=paginator.get_page(self.request.GET.get("page")),
            **kwargs,
        )
