"""The narrow table that search reads, and the vocabulary, follow the courses."""

from django.db import connection, transaction

from core import clock
from prospectus.actions.descriptions import queue_descriptions
from prospectus.actions.health import refresh_health
from prospectus.models import SearchChange
from providers.models import Organisation

# Words are those of the course, not of one run, so that any row of a course stands for all of them. The title is only
# there to sort by, so it is in small letters.
COURSE_ROWS = """
INSERT INTO prospectus_coursesearch
    (course_id, run_id, area_id, provider_id, partners, site_id, levels, subject_code, sector_code, type_code, kind,
     stage, study_mode, delivery, pattern, starts_on, start, start_month, places, is_flexible_start,
     takes_applications, is_lead, repeated_course, title, words, facets, worth)
-- True of a course, but also of many that are quite another thing: the same for all of a subject.
WITH subject AS MATERIALIZED (
    SELECT s.code, s.parent_id, setweight(to_tsvector('prospectus', prospectus_normal(concat_ws(' and ', s.name,
               s.plain_name, sector.name, (SELECT string_agg(w.words, ' and ' ORDER BY w.id)
                                           FROM prospectus_careerword w WHERE w.subject_id = s.code)))), 'D') AS words
    FROM prospectus_subject s LEFT JOIN prospectus_subject sector ON sector.code = s.parent_id
), course AS (
    SELECT c.id, c.title, c.levels, coalesce(c.subject_id, '') AS subject_code,
           coalesce(s.parent_id, s.code, '') AS sector_code, coalesce(c.qualification_type_id, '') AS type_code,
           c.kind, c.stage, o.id AS provider_id, o.area_id, partner.ids AS partners,
           -- Before its day, or the area's, one applies to a provider in its own way.
           o.takes_applications AND coalesce(o.applying_from_on <= %(today)s, true)
               AND coalesce(area.applying_from_on <= %(today)s, true) AS takes_applications,
           -- An "and" stands between parts, so that the end of one and the beginning of the next are no phrase.
           concat_ws(' and ', c.qualification_title, t.name, c.level_text, array_to_string(c.subject_words, ' and '),
               (SELECT string_agg('level' || level, ' ') FROM unnest(c.levels) AS level WHERE level <> 'E')) AS about,
           -- What a title says is included is not what the course is about.
           concat_ws(' and ', substring(c.title FROM '(?i)[ (]+(?:including|incl?[.]?) .*$'), o.name,
               c.awarding_organisation, c.search_words, partner.names,
               (SELECT string_agg(DISTINCT concat_ws(' ', p.name, p.town), ' ')
                FROM prospectus_courserun r JOIN providers_site p ON p.id = r.site_id
                WHERE r.course_id = c.id AND r.ended_on IS NULL AND r.state = 'published')) AS around,
           s.words AS subject_words
    FROM prospectus_course c
    JOIN providers_organisation o ON o.id = c.provider_id
    JOIN providers_area area ON area.id = o.area_id
    LEFT JOIN subject s ON s.code = c.subject_id
    LEFT JOIN prospectus_qualificationtype t ON t.code = c.qualification_type_id
    CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(po.id ORDER BY po.id), '{}') AS ids, string_agg(po.name, ' ' ORDER BY po.id) AS names
        FROM prospectus_consortiumpartner cp JOIN providers_organisation po ON po.id = cp.provider_id
        JOIN prospectus_consortium k ON k.id = cp.consortium_id
        WHERE cp.consortium_id = c.consortium_id AND cp.joined_on <= %(today)s
          AND cp.ended_on IS NULL AND (k.ended_on IS NULL OR k.ended_on >= %(today)s)
          AND (po.ended_on IS NULL OR po.ended_on >= %(today)s) AND po.id <> o.id) AS partner
    WHERE c.state = 'published' AND (o.ended_on IS NULL OR o.ended_on >= %(today)s)
      AND (%(provider)s::bigint IS NULL OR o.id = %(provider)s)
), first AS (
    SELECT *, row_number() OVER (PARTITION BY around ORDER BY id) = 1 AS is_first FROM course
), around AS (
    -- Most courses of a provider have the same around them, which is read once. No join: statistics are old right after
    -- a large load, and one chosen by them would take quadratic time.
    SELECT *, CASE WHEN is_first THEN setweight(to_tsvector('prospectus', prospectus_normal(around)), 'C') END
        AS first_words FROM first
), worded AS MATERIALIZED (
    -- Here and not beside the runs, where the planner would make the words of a course anew for each of its runs.
    SELECT *,
           setweight(to_tsvector('prospectus', prospectus_normal(
               regexp_replace(title, '(?i)[ (]+(?:including|incl?[.]?) .*$', ''))), 'A') ||
           setweight(to_tsvector('prospectus', prospectus_normal(about)), 'B') ||
           first_value(first_words) OVER (PARTITION BY around ORDER BY id) ||
           coalesce(subject_words, '') AS words
    FROM around
), found AS (
    SELECT course.id, r.id AS run_id, area_id, provider_id, partners, r.site_id, levels, subject_code, sector_code,
           type_code, kind, stage, coalesce(r.study_mode, 'unknown') AS study_mode,
           coalesce(r.delivery, 'unknown') AS delivery, coalesce(r.pattern, 'unknown') AS pattern, r.starts_on,
           CASE WHEN r.is_flexible_start THEN 'any_time' WHEN r.starts_on IS NULL THEN ''
                WHEN extract(month FROM r.starts_on) IN (8, 9, 10) THEN 'autumn' ELSE 'part_year' END AS start,
           coalesce(to_char(r.starts_on, 'YYYY-MM'), '') AS start_month,
           CASE WHEN r.places IS NULL THEN '' WHEN r.places > r.places_taken THEN 'left' ELSE 'full' END AS places,
           coalesce(r.is_flexible_start, false) AS is_flexible_start,
           coalesce(r.takes_applications, false) AND course.takes_applications
               AND coalesce(r.apply_until_on >= %(today)s, true) AS takes_applications,
           row_number() OVER (PARTITION BY course.id ORDER BY r.starts_on < %(today)s, r.starts_on, r.id) = 1
               AS is_lead,
           CASE WHEN count(*) OVER (PARTITION BY course.id) > 1 THEN course.id ELSE 0 END AS repeated_course,
           left(lower(unaccent(title)), 255) AS title, words  -- taking accents off makes three dots of "…"
    FROM worded AS course LEFT JOIN prospectus_courserun r
        ON r.course_id = course.id AND r.ended_on IS NULL AND r.state = 'published'
)
SELECT found.*, hashtextextended(concat_ws('|', subject_code, array_to_string(levels, ','), type_code, kind, stage,
           study_mode, delivery, pattern, start, start_month, takes_applications), 0),
       -- A course says more than an hour's taste of it.
       CASE WHEN kind IN ('taster', 'activity') THEN 0.6
            WHEN type_code IN ('attendance_certificate', 'college_certificate', 'none') THEN 0.8 ELSE 1 END
FROM found ORDER BY area_id, subject_code, id, starts_on
"""
# In the order of the keys, so that two publishers who add the same ones never wait for each other both ways.
FACET_SETS = """
INSERT INTO prospectus_facetset (id, subject_code, levels, type_code, kind, stage, study_mode, delivery, pattern,
                                 start, start_month, takes_applications)
SELECT DISTINCT facets, subject_code, levels, type_code, kind, stage, study_mode, delivery, pattern, start,
       start_month, takes_applications
FROM prospectus_coursesearch s {scope} AND NOT EXISTS (SELECT FROM prospectus_facetset f WHERE f.id = s.facets)
ORDER BY 1 ON CONFLICT (id) DO NOTHING
"""

# Words as people see them, with what the index keeps of each: a misspelling is nearer to "plumbing" than to "plumb".
WORDS_OF_COURSES = r"""
INSERT INTO prospectus_searchword (word, lexeme, uses)
SELECT word, coalesce((tsvector_to_array(to_tsvector('prospectus', word)))[1], word), ndoc
FROM ts_stat($words$
    SELECT to_tsvector('simple', unaccent(lower(prospectus_normal(concat_ws(' ', c.title, c.qualification_title,
        array_to_string(c.subject_words, ' '), c.search_words, o.name)))))
    FROM prospectus_course c JOIN providers_organisation o ON o.id = c.provider_id
    WHERE c.state = 'published' {of_provider} $words$)
WHERE word ~ '^[a-z][a-z0-9'']{{1,58}}$'
ORDER BY word
ON CONFLICT (word) DO UPDATE SET uses = greatest(prospectus_searchword.uses, excluded.uses)
"""
WORDS_OF_RULES = """
INSERT INTO prospectus_searchword (word, lexeme, uses)
SELECT DISTINCT word, coalesce((tsvector_to_array(to_tsvector('prospectus', word)))[1], word), 0
FROM (SELECT said || ' ' || meant AS words FROM prospectus_synonym WHERE ended_at IS NULL
      UNION ALL SELECT words FROM prospectus_careerword
      UNION ALL SELECT name || ' ' || plain_name FROM prospectus_subject) AS said,
     regexp_split_to_table(unaccent(lower(prospectus_normal(words))), '[^a-z0-9]+') AS word
WHERE word ~ '^[a-z][a-z0-9]{2,58}$'
ORDER BY word
ON CONFLICT (word) DO NOTHING
"""


def tell_change() -> None:
    """What was remembered of earlier counts holds no longer, from the moment this transaction is committed."""
    SearchChange.objects.create()


@transaction.atomic
def refresh_search(*, provider: Organisation | None = None) -> int:
    """Search knows exactly the published courses, and runs not taken out, of this provider (None: of all).

    Called inside the transaction that publishes, so that the prospectus and its search change together. New words can
    be found at once; words nobody uses any more leave the vocabulary when all is refreshed. Returns the rows written.
    """
    scope = "WHERE provider_id = %(provider)s" if provider else "WHERE true"
    values = {"provider": provider.pk if provider else None, "today": clock.today()}
    with connection.cursor() as cursor:
        # The words of some thousands of courses are put in order here, and not on the disk (decision 0098).
        cursor.execute("SET LOCAL work_mem = '64MB'")
        # Two publishers of one provider would insert the same run twice; the whole refresh waits for each of them.
        if provider:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(hashtext('prospectus search'))")
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtext('prospectus search'), %s::int)", [provider.pk % 2**31]
            )
        else:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('prospectus search'))")
        cursor.execute(f"DELETE FROM prospectus_coursesearch {scope}", values)
        cursor.execute(COURSE_ROWS, values)
        written = cursor.rowcount
        cursor.execute(FACET_SETS.format(scope=scope), values)
        if not provider:
            # Everybody who publishes has been waited for, so the many rows of the version can become one.
            cursor.execute(
                "WITH gone AS (DELETE FROM prospectus_searchchange RETURNING changes) "
                "INSERT INTO prospectus_searchchange (changes) SELECT coalesce(sum(changes), 0) FROM gone"
            )
            cursor.execute("DELETE FROM prospectus_countcache")
    tell_change()
    refresh_vocabulary(provider=provider)
    refresh_health(provider=provider)
    queue_descriptions(provider=provider)
    return written


@transaction.atomic
def refresh_vocabulary(*, provider: Organisation | None = None) -> None:
    """The words of this provider's published courses are known (None: exactly the words in use, and no others)."""
    of_provider = f"AND o.id = {int(provider.pk)}" if provider else ""
    with connection.cursor() as cursor:
        if not provider:
            cursor.execute("DELETE FROM prospectus_searchword")
        cursor.execute(WORDS_OF_COURSES.format(of_provider=of_provider))
        if not provider:
            cursor.execute(WORDS_OF_RULES)


@transaction.atomic
def refresh_rule_words() -> None:
    """The words that only synonyms, career words and subjects use are known as these have them now."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM prospectus_searchword WHERE uses = 0")
        cursor.execute(WORDS_OF_RULES)
