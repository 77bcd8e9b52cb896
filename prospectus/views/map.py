"""Where courses are."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.views.generic import TemplateView

from prospectus import queries
from prospectus.forms.search import SearchForm
from prospectus.queries.map import SiteFound
from prospectus.views.public import PublicMixin, own_area

TYPED = frozenset({"q", "postcode", "miles", "page", "after", "sort", "move"})  # what the page's own form asks


class MapView(PublicMixin, TemplateView):
    """The sites of a search as numbered pins and a list. ``move`` in the address asks for a map that can be moved."""

    template_name = "prospectus/map.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = SearchForm(self.request.GET, home=own_area(self.request.user))
        found = queries.course_map(form.query())
        courses_url = reverse("prospectus:courses")

        def linked(sites: list[SiteFound]) -> list[tuple[SiteFound, str]]:
            return [(site, courses_url + form.address(provider=site.provider_reference, move="")) for site in sites]

        return super().get_context_data(
            form=form,
            map=found,
            place=found.found.query.place,
            pins=[(pin, linked(pin.sites)) for pin in found.pins],
            beyond=linked(found.beyond),
            unplaced=linked(found.unplaced),
            chips=list(form.chips(found.found.finding)),
            kept=[(name, value) for name, values in form.data.lists() if name not in TYPED for value in values],
            list_url=courses_url + form.address(move=""),
            is_moving="move" in self.request.GET,
            moving_url=form.address(move="1"),
            still_url=form.address(move=""),
            tiles_url=settings.TILES_URL,
            tiles_attribution=settings.TILES_ATTRIBUTION,
            **kwargs,
        )
