from django.db import migrations, models

import core.clock


class Migration(migrations.Migration):
    dependencies = [
        ("prospectus", "0014_read_each_text_once"),
    ]

    operations = [
        migrations.AlterField(
            model_name="consortiumpartner",
            name="joined_on",
            field=models.DateField(
                blank=True,
                default=core.clock.today,
                help_text="Empty: asked by the lead, and has not said yes.",
                null=True,
            ),
        ),
    ]
