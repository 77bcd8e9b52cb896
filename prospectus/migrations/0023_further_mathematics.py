from django.db import migrations

# "Further" says nothing to the index, so further mathematics was mathematics. Every row is read anew each night.
NORMAL = r"""
CREATE OR REPLACE FUNCTION prospectus_normal(said text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
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


class Migration(migrations.Migration):
    dependencies = [
        ("prospectus", "0022_links"),
    ]

    operations = [migrations.RunSQL(NORMAL, migrations.RunSQL.noop)]
