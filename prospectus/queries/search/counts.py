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
    head: list[list[Any]] | None = None  # the first page, where it is remembered
