"""Saved searches: what an address asks for, and what is new in it."""

import datetime as dt

from django.db import connection
from django.http import QueryDict

from core.planning import planned_anew
from prospectus.models import SavedSearch
from prospectus.queries.places import place_of
from prospectus.queries.search import CourseQuery
from prospectus.queries.search.answer import find
from prospectus.queries.search.conditions import CONDITIONS
from providers.models import Area, Organisation

MOST_SAVED = 10

# Only published courses are in the search table, so what was withdrawn since is not counted.
NEW = """
SELECT count(DISTINCT course_id) FROM prospectus_coursesearch
WHERE {where} AND course_id IN (SELECT id FROM prospectus_course WHERE published_at > %(since)s)
"""


def query_of(address: str) -> CourseQuery:
    """The question that a saved address asks. What does not exist any more is left out."""
    asked = QueryDict(address)
    filters = {name: tuple(asked.getlist(name)) for name in CONDITIONS if asked.getlist(name)}
    if "area" in filters:
        filters["area"] = tuple(Area.objects.filter(slug__in=filters["area"]).values_list("pk", flat=True))
    within = {code[:2] for code in filters.get("subject", ()) if "." in code}
    if within:
        filters["subject"] = tuple(code for code in filters["subject"] if code not in within)
    providers = asked.getlist("provider")
    miles = int(asked["miles"]) if asked.get("miles", "").isdecimal() else None
    return CourseQuery(
        text=asked.get("q", ""),
        filters=filters,
        providers=tuple(
            Organisation.objects.filter(reference__in=providers, ended_on=None).values_list("pk", flat=True)
        )
        if providers
        else (),
        place=place_of(asked["postcode"], miles=miles) if asked.get("postcode") else None,
        miles=miles,
        is_exact=bool(asked.get("exact")),
    )


def new_courses(search: SavedSearch, *, since: dt.datetime) -> int:
    """How many courses that fit the search came into the prospectus after this moment and are in it now."""
    finding = find(query_of(search.address))
    if finding.attempt.is_loosened:
        return 0  # "some of your words" is a help on a page and no news
    attempt = finding.attempt
    with planned_anew(), connection.cursor() as cursor:
        cursor.execute(NEW.format(where=attempt.where(*attempt.scopes)), attempt.values | {"since": since})
        return cursor.fetchone()[0]
