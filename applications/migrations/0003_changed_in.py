"""Every write of a choice, or of what hangs on it, leaves the number of its transaction there. Held to by the database.

A college's own system asks for what changed since it asked last. A number from a counter would not do: it is given out
before the transaction ends, so that a higher one can be seen before a lower one. The number of the transaction can be
held against those that are still under way (applications.queries.changes).

A learner's order, and which choices belong together, is theirs: both stand on the row of each choice, and putting another
provider first is no news at all of them.
"""

from django.db import migrations

STAMP = """
CREATE FUNCTION applications_choice_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    theirs text[] := '{rank,companion_group}';
BEGIN
    IF TG_OP = 'INSERT' OR to_jsonb(NEW) - theirs <> to_jsonb(OLD) - theirs THEN
        NEW.changed_in := pg_current_xact_id()::text::bigint;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER choice_changed BEFORE INSERT OR UPDATE ON applications_choice
    FOR EACH ROW EXECUTE FUNCTION applications_choice_changed();

CREATE FUNCTION applications_part_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    part record := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    now_in bigint := pg_current_xact_id()::text::bigint;
BEGIN
    IF TG_TABLE_NAME = 'applications_offercondition' THEN
        UPDATE applications_choice SET changed_in = now_in
        WHERE id = (SELECT choice_id FROM applications_offer WHERE id = part.offer_id) AND changed_in <> now_in;
    ELSE
        UPDATE applications_choice SET changed_in = now_in WHERE id = part.choice_id AND changed_in <> now_in;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER offer_changed AFTER INSERT OR UPDATE ON applications_offer
    FOR EACH ROW EXECUTE FUNCTION applications_part_changed();
CREATE TRIGGER condition_changed AFTER UPDATE ON applications_offercondition
    FOR EACH ROW EXECUTE FUNCTION applications_part_changed();
CREATE TRIGGER interview_changed AFTER INSERT OR UPDATE ON applications_interview
    FOR EACH ROW EXECUTE FUNCTION applications_part_changed();
CREATE TRIGGER referral_changed AFTER INSERT OR UPDATE ON applications_referral
    FOR EACH ROW EXECUTE FUNCTION applications_part_changed();
CREATE TRIGGER run_changed AFTER INSERT OR UPDATE OR DELETE ON applications_choicerun
    FOR EACH ROW EXECUTE FUNCTION applications_part_changed();
CREATE TRIGGER snapshot_changed AFTER INSERT OR UPDATE ON applications_snapshot
    FOR EACH ROW EXECUTE FUNCTION applications_part_changed();
"""
LEAVE = """
DROP TRIGGER snapshot_changed ON applications_snapshot;
DROP TRIGGER run_changed ON applications_choicerun;
DROP TRIGGER referral_changed ON applications_referral;
DROP TRIGGER interview_changed ON applications_interview;
DROP TRIGGER condition_changed ON applications_offercondition;
DROP TRIGGER offer_changed ON applications_offer;
DROP FUNCTION applications_part_changed();
DROP TRIGGER choice_changed ON applications_choice;
DROP FUNCTION applications_choice_changed();
"""


class Migration(migrations.Migration):
    dependencies = [("applications", "0002_snapshots_never_change")]

    operations = [migrations.RunSQL(sql=STAMP, reverse_sql=LEAVE)]
