"""Counting what fits: one pass over the rows gives a number for each set of facets, and those give all the counts.

The count beside a value is what choosing only it in its own group would give. A course counts once, however many of
its runs fit: its runs come as one set of sets.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from prospectus.models import FacetSet, PlacesLeft
from prospectus.queries.search import cache
from prospectus.queries.search.asking import ask
from prospectus.queries.search.conditions import AREA, FILTERS, PAIRS, PROVIDER, Attempt, Facets, all_of, number_of
from prospectus.queries.search.counts import Counts
from prospectus.queries.search.paging import head_key

MOST_PROVIDERS = 20

# What is remembered comes with the rest, in one statement, the whole answer alone where there is one. PostgreSQL reads
# rows only for what is not remembered: a condition that names none of them is asked once, before the first. A row of
# a course with several rows is grouped with the rest of it; the others by what they have in common. The area would
# make nearly as many groups as rows, so it is grouped by itself in the same pass, by the row that leads a course.
GROUPS = """
WITH kept AS MATERIALIZED ({kept}), grouped AS (
    SELECT facets, places, repeated_course, (({here}) IS TRUE)::int AS is_here, area_id,
           GROUPING(area_id) = 1 AS is_set, count(*) AS rows, count(*) FILTER (WHERE is_lead AND {filters}) AS courses
    FROM prospectus_coursesearch
    WHERE (SELECT NOT EXISTS (SELECT FROM kept WHERE key IN (%(of_sets)s, %(of_head)s))) AND {where}
    GROUP BY GROUPING SETS ((1, 2, 3, 4), (5))
)
SELECT 'set', facets || ':' || is_here || ':' || places, rows FROM grouped WHERE is_set AND repeated_course = 0
UNION ALL
SELECT 'set', sets, count(*) FROM (
    SELECT string_agg(facets || ':' || is_here || ':' || places, ' ' ORDER BY facets, is_here, places) AS sets
    FROM grouped WHERE is_set AND repeated_course <> 0 GROUP BY repeated_course) AS course GROUP BY sets
UNION ALL SELECT 'area', area_id::text, courses FROM grouped WHERE NOT is_set
UNION ALL SELECT key, counted::text, version FROM kept
    WHERE key = %(of_head)s OR NOT EXISTS (SELECT FROM kept WHERE key = %(of_head)s)
UNION ALL SELECT 'apart', '', ({apart})::int
UNION ALL SELECT 'version', '', {version}
"""
AREAS = """
SELECT 'area', area_id::text, count(*) FROM (
    SELECT DISTINCT area_id, course_id FROM prospectus_coursesearch WHERE {where}) AS course GROUP BY 2
UNION ALL SELECT 'version', '', {version}
"""
# A course that several teach together counts for each of them.
PROVIDERS = f"""
SELECT o.id, o.reference, o.name, n FROM (
    SELECT one, count(DISTINCT course_id)::int AS n
    FROM prospectus_coursesearch, unnest(partners || provider_id) AS one WHERE {{where}} GROUP BY 1) AS counted
JOIN providers_organisation o ON o.id = one
ORDER BY o.id = ANY(%(provider)s::bigint[]) DESC, n DESC, o.name, o.id LIMIT {MOST_PROVIDERS}
"""
Runs = list[tuple[Facets, bool]]
_KNOWN: dict[int, dict[str, Facets]] = {}  # rows of FacetSet are never changed, and their key is a hash of them
_READ: dict[str, Runs] = {}  # the same by the text that a count gives


def count(attempt: Attempt) -> Counts:
    """All counts of an attempt but those of providers, and whether its subjects are apart."""
    where, here, filters = _asked(attempt)
    values = attempt.values
    whole = {name: values[name] for name in ("words", "provider", "near_sites")} | {"area": values.get("area")}
    of_sets = cache.key_of("sets", where, here, whole)
    of_areas = cache.key_of("areas", where, filters, values | {"own_area": None, "area": None})
    of_head = head_key(attempt)
    sql = GROUPS.format(
        here=here, filters=filters, where=where, apart=attempt.apart_condition, kept=cache.READ, version=cache.VERSION
    )
    keys = {"of_sets": of_sets, "of_head": of_head}
    counted, kept = _sorted_out(
        ask(sql, values | keys | cache.asking(of_sets, of_areas, of_head), is_planned_once=attempt.begins_with_words),
        keys=(*keys.values(), of_areas),
    )
    is_apart = bool(counted["apart"][""])
    version: int | None = counted["version"][""]
    if head := kept.get(of_head):
        return Counts(**head["counts"], head=head["rows"], is_apart=is_apart)
    sets, areas, found = kept.get(of_sets), kept.get(of_areas), {}
    if sets is None:
        sets = found[of_sets] = counted["set"]
        if areas is None and not attempt.is_of_runs:
            areas = found[of_areas] = {key: number for key, number in counted["area"].items() if number}
    if areas is None:
        where = attempt.where(*attempt.scopes, but="area")
        counted, _ = _sorted_out(ask(AREAS.format(where=where, version=cache.VERSION), values, is_planned_once=False))
        areas = found[of_areas] = counted["area"]
        version = version if version == counted["version"][""] else None
    many = {key: one for key, one in found.items() if sum(one.values()) >= cache.MANY}
    return replace(_counts(attempt, sets, areas), is_apart=is_apart, version=version, found=many)


def _asked(attempt: Attempt) -> tuple[str, str, str]:
    """Which rows are grouped; which of them are here; which fit all filters. Conditions in SQL."""
    here = all_of([*attempt.scopes, AREA] if "area" in attempt.active else attempt.scopes)
    # With words, what is found elsewhere is grouped too: words that are only used elsewhere are not misspelt. Without,
    # that would be the whole table.
    where = attempt.condition if attempt.words else all_of(attempt.scopes)
    filters = all_of([*attempt.scopes, *(FILTERS[name].condition for name in attempt.of_sets)])
    return where, here, filters


def providers_of(attempt: Attempt) -> list[tuple[int, str, str, int]]:
    """The providers with the most of these courses. Those chosen are always among them."""
    scopes = [scope for scope in attempt.scopes if scope != PROVIDER]
    return ask(PROVIDERS.format(where=attempt.where(*scopes)), attempt.values, is_planned_once=False)


def _sorted_out(
    rows: list[tuple[Any, ...]], *, keys: tuple[str, ...] = ()
) -> tuple[dict[str, dict[str, int]], dict[str, Any]]:
    """What was counted, by kind; and what is remembered of these keys."""
    counted: dict[str, dict[str, int]] = {"set": {}, "area": {}}
    kept: dict[str, Any] = {}
    for kind, value, number in rows:
        if kind in keys:
            kept[kind] = json.loads(value)
        else:
            # A course whose rows are all alike has the same set as courses of one row, counted apart from them.
            numbers = counted.setdefault(kind, {})
            numbers[value] = numbers.get(value, 0) + int(number)
    return counted, kept


def _counts(attempt: Attempt, sets: Mapping[str, int], areas: Mapping[str, int]) -> Counts:
    chosen = {name: frozenset(attempt.query.filters[name]) for name in attempt.of_sets}
    counted: defaultdict[int, int] = defaultdict(int)
    without = dict.fromkeys(chosen, 0)
    total = anywhere = 0
    for runs, number in _read(sets):
        if not chosen and len(runs) == 1:  # most, where nothing is filtered
            anywhere += number
            [(one, is_here)] = runs
            if is_here:
                total += number
                for pair in one.pairs:
                    counted[pair] += number
            continue
        fits, misses, is_anywhere = _sorted(runs, chosen)
        total += number * bool(fits)
        anywhere += number * is_anywhere
        if len(fits) == 1 and not misses:
            for pair in fits[0].pairs:
                counted[pair] += number
        else:
            for pair in {pair for one in fits for pair in one.pairs} | {
                number_of(name, value) for name, ones in misses.items() for one in ones for value in one.values[name]
            }:
                counted[pair] += number
        for name in without:
            without[name] += number * bool(fits or name in misses)
    facets: dict[str, dict[str, int]] = {name: {} for name in FILTERS} | {"sector": {}, "area": dict(areas)}
    for pair, number in counted.items():
        name, value = PAIRS[pair]
        facets["sector" if name == "subject" and "." not in value else name][value] = number
    is_elsewhere_counted = bool(attempt.words) and bool(attempt.scopes or "area" in attempt.active)
    chosen_areas, own = attempt.query.filters.get("area") or (), attempt.query.own_area
    return Counts(
        total=total,
        own=areas.get(str(own), 0) if own is not None and (not chosen_areas or own in chosen_areas) else 0,
        unfiltered=sum(sets.values()),
        without=without
        | ({"here": anywhere} if is_elsewhere_counted else {})
        | ({"area": sum(areas.values())} if chosen_areas else {}),
        facets=facets,
    )


def _sorted(runs: Runs, chosen: Mapping[str, frozenset[str]]) -> tuple[list[Facets], dict[str, list[Facets]], bool]:
    """Of a course's runs: those that fit, those that miss in one filter only, and whether one fits anywhere."""
    if not chosen:
        return [one for one, is_here in runs if is_here], {}, True
    fits: list[Facets] = []
    misses: dict[str, list[Facets]] = {}
    is_anywhere = False
    for one, is_here in runs:
        missed = [name for name, values in chosen.items() if values.isdisjoint(one.values[name])]
        is_anywhere = is_anywhere or not missed
        if is_here and not missed:
            fits.append(one)
        elif is_here and len(missed) == 1:
            misses.setdefault(missed[0], []).append(one)
    return fits, misses, is_anywhere


def _read(sets: Mapping[str, int]) -> Iterator[tuple[Runs, int]]:
    """What the sets say: for each kind of course its runs, each with whether it is here, and how many courses."""
    unknown = {int(name.split(":")[0]) for names in sets if names not in _READ for name in names.split(" ")}
    if unknown := unknown - _KNOWN.keys():
        for key, *rest in FacetSet.objects.filter(pk__in=unknown).values_list("pk", *FIELDS):
            facets = dict(zip(FIELDS, rest, strict=True))
            plain = Facets(**facets | {"levels": tuple(facets["levels"])})
            _KNOWN[key] = {places: replace(plain, places=places) for places in ("", *PlacesLeft.values)}
    for names, number in sets.items():
        if (runs := _READ.get(names)) is None:
            parts = [name.split(":") for name in names.split(" ")]
            runs = [(_KNOWN[int(key)][places], is_here == "1") for key, is_here, places in parts]
            if len(runs) == 1:
                _READ[names] = runs  # as many as there are sets, and not as their combinations
        yield runs, number


FIELDS = (
    "subject_code", "levels", "type_code", "kind", "stage", "study_mode", "delivery", "pattern", "start", "start_month",
    "takes_applications",
)  # fmt: skip
