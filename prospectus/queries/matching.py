"""All that a search finds, for pages that show it otherwise than as a list: on a map, side by side, by date.

The search engine says which rows of its table fit; these pages group them in statements of their own.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from prospectus.queries.search import CourseQuery, Finding, find


@dataclass(frozen=True, kw_only=True)
class Matching:
    """The rows that fit, as a condition over ``prospectus_coursesearch``, and how many courses they are."""

    finding: Finding
    where: str
    values: dict[str, Any]
    courses: int

    @property
    def query(self) -> CourseQuery:
        """The question as it was understood."""
        return self.finding.query

    def rows(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        """What this statement answers; ``{where}`` in it stands for the condition."""
        with connection.cursor() as cursor:
            cursor.execute(sql.format(where=self.where), self.values | values)
            return cursor.fetchall()


def matching(query: CourseQuery) -> Matching:
    """What this question finds, read as the search page reads it."""
    finding = find(query)
    attempt = finding.attempt
    return Matching(
        finding=finding,
        where=attempt.where(*attempt.scopes),
        values=attempt.values,
        courses=attempt.counts.total,
    )
