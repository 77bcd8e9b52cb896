import datetime as dt
import os
import subprocess
import sys

import pytest
from django.db import connection, transaction

from core.errors import RuleBroken
from prospectus.actions import counting, interest
from prospectus.actions.interest import (
    count_interest,
    count_miss,
    flush_counts,
    fold_old_interest,
    impersonal,
    make_wish,
)
from prospectus.models import CourseInterest, InterestKind, Level, SearchMiss, Subject, Wish
from tests.factories import AreaFactory, CourseFactory
from tests.races import at_once

TODAY = dt.date(2026, 11, 18)
VIEW, SHORTLIST = InterestKind.VIEW, InterestKind.SHORTLIST
now = pytest.mark.django_db(transaction=True)


def counted():
    return sorted(CourseInterest.objects.values_list("course_id", "day", "kind", "times"))


@now
def test_counting_asks_the_database_nothing_and_is_written_later(django_assert_num_queries):
    course = CourseFactory()

    with django_assert_num_queries(0):
        count_interest(course_id=course.pk, kind=VIEW)
        count_interest(course_id=course.pk, kind=VIEW)
        count_interest(course_id=course.pk, kind=SHORTLIST)

    assert counted() == []
    assert flush_counts() == 2
    assert counted() == [(course.pk, TODAY, "shortlist", 1), (course.pk, TODAY, "view", 2)]


@now
def test_a_second_flush_adds_to_the_first_and_a_flush_of_nothing_asks_nothing(django_assert_num_queries):
    course = CourseFactory()
    for _ in range(2):
        count_interest(course_id=course.pk, kind=VIEW)
        flush_counts()

    with django_assert_num_queries(0):
        assert flush_counts() == 0

    assert counted() == [(course.pk, TODAY, "view", 2)]


@now
def test_what_is_rolled_back_is_not_counted():
    course = CourseFactory()
    with transaction.atomic():
        count_interest(course_id=course.pk, kind=InterestKind.APPLICATION)
        transaction.set_rollback(True)

    flush_counts()

    assert counted() == []


@now
def test_a_course_that_is_gone_takes_no_other_count_with_it():
    course = CourseFactory()
    count_interest(course_id=course.pk + 1000, kind=VIEW)
    count_interest(course_id=course.pk, kind=VIEW)

    flush_counts()

    assert counted() == [(course.pk, TODAY, "view", 1)]


@now
def test_many_threads_that_count_and_write_lose_nothing_and_count_nothing_twice():
    courses = [CourseFactory() for _ in range(3)]

    def visit():
        for number in range(200):
            count_interest(course_id=courses[number % 3].pk, kind=VIEW)
            if number % 20 == 0:
                flush_counts()

    results = at_once(*[visit] * 4)
    flush_counts()

    assert results == [None] * 4
    assert [times for *_, times in counted()] == [4 * 67, 4 * 67, 4 * 66]


@now
def test_several_processes_add_to_the_same_row():
    """Two writers, as two web processes are, that take their rows in opposite order."""
    keys = [(CourseFactory().pk, TODAY, "view") for _ in range(60)]

    def write(order):
        def run():
            for _ in range(30):
                tally = counting.Tally(counting._tallies[0]._write)
                tally._add(dict.fromkeys(order, 1))
                assert tally.flush() == 60

        return run

    results = at_once(write(keys), write(keys[::-1]))

    assert results == [None, None]
    assert counted() == [(*key, 60) for key in keys]


@now
def test_a_database_that_is_away_keeps_the_counts_for_the_next_time(caplog):
    course = CourseFactory()
    count_interest(course_id=course.pk, kind=VIEW)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE prospectus_courseinterest RENAME TO away")
        try:
            assert flush_counts() == 0
        finally:
            cursor.execute("ALTER TABLE away RENAME TO prospectus_courseinterest")

    assert flush_counts() == 1
    assert counted() == [(course.pk, TODAY, "view", 1)]
    assert "ProgrammingError" in caplog.text


def test_memory_is_bounded(db, monkeypatch):
    monkeypatch.setattr(counting, "MOST_KEYS", 2)
    tally = counting.Tally(lambda counts: None)

    for key in ("a", "b", "c", "a"):
        tally._add({key: 1})

    assert tally.take() == {"a": 2, "b": 1}


@now
def test_a_forked_process_does_not_write_what_its_parent_counted():
    count_interest(course_id=CourseFactory().pk, kind=VIEW)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:  # pragma: no cover - another process
        os.write(writing, str(sum(len(one.take()) for one in counting._tallies)).encode())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(writing)

    assert os.read(reading, 10) == b"0"
    os.close(reading)
    assert flush_counts() == 1


@pytest.mark.real_time
def test_a_process_writes_the_rest_when_it_ends():
    program = """
import django; django.setup()
from django.test.utils import override_settings
from prospectus.actions import counting
tally = counting.tally(lambda counts: print("written", counts))
counting.transaction.atomic = __import__("contextlib").nullcontext
with override_settings(COUNTS_SECONDS=600):
    tally._add({"seen": 3})
"""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings.test"}

    ended = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)

    assert ended.stdout == "written {'seen': 3}\n"


@now
def test_old_counts_are_kept_by_the_month():
    course = CourseFactory()
    old = dt.date(2025, 9, 3), dt.date(2025, 9, 1), dt.date(2025, 9, 30), dt.date(2025, 8, 2), dt.date(2025, 10, 14)
    for day in old:
        CourseInterest.objects.create(course=course, day=day, kind=VIEW, times=2)

    assert fold_old_interest() == 2
    assert fold_old_interest() == 0

    # 18 November 2026 less 400 days is 14 October 2025: October is not yet whole.
    assert [(day, times) for _, day, _, times in counted()] == [
        (dt.date(2025, 8, 1), 2),
        (dt.date(2025, 9, 1), 6),
        (dt.date(2025, 10, 14), 2),
    ]


# --- misses


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Falconry near HX1 1AA", "falconry"),
        ("falconry amina@example.org", "falconry"),
        ("falconry 07700 900123", "falconry"),
        ("31/03/2011 falconry", "falconry"),
        ("1234567890", ""),
        ("BTEC Level 3 falconry", "btec level3 falconry"),
        ("x" * 200, "x" * 100),
        ("", ""),
    ],
)
def test_what_is_kept_of_a_search_that_found_nothing(typed, kept):
    assert impersonal(typed) == kept


@now
def test_searches_in_vain_are_counted_by_day_and_area():
    area = AreaFactory()
    count_miss(words="Falconry", area_id=area.pk)
    count_miss(words="falconry")
    count_miss(words="FALCONRY")
    count_miss(words="amina@example.org")
    flush_counts()
    count_miss(words="falconry")
    flush_counts()

    assert sorted(SearchMiss.objects.values_list("words", "area__name", "times"), key=str) == [
        ("falconry", "Northmoor", 1),
        ("falconry", None, 3),
    ]


@now
def test_a_day_of_nonsense_does_not_fill_the_disk(monkeypatch):
    monkeypatch.setattr(interest, "MOST_MISSES_A_DAY", 3)
    for words in ("falconry", "falconry", "archery", "zzz1", "zzz2"):
        count_miss(words=words)
    flush_counts()
    for words in ("falconry", "zzz3", "archery"):
        count_miss(words=words)
    flush_counts()

    assert dict(SearchMiss.objects.values_list("words", "times")) == {"falconry": 3, "archery": 2, "zzz1": 1}


def test_what_people_typed_is_forgotten_after_a_year_and_some_weeks(db, school_day):
    Wish.objects.create(words="falconry", made_on=TODAY - dt.timedelta(days=401))
    Wish.objects.create(words="archery", made_on=TODAY - dt.timedelta(days=400))
    SearchMiss.objects.create(words="falconry", day=TODAY - dt.timedelta(days=401), times=1)
    SearchMiss.objects.create(words="archery", day=TODAY - dt.timedelta(days=400), times=1)

    assert interest.forget_old_words() == 2

    assert [wish.words for wish in Wish.objects.all()] == ["archery"]
    assert [miss.words for miss in SearchMiss.objects.all()] == ["archery"]


# --- wishes


def test_a_wish_is_kept_without_anybody(reference):
    area = AreaFactory()
    subject, level = Subject.objects.get(pk="03.3"), Level.objects.get(pk="2")

    make_wish(words="  Falconry  for beginners ", subject=subject, level=level, outcode="HX1", area=area)

    assert list(Wish.objects.values_list("words", "subject", "level", "outcode", "area", "made_on")) == [
        ("Falconry for beginners", "03.3", "2", "HX1", area.pk, TODAY)
    ]


def test_a_wish_does_not_keep_a_whole_postcode(db):
    assert make_wish(words="falconry near HX1 1AA").words == "falconry"


@pytest.mark.parametrize(
    ("words", "code"), [(" ", "wish_is_empty"), ("falconry, write to a@b.example", "wish_is_personal")]
)
def test_a_wish_that_says_nothing_or_too_much_is_refused(db, words, code):
    with pytest.raises(RuleBroken) as refusal:
        make_wish(words=words)

    assert refusal.value.code == code
    assert not Wish.objects.exists()


def test_the_page_about_privacy_says_what_is_counted_and_for_how_long(client, db):
    page = client.get("/privacy/").content.decode()

    assert "We count words that find nothing" in page
    assert f"after {interest.DAYS_KEPT} days" in page
