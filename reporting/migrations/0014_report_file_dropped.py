"""The column that held the files of reports before they came in parts (0011): nothing reads it any more."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("reporting", "0013_changes_since")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE reporting_reportrun DROP COLUMN file",
            "ALTER TABLE reporting_reportrun ADD COLUMN file bytea NULL",
        )
    ]
