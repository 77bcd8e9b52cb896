"""A choice that moves notes its learner, and is not counted by its writer: the sweep counts, and until then whoever reads."""

from importlib import import_module

from django.db import migrations, models

CHANGED = "(OLD.status, OLD.left_on, OLD.application_id) IS DISTINCT FROM (NEW.status, NEW.left_on, NEW.application_id)"
NOTE = f"""
CREATE FUNCTION reporting_choice_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO reporting_standingnote (learner_key)
        SELECT learner_id FROM applications_application WHERE id = OLD.application_id;
    END IF;
    IF TG_OP = 'INSERT' OR OLD.application_id IS DISTINCT FROM NEW.application_id AND TG_OP = 'UPDATE' THEN
        INSERT INTO reporting_standingnote (learner_key)
        SELECT learner_id FROM applications_application WHERE id = NEW.application_id;
    END IF;
    RETURN NULL;
END $$;

-- What the counters lack of whoever is noted: one fewer as they were counted, one more as they are. Like every statement
-- in a function that is stable it sees what the statement sees that asks; its plan is kept, and mostly nobody is noted.
CREATE FUNCTION reporting_noted() RETURNS TABLE (
    area_id bigint, entry_year smallint, year_group smallint, light text, category text, is_late boolean, number integer)
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan SET random_page_cost = 1 AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT standing.area_id, standing.entry_year, standing.year_group, either.light, either.category, standing.is_late,
        either.number
    FROM (SELECT DISTINCT learner_key FROM reporting_standingnote) AS noted
    JOIN reporting_standing standing ON standing.learner_id = noted.learner_key
    CROSS JOIN LATERAL reporting_light_of(standing.learner_id, standing.entry_year) AS lit
    CROSS JOIN LATERAL (VALUES (standing.light::text, standing.category::text, -1), (lit.light, lit.category, 1))
        AS either (light, category, number);
END $$;

DROP TRIGGER guarantee_insert ON applications_choice;
DROP TRIGGER guarantee_update ON applications_choice;
DROP TRIGGER guarantee_delete ON applications_choice;
DROP FUNCTION reporting_choices_changed();
CREATE TRIGGER guarantee_come AFTER INSERT OR DELETE ON applications_choice
    FOR EACH ROW EXECUTE FUNCTION reporting_choice_moved();
CREATE TRIGGER guarantee_moved AFTER UPDATE ON applications_choice
    FOR EACH ROW WHEN ({CHANGED}) EXECUTE FUNCTION reporting_choice_moved();
"""
COUNTERS = import_module("reporting.migrations.0002_counters")
QUICKER = import_module("reporting.migrations.0005_counters_quicker").QUICKER
AS_IT_WAS = "CREATE FUNCTION reporting_choices_changed" + (
    QUICKER.partition("FUNCTION reporting_choices_changed")[2].partition("END $$;")[0] + "END $$;"
)
COUNT = "\n".join(
    [
        "SELECT reporting_relight(array_agg(DISTINCT learner_key)) FROM reporting_standingnote;",
        "DROP TRIGGER guarantee_come ON applications_choice;",
        "DROP TRIGGER guarantee_moved ON applications_choice;",
        "DROP FUNCTION reporting_choice_moved();",
        "DROP FUNCTION reporting_noted();",
        AS_IT_WAS,
        *(
            f"CREATE TRIGGER guarantee_{event} AFTER {event.upper()} ON {table} REFERENCING {COUNTERS.ROWS[event]} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {function}();"
            for table, event, function in COUNTERS.triggers()
            if table == "applications_choice"
        ),
    ]
)


class Migration(migrations.Migration):
    dependencies = [("reporting", "0018_learners_of_runs_dropped")]

    operations = [
        migrations.CreateModel(
            name="StandingNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("learner_key", models.BigIntegerField()),
            ],
        ),
        migrations.RunSQL(sql=NOTE, reverse_sql=COUNT),
    ]
