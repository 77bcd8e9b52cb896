"""The database counts how the September Guarantee stands, in the transaction of whatever changes it.

What a learner's light is, and which cohort they are in, is said here once more in SQL: triggers cannot ask Python. The
nightly count and tests/reporting/test_counters.py hold the two together. Decision "Counted for all areas by the
database".
"""

from django.db import migrations

COUNT = """
-- How the Guarantee stands for these learners: a row for each cohort they are in, on the day its area is counted for.
CREATE FUNCTION reporting_guarantee_of(wanted bigint[])
RETURNS TABLE (learner_id bigint, area_id bigint, entry_year smallint, year_group smallint,
               light text, category text, is_late boolean)
LANGUAGE sql STABLE AS $$
WITH place AS (
    SELECT DISTINCT ON (entry.learner_id, counted.area_id, entry.year_group)
        entry.learner_id, counted.area_id, counted.entry_year, entry.year_group,
        counted.day > dates.fixed_on AND entry.started_on > dates.fixed_on AS is_late
    FROM accounts_rollentry entry
    JOIN accounts_learner learner ON learner.id = entry.learner_id
    JOIN providers_organisation school ON school.id = entry.school_id
    CROSS JOIN LATERAL (
        SELECT school.area_id AS id
        UNION
        SELECT lives.id FROM providers_area lives
        WHERE entry.year_group = 12 AND lives.authority_id = learner.residence_authority_id
    ) AS candidate
    JOIN providers_area area ON area.id = candidate.id
    JOIN reporting_countedarea counted ON counted.area_id = area.id
    CROSS JOIN LATERAL (
        SELECT make_date(counted.entry_year, 5, 31) AS fixed_on,
               LEAST(counted.day, make_date(counted.entry_year, 8, 31)) AS last_on,
               make_date(counted.entry_year - 1, 9, 1) AS begins_on
    ) AS dates
    WHERE entry.learner_id = ANY (wanted)
      AND entry.year_group IN (11, 12)
      AND counted.day >= dates.begins_on
      AND CASE
          WHEN entry.year_group = 11 OR area.authority_id IS NULL OR learner.residence_authority_id IS NULL
          THEN area.id = school.area_id
          ELSE area.authority_id = learner.residence_authority_id
          END
      AND CASE
          WHEN counted.day <= dates.fixed_on
          THEN entry.started_on <= counted.day AND (entry.ended_on IS NULL OR entry.ended_on > counted.day)
          WHEN entry.started_on <= dates.fixed_on
          THEN entry.ended_on IS NULL OR entry.ended_on > dates.fixed_on
          ELSE entry.started_on <= dates.last_on AND (entry.ended_on IS NULL OR entry.ended_on > dates.last_on)
          END
    ORDER BY entry.learner_id, counted.area_id, entry.year_group, is_late, entry.started_on DESC, entry.id DESC
)
SELECT place.learner_id, place.area_id, place.entry_year::smallint, place.year_group::smallint, lit.light,
    CASE WHEN lit.light = 'offer' THEN 'offer_made'
         WHEN said.category IS NOT NULL THEN said.category
         WHEN lit.light IN ('waiting', 'started') THEN 'no_offer'
         ELSE 'not_recorded' END,
    place.is_late
FROM place
LEFT JOIN LATERAL (
    SELECT max(CASE WHEN state.has_offer_in_hand AND choice.left_on IS NULL THEN 3
                    WHEN state.is_live THEN 2
                    WHEN choice.status = 'draft' THEN 1
                    ELSE 0 END) AS best
    FROM applications_application application
    JOIN providers_cycle cycle ON cycle.id = application.cycle_id
    JOIN applications_choice choice ON choice.application_id = application.id
    JOIN applications_stateproperty state ON state.state = choice.status
    WHERE application.learner_id = place.learner_id AND cycle.entry_year = place.entry_year
) AS chosen ON true
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN chosen.best = 3 THEN 'offer'
        WHEN EXISTS (
            SELECT FROM applications_outsideoffer outside
            JOIN providers_cycle cycle ON cycle.id = outside.cycle_id
            WHERE outside.learner_id = place.learner_id AND cycle.entry_year = place.entry_year
              AND outside.ended_on IS NULL AND NOT outside.is_unconfirmed
        ) THEN 'offer'
        WHEN chosen.best = 2 THEN 'waiting'
        WHEN chosen.best = 1 THEN 'started'
        ELSE 'nothing' END AS light
) AS lit
LEFT JOIN LATERAL (
    SELECT status.category FROM reporting_recordedstatus recorded
    JOIN reporting_guaranteestatus status ON status.code = recorded.status_id
    WHERE recorded.learner_id = place.learner_id AND recorded.entry_year = place.entry_year
      AND recorded.ended_at IS NULL
) AS said ON true
$$;

-- These learners are counted as they stand, and the counters differ by just that.
CREATE FUNCTION reporting_recount(wanted bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF wanted IS NULL OR NOT EXISTS (SELECT FROM reporting_countedarea) THEN
        RETURN;
    END IF;
    -- First of all the learners, in one order. Of two transactions that change what is said of one learner the second
    -- waits here, and its next statement sees what the first has written; without this line it counts from before.
    PERFORM FROM accounts_learner WHERE id = ANY (wanted) ORDER BY id FOR NO KEY UPDATE;
    INSERT INTO reporting_standingchange (area_id, entry_year, year_group, light, category, is_late, number)
    SELECT area_id, entry_year, year_group, light, category, is_late, sum(more)
    FROM (
        SELECT area_id, entry_year, year_group, light, category, is_late, 1 AS more
        FROM reporting_guarantee_of(wanted)
        UNION ALL
        SELECT area_id, entry_year, year_group, light, category, is_late, -1
        FROM reporting_standing WHERE learner_id = ANY (wanted)
    ) AS moved
    GROUP BY area_id, entry_year, year_group, light, category, is_late
    HAVING sum(more) <> 0;
    IF NOT FOUND AND cardinality(wanted) = 1 THEN
        RETURN;
    END IF;
    DELETE FROM reporting_standing WHERE learner_id = ANY (wanted);
    INSERT INTO reporting_standing (learner_id, area_id, entry_year, year_group, light, category, is_late)
    SELECT learner_id, area_id, entry_year, year_group, light, category, is_late FROM reporting_guarantee_of(wanted);
END $$;

CREATE FUNCTION reporting_choices_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wanted bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(DISTINCT application.learner_id) INTO wanted
        FROM new_rows JOIN applications_application application ON application.id = new_rows.application_id;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(DISTINCT application.learner_id) INTO wanted
        FROM old_rows JOIN applications_application application ON application.id = old_rows.application_id;
    ELSE
        SELECT array_agg(DISTINCT application.learner_id) INTO wanted
        FROM old_rows JOIN new_rows ON new_rows.id = old_rows.id
        JOIN applications_application application
          ON application.id IN (old_rows.application_id, new_rows.application_id)
        WHERE (old_rows.status, old_rows.left_on, old_rows.application_id)
            IS DISTINCT FROM (new_rows.status, new_rows.left_on, new_rows.application_id);
    END IF;
    PERFORM reporting_recount(wanted);
    RETURN NULL;
END $$;

CREATE FUNCTION reporting_applications_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wanted bigint[];
BEGIN
    SELECT array_agg(DISTINCT whose) INTO wanted
    FROM old_rows JOIN new_rows ON new_rows.id = old_rows.id
    CROSS JOIN LATERAL (VALUES (old_rows.learner_id), (new_rows.learner_id)) AS either (whose)
    WHERE (old_rows.learner_id, old_rows.cycle_id) IS DISTINCT FROM (new_rows.learner_id, new_rows.cycle_id);
    PERFORM reporting_recount(wanted);
    RETURN NULL;
END $$;

-- Tables with a column that says whose row it is; everything they say counts.
CREATE FUNCTION reporting_learners_row_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wanted bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(DISTINCT learner_id) INTO wanted FROM new_rows;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(DISTINCT learner_id) INTO wanted FROM old_rows;
    ELSE
        SELECT array_agg(DISTINCT whose) INTO wanted
        FROM (SELECT learner_id AS whose FROM old_rows UNION ALL SELECT learner_id FROM new_rows) AS either;
    END IF;
    PERFORM reporting_recount(wanted);
    RETURN NULL;
END $$;

CREATE FUNCTION reporting_learners_moved() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wanted bigint[];
BEGIN
    SELECT array_agg(new_rows.id) INTO wanted FROM old_rows JOIN new_rows ON new_rows.id = old_rows.id
    WHERE old_rows.residence_authority_id IS DISTINCT FROM new_rows.residence_authority_id;
    PERFORM reporting_recount(wanted);
    RETURN NULL;
END $$;

CREATE FUNCTION reporting_words_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wanted bigint[];
BEGIN
    SELECT array_agg(DISTINCT recorded.learner_id) INTO wanted
    FROM old_rows JOIN new_rows ON new_rows.code = old_rows.code
    JOIN reporting_recordedstatus recorded ON recorded.status_id = new_rows.code AND recorded.ended_at IS NULL
    WHERE old_rows.category IS DISTINCT FROM new_rows.category;
    PERFORM reporting_recount(wanted);
    RETURN NULL;
END $$;
"""
TABLES = {
    "applications_choice": "reporting_choices_changed",
    "applications_outsideoffer": "reporting_learners_row_changed",
    "accounts_rollentry": "reporting_learners_row_changed",
    "reporting_recordedstatus": "reporting_learners_row_changed",
}
UPDATED = {
    "applications_application": "reporting_applications_changed",
    "accounts_learner": "reporting_learners_moved",
    "reporting_guaranteestatus": "reporting_words_changed",
}
ROWS = {
    "insert": "NEW TABLE AS new_rows",
    "update": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "delete": "OLD TABLE AS old_rows",
}


def triggers():
    """(table, event, function) of each."""
    yield from ((table, event, function) for table, function in TABLES.items() for event in ROWS)
    yield from ((table, "update", function) for table, function in UPDATED.items())


WATCH = "\n".join(
    f"CREATE TRIGGER guarantee_{event} AFTER {event.upper()} ON {table} REFERENCING {ROWS[event]} "
    f"FOR EACH STATEMENT EXECUTE FUNCTION {function}();"
    for table, event, function in triggers()
)
LEAVE = "\n".join(
    [f"DROP TRIGGER guarantee_{event} ON {table};" for table, event, _function in triggers()]
    + [f"DROP FUNCTION {name}();" for name in sorted({function for _table, _event, function in triggers()})]
    + ["DROP FUNCTION reporting_recount(bigint[]);", "DROP FUNCTION reporting_guarantee_of(bigint[]);"]
)


class Migration(migrations.Migration):
    dependencies = [
        ("reporting", "0001_initial"),
        ("accounts", "0002_people"),
        ("applications", "0005_outside_offers_by_file"),
    ]

    operations = [migrations.RunSQL(sql=COUNT + WATCH, reverse_sql=LEAVE)]
