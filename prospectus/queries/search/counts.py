"""What a search counts."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How many courses there are: all with the filters, in the own area, without each filter, for each value."""

    total: int = 0
    own: int = 0
    unfiltered: int = 0
    without: dict[str, int] = field(default_factory=dict)  # "here" is the place, the providers and the area
    facets: dict[str, dict[str, int]] = field(default_factory=dict)
    providers: list[tuple[int, str, str, int]] = field(default_factory=list)  # key, reference, name, courses
    is_apart: bool = False  # the words name several subjects that no course has together
    version: int | None = None  # of search, when all of it was counted; None where it changed meanwhile
    found: dict[str, dict[str, int]] = field(default_factory=dict)  # of these numbers, what is worth remembering
    head: list[list[Any]] | None = None  # the first page, where it is remembered

    @property
    def remembered(self) -> dict[str, Any]:
        """What can be kept with a first page: the numbers alone."""
        return {name: getattr(self, name) for name in ("total", "own", "unfiltered", "without", "facets")}
