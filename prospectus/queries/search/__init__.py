"""The search engine: a question (``query``) is read and tried (``answer``), counted and paged."""

from prospectus.queries.search.answer import Finding, Results, count_within, find, search_courses
from prospectus.queries.search.conditions import CONDITIONS, WORDS
from prospectus.queries.search.counts import Counts
from prospectus.queries.search.explain import Explanation, explain
from prospectus.queries.search.query import CourseQuery

__all__ = [
    "CONDITIONS",
    "WORDS",
    "Counts",
    "CourseQuery",
    "Explanation",
    "Finding",
    "Results",
    "count_within",
    "explain",
    "find",
    "search_courses",
]
