"""Whether anything that leaves the portal has changed: one look at the tables, far cheaper than writing a feed."""

import datetime as dt
import hashlib
from typing import Any, NamedTuple

from django.db import connection

from core import clock

# Organisations and sites have no moment of change, so their rows are weighed as they are. That a course was checked is
# no change of the course, but stands in feed and table.
SQL = """
WITH provider AS (
    SELECT o.* FROM providers_organisation o
    WHERE o.is_provider AND (%(provider)s::bigint IS NULL OR o.id = %(provider)s)
        AND (%(area)s::bigint IS NULL OR o.area_id = %(area)s)
), course AS (
    SELECT c.id, c.changed_at, c.checked_on, c.consortium_id FROM prospectus_course c
    WHERE c.provider_id IN (SELECT id FROM provider)
), partner AS (
    SELECT m.*, o.name, o.ukprn, o.is_provider FROM prospectus_consortiumpartner m
    JOIN providers_organisation o ON o.id = m.provider_id
    JOIN prospectus_consortium k ON k.id = m.consortium_id
    WHERE m.consortium_id IN (SELECT consortium_id FROM course)
        AND m.joined_on <= %(today)s AND m.ended_on IS NULL
        AND (k.ended_on IS NULL OR k.ended_on >= %(today)s) AND (o.ended_on IS NULL OR o.ended_on >= %(today)s)
)
SELECT
    (SELECT max(changed_at) FROM course),
    (SELECT max(r.changed_at) FROM prospectus_courserun r WHERE r.course_id IN (SELECT id FROM course)),
    (SELECT count(*) FROM course),
    (SELECT sum(checked_on - date '2000-01-01') FROM course),
    (SELECT sum(hashtextextended(provider::text, 0)) FROM provider),
    (SELECT sum(hashtextextended(s::text, 0)) FROM providers_site s
        WHERE s.organisation_id IN (SELECT id FROM provider UNION SELECT provider_id FROM partner)),
    (SELECT count(*)::text || max(q.id) FROM prospectus_entryrequirement q
        WHERE q.course_id IN (SELECT id FROM course)),
    (SELECT sum(hashtextextended(k::text, 0)) FROM prospectus_consortium k
        WHERE k.id IN (SELECT consortium_id FROM course) AND (k.ended_on IS NULL OR k.ended_on >= %(today)s)),
    (SELECT sum(hashtextextended(partner::text, 0)) FROM partner)
"""
NEVER = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


class Edition(NamedTuple):
    """The state of the prospectus, of an area or of a provider: equal marks mean equal feeds."""

    changed_at: dt.datetime
    mark: str


def edition_of(*, provider: Any = None, area: Any = None) -> Edition:
    """The edition of one provider, of one area, or of everything."""
    with connection.cursor() as cursor:
        cursor.execute(SQL, {"provider": provider and provider.pk, "area": area and area.pk, "today": clock.today()})
        facts = cursor.fetchone()
    changed_at = max((moment for moment in facts[:2] if moment), default=NEVER)
    return Edition(changed_at, hashlib.sha256(repr(facts).encode()).hexdigest()[:20])
