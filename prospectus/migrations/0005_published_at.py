from django.db import migrations

# Courses in the prospectus before it was kept when they came into it.
PUBLISHED = "UPDATE prospectus_course SET published_at = created_at WHERE state = 'published' AND published_at IS NULL"


class Migration(migrations.Migration):
    dependencies = [("prospectus", "0004_provision")]

    operations = [migrations.RunSQL(PUBLISHED, migrations.RunSQL.noop)]
