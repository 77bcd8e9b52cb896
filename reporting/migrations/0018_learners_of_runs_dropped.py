"""The column that held whom a return is of before its pieces did (0017): nothing reads it any more. A process of the
release before may have made a return since 0017; whom that is of goes beside its first piece before the column does."""

from django.db import migrations

MADE_SINCE = """
UPDATE reporting_returnpart part SET learners = run.learners FROM reporting_returnrun run
WHERE run.id = part.run_id AND part.number = 0 AND run.learners <> '{}'
  AND NOT EXISTS (SELECT FROM reporting_returnpart other WHERE other.run_id = run.id AND other.learners <> '{}')
"""


class Migration(migrations.Migration):
    dependencies = [("reporting", "0017_learners_of_parts")]

    operations = [
        migrations.RunSQL(MADE_SINCE, migrations.RunSQL.noop),
        migrations.RunSQL(
            "ALTER TABLE reporting_returnrun DROP COLUMN learners",
            "ALTER TABLE reporting_returnrun ADD COLUMN learners bigint[] NOT NULL DEFAULT '{}'",
        ),
    ]
