from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("prospectus", "0007_kept_search_words"),
    ]

    operations = [
        migrations.AddField(
            model_name="savedsearch",
            name="new_courses",
            field=models.PositiveIntegerField(
                db_default=0, default=0, help_text="Published since it was last looked at, as counted last night."
            ),
        ),
    ]
