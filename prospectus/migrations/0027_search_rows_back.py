from django.db import migrations

# The worth of a row is what a refresh gives it (prospectus.actions.search).
BACK = """
DO $$
BEGIN
IF to_regclass('prospectus_coursesearch_kept') IS NOT NULL THEN
INSERT INTO prospectus_coursesearch (
    course_id, area_id, provider_id, facets, repeated_course, is_lead, takes_applications, is_flexible_start,
    run_id, site_id, starts_on, places, title, words, levels, subject_code, sector_code, type_code, kind, stage,
    study_mode, delivery, pattern, start, start_month, partners,
    worth)
SELECT
    course_id, area_id, provider_id, facets, repeated_course, is_lead, takes_applications, is_flexible_start,
    run_id, site_id, starts_on, places, title, words, levels, subject_code, sector_code, type_code, kind, stage,
    study_mode, delivery, pattern, start, start_month, partners,
    CASE WHEN kind IN ('taster', 'activity') THEN 0.6
         WHEN type_code IN ('attendance_certificate', 'college_certificate', 'none') THEN 0.8 ELSE 1 END
FROM prospectus_coursesearch_kept ORDER BY id;
DROP TABLE prospectus_coursesearch_kept;
END IF;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("prospectus", "0026_search_rows_in_order")]

    operations = [migrations.RunSQL(BACK, migrations.RunSQL.noop)]
