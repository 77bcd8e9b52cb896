"""Finding courses."""

import re
from functools import partial
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.urls import reverse
from django.views.generic import TemplateView

from prospectus import queries
from prospectus.forms.search import SearchForm
from prospectus.queries.nearby import nearby_subjects
from prospectus.views.public import PublicMixin, own_area
from prospectus.views.saved import address_of
from prospectus.views.visits import count_vain_search

NEAR_ME = re.compile(r"\b(near|close to) me\b|\bnearby\b", re.IGNORECASE)


class CoursesView(PublicMixin, TemplateView):
    """Search results. A script asks for the same address and gets the inner part of the page."""

    template_name = "prospectus/courses.html"

    def get_template_names(self) -> list[str]:
        htmx = self.request.htmx
        return ["prospectus/_search.html" if htmx and not htmx.history_restore_request else self.template_name]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = SearchForm(self.request.GET, home=own_area(self.request.user))
        results = queries.search_courses(form.query())
        if not results.courses:
            count_vain_search(self.request, results)
            subjects = results.query.filters.get("subject") or ()
            kwargs["nearby"] = nearby_subjects(results.query.text, subjects)
            kwargs["ways_out"] = form.ways_out(results)
            kwargs["tiles"] = queries.subject_tiles()
        return super().get_context_data(
            form=form,
            canonical=self.request.build_absolute_uri(f"?{address_of(form)}".rstrip("?")),
            map_url=reverse("prospectus:map") + form.address(sort=""),
            results=results,
            place=results.query.place,
            page_obj=Paginator(range(results.last_numbered), 1).page(min(results.page, results.last_numbered)),
            next_url=form.address(after=results.next_after) if results.next_after else "",
            wider=[(miles, count, form.address(miles=str(miles))) for miles, count in results.wider],
            sorts=form.sorts(results),
            asks_where=results.query.place is None and NEAR_ME.search(results.query.text),
            chips=list(form.chips(results)),
            facets=form.facets(results),
            unexact_url=form.address(exact=""),
            exact_url=form.address(exact="1"),
            area_state=partial(queries.area_state, form.home_area),
            remembered_seconds=settings.REMEMBERED_SECONDS,
            home_name=form.names.of("area").get(form.home_area, ""),
            **kwargs,
        )
