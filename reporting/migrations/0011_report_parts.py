"""The file of a report is kept in parts. What the column before held is gone, and the column itself stays
until no process of the release before reads it: the next release drops it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reporting", "0010_counters_leaner"),
    ]

    operations = [
        migrations.RunSQL(
            "UPDATE reporting_reportrun SET expires_at = now(), file = NULL WHERE file IS NOT NULL",
            migrations.RunSQL.noop,
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveField(model_name="reportrun", name="file")]
        ),
        migrations.AlterField(
            model_name="reportrun",
            name="expires_at",
            field=models.DateTimeField(help_text="Then the file goes.", null=True),
        ),
        migrations.AlterField(
            model_name="reportrun",
            name="form",
            field=models.CharField(
                choices=[("csv", "CSV"), ("xlsx", "Excel"), ("svg", "Picture (SVG)"), ("png", "Picture (PNG)")],
                max_length=4,
            ),
        ),
        migrations.CreateModel(
            name="ReportPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("packed", models.BinaryField()),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="reporting.reportrun"
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
                "abstract": False,
                "constraints": [models.UniqueConstraint(fields=("run", "number"), name="one_report_part")],
            },
        ),
    ]
