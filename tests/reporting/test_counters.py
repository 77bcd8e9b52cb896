"""The counters of all areas: equal to what the rows say, whatever happens at once, and mended where they are not."""

import datetime as dt
import random
import threading

import pytest
from django.db import connection, transaction

from accounts.models import Learner, RollEntry
from applications.models import Choice, OutsideOffer
from core import clock
from reporting.actions import add_up, reconcile, reconcile_due
from reporting.models import CountedArea, Reconciliation, Standing, StandingChange, StandingCount, StandingNote
from reporting.queries.counters import area_rows, counted, counted_one_by_one
from reporting.queries.guarantee import GuaranteeCohort, tallies
from tests.factories import CourseFactory, CourseRunFactory
from tests.ground import ground
from tests.races import at_once
from tests.reporting.small_town import build_town, choice_in, somebody, status_of
from tests.reporting.test_guarantee import _admissions, _adviser_of, _something


def by_the_rows(*areas):
    """What a page of each area would say, asked of the rows, in the shape of the counters."""
    found = {}
    for area in areas:
        for year_group in (11, 12):
            cohort = GuaranteeCohort.of(area, year_group=year_group)
            for one in tallies(cohort.standing()):
                key = (area.pk, cohort.entry_year, year_group, one.light, one.category.value, one.is_late)
                found[key] = found.get(key, 0) + one.number
    return found


def by_the_counters():
    said = {tuple(one[:-1]): one.number for one in counted()}
    assert said == {tuple(one[:-1]): one.number for one in counted_one_by_one()}
    return said


@ground
def town(db):
    town = build_town()
    reconcile_due()
    return town


class TestEqual:
    def test_the_counters_say_what_a_person_would_count(self, town):
        everywhere, [northmoor, westhaven] = area_rows()[11]
        assert (northmoor.area, northmoor.cohort, northmoor.by_light, northmoor.by_category) == (
            town.area, 7, [3, 1, 1, 2], [2, 1, 3, 1],
        )  # fmt: skip
        assert (westhaven.cohort, westhaven.by_light) == (1, [1, 0, 0, 0])
        assert (everywhere.cohort, everywhere.by_light, everywhere.offer_percent) == (8, [4, 1, 1, 2], 25.0)
        assert [row.cohort for row in area_rows()[12][1]] == [3, 1]

    @pytest.mark.parametrize("seed", [3])
    def test_they_follow_whatever_happens(self, town, seed):
        """Random moves by the real actions, and rows that come, move and go: equal after each."""
        pick = random.Random(seed)  # noqa: S311 - the same every time
        admissions, adviser = _admissions(town), _adviser_of(town)
        runs = [CourseRunFactory(course=CourseFactory(provider=town.college)) for _ in range(2)]
        seen = set()
        for turn in range(25):
            _something(town, pick, runs=runs, admissions=admissions, adviser=adviser)
            if turn % 4 == 3:
                add_up()
            said = by_the_counters()
            assert said == by_the_rows(town.area, town.other_area)
            seen.add(tuple(sorted(said.items())))
        assert len(seen) > 5

    def test_they_follow_rolls_homes_and_words(self, town):
        nothing = town.people["Nothing"]
        changes = [
            lambda: RollEntry.objects.filter(learner=nothing).update(school=town.westhaven),
            lambda: RollEntry.objects.filter(learner=nothing).update(year_group=12),
            lambda: Learner.objects.filter(pk=nothing.pk).update(residence_authority=town.authority),
            lambda: RollEntry.objects.filter(learner=nothing).update(ended_on=clock.today()),
            lambda: RollEntry.objects.filter(learner=nothing).delete(),
            lambda: somebody(town, "New", town.brannoc),
            lambda: OutsideOffer.objects.update(learner=town.people["New"]),
            lambda: Choice.objects.filter(status="draft").delete(),
            lambda: type(status_of("140")).objects.filter(code="140").update(category="no_offer"),
            lambda: add_up(),
        ]
        before = by_the_counters()
        for change in changes:
            change()
            assert by_the_counters() == by_the_rows(town.area, town.other_area)
        assert by_the_counters() != before
        assert not StandingChange.objects.exists()
        assert not StandingNote.objects.exists()

    def test_reading_does_not_see_a_sweep_half_done(self, town):
        before = by_the_counters()
        add_up()
        add_up()
        assert by_the_counters() == before
        assert StandingCount.objects.exists()

    def test_a_choice_is_noted_when_it_comes_moves_and_goes_and_not_when_its_words_change(self, town):
        add_up()
        choice = choice_in("draft", learner=town.people["Nothing"], town=town)
        moves = [
            lambda: None,
            lambda: Choice.objects.filter(pk=choice.pk).update(status="sent", sent_at=clock.now()),
            lambda: Choice.objects.filter(pk=choice.pk).update(status="offered"),
            lambda: Choice.objects.filter(pk=choice.pk).update(status="offered", refusal_reason=""),
            lambda: Choice.objects.filter(pk=choice.pk).delete(),
        ]
        noted = []
        for move in moves:
            move()
            noted.append(StandingNote.objects.count())
            assert by_the_counters() == by_the_rows(town.area, town.other_area)
            add_up()
        assert noted == [1, 1, 1, 0, 1]


class TestNights:
    def test_time_alone_moves_learners_and_is_no_fault(self, town):
        somebody(town, "To come", town.brannoc, started_on=dt.date(2026, 11, 25))
        before = by_the_counters()
        with clock.at(dt.date(2026, 11, 25)):
            assert reconcile_due() == 2
            assert reconcile_due() == 0
            assert by_the_counters() == by_the_rows(town.area, town.other_area)
        assert by_the_counters() != before
        newest = Reconciliation.objects.newest()
        assert [(one.learners, one.differences) for one in newest] == [(11, 0), (2, 0)]

    def test_what_is_wrong_is_mended_and_said_without_names(self, town, caplog):
        StandingNote.objects.all().delete()  # of the town's building, all of which has been counted
        Standing.objects.filter(learner=town.people["Offer"]).update(light="nothing")
        StandingCount.objects.create(
            area=town.area, entry_year=2027, year_group=11, light="waiting", category="no_offer", is_late=False,
            number=4,
        )  # fmt: skip
        found = reconcile(area=town.area)
        assert (found.differences, found.found) == (1, {"lights": {"nothing to offer": 1}, "counters": 3})
        assert "guarantee counters of area" in caplog.text
        assert town.people["Offer"].family_name not in caplog.text
        assert by_the_counters() == by_the_rows(town.area, town.other_area)
        assert reconcile(area=town.area).differences == 0

    def test_who_is_noted_is_counted_and_not_called_wrong(self, town):
        choice_in("offered", learner=town.people["Nothing"], town=town)
        assert reconcile(area=town.area).differences == 0
        assert by_the_counters() == by_the_rows(town.area, town.other_area)

    def test_the_cohort_of_the_next_year_takes_the_place_of_the_last(self, town):
        with clock.at(dt.date(2027, 9, 30)):
            reconcile_due()
            assert by_the_counters() == by_the_rows(town.area, town.other_area)
        with clock.at(dt.date(2027, 11, 1)):  # the cycle has ended and no other is there yet
            reconcile_due()
            assert by_the_counters()
        assert set(CountedArea.objects.values_list("entry_year", flat=True)) == {2027}


LOCK = "PERFORM FROM accounts_learner WHERE id = ANY (wanted) ORDER BY id FOR NO KEY UPDATE;"


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    @pytest.fixture
    def busy(self):
        """A town that is counted, and a learner with two offers from elsewhere."""
        town = build_town()
        reconcile_due()
        adviser = _adviser_of(town)
        town.offers = [
            OutsideOffer.objects.create(
                learner=town.people["Nothing"], cycle=town.cycle, provider_name=name, by=adviser
            )
            for name in ("A garage", "A bakery")
        ]
        return town

    def _two_writers(self, busy):
        """Of a learner's two offers each is ended by somebody else. The first is slow to end, until the second waits
        for it or is done: each alone would leave the light as it is, and both together do not."""
        first, second = busy.offers
        has_written, may_end = threading.Event(), threading.Event()

        def slow():
            with transaction.atomic():
                OutsideOffer.objects.filter(pk=first.pk).update(ended_on=clock.today())
                has_written.set()
                assert may_end.wait(20)

        def quick():
            assert has_written.wait(20)
            watch = threading.Thread(target=until_somebody_waits, args=(may_end,))
            watch.start()
            OutsideOffer.objects.filter(pk=second.pk).update(ended_on=clock.today())
            may_end.set()
            watch.join(20)

        assert at_once(slow, quick) == [None, None]

    def test_the_second_of_two_sees_what_the_first_has_written(self, busy):
        self._two_writers(busy)
        assert by_the_counters() == by_the_rows(busy.area, busy.other_area)

    def test_without_the_lock_an_update_is_lost(self, busy):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_get_functiondef('reporting_relight(bigint[])'::regprocedure)")
            [whole] = cursor.fetchone()
            assert LOCK in whole
            cursor.execute(whole.replace(LOCK, "").replace("%", "%%"))
            try:
                self._two_writers(busy)
                lost = {tuple(one[:-1]): one.number for one in counted()}
            finally:
                cursor.execute(whole.replace("%", "%%"))
        assert lost != by_the_rows(busy.area, busy.other_area)

    def test_what_moves_during_a_sweep_is_the_next_ones(self, busy):
        """A sweep has counted the noted and is not done; a choice of one of them moves; the sweep is done."""
        choice = choice_in("sent", learner=busy.people["Started"], town=busy)
        has_swept, has_moved = threading.Event(), threading.Event()

        def sweep():
            with transaction.atomic():
                add_up()
                has_swept.set()
                assert has_moved.wait(20)

        def move():
            assert has_swept.wait(20)
            Choice.objects.filter(pk=choice.pk).update(status="offered")
            has_moved.set()

        assert at_once(sweep, move) == [None, None]
        assert StandingNote.objects.count() == 1
        for _ in range(2):
            assert by_the_counters() == by_the_rows(busy.area, busy.other_area)
            add_up()
        assert not StandingNote.objects.exists()

    def test_many_writers_and_a_sweep_at_once(self, busy):
        learners = list(busy.people.values())

        def write(number):
            for turn, learner in enumerate(learners):
                if turn % 4 == number:
                    choice_in("offered" if number % 2 else "sent", learner=learner, town=busy, rank=10 + number)
                Choice.objects.filter(application__learner=learner, rank__gte=10).update(status="withdrawn")

        def sweep():
            for _ in range(5):
                add_up()

        results = at_once(*(lambda number=number: write(number) for number in range(4)), sweep)
        assert [one for one in results if isinstance(one, Exception)] == []
        assert by_the_counters() == by_the_rows(busy.area, busy.other_area)


WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


def until_somebody_waits(may_end):
    """Lets the slow one end once the database says that somebody waits for a lock."""
    try:
        with connection.cursor() as cursor:
            while not may_end.is_set():
                cursor.execute(WAITING)
                if cursor.fetchone()[0]:
                    may_end.set()
    finally:
        connection.close()
