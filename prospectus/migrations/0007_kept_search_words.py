from django.db import migrations, models

OURS = "As the portal came with it; no staff have decided on it."


class Migration(migrations.Migration):
    dependencies = [
        ("prospectus", "0006_qualification_words"),
    ]

    operations = [
        operation
        for name in ("synonym", "phraserule")
        for operation in (
            migrations.AddField(
                model_name=name,
                name="ended_at",
                field=models.DateTimeField(blank=True, help_text="Taken out of use by staff.", null=True),
            ),
            # Until now nobody but the loader could write these tables.
            migrations.AddField(
                model_name=name, name="is_ours", field=models.BooleanField(default=True, help_text=OURS)
            ),
            migrations.AlterField(
                model_name=name, name="is_ours", field=models.BooleanField(default=False, help_text=OURS)
            ),
        )
    ] + [
        migrations.AlterField(
            model_name="phraserule",
            name="filter_name",
            field=models.CharField(help_text="One of prospectus.queries.words.RULE_FILTERS.", max_length=20),
        ),
    ]
