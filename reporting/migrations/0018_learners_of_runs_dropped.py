"""The column that held whom a return is of before its pieces did (0017): nothing reads it any more."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("reporting", "0017_learners_of_parts")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE reporting_returnrun DROP COLUMN learners",
            "ALTER TABLE reporting_returnrun ADD COLUMN learners bigint[] NOT NULL DEFAULT '{}'",
        )
    ]
