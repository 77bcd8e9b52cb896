"""Four indexes go that another begins with: a roll of 18,000 wrote 144,000 entries of them, and nobody read one that the
other does not give."""

from django.db import migrations, models
from django.db.models.deletion import CASCADE, PROTECT


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_caseloads"), ("providers", "0003_in_parts")]

    operations = [
        migrations.AlterField(
            model_name="attendance",
            name="learner",
            field=models.ForeignKey(
                db_index=False, on_delete=CASCADE, related_name="attendance", to="accounts.learner"
            ),
        ),
        migrations.AlterField(
            model_name="rollentry",
            name="school",
            field=models.ForeignKey(
                db_index=False, on_delete=PROTECT, related_name="roll_entries", to="providers.organisation"
            ),
        ),
        migrations.AlterField(
            model_name="rollimage",
            name="upload",
            field=models.ForeignKey(db_index=False, on_delete=CASCADE, related_name="+", to="providers.upload"),
        ),
        migrations.AlterField(
            model_name="schoolgrade",
            name="learner",
            field=models.ForeignKey(
                db_index=False, on_delete=CASCADE, related_name="school_grades", to="accounts.learner"
            ),
        ),
    ]
