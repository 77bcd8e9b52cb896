"""Two files of one provider published at once: one after the other, and the second changes nothing."""

import threading
import time

import pytest
from django.db import IntegrityError, connection, connections

from prospectus.actions import courses, staged
from prospectus.imports.columns import COURSE_COLUMNS, RUN_COLUMNS, Converter, CourseResource, RunResource
from prospectus.imports.findings import Findings
from prospectus.models import Course
from providers.models import Upload
from providers.querysets import OrganisationQuerySet
from tests.factories import ProviderFactory

pytestmark = pytest.mark.django_db(transaction=True)


def publish(provider, name):
    upload = Upload.objects.create(
        kind="courses", organisation=provider, file=name, file_name=name, file_size=1, file_sha256="", state="published"
    )
    course = Converter(CourseResource, "COURSE", Findings())(1, {"provider_reference": "C1", "title": "Plumbing"}, "")
    run = Converter(RunResource, "RUN", Findings())(1, {"provider_reference": "R1"}, "")
    return courses.publish_catalogue(
        provider=provider,
        upload=upload,
        course_columns=COURSE_COLUMNS,
        run_columns=RUN_COLUMNS,
        courses=[staged.StagedCourse(1, course, "published", [staged.StagedRun(1, run, "")])],
        places={},
        broken=[],
        by=None,
    )


def publish_twice_at_once(monkeypatch):
    """The first pauses between its merge and its commit until the second waits for it. Returns what came of each."""
    provider = ProviderFactory()
    has_merged, came = threading.Event(), {}

    def refresh_search(*, provider):
        if has_merged.is_set():
            return  # the second: nobody comes after it
        has_merged.set()
        until = time.monotonic() + 10
        while time.monotonic() < until and not someone_waits():
            time.sleep(0.02)

    def someone_waits():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # a transaction reads who waits once
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            return cursor.fetchone()[0] > 0

    def in_a_thread(name):
        try:
            came[name] = publish(provider, name)[:4]
        except IntegrityError:
            came[name] = IntegrityError
        finally:
            connections.close_all()

    monkeypatch.setattr(courses, "refresh_search", refresh_search)
    first, second = (threading.Thread(target=in_a_thread, args=(name,)) for name in ("first", "second"))
    first.start()
    assert has_merged.wait(10)
    second.start()
    first.join(20)
    second.join(20)
    return came


def test_the_second_waits_and_finds_everything_there(monkeypatch):
    assert publish_twice_at_once(monkeypatch) == {"first": (2, 0, 0, 0), "second": (0, 0, 0, 2)}
    assert Course.objects.count() == 1


def test_without_the_lock_the_second_would_fail(monkeypatch):
    monkeypatch.setattr(OrganisationQuerySet, "select_for_update", lambda self, **_options: self)

    assert publish_twice_at_once(monkeypatch) == {"first": (2, 0, 0, 0), "second": IntegrityError}
