"""A real feed handed over on the page; a real worker is killed while it checks, publishes and undoes it."""

import time

import pytest
from django.core.files import File
from django.db import connection

from activity.models import Event
from config.bench import address
from config.bench.workers import Workers
from prospectus.models import Course, CourseRun
from providers.actions import confirm_upload, receive_upload, undo_upload
from providers.queries import undo_plan
from tests.factories import ProviderFactory, StaffRoleFactory

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.real_time,
    pytest.mark.slow,
    pytest.mark.data,
]


@pytest.fixture
def workers(tmp_path, settings):
    here = connection.get_connection_params()
    workers = Workers(tmp_path, database_url=address(here, here["dbname"]), lease_seconds=2)
    settings.MEDIA_ROOT = tmp_path / "media"
    yield workers
    workers.kill()


def wait_until(is_so, workers):
    for _ in range(6000):
        if is_so():
            return
        time.sleep(0.01)
    pytest.fail(f"not within a minute; the worker wrote:\n{workers.words()}")


def test_a_feed_whose_worker_is_killed_in_the_middle_is_published_once(workers, shared_data):
    college = ProviderFactory(name="Northfield College")
    editor = StaffRoleFactory(organisation=college, kind="editor").user
    with (shared_data / "xcri_adam_smith_college" / "adamsmith_xcri_1_1_2009.xml").open("rb") as file:
        upload = receive_upload(
            kind="courses", organisation=college, file=File(file), file_name="our courses.xml", by=editor
        )
    job = upload.job

    def is_reading():
        job.refresh_from_db()
        return job.state == "running"

    workers.start()
    wait_until(is_reading, workers)
    time.sleep(0.2)  # into the file
    workers.kill()
    upload.refresh_from_db()
    assert (upload.state, Course.objects.count()) == ("received", 0)
    workers.start()
    wait_until(lambda: type(upload).objects.get(pk=upload.pk).is_waiting, workers)
    upload.refresh_from_db()
    job.refresh_from_db()
    assert (upload.state, job.state, job.attempts) == ("checked", "done", 2)
    assert (Course.objects.count(), upload.changes.exclude(thing="site").count()) == (0, upload.counts["added"])
    workers.kill()

    job = confirm_upload(upload=upload, seen=upload.digest, by=editor).job
    workers.start()
    wait_until(is_reading, workers)
    time.sleep(0.2)  # into the file again
    workers.kill()
    upload.refresh_from_db()
    assert (upload.state, Course.objects.count()) == ("checked", 0)
    workers.start()
    wait_until(lambda: type(upload).objects.get(pk=upload.pk).is_over, workers)
    upload.refresh_from_db()
    job.refresh_from_db()
    assert (upload.state, job.state, job.attempts) == ("published", "done", 2)
    assert (upload.counts["courses"], upload.counts["runs"]) == (537, 1317)
    assert (Course.objects.count(), CourseRun.objects.count()) == (537, 1317)
    assert upload.issues.count() == upload.counts["issues"]
    assert Event.objects.filter(verb="upload.publish").count() == 1
    workers.kill()

    job = undo_upload(upload=upload, seen=undo_plan(upload).digest, by=editor).job
    workers.start()
    wait_until(is_reading, workers)
    time.sleep(0.2)  # into what it puts back
    workers.kill()
    upload.refresh_from_db()
    assert (upload.state, Course.objects.filter(state="withdrawn").count()) == ("published", 0)
    workers.start()
    wait_until(lambda: type(upload).objects.get(pk=upload.pk).is_undone, workers)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 2)
    assert Course.objects.filter(state="withdrawn").count() == 537
    assert CourseRun.objects.filter(ended_on=None).count() == 0
    assert Event.objects.filter(verb="courses.undo").count() == 1
