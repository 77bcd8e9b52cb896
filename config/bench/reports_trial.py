"""The country of the trial and what is measured in it: ``python -m config.bench.reports_trial fill LEARNERS``, then
``measure``, which writes one JSON object."""

import datetime as dt
import json
import random
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import django

django.setup()

import psycopg  # noqa: E402 - after the set-up above, like the models
from django.db import connection, transaction  # noqa: E402
from django.db.models.functions import Coalesce, Now  # noqa: E402

from accounts.models import Learner, User  # noqa: E402
from applications.actions.moving import lock_applications  # noqa: E402
from applications.models import Application, Choice, OutsideOffer  # noqa: E402
from core import clock  # noqa: E402
from providers.models import Area  # noqa: E402
from reporting.actions import add_up, reconcile, reconcile_due  # noqa: E402
from reporting.models import CountedArea  # noqa: E402
from reporting.queries.counters import counted  # noqa: E402
from reporting.queries.guarantee import GUARANTEE_YEARS, GuaranteeCohort, tallies  # noqa: E402

DAY = dt.date(2026, 11, 18)
AREAS, SCHOOLS_EACH = 150, 20
NIGHTLY = 10  # areas that are counted for another day; each takes as long as the next
ROUNDS, AREA_ROUNDS = 5, 25
WRITES = 400  # of each sort, timed one by one
WRITERS, WRITES_EACH, BULK = 4, 250, 40
CROWDED = 400  # learners about whom all writers write

# Rolls come school by school, choices over the year. A fiftieth lives in the next authority, some nobody knows where.
FILL = """
SET session_replication_role = replica;
INSERT INTO providers_area (id, name, slug, authority_id, holding, fresh_days, created_at)
    SELECT at, 'Area ' || at, 'area-' || at, code, 'here', 60, now()
    FROM (SELECT code, row_number() OVER (ORDER BY code) AS at FROM providers_localauthority WHERE is_current) a
    WHERE at <= {areas};
INSERT INTO providers_cycle (area_id, entry_year, opens_on, closes_on, ends_on, choice_limit, has_endorsement,
        endorsement_days, answer_days, reply_days, can_hold)
    SELECT id, 2027, '2026-10-01', '2027-01-31', '2027-09-30', 5, false, 10, 15, 10, true FROM providers_area;
INSERT INTO providers_organisation (id, reference, name, kind, area_id, is_provider, takes_applications, website, email,
        phone)
    SELECT n, 'O' || n, 'School ' || n, CASE WHEN n > {schools} THEN 'college' ELSE 'school' END,
        CASE WHEN n > {schools} THEN n - {schools} ELSE 1 + (n - 1) / {schools_each} END, n > {schools}, n > {schools},
        '', '', ''
    FROM generate_series(1, {schools} + {areas}) n;
INSERT INTO accounts_learner (id, reference, given_name, family_name, preferred_name, birth_on, uln, area_id,
        residence_authority_id, created_at)
    SELECT n, 'L' || n, 'Given' || n % 997, 'Family' || n % 4999, '', date '2010-09-01' + n % 700, '', own.id,
        CASE WHEN n % 40 = 3 THEN NULL WHEN n % 50 = 7 THEN next.authority_id ELSE own.authority_id END, now()
    FROM generate_series(1, {learners}) n
    JOIN providers_area own ON own.id = 1 + (n - 1)::bigint * {areas} / {learners}
    JOIN providers_area next ON next.id = 1 + own.id % {areas};
INSERT INTO accounts_rollentry (learner_id, school_id, year_group, tutor_group, local_id, started_on)
    SELECT n, 1 + (n - 1)::bigint * {schools} / {learners}, 11 + n % 2, 11 + n % 2 || chr(65 + n / 2 % 8), n,
        '2026-09-01'
    FROM generate_series(1, {learners}) n;
INSERT INTO applications_application (id, reference, learner_id, cycle_id, statement, statement_number, needs,
        created_at)
    SELECT n, 'A' || n, n, cycle.id, '', 0, '', now()
    FROM generate_series(1, {learners}) n JOIN accounts_learner learner ON learner.id = n
    JOIN providers_cycle cycle ON cycle.area_id = learner.area_id
    WHERE n % 100 >= 8;
INSERT INTO applications_choice (reference, application_id, provider_id, rank, status, status_at, sent_at, created_at,
        endorsement_note, refusal_reason, withdrawal_reason, reason_words, left_how, is_closed_by_service, entered_how,
        changed_in)
    SELECT 'C' || n || 'R' || rank, n, {schools} + 1 + (n + rank) % {areas}, rank, status, now(),
        CASE WHEN status <> 'draft' THEN now() END, now(), '', '', '', '', '', false, '', 0
    FROM generate_series(1, {learners}) n, generate_series(1, 4) rank,
        LATERAL (SELECT (CASE WHEN rank = 1
            THEN array['draft', 'sent', 'sent', 'sent', 'offered', 'offered', 'accepted', 'confirmed', 'unsuccessful',
                'with_school']
            ELSE array['draft', 'draft', 'sent', 'sent', 'sent', 'interviewing', 'offered', 'unsuccessful', 'withdrawn',
                'turned_down']
            END)[1 + (n / 4 * 7 + rank * 3) % 10]) AS picked (status)
    WHERE n % 100 >= 8 AND rank <= 1 + n % 4
    ORDER BY rank, n % 9973;
INSERT INTO applications_outsideoffer (reference, learner_id, cycle_id, provider_name, course_name, kind, offered_on,
        by_id, is_unconfirmed, created_at)
    SELECT 'F' || n, n, cycle.id, 'A garage', '', '', '2026-11-01', adviser.id, n % 3 = 0, now()
    FROM accounts_user adviser, generate_series(1, {learners}, 33) n JOIN accounts_learner learner ON learner.id = n
    JOIN providers_cycle cycle ON cycle.area_id = learner.area_id;
INSERT INTO reporting_recordedstatus (reference, learner_id, entry_year, status_id, by_id, recorded_at)
    SELECT 'S' || n, n, 2027, status.code, adviser.id, now()
    FROM accounts_user adviser, generate_series(5, {learners}, 50) n,
        (SELECT min(code) AS code FROM reporting_guaranteestatus WHERE category = 'no_offer') status;
SELECT setval(pg_get_serial_sequence(name, 'id'), 10000000)
    FROM unnest(array['accounts_learner', 'providers_area', 'providers_organisation', 'applications_application']) name;
"""
# What the counters must say, from the rows alone: written for the day of the trial, on which no cohort is fixed yet.
LIVE = """
WITH place AS (
    SELECT entry.learner_id, COALESCE(lives.id, school.area_id) AS area_id, entry.year_group
    FROM accounts_rollentry entry
    JOIN accounts_learner learner ON learner.id = entry.learner_id
    JOIN providers_organisation school ON school.id = entry.school_id
    LEFT JOIN providers_area lives ON entry.year_group = 12 AND lives.authority_id = learner.residence_authority_id
    WHERE entry.year_group IN (11, 12) AND entry.started_on <= %(day)s
        AND (entry.ended_on IS NULL OR entry.ended_on > %(day)s)
), chosen AS (
    SELECT application.learner_id, max(CASE WHEN state.has_offer_in_hand AND choice.left_on IS NULL THEN 3
        WHEN state.is_live THEN 2 WHEN choice.status = 'draft' THEN 1 ELSE 0 END) AS best
    FROM applications_choice choice
    JOIN applications_stateproperty state ON state.state = choice.status
    JOIN applications_application application ON application.id = choice.application_id
    JOIN providers_cycle cycle ON cycle.id = application.cycle_id
    WHERE cycle.entry_year = 2027 GROUP BY application.learner_id
), outside AS (
    SELECT DISTINCT offer.learner_id FROM applications_outsideoffer offer
    JOIN providers_cycle cycle ON cycle.id = offer.cycle_id
    WHERE cycle.entry_year = 2027 AND offer.ended_on IS NULL AND NOT offer.is_unconfirmed
), said AS (
    SELECT recorded.learner_id, status.category FROM reporting_recordedstatus recorded
    JOIN reporting_guaranteestatus status ON status.code = recorded.status_id
    WHERE recorded.entry_year = 2027 AND recorded.ended_at IS NULL
), lit AS (
    SELECT place.area_id, place.year_group, said.category AS said,
        CASE WHEN chosen.best = 3 OR outside.learner_id IS NOT NULL THEN 'offer' WHEN chosen.best = 2 THEN 'waiting'
            WHEN chosen.best = 1 THEN 'started' ELSE 'nothing' END AS light
    FROM place LEFT JOIN chosen USING (learner_id) LEFT JOIN outside USING (learner_id)
    LEFT JOIN said USING (learner_id)
)
SELECT area_id, 2027, year_group, light, CASE WHEN light = 'offer' THEN 'offer_made' WHEN said IS NOT NULL THEN said
    WHEN light IN ('waiting', 'started') THEN 'no_offer' ELSE 'not_recorded' END, false, count(*)
FROM lit WHERE %(area)s::bigint IS NULL OR area_id = %(area)s
GROUP BY 1, 3, 4, 5
"""
MOVES = ("draft", "sent", "offered", "unsuccessful", "withdrawn", "turned_down")


def fill(learners: int) -> None:
    """The country is there, and nothing is counted yet."""
    schools = AREAS * SCHOOLS_EACH
    User.objects.create(username="adviser", name="An adviser")
    with connection.cursor() as cursor:
        cursor.execute(FILL.format(areas=AREAS, schools=schools, schools_each=SCHOOLS_EACH, learners=learners))
        cursor.execute("VACUUM ANALYZE")


def measure() -> dict[str, float]:
    """Everything, in the order in which it can be done."""
    with clock.at(DAY - dt.timedelta(days=1)):
        first = _seconds(reconcile_due)
    with clock.at(DAY):
        some = list(Area.objects.order_by("pk")[:NIGHTLY])
        nightly = _seconds(lambda: [reconcile(area=area) for area in some]) * AREAS / NIGHTLY
        add_up()
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        taken: dict[str, float] = {
            "first_count_seconds": first, "nightly_count_seconds": nightly, "areas": CountedArea.objects.count(),
            "learners": _number("accounts_learner"), "choices": _number("applications_choice"),
        }  # fmt: skip
        return taken | _reads() | _writes() | _together()


def _number(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


def _seconds(do: Callable[[], Any]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def live(area: int | None = None) -> list[tuple[Any, ...]]:
    """The figures of one area or of all, from the rows."""
    with connection.cursor() as cursor:
        cursor.execute(LIVE, {"day": DAY, "area": area})
        return list(cursor.fetchall())


def page_of(area: Area) -> None:
    """What the page of an area asks of the rows for both its year groups."""
    for year_group in GUARANTEE_YEARS:
        tallies(GuaranteeCohort.of(area, year_group=year_group).standing())


def _reads() -> dict[str, float]:
    """Milliseconds of reading all areas and one, each way; the ways take turns."""
    ways: dict[str, Callable[[Any], Any]] = {
        "national": lambda _: counted(), "national_live": lambda _: live(), "area_naive": lambda area: live(area.pk),
        "area": lambda area: counted(area=area.pk), "area_live": page_of,
    }  # fmt: skip
    taken: dict[str, list[float]] = {name: [] for name in ways}
    areas = list(Area.objects.order_by("pk"))
    for turn in range(AREA_ROUNDS):
        area = areas[turn * 7 % len(areas)]
        for name, way in ways.items():
            if turn < ROUNDS or name in ("area", "area_live", "national"):
                taken[name].append(1000 * _seconds(lambda way=way, area=area: way(area)))
    return {name: statistics.median(each) for name, each in taken.items()}


def _writes() -> dict[str, float]:
    """Milliseconds of moving one choice to an offer or back, with counters and without, taking turns.

    Sessions as a replica run no ordinary trigger; the other trigger of choices runs in both.
    """
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE applications_choice ENABLE ALWAYS TRIGGER choice_changed")
        cursor.execute("SELECT id FROM applications_choice WHERE status = 'sent' ORDER BY id LIMIT %s", [2 * WRITES])
        keys = [key for (key,) in cursor.fetchall()]
    here = connection.get_connection_params()
    address = {name: here[name] for name in ("host", "port", "user", "password", "dbname") if here.get(name)}
    taken: dict[str, list[float]] = {"write": [], "write_uncounted": []}
    with psycopg.connect(**address, autocommit=True) as ours, psycopg.connect(**address, autocommit=True) as bare:
        bare.execute("SET session_replication_role = replica")
        for status in ("offered", "sent"):
            for turn, key in enumerate(keys):
                name, session = ("write", ours) if turn % 2 else ("write_uncounted", bare)
                move = "UPDATE applications_choice SET status = %s, status_at = now() WHERE id = %s"
                taken[name].append(1000 * _seconds(lambda: session.execute(move, [status, key])))  # noqa: B023
    return {name: statistics.median(each) for name, each in taken.items()}


def _together() -> dict[str, float]:
    """Writers who meet at the same learners, a sweep and a count of an area between them: how much is wrong after."""
    crowded = list(Application.objects.order_by("pk").values_list("pk", flat=True)[:CROWDED])
    area = Area.objects.order_by("pk").first()
    with ThreadPoolExecutor(WRITERS + 1) as pool:
        writers = [pool.submit(_writer, number, crowded) for number in range(WRITERS)]
        sweeps = pool.submit(_sweep, area, writers)
        for each in [*writers, sweeps]:
            each.result()
    said = {tuple(one[:-1]): one.number for one in counted()}
    true = {tuple(one[:-1]): one[-1] for one in live()}
    wrong = sum(said.get(key) != true.get(key) for key in said.keys() | true.keys())
    return {"wrong": wrong, "writers": WRITERS, "writes": WRITERS * WRITES_EACH}


def _writer(number: int, applications: list[int]) -> None:
    pick = random.Random(number)  # noqa: S311 - the same each time
    adviser = User.objects.get()
    try:
        for turn in range(WRITES_EACH):
            with transaction.atomic():
                _write(pick.sample(applications, BULK if turn % 10 == 0 else 1), pick, by=adviser)
    finally:
        connection.close()


def _write(applications: list[int], pick: random.Random, *, by: User) -> None:
    """Choices of these applications move, locked as by every action; or an offer from elsewhere comes or goes."""
    what = pick.random()
    if what < 0.7:
        lock_applications(applications)
        moving = Choice.objects.filter(application__in=applications, rank=pick.randint(1, 3))
        moving.update(status=pick.choice(MOVES), sent_at=Coalesce("sent_at", Now()))
        return
    application = Application.objects.get(pk=applications[0])
    learner = Learner.objects.select_for_update(no_key=True).get(pk=application.learner_id)
    if what < 0.85:
        OutsideOffer.objects.create(learner=learner, cycle_id=application.cycle_id, provider_name="A garage", by=by)
    else:
        OutsideOffer.objects.filter(learner=learner).update(ended_on=DAY)


def _sweep(area: Area, writers: list[Any]) -> None:
    try:
        with clock.at(DAY):
            while not all(each.done() for each in writers):
                add_up()
                reconcile(area=area)
    finally:
        connection.close()


if __name__ == "__main__":
    if sys.argv[1] == "fill":
        fill(int(sys.argv[2]))
    else:
        sys.stdout.write(json.dumps(measure()))
