from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0019_webhooks"),
    ]

    operations = [
        migrations.AddField(
            model_name="bulkitem",
            name="line",
            field=models.PositiveIntegerField(help_text="Of the file, as the spreadsheet shows it.", null=True),
        ),
        migrations.AddField(
            model_name="bulkitem",
            name="said",
            field=models.JSONField(
                help_text="Its own verb and answers, from the file. Emptied when all is done.", null=True
            ),
        ),
        migrations.AddField(
            model_name="bulkitem",
            name="version",
            field=models.CharField(
                blank=True,
                db_default="",
                help_text="As it was when the list was taken; else nothing is done.",
                max_length=24,
            ),
        ),
        migrations.AddField(
            model_name="bulkrun",
            name="left_out",
            field=models.JSONField(
                help_text="Rows of the file that cannot be done: line, reference, why. Nothing personal.", null=True
            ),
        ),
    ]
