from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reporting", "0007_returns"),
    ]

    operations = [
        migrations.AddField(
            model_name="returnrun",
            name="learners",
            field=ArrayField(
                base_field=models.BigIntegerField(),
                default=list,
                help_text="Their keys, while the file is kept.",
                size=None,
            ),
        ),
    ]
