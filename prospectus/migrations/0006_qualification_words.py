import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("prospectus", "0005_published_at")]

    operations = [
        migrations.AddField(
            model_name="qualificationtype",
            name="levels",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=1),
                blank=True,
                default=list,
                help_text="Codes of the levels it is at.",
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="qualificationtype",
            name="plain_name",
            field=models.CharField(
                blank=True, db_default="", help_text="What a 15-year-old would call it.", max_length=60
            ),
        ),
        migrations.AddField(
            model_name="qualificationtype",
            name="plain_words",
            field=models.CharField(
                blank=True, db_default="", help_text="What it is like, for a 15-year-old.", max_length=200
            ),
        ),
    ]
