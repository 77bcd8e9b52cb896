"""A partner's system is told when a choice placed with it is placed elsewhere. Held to by the database."""

from django.db import migrations

# A tombstone has the number of the transaction, as a choice has (migration 0003).
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
    dependencies = [("applications", "0003_changed_in")]

    operations = [migrations.RunSQL(sql=BURY, reverse_sql=LEAVE)]
