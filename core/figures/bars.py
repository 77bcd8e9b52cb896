"""A bar table: the table is the picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One row of a bar table. ``width`` is in hundredths of the longest bar."""

    text: str
    number: int
    url: str
    width: float


def bars_of(rows: Sequence[tuple[Any, ...]]) -> list[Bar]:
    """Bars in the given order; rows are (text, number) or (text, number, url)."""
    longest = max((row[1] for row in rows), default=0) or 1
    return [
        Bar(text=row[0], number=row[1], url=row[2] if len(row) > 2 else "", width=round(100 * row[1] / longest, 1))
        for row in rows
    ]
