"""Courses like another one, for somebody who likes it and cannot or does not want to take it."""

from collections.abc import Sequence

from django.db import connection

from core.planning import planned_anew
from prospectus.models import Course
from prospectus.queries.found import Found, courses_found
from prospectus.queries.places import MILES_PER_DEGREE, miles_between
from prospectus.queries.small_words import KIND

NEAR_MILES = 15
MOST_CANDIDATES = 3000  # of one course's own area, and of the sites near it: a bound, not a choice

# What a likeness is worth. The same subject at the same level is the least that is offered; then the title's own words
# decide, another provider comes before the same one, and twenty miles weigh as much as that.
SAME_SUBJECT, SAME_SECTOR, SAME_LEVEL, NEXT_LEVEL, ALL_WORDS, OTHER_PROVIDER, PER_MILE = 3, 1.5, 2, 1.5, 3, 0.6, 0.03

# Words of kinds ("diploma", "level 2") make no two courses alike. The course itself may be out of the prospectus, so
# what it is like is read from its own row and not from the search's. Both walks go over an index: the area's rows, and
# the rows of the sites around.
SIMILAR = f"""
WITH asked AS MATERIALIZED (
    SELECT c.id, coalesce(c.subject_id, '') AS subject, coalesce(s.parent_id, s.code, '') AS sector, c.levels, c.kind,
           c.stage, c.provider_id, o.area_id, place.latitude, place.longitude,
           (SELECT array_agg(substr('E12345678', strpos('E12345678', level) + 1, 1))
            FROM unnest(c.levels) AS level) AS next_levels,
           (SELECT string_agg(quote_literal(lexeme) || ':A', ' | ')::tsquery
            FROM unnest(to_tsvector('prospectus', prospectus_normal(c.title)))
            WHERE lexeme <> ALL(tsvector_to_array(to_tsvector('prospectus', %(kinds)s)))) AS said
    FROM prospectus_course c
    JOIN providers_organisation o ON o.id = c.provider_id
    LEFT JOIN prospectus_subject s ON s.code = c.subject_id
    LEFT JOIN LATERAL (
        SELECT p.latitude, p.longitude FROM prospectus_courserun r JOIN providers_site p ON p.id = r.site_id
        WHERE r.course_id = c.id AND p.latitude IS NOT NULL
        ORDER BY r.ended_on IS NOT NULL, r.starts_on DESC NULLS LAST, r.id LIMIT 1) AS place ON true
    WHERE c.id = ANY(%(courses)s::bigint[])
)
SELECT asked.id, found.course_id FROM asked CROSS JOIN LATERAL (
    SELECT near.course_id,
           CASE WHEN near.subject_code = asked.subject AND asked.subject <> '' THEN %(same_subject)s
                WHEN near.sector_code = asked.sector AND asked.sector <> '' THEN %(same_sector)s ELSE 0 END
           + CASE WHEN near.levels && asked.levels THEN %(same_level)s
                  WHEN near.levels && asked.next_levels::varchar[] THEN %(next_level)s ELSE 0 END
           + coalesce(ts_rank('{{0, 0, 0, 1}}', near.words, asked.said), 0) / 0.6079 * %(all_words)s
           + CASE WHEN near.provider_id <> asked.provider_id THEN %(other_provider)s ELSE 0 END
           - CASE WHEN site.latitude IS NULL OR asked.latitude IS NULL THEN 0
                  ELSE {miles_between("site", "asked")} END * %(per_mile)s AS likeness
    FROM (
        (SELECT course_id, provider_id, site_id, subject_code, sector_code, levels, title, words
         FROM prospectus_coursesearch row
         WHERE row.area_id = asked.area_id AND row.is_lead AND row.course_id <> asked.id
           AND row.kind = asked.kind AND row.stage = asked.stage
           AND (row.sector_code = asked.sector AND asked.sector <> '' OR row.words @@ asked.said)
         LIMIT %(most)s)
        UNION ALL
        (SELECT course_id, provider_id, site_id, subject_code, sector_code, levels, title, words
         FROM prospectus_coursesearch row
         WHERE row.area_id <> asked.area_id AND row.is_lead AND row.course_id <> asked.id
           AND row.kind = asked.kind AND row.stage = asked.stage
           AND (row.sector_code = asked.sector AND asked.sector <> '' OR row.words @@ asked.said)
           AND row.site_id IN (
               SELECT p.id FROM providers_site p
               WHERE p.latitude BETWEEN asked.latitude - %(up)s AND asked.latitude + %(up)s
                 AND p.longitude BETWEEN asked.longitude - %(along)s AND asked.longitude + %(along)s)
         LIMIT %(most)s)
    ) AS near LEFT JOIN providers_site site ON site.id = near.site_id
    WHERE near.levels && asked.levels OR near.levels && asked.next_levels::varchar[] OR cardinality(asked.levels) = 0
    ORDER BY likeness DESC, near.title, near.course_id LIMIT %(limit)s
) AS found
ORDER BY asked.id, found.likeness DESC, found.course_id
"""


def similar_to_each(courses: Sequence[Course], *, limit: int = 4) -> dict[int, list[Found]]:
    """For each course, by key, what is most like it. In three questions to the database, however many there are.

    Published courses of the same kind, in the same subject or with its title's words, at its level or the next one up,
    in its area or within some fifteen miles; another provider's first.
    """
    if not courses:
        return {}
    values = {
        "courses": [course.pk for course in courses],
        "kinds": " ".join(sorted(KIND)),
        "limit": limit,
        "most": MOST_CANDIDATES,
        "up": NEAR_MILES / MILES_PER_DEGREE,
        "along": NEAR_MILES / (MILES_PER_DEGREE * 0.6),  # a degree is as narrow as that in the north of England
        "same_subject": SAME_SUBJECT,
        "same_sector": SAME_SECTOR,
        "same_level": SAME_LEVEL,
        "next_level": NEXT_LEVEL,
        "all_words": ALL_WORDS,
        "other_provider": OTHER_PROVIDER,
        "per_mile": PER_MILE,
    }
    with planned_anew(), connection.cursor() as cursor:
        cursor.execute(SIMILAR, values)
        pairs = cursor.fetchall()
    keys = list(dict.fromkeys(similar for _, similar in pairs))
    found = {one.course.pk: one for one in courses_found([(key, False, None) for key in keys])} if keys else {}
    answer: dict[int, list[Found]] = {course.pk: [] for course in courses}
    for asked, similar in pairs:
        if similar in found:
            answer[asked].append(found[similar])
    return answer


def similar(course: Course, limit: int = 4) -> list[Found]:
    """What is most like this course, best first."""
    return similar_to_each([course], limit=limit)[course.pk]
