"""What was sent never changes: a snapshot's content may be emptied (erasure), nothing else. Held to by the database."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION applications_snapshot_unchanged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.content IS NOT NULL OR NEW.sha256 <> OLD.sha256 OR NEW.choice_id <> OLD.choice_id OR NEW.made_at <> OLD.made_at
    THEN
        RAISE EXCEPTION 'A snapshot never changes' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER snapshot_unchanged BEFORE UPDATE ON applications_snapshot
    FOR EACH ROW EXECUTE FUNCTION applications_snapshot_unchanged();
"""
ALLOW = """
DROP TRIGGER snapshot_unchanged ON applications_snapshot;
DROP FUNCTION applications_snapshot_unchanged();
"""


class Migration(migrations.Migration):
    dependencies = [("applications", "0001_initial")]

    operations = [migrations.RunSQL(sql=REFUSE, reverse_sql=ALLOW)]
