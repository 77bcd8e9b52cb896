from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_caseloads"),
        ("ilp", "0002_messages_to_many"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="contact",
            name="once",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="The form it came from: sent twice, it is kept once.",
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.UniqueConstraint(
                condition=models.Q(("once", ""), _negated=True),
                fields=("learner", "by", "once"),
                name="one_contact_of_a_form",
            ),
        ),
    ]
