"""How words are read and looked up, once for the index and for what people type.

prospectus.queries.words has the same rules in Python; tests/prospectus/test_words.py holds the two together.
"""

from django.db import migrations

CONFIGURATION = """
CREATE TEXT SEARCH CONFIGURATION prospectus (COPY = english);
ALTER TEXT SEARCH CONFIGURATION prospectus
    ALTER MAPPING FOR hword, hword_part, word WITH unaccent, english_stem;
"""
# "Further" says nothing to the index, so further mathematics would be mathematics.
NORMAL = r"""
CREATE FUNCTION prospectus_normal(said text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
       regexp_replace(regexp_replace(regexp_replace(
       said,
       '\y(AS|A|T)[- ]?Levels?\y(?![- ]?[1-8])', '\1level', 'gi'),
       '\ylevel[- ]one\y', 'level1', 'gi'),
       '\ylevel[- ]two\y', 'level2', 'gi'),
       '\ylevel[- ]three\y', 'level3', 'gi'),
       '\ylevel[- ]four\y', 'level4', 'gi'),
       '\y(?:levels?|lvl|l)[- ]?([1-8])\y', 'level\1', 'gi'),
       '\ynvq[- ]?([1-8])\y', 'nvq level\1', 'gi'),
       '\yfurther[- ](?=maths?\y|mathematics\y)', 'furthermaths ', 'gi'),
       '\y(?:IT|I\.T)\y', 'ict', 'g'),
       '[-/_]', ' ', 'g')
$$;
"""
DESCRIPTION = """
CREATE INDEX course_description_words ON prospectus_course USING gin
    (to_tsvector('prospectus', summary || ' ' || what_you_do || ' ' || who_it_is_for || ' ' || leads_to));
"""
# All that the tables say of a text, in one question (prospectus.queries.words.look_up). A function, because PostgreSQL
# then reads and plans the statement once for each connection: that was two thirds of its time. Its plan does not depend
# on the words, so one made without them is as good.
#
# Rules and synonyms for the phrases; of each word whether the index keeps it, how often it is used (nothing: never),
# and, of one that is not, whether a word begins like it; and the words near those that are never or hardly ever used,
# or two that were written as one. The index keeps "cook" of "cooking", so nothing in it begins like "cookin": of such a
# beginning comes the word that it is most often of. Trigrams find long words; two letters changed places in a short
# one leave it hardly any in common. The signs ~>=~ and ~<~ compare letter by letter, as the index of patterns is
# sorted: a beginning that is not a constant has no other index.
LOOK_UP = """
CREATE FUNCTION prospectus_look_up(phrases text[], words text[], checked text[], rare int, least_part int)
RETURNS TABLE (kind text, said text, first text, second text)
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
RETURN QUERY
WITH typed AS MATERIALIZED (
    SELECT used.word, used.lexeme, used.uses, used.uses IS NULL AND EXISTS (
        SELECT FROM prospectus_searchword v WHERE v.word ~>=~ used.word AND v.word ~<~ (used.word || chr(1114111))
    ) AS is_beginning
    FROM (SELECT one.word, one.lexeme,
                 (SELECT sum(v.uses) FROM prospectus_searchword v WHERE v.lexeme = one.lexeme) AS uses
          FROM (SELECT word, (tsvector_to_array(to_tsvector('prospectus', word)))[1] AS lexeme
                FROM unnest(prospectus_look_up.words) AS word) AS one OFFSET 0) AS used)
SELECT 'rule', r.phrase::text, r.filter_name::text, r.filter_value::text FROM prospectus_phraserule r
WHERE r.ended_at IS NULL AND r.phrase = ANY(prospectus_look_up.phrases)
UNION ALL
SELECT 'synonym', s.said::text, s.meant::text, '' FROM prospectus_synonym s
WHERE s.ended_at IS NULL AND s.said = ANY(prospectus_look_up.phrases)
UNION ALL
SELECT CASE WHEN typed.lexeme IS NULL THEN 'empty' ELSE 'word' END, typed.word, typed.uses::text,
       typed.is_beginning::int::text
FROM typed
UNION ALL
SELECT 'split', typed.word, left(typed.word, at), substr(typed.word, at + 1)
FROM typed CROSS JOIN LATERAL generate_series(least_part, length(typed.word) - least_part) AS at
WHERE typed.lexeme IS NOT NULL AND typed.uses IS NULL AND NOT typed.is_beginning
  AND typed.word = ANY(prospectus_look_up.checked)
  AND (SELECT true FROM prospectus_searchword v WHERE v.word = left(typed.word, at))
  AND (SELECT true FROM prospectus_searchword v WHERE v.word = substr(typed.word, at + 1))
UNION ALL
SELECT 'whole', typed.word, whole.word::text, ''
FROM typed CROSS JOIN LATERAL (
    SELECT v.word, v.lexeme FROM prospectus_searchword v
    WHERE v.word ~>=~ typed.word AND v.word ~<~ (typed.word || chr(1114111)) ORDER BY v.uses DESC, v.word LIMIT 1
) AS whole
WHERE typed.is_beginning AND typed.word = ANY(prospectus_look_up.checked)
  AND NOT starts_with(whole.lexeme, typed.word)
UNION ALL
SELECT 'near', typed.word, near.word::text, near.uses::text
FROM typed CROSS JOIN LATERAL (
    (SELECT v.word, v.uses FROM prospectus_searchword v
     WHERE v.word % typed.word ORDER BY similarity(v.word, typed.word) DESC, v.uses DESC LIMIT 20)
    UNION
    (SELECT v.word, v.uses FROM prospectus_searchword v
     WHERE length(typed.word) <= 6 AND v.word LIKE left(typed.word, 1) || '%'
       AND length(v.word) BETWEEN length(typed.word) - 1 AND length(typed.word) + 1
     ORDER BY v.uses DESC LIMIT 200)
) AS near
WHERE typed.lexeme IS NOT NULL AND typed.word !~ '[0-9]' AND typed.word = ANY(prospectus_look_up.checked)
  AND ((typed.uses IS NULL AND NOT typed.is_beginning AND length(typed.word) > 3)
       OR (typed.uses BETWEEN 1 AND rare AND length(typed.word) > 5))
ORDER BY 1, 2, 3;
END $$
"""
NO_LOOK_UP = "DROP FUNCTION prospectus_look_up"
# What is remembered may be lost with the machine, so nobody need wait until it is on the disk; and it is read and written
# far more often than it is large, so nothing is made small first.
UNLOGGED = """
ALTER TABLE prospectus_countcache SET UNLOGGED;
ALTER TABLE prospectus_countcache ALTER COLUMN counted SET STORAGE EXTERNAL;
"""
LOGGED = """
ALTER TABLE prospectus_countcache ALTER COLUMN counted SET STORAGE EXTENDED;
ALTER TABLE prospectus_countcache SET LOGGED;
"""
# Django makes a second index for LIKE of each key that is text. Nothing here asks for references or codes like that, and
# every course and run that is published wrote all of them.
FOR_LIKE = """
DROP INDEX IF EXISTS prospectus_course_reference_341be607_like, prospectus_courserun_reference_9c74ec66_like,
    prospectus_course_subject_id_1a6502e6_like, prospectus_course_qualification_type_id_e55441b9_like
"""


class Migration(migrations.Migration):
    dependencies = [("prospectus", "0001_initial")]

    operations = [
        migrations.RunSQL(CONFIGURATION, "DROP TEXT SEARCH CONFIGURATION prospectus"),
        migrations.RunSQL(NORMAL, "DROP FUNCTION prospectus_normal(text)"),
        migrations.RunSQL(DESCRIPTION, "DROP INDEX course_description_words"),
        migrations.RunSQL(LOOK_UP, NO_LOOK_UP),
        migrations.RunSQL(UNLOGGED, LOGGED),
        migrations.RunSQL(FOR_LIKE, migrations.RunSQL.noop),
    ]
