"""A partner's system is told when a choice placed with it is placed elsewhere. Held to by the database."""

import django.db.models.deletion
from django.db import migrations, models

# A tombstone has the number of the transaction, as a choice has (migration 0011).
BURY = """
CREATE FUNCTION applications_choice_placed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM applications_gonechoice WHERE choice_id = NEW.id AND provider_id = NEW.placed_with_id;
    IF OLD.placed_with_id IS NOT NULL THEN
        INSERT INTO applications_gonechoice (choice_id, provider_id, changed_in)
        VALUES (NEW.id, OLD.placed_with_id, pg_current_xact_id()::text::bigint)
        ON CONFLICT (choice_id, provider_id) DO UPDATE SET changed_in = EXCLUDED.changed_in;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER choice_placed AFTER UPDATE OF placed_with_id ON applications_choice
    FOR EACH ROW WHEN (OLD.placed_with_id IS DISTINCT FROM NEW.placed_with_id)
    EXECUTE FUNCTION applications_choice_placed();
"""
LEAVE = """
DROP TRIGGER choice_placed ON applications_choice;
DROP FUNCTION applications_choice_placed();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0016_order_is_the_learners"),
        ("providers", "0016_providers_open_from"),
    ]

    operations = [
        migrations.CreateModel(
            name="GoneChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "changed_in",
                    models.BigIntegerField(help_text="Number of the transaction in which it went."),
                ),
                (
                    "choice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="gone_from",
                        to="applications.choice",
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="providers.organisation"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["provider", "changed_in", "choice"], name="gone_changes")],
                "constraints": [
                    models.UniqueConstraint(fields=("choice", "provider"), name="gone_once_from_a_provider")
                ],
            },
        ),
        migrations.RunSQL(sql=BURY, reverse_sql=LEAVE),
    ]
