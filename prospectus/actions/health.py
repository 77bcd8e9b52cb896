"""What is said of the health of courses follows the courses."""

from django.db import connection, transaction

from prospectus.actions.links import mark_dead_links
from providers.models import Organisation

WORDS = """concat_ws(' ', c.summary, c.what_you_do, c.who_it_is_for, c.entry_requirements, c.how_assessed, c.leads_to,
    c.costs_and_help)"""
# The hash tells whether the words have changed, so that only those are read again. Reading is by far the slowest of
# this, so a publisher of many new texts does not wait for all of it: what is left is read within minutes.
COURSES = f"""
INSERT INTO prospectus_coursehealth AS held
    (course_id, provider_id, lacks_level, lacks_subject, lacks_texts, has_insecure_link, text_hash, copies, reading_age,
     read_hash, title_key, is_for_a_day, is_always_open, last_start_on, entry_years)
WITH said AS (
    SELECT c.*, c.kind IN ('taster', 'activity') AS is_for_a_day, {WORDS} AS words, md5({WORDS}) AS words_hash
    FROM prospectus_course c
    WHERE c.state = 'published' AND (%(provider)s::bigint IS NULL OR c.provider_id = %(provider)s)
), unread AS (
    SELECT said.id FROM said LEFT JOIN prospectus_coursehealth before ON before.course_id = said.id
    WHERE before.read_hash IS DISTINCT FROM said.words_hash ORDER BY said.id LIMIT %(most_read)s
), run AS (
    SELECT r.course_id, bool_or(r.is_flexible_start OR r.starts_on IS NULL) AS is_always_open,
           max(r.starts_on) AS last_start_on, bool_or(r.apply_url LIKE 'http:%%') AS has_insecure_link,
           array_agg(DISTINCT extract(year FROM r.starts_on - interval '7 months')::smallint)
               FILTER (WHERE r.starts_on IS NOT NULL) AS entry_years
    FROM prospectus_courserun r JOIN said ON said.id = r.course_id
    WHERE r.ended_on IS NULL AND r.state = 'published' GROUP BY 1
)
SELECT said.id, said.provider_id,
       said.levels = '{{}}' AND NOT said.is_for_a_day,
       said.subject_id IS NULL,
       said.what_you_do = '' OR NOT said.is_for_a_day AND (said.how_assessed = '' OR said.entry_requirements = '' AND
           NOT EXISTS (SELECT FROM prospectus_entryrequirement e WHERE e.course_id = said.id)),
       said.website LIKE 'http:%%' OR said.words LIKE '%%href="http:%%' OR coalesce(run.has_insecure_link, false),
       CASE WHEN said.summary || said.what_you_do = '' THEN '' ELSE said.words_hash END, 1,
       CASE WHEN before.read_hash = said.words_hash THEN before.reading_age
            WHEN unread.id IS NOT NULL THEN prospectus_reading_age(said.words) END,
       CASE WHEN before.read_hash = said.words_hash OR unread.id IS NOT NULL THEN said.words_hash ELSE '' END,
       prospectus_title_key(said.title), said.is_for_a_day, coalesce(run.is_always_open, false), run.last_start_on,
       coalesce(run.entry_years, '{{}}')
FROM said LEFT JOIN run ON run.course_id = said.id LEFT JOIN unread ON unread.id = said.id
LEFT JOIN prospectus_coursehealth before ON before.course_id = said.id
ON CONFLICT (course_id) DO UPDATE SET
    (provider_id, lacks_level, lacks_subject, lacks_texts, has_insecure_link, text_hash, reading_age,
     read_hash, title_key, is_for_a_day, is_always_open, last_start_on, entry_years) =
    (excluded.provider_id, excluded.lacks_level, excluded.lacks_subject, excluded.lacks_texts,
     excluded.has_insecure_link, excluded.text_hash, excluded.reading_age, excluded.read_hash, excluded.title_key,
     excluded.is_for_a_day, excluded.is_always_open, excluded.last_start_on, excluded.entry_years)
WHERE (held.provider_id, held.lacks_level, held.lacks_subject, held.lacks_texts, held.has_insecure_link,
       held.text_hash, held.read_hash, held.title_key, held.is_for_a_day, held.is_always_open, held.last_start_on,
       held.entry_years)
    IS DISTINCT FROM
      (excluded.provider_id, excluded.lacks_level, excluded.lacks_subject, excluded.lacks_texts,
       excluded.has_insecure_link, excluded.text_hash, excluded.read_hash, excluded.title_key, excluded.is_for_a_day,
       excluded.is_always_open, excluded.last_start_on, excluded.entry_years)
"""
READ = f"""
WITH due AS (
    SELECT h.course_id, {WORDS} AS words FROM prospectus_coursehealth h JOIN prospectus_course c ON c.id = h.course_id
    WHERE h.read_hash = '' ORDER BY h.course_id LIMIT %(most_read)s FOR NO KEY UPDATE OF h SKIP LOCKED
)
UPDATE prospectus_coursehealth h SET reading_age = prospectus_reading_age(due.words), read_hash = md5(due.words)
FROM due WHERE h.course_id = due.course_id
"""
GONE = """
DELETE FROM prospectus_coursehealth h USING prospectus_course c
WHERE c.id = h.course_id AND c.state <> 'published' AND (%(provider)s::bigint IS NULL OR h.provider_id = %(provider)s)
"""
# Titles are one course's twice when their words are the same, or when few differ and those are near each other:
# "mathmatics" and "mathematics", but not "business" and "sport" in otherwise equal titles, nor "biology" and
# "sociology": a word that is misspelt or cut short begins as it should. Another number in a title is another course.
# Only titles that begin alike are compared, each once however many courses have it, or a large college would be
# compared with itself whole; where more than a hundred begin alike, only the same words count.
TWINS = """
WITH mine AS MATERIALIZED (
    SELECT h.course_id, h.provider_id, h.title_key, left(h.title_key, 1) AS first,
           regexp_replace(h.title_key, '[^0-9]', '', 'g') AS numbers, c.levels, c.kind, c.stage,
           count(*) OVER (PARTITION BY h.provider_id, left(h.title_key, 1),
               regexp_replace(h.title_key, '[^0-9]', '', 'g'), c.levels, c.kind, c.stage) AS alike
    FROM prospectus_coursehealth h JOIN prospectus_course c ON c.id = h.course_id
    WHERE h.title_key <> '' AND (%(provider)s::bigint IS NULL OR h.provider_id = %(provider)s)
), title AS MATERIALIZED (
    SELECT provider_id, title_key, first, numbers, levels, kind, stage, min(course_id) AS least,
           (array_agg(course_id ORDER BY course_id))[2] AS next, max(alike) AS alike
    FROM mine GROUP BY 1, 2, 3, 4, 5, 6, 7
), few AS MATERIALIZED (
    SELECT * FROM title WHERE alike <= %(most_alike)s
), near AS MATERIALIZED (
    SELECT provider_id, a.title_key, levels, kind, stage, min(b.least) AS least FROM few a JOIN few b
        USING (provider_id, first, numbers, levels, kind, stage)
    CROSS JOIN LATERAL (
        SELECT CASE WHEN similarity(a.title_key, b.title_key) < %(near)s THEN false ELSE (
            SELECT left(mine, 1) = left(theirs, 1) AND similarity(mine, theirs) >= %(near_words)s FROM (SELECT
                array_to_string(ARRAY(SELECT unnest(string_to_array(a.title_key, ' ')) EXCEPT
                                      SELECT unnest(string_to_array(b.title_key, ' ')) ORDER BY 1), ' ') AS mine,
                array_to_string(ARRAY(SELECT unnest(string_to_array(b.title_key, ' ')) EXCEPT
                                      SELECT unnest(string_to_array(a.title_key, ' ')) ORDER BY 1), ' ') AS theirs
            ) AS differing) END AS is_near) AS words
    WHERE a.title_key <> b.title_key AND words.is_near GROUP BY 1, 2, 3, 4, 5
), twin AS (
    SELECT course_id, least(CASE WHEN course_id = title.least THEN title.next ELSE title.least END, near.least) AS other
    FROM mine JOIN title USING (provider_id, title_key, levels, kind, stage)
    LEFT JOIN near USING (provider_id, title_key, levels, kind, stage)
)
UPDATE prospectus_coursehealth h SET twin_id = twin.other
FROM twin WHERE h.course_id = twin.course_id AND h.twin_id IS DISTINCT FROM twin.other
"""
COPIES = """
WITH counted AS (
    SELECT course_id, CASE WHEN text_hash = '' THEN 1
                           ELSE count(*) OVER (PARTITION BY provider_id, text_hash) END AS copies
    FROM prospectus_coursehealth WHERE %(provider)s::bigint IS NULL OR provider_id = %(provider)s
)
UPDATE prospectus_coursehealth h SET copies = counted.copies FROM counted
WHERE h.course_id = counted.course_id AND h.copies <> counted.copies
"""
MOST_ALIKE = 100  # titles of one provider, with one level, that begin alike
MOST_READ = 200  # texts that a publisher waits for, about half a second
MOST_READ_AT_ONCE = 5_000  # texts
NEAR = 0.5  # trigrams of two titles that have most words in common
NEAR_WORDS = 0.35  # and of the words in which they differ: "intro" and "introduction"


@transaction.atomic
def refresh_health(*, provider: Organisation | None = None) -> None:
    """What is said of the published courses of this provider (None: of all) is what holds of them now.

    Called with ``refresh_search``, inside the transaction that publishes.
    """
    values = {"provider": provider.pk if provider else None, "near": NEAR}
    values |= {"near_words": NEAR_WORDS, "most_alike": MOST_ALIKE, "most_read": MOST_READ if provider else None}
    with connection.cursor() as cursor:
        # Statistics are old right after a large load, and a nested loop chosen by them would take quadratic time.
        cursor.execute("SET LOCAL enable_nestloop = off")
        for statement in (GONE, COURSES, TWINS, COPIES):
            cursor.execute(statement, values)
        cursor.execute("SET LOCAL enable_nestloop = on")
    mark_dead_links(provider=provider)


def read_texts() -> int:
    """The texts that a publisher did not wait for have been read, up to some thousands. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(READ, {"most_read": MOST_READ_AT_ONCE})
        return cursor.rowcount
