"""What the counters cost a writer: somebody who is where they were is only lit anew, by a plan that is kept; and a choice
that moves without another light is not counted at all."""

from importlib import import_module

from django.db import migrations

QUICKER = """
-- How the Guarantee of this September stands for one learner. Asked once (OFFSET 0), and of one row each (LIMIT 1):
-- otherwise the plan looks at everybody's.
CREATE FUNCTION reporting_light_of(whose bigint, september integer) RETURNS TABLE (light text, category text)
LANGUAGE sql STABLE AS $$
SELECT lit.light,
    CASE WHEN lit.light = 'offer' THEN 'offer_made'
         WHEN said.category IS NOT NULL THEN said.category
         WHEN lit.light IN ('waiting', 'started') THEN 'no_offer'
         ELSE 'not_recorded' END
FROM (
    SELECT CASE
        WHEN chosen.best = 3 THEN 'offer'
        WHEN EXISTS (
            SELECT FROM applications_outsideoffer outside
            JOIN providers_cycle cycle ON cycle.id = outside.cycle_id
            WHERE outside.learner_id = whose AND cycle.entry_year = september
              AND outside.ended_on IS NULL AND NOT outside.is_unconfirmed
        ) THEN 'offer'
        WHEN chosen.best = 2 THEN 'waiting'
        WHEN chosen.best = 1 THEN 'started'
        ELSE 'nothing' END AS light
    FROM (
        SELECT max(CASE WHEN state.has_offer_in_hand AND choice.left_on IS NULL THEN 3
                        WHEN state.is_live THEN 2
                        WHEN choice.status = 'draft' THEN 1
                        ELSE 0 END) AS best
        FROM applications_application application
        JOIN providers_cycle cycle ON cycle.id = application.cycle_id
        JOIN applications_choice choice ON choice.application_id = application.id
        JOIN applications_stateproperty state ON state.state = choice.status
        WHERE application.learner_id = whose AND cycle.entry_year = september
    ) AS chosen
    OFFSET 0
) AS lit
LEFT JOIN LATERAL (
    SELECT status.category FROM reporting_recordedstatus recorded
    JOIN reporting_guaranteestatus status ON status.code = recorded.status_id
    WHERE recorded.learner_id = whose AND recorded.entry_year = september AND recorded.ended_at IS NULL
    LIMIT 1
) AS said ON true
$$;

-- How the Guarantee stands for these learners: a row for each cohort they are in, on the day its area is counted for.
CREATE OR REPLACE FUNCTION reporting_guarantee_of(wanted bigint[])
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
SELECT place.learner_id, place.area_id, place.entry_year::smallint, place.year_group::smallint, lit.light, lit.category,
    place.is_late
FROM place CROSS JOIN LATERAL reporting_light_of(place.learner_id, place.entry_year) AS lit
$$;

-- These learners are counted where and as they stand, and the counters differ by just that. The plan is made once for
-- each connection: to make it anew costs ten times what it does.
CREATE OR REPLACE FUNCTION reporting_recount(wanted bigint[]) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    IF wanted IS NULL OR NOT EXISTS (SELECT FROM reporting_countedarea) THEN
        RETURN;
    END IF;
    -- First of all the learners, in one order. Of two transactions that change what is said of one learner the second
    -- waits here, and its next statement sees what the first has written; without this line it counts from before.
    PERFORM FROM accounts_learner WHERE id = ANY (wanted) ORDER BY id FOR NO KEY UPDATE;
    WITH stands AS MATERIALIZED (
        SELECT * FROM reporting_guarantee_of(wanted)
    ), stood AS MATERIALIZED (
        SELECT * FROM reporting_standing WHERE learner_id = ANY (wanted)
    ), moved AS MATERIALIZED (
        SELECT stood.id, learner_id, area_id, entry_year, year_group, stands.light, stands.category, stands.is_late,
            stood.light AS old_light, stood.category AS old_category, stood.is_late AS was_late
        FROM stands FULL JOIN stood USING (learner_id, area_id, entry_year, year_group)
        WHERE (stands.light, stands.category, stands.is_late)
            IS DISTINCT FROM (stood.light, stood.category, stood.is_late)
    ), gone AS (
        DELETE FROM reporting_standing WHERE id IN (SELECT id FROM moved WHERE light IS NULL)
    ), other AS (
        UPDATE reporting_standing SET light = moved.light, category = moved.category, is_late = moved.is_late
        FROM moved WHERE reporting_standing.id = moved.id AND moved.light IS NOT NULL
    ), come AS (
        INSERT INTO reporting_standing (learner_id, area_id, entry_year, year_group, light, category, is_late)
        SELECT learner_id, area_id, entry_year, year_group, light, category, is_late FROM moved WHERE id IS NULL
    )
    INSERT INTO reporting_standingchange (area_id, entry_year, year_group, light, category, is_late, number)
    SELECT area_id, entry_year, year_group, light, category, is_late, sum(more)
    FROM (
        SELECT area_id, entry_year, year_group, light, category, is_late, 1 AS more FROM moved WHERE light IS NOT NULL
        UNION ALL
        SELECT area_id, entry_year, year_group, old_light, old_category, was_late, -1 FROM moved WHERE id IS NOT NULL
    ) AS either
    GROUP BY area_id, entry_year, year_group, light, category, is_late
    HAVING sum(more) <> 0;
END $$;

-- The same of learners who are where they were: only their light or group may be another.
CREATE FUNCTION reporting_relight(wanted bigint[]) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    IF wanted IS NULL OR NOT EXISTS (SELECT FROM reporting_countedarea) THEN
        RETURN;
    END IF;
    -- First of all the learners, in one order, as above.
    PERFORM FROM accounts_learner WHERE id = ANY (wanted) ORDER BY id FOR NO KEY UPDATE;
    WITH moved AS MATERIALIZED (
        SELECT stood.*, lit.light AS new_light, lit.category AS new_category
        FROM reporting_standing stood
        CROSS JOIN LATERAL reporting_light_of(stood.learner_id, stood.entry_year) AS lit
        WHERE stood.learner_id = ANY (wanted)
          AND (stood.light, stood.category) IS DISTINCT FROM (lit.light, lit.category)
    ), other AS (
        UPDATE reporting_standing SET light = moved.new_light, category = moved.new_category
        FROM moved WHERE reporting_standing.id = moved.id
    )
    INSERT INTO reporting_standingchange (area_id, entry_year, year_group, light, category, is_late, number)
    SELECT area_id, entry_year, year_group, light, category, is_late, sum(more)
    FROM (
        SELECT area_id, entry_year, year_group, light, category, is_late, -1 AS more FROM moved
        UNION ALL
        SELECT area_id, entry_year, year_group, new_light, new_category, is_late, 1 FROM moved
    ) AS either
    GROUP BY area_id, entry_year, year_group, light, category, is_late
    HAVING sum(more) <> 0;
END $$;

CREATE OR REPLACE FUNCTION reporting_choices_changed() RETURNS trigger LANGUAGE plpgsql AS $$
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
        JOIN applications_stateproperty was ON was.state = old_rows.status
        JOIN applications_stateproperty became ON became.state = new_rows.status
        JOIN applications_application application
          ON application.id IN (old_rows.application_id, new_rows.application_id)
        WHERE (old_rows.left_on, old_rows.application_id) IS DISTINCT FROM (new_rows.left_on, new_rows.application_id)
           OR (was.has_offer_in_hand, was.is_live, was.state = 'draft')
            IS DISTINCT FROM (became.has_offer_in_hand, became.is_live, became.state = 'draft');
    END IF;
    PERFORM reporting_relight(wanted);
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION reporting_applications_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wanted bigint[];
BEGIN
    SELECT array_agg(DISTINCT whose) INTO wanted
    FROM old_rows JOIN new_rows ON new_rows.id = old_rows.id
    CROSS JOIN LATERAL (VALUES (old_rows.learner_id), (new_rows.learner_id)) AS either (whose)
    WHERE (old_rows.learner_id, old_rows.cycle_id) IS DISTINCT FROM (new_rows.learner_id, new_rows.cycle_id);
    PERFORM reporting_relight(wanted);
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION reporting_learners_row_changed() RETURNS trigger LANGUAGE plpgsql AS $$
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
    IF TG_TABLE_NAME = 'accounts_rollentry' THEN
        PERFORM reporting_recount(wanted);
    ELSE
        PERFORM reporting_relight(wanted);
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION reporting_words_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wanted bigint[];
BEGIN
    SELECT array_agg(DISTINCT recorded.learner_id) INTO wanted
    FROM old_rows JOIN new_rows ON new_rows.code = old_rows.code
    JOIN reporting_recordedstatus recorded ON recorded.status_id = new_rows.code AND recorded.ended_at IS NULL
    WHERE old_rows.category IS DISTINCT FROM new_rows.category;
    PERFORM reporting_relight(wanted);
    RETURN NULL;
END $$;
"""
AS_IT_WAS = import_module("reporting.migrations.0002_counters").COUNT.replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
)
LEAVE = AS_IT_WAS + "DROP FUNCTION reporting_relight(bigint[]); DROP FUNCTION reporting_light_of(bigint, integer);"


class Migration(migrations.Migration):
    dependencies = [("reporting", "0004_daily_figures")]

    operations = [migrations.RunSQL(sql=QUICKER, reverse_sql=LEAVE)]
