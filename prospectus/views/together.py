"""Several subjects at once."""

from dataclasses import replace
from typing import Any

from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.text import Truncator
from django.views.generic import TemplateView

from prospectus import queries
from prospectus.forms.search import SearchForm
from prospectus.queries import CourseQuery
from prospectus.queries.together import MOST_SUBJECTS, ProviderFound, SubjectFound
from prospectus.views.public import PublicMixin, own_area

TYPED = frozenset({"subject", "postcode", "miles", "page", "after", "sort", "q", "provider"})
LONGEST = 100
PROVIDERS_ON_A_PAGE = 50


class TogetherView(PublicMixin, TemplateView):
    """Which providers have all of two or more subjects: a picture for two or three, a table for any number."""

    template_name = "prospectus/together.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self.form = form = SearchForm(self.request.GET, home=own_area(self.request.user))
        asked = self._asked()
        query = form.query()
        query = replace(query, text="", page=1, providers=(), filters={**query.filters, "subject": ()})
        found = queries.subjects_together(query, [self._subject(words) for words in asked])
        page = Paginator(found.providers, PROVIDERS_ON_A_PAGE).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            form=form,
            together=found,
            place=query.place,
            subjects=[(subject, form.address(without=("subject", subject.asked))) for subject in found.subjects],
            names=", ".join(Truncator(subject.name).chars(30) for subject in found.subjects),
            page_obj=page,
            rows=[(row, list(self._cells(row, found.subjects))) for row in page],
            blanks=range(len(asked) + 1, max(len(asked) + 1, 3) + 1) if len(asked) < MOST_SUBJECTS else (),
            kept=[(name, value) for name, values in form.data.lists() if name not in TYPED for value in values],
            **kwargs,
        )

    def _asked(self) -> list[str]:
        """The subjects as they stand in the address, each once."""
        asked = [value for value in self.request.GET.getlist("subject") if value.strip() and "\x00" not in value]
        return list(dict.fromkeys(asked))[:MOST_SUBJECTS]

    def _subject(self, asked: str) -> tuple[str, str, CourseQuery]:
        """A code of our list of subjects, or words to search for."""
        words = " ".join(asked.split())[:LONGEST]
        if name := self.form.names.of("subject").get(words):
            return asked, name, CourseQuery(filters={"subject": (words,)})
        return asked, words[:1].upper() + words[1:], CourseQuery(text=words)

    def _cells(self, row: ProviderFound, subjects: list[SubjectFound]) -> Any:
        """For each subject its name, how many courses, and the search that lists them."""
        for subject, courses in zip(subjects, row.courses, strict=True):
            words = subject.asked.strip()
            is_code = words in self.form.names.of("subject")
            address = self.form.address(
                subject=words if is_code else "", q="" if is_code else words, provider=row.provider.reference
            )
            yield subject.name, courses, reverse("prospectus:courses") + address
