"""The question, put together in small steps: ``CourseQuery().about("hair").only(level=("2",)).within(place)``."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from prospectus.queries.places import Place

SORTS = ("", "soonest", "title")  # "": nearest first with a place, otherwise best first


@dataclass(frozen=True, kw_only=True)
class CourseQuery:
    """What somebody is looking for. ``filters`` has for each name the values of which one must fit.

    Never changed: every step gives a new question, so that a page can ask several that differ in one thing.
    """

    text: str = ""
    filters: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    providers: tuple[int, ...] = ()
    place: Place | None = None
    miles: int | None = None  # the radius of a place that is read from the words
    own_area: int | None = None
    page: int = 1
    after: str = ""  # where the page before ended; says more than the number of the page
    sort: str = ""
    is_exact: bool = False  # every word as it is: no filters and no corrections read from the text

    @property
    def active(self) -> tuple[str, ...]:
        """The names of the filters that ask for something."""
        return tuple(name for name, values in self.filters.items() if values)

    def about(self, text: str) -> "CourseQuery":
        """The same about these words."""
        return replace(self, text=text)

    def exactly(self) -> "CourseQuery":
        """The same with every word as it is."""
        return replace(self, is_exact=True)

    def only(self, **filters: tuple[Any, ...]) -> "CourseQuery":
        """The same where one of these values fits; a name already asked for is asked for anew."""
        return replace(self, filters={**self.filters, **filters})

    def without(self, name: str) -> "CourseQuery":
        """The same with any value of this filter."""
        return replace(self, filters={key: values for key, values in self.filters.items() if key != name})

    def within(self, place: Place | None) -> "CourseQuery":
        """The same near a place; None is anywhere."""
        return replace(self, place=place)

    def at(self, *providers: int) -> "CourseQuery":
        """The same at one of these providers, whether it teaches alone or with others."""
        return replace(self, providers=providers)

    def own_first(self, area: int | None) -> "CourseQuery":
        """The same with the courses of one area before the others."""
        return replace(self, own_area=area)

    def sorted_by(self, sort: str) -> "CourseQuery":
        """The same in another order, from the first page."""
        return replace(self, sort=sort if sort in SORTS else "", page=1, after="")

    def on_page(self, page: int) -> "CourseQuery":
        """The page with this number, counted from 1."""
        return replace(self, page=page, after="")

    def going_on(self, after: str) -> "CourseQuery":
        """The page after the one that ended there."""
        return replace(self, after=after)
