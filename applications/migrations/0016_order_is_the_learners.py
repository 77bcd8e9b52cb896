"""A learner's order, and which choices belong together, is theirs: a provider's system is told of no change by it.

Both stand on the row of each choice, so that putting another provider first looked like news at all of them.
"""

from django.db import migrations

STAMP = """
CREATE OR REPLACE FUNCTION applications_choice_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    theirs text[] := '{rank,companion_group}';
BEGIN
    IF TG_OP = 'INSERT' OR to_jsonb(NEW) - theirs <> to_jsonb(OLD) - theirs THEN
        NEW.changed_in := pg_current_xact_id()::text::bigint;
    END IF;
    RETURN NEW;
END $$;
"""
BEFORE = """
CREATE OR REPLACE FUNCTION applications_choice_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed_in := pg_current_xact_id()::text::bigint;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("applications", "0015_interviews_conditions_and_releases")]

    operations = [migrations.RunSQL(sql=STAMP, reverse_sql=BEFORE)]
