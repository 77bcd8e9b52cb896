"""Whom a return is of stands beside the pieces of its file: a million keys in one row were a million in memory. Of
returns that are kept all of them go beside the first piece. The column before stays, empty by itself, until 0018 drops
it."""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

FIRST = """
UPDATE reporting_returnpart part SET learners = run.learners FROM reporting_returnrun run
WHERE run.id = part.run_id AND part.number = 0 AND part.learners = '{}'
"""


class Migration(migrations.Migration):
    dependencies = [("reporting", "0016_counters_unchecked")]

    operations = [
        migrations.AddField(
            model_name="returnpart",
            name="learners",
            field=ArrayField(base_field=models.BigIntegerField(), default=list, db_default=[], size=None),
        ),
        migrations.RunSQL(FIRST, migrations.RunSQL.noop),
        migrations.RunSQL(
            "ALTER TABLE reporting_returnrun ALTER COLUMN learners SET DEFAULT '{}'",
            "ALTER TABLE reporting_returnrun ALTER COLUMN learners DROP DEFAULT",
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveField(model_name="returnrun", name="learners")]
        ),
    ]
