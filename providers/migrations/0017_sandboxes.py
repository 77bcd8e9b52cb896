import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("providers", "0016_providers_open_from"),
    ]

    operations = [
        migrations.AddField(
            model_name="area",
            name="is_practice",
            field=models.BooleanField(
                db_default=False, default=False, help_text="The one area of all sandboxes and their made-up learners."
            ),
        ),
        migrations.AddField(
            model_name="organisation",
            name="practice_of",
            field=models.OneToOneField(
                blank=True,
                help_text="The provider whose programmers practise here. It has no people, and is in no prospectus.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sandbox",
                to="providers.organisation",
            ),
        ),
        migrations.AddConstraint(
            model_name="area",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_practice", True)), fields=("is_practice",), name="one_practice_area"
            ),
        ),
        migrations.AddConstraint(
            model_name="organisation",
            constraint=models.CheckConstraint(
                condition=models.Q(("practice_of", None), ("is_provider", False), _connector="OR"),
                name="sandbox_is_no_provider",
            ),
        ),
    ]
