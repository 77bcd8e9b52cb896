"""What data health measures in the database: reading age, and titles that say the same."""

from django.db import migrations

# Flesch and Kincaid's measure, as the tests of learners' pages have it (tests/prospectus/reading.py): the age at which
# a text is read with ease. The end of a paragraph or of a line of a list ends a sentence; a syllable is a group of
# vowels without a silent e. Of fewer than thirty words nothing can be said.
#
# Each step is worked out once: without MATERIALIZED the planner writes the plain text into each place that uses it. A text
# without a word is not divided by: the planner works out constants before it filters.
READING_AGE = r"""
CREATE FUNCTION prospectus_reading_age(said text) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
WITH plain AS MATERIALIZED (
    SELECT lower(regexp_replace(regexp_replace(regexp_replace(said, '</(?:p|li|h[1-6]|td|th|dd|dt)>|<br\s*/?>', '. ', 'gi'),
        '<[^>]*>|&[#a-z0-9]+;', ' ', 'gi'), '\s+', ' ', 'g')) AS words
), counted AS MATERIALIZED (
    SELECT regexp_count(words, '[a-z’'']+') AS words,
           regexp_count(words, '[a-z’''][^.!?]*(?:[.!?]+|$)') AS sentences,
           regexp_count(regexp_replace(words, '([^aeiouyl])e\y|([^td])ed\y|([^sxzcg])es\y', '\1\2\3', 'g'), '[aeiouy]+')
               AS syllables
    FROM plain
)
SELECT 0.39 * words / greatest(sentences, 1) + 11.8 * greatest(syllables, words) / nullif(words, 0) - 15.59 + 5
FROM counted WHERE words >= 30
$$;
"""
# Two titles with the same words in another order, or with "&" for "and", have one key.
TITLE_KEY = r"""
CREATE FUNCTION prospectus_title_key(title text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
SELECT left(coalesce(string_agg(DISTINCT word, ' ' ORDER BY word), ''), 255)
FROM regexp_split_to_table(lower(unaccent(prospectus_normal(title))), '[^a-z0-9]+') AS word
WHERE word NOT IN ('', 'a', 'an', 'and', 'at', 'for', 'in', 'of', 'on', 'the', 'to', 'with')
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("prospectus", "0002_search")]

    operations = [
        migrations.RunSQL(READING_AGE, "DROP FUNCTION prospectus_reading_age(text)"),
        migrations.RunSQL(TITLE_KEY, "DROP FUNCTION prospectus_title_key(text)"),
    ]
