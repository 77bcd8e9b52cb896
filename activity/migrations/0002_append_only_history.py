from django.db import migrations

REFUSE_CHANGES = """
CREATE FUNCTION activity_event_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'History is only ever added to' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER activity_event_append_only BEFORE UPDATE OR DELETE ON activity_event
    FOR EACH ROW EXECUTE FUNCTION activity_event_refuse_change();
"""
ALLOW_CHANGES = """
DROP TRIGGER activity_event_append_only ON activity_event;
DROP FUNCTION activity_event_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("activity", "0001_initial")]

    operations = [migrations.RunSQL(REFUSE_CHANGES, ALLOW_CHANGES)]
