"""The last published file of a provider is undone: what nobody has touched since is exactly as it was before."""

import datetime as dt
import threading
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from activity.actions import enqueue, run_job
from activity.models import Event, Job
from applications.actions import add_run, send_choice, start_application, write_profile
from core import clock
from core.errors import NotAllowed, RuleBroken, StaleState
from prospectus.actions import undoing as catalogue_undoing
from prospectus.actions.editing import edit_course
from prospectus.actions.runs import create_run
from prospectus.models import CatalogueImage, Consortium, Course, CourseRun, CourseSearch, EntryRequirement
from providers.actions import confirm_upload, receive_upload, undo_upload, undoing
from providers.models import Site, Upload
from providers.queries import undo_plan
from providers.querysets import UploadQuerySet
from tests.factories import (
    CourseFactory,
    CourseRunFactory,
    CycleFactory,
    LearnerContactFactory,
    LearnerFactory,
    ProviderFactory,
    StaffRoleFactory,
    UserFactory,
)
from tests.prospectus.feeds import catalogue, course, run, take_in
from tests.prospectus.sheets import text
from tests.races import at_once

pytestmark = pytest.mark.django_db

VENUE = "<venue><provider><dc:title>{}</dc:title></provider></venue>"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def college():
    return ProviderFactory(name="Northfield College")


@pytest.fixture
def editor(college):
    return StaffRoleFactory(organisation=college, kind="editor").user


def after_its_job(upload):
    run_job(upload.job_id)
    return Upload.objects.get(pk=upload.pk)


@pytest.fixture
def publish(college, editor):
    def publish(*elements, **rest):
        file = SimpleUploadedFile("ours.xml", catalogue(*elements).encode())
        upload = after_its_job(
            receive_upload(kind="courses", organisation=college, file=file, file_name="ours.xml", by=editor, **rest)
        )
        upload = after_its_job(confirm_upload(upload=upload, seen=upload.digest, by=editor, is_knowing=True))
        assert upload.state == "published"
        return upload

    return publish


def asked(upload, by):
    upload = Upload.objects.get(pk=upload.pk)
    return undo_upload(upload=upload, seen=undo_plan(upload).digest, by=by)


def undone(upload, by):
    return after_its_job(asked(upload, by))


def everything():
    """Every column of everything a catalogue is made of, without the moments at which rows were written."""
    passed_by = {"changed_at"}
    rows = {
        model.__name__: sorted(
            (sorted((name, str(value)) for name, value in row.items() if name not in passed_by))
            for row in model.objects.values()
        )
        for model in (Course, CourseRun, Site)
    }
    asked = "course", "position", "how_many", "qualification_type", "level", "grade", "subject_words", "is_essential"
    return rows | {"EntryRequirement": sorted(map(str, EntryRequirement.objects.values_list(*asked)))}


def told(upload):
    return [(each.action, each.thing, each.title, each.why) for each in upload.reversals.all()]


def test_what_was_changed_and_ended_is_as_before_and_what_was_added_is_taken_out(
    publish, college, editor, tmp_path, school_day
):
    take_in(
        college, tmp_path,
        catalogue(
            course("C1", "Plumbing", "<dc:description>Pipes.</dc:description>" + run(VENUE.format("Hill Site")), ()),
            course("C2", "Cooking"), course("C3", "Drama"),
        ),
    )  # fmt: skip
    before = everything()
    school_day.shift(dt.timedelta(days=3))
    upload = publish(
        course("C1", "Plumbing for all", run(VENUE.format("Valley Site")), ()), course("C2", "Cooking"),
        course("C4", "New"),
    )  # fmt: skip
    assert CourseSearch.objects.filter(title="new").exists()
    school_day.shift(dt.timedelta(days=1))

    after = undone(upload, editor)

    assert (after.state, after.undo_asked_by, after.undone_at.date()) == ("undone", editor, clock.today())
    assert after.counts["undone"] == {"restored": 4, "taken_out": 3, "kept": 0}
    assert told(after) == [
        ("restored", "course", "Drama", ""),
        ("restored", "run", "Drama: R1", ""),
        ("taken_out", "course", "New", ""),
        ("taken_out", "run", "New: R1", ""),
        ("restored", "course", "Plumbing for all", ""),
        ("restored", "run", "Plumbing for all: R1, Valley Site", ""),
        ("taken_out", "site", "Valley Site", ""),
    ]
    now = everything()
    assert all(row in now[name] for name in before for row in before[name])
    assert {len(now[name]) - len(before[name]) for name in ("Course", "CourseRun", "Site")} == {1}
    new = Course.objects.get(title="New")
    assert (new.state, new.runs.get().ended_on) == ("withdrawn", dt.date(2026, 11, 22))
    assert Site.objects.get(name="Valley Site").ended_on == dt.date(2026, 11, 22)
    assert set(CourseSearch.objects.values_list("title", flat=True)) == {"plumbing", "cooking", "drama"}


def test_what_a_plain_feed_cannot_say_comes_back_too(publish, college, editor, reference, tmp_path):
    said = (
        '<details xmlns="urn:next-step:courses:1" kind="apprenticeship" stage="key_stage_4" levels="2 3" '
        'subject="05.2" consortium="{}" summary="{}"><text heading="Kit">&lt;p&gt;{}&lt;/p&gt;</text>'
        '<requirement how_many="{}" qualification_type="gcse" grade="4" essential="yes"/></details>'
    )
    take_in(college, tmp_path, catalogue(course("C1", "Plumbing", said.format("Line one", "Short.", "Boots", 5))))
    before = everything()
    upload = publish(course("C1", "Plumbing", said.format("Line two", "Long.", "Gloves", 3)))
    assert everything() != before
    assert Consortium.objects.count() == 2

    undone(upload, editor)

    assert everything() == before
    assert EntryRequirement.objects.get().how_many == 5


def test_a_course_given_another_code_has_its_old_one_again(publish, college, editor, tmp_path):
    take_in(college, tmp_path, catalogue(course("C1", "Plumbing")))
    upload = publish(course("N1", "Plumbing"))
    assert Course.objects.get().provider_reference == "N1"
    undone(upload, editor)
    assert Course.objects.get().provider_reference == "C1"


def test_a_date_given_another_code_has_its_old_one_again(publish, college, editor, tmp_path):
    take_in(college, tmp_path, catalogue(course("C1", "Plumbing", presentations=("OLD",)), course("C2", "Cooking")))
    before = everything()
    after = undone(publish(course("C1", "Plumbing", presentations=("NEW",)), course("C2", "Cooking")), editor)
    assert everything() == before
    assert [why for _action, _thing, _title, why in told(after) if why] == []


def test_what_the_file_only_said_to_be_right_counts_from_when_it_did_before(
    publish, college, editor, tmp_path, school_day
):
    take_in(college, tmp_path, catalogue(course("C1", "Plumbing"), course("C2", "Drama")))
    school_day.shift(dt.timedelta(days=9))
    upload = publish(course("C1", "Plumbing"), course("C2", "Acting"))
    assert set(Course.objects.values_list("checked_on", flat=True)) == {dt.date(2026, 11, 27)}
    undone(upload, editor)
    assert set(Course.objects.values_list("checked_on", flat=True)) == {dt.date(2026, 11, 18)}


def test_copies_of_last_years_dates_are_again_copies_that_nobody_has_looked_into(publish, college, editor, tmp_path):
    take_in(college, tmp_path, catalogue(course("C1", "Plumbing")))
    last = CourseRun.objects.get()
    copy = CourseRunFactory(
        course=last.course, rolled_from=last, state="draft", starts_on=dt.date(2027, 9, 6), provider_reference="R1/27"
    )
    CourseRun.objects.filter(pk=copy.pk).update(created_at="2026-11-01T09:00Z", changed_at="2026-11-01T09:00Z")
    upload = publish(course("C1", "Plumbing", run("<start dtf='2027-09-06'>6 September</start>", "R2"), ("R1",)))
    copy.refresh_from_db()
    assert copy.ended_on is not None
    undone(upload, editor)
    copy.refresh_from_db()
    assert (copy.ended_on, copy.changed_at == copy.created_at) == (None, True)


@given(
    first=st.sets(st.integers(0, 5)), second=st.sets(st.integers(0, 5)), retitled=st.sets(st.integers(0, 5)),
    more_runs=st.sets(st.integers(0, 5)), moved=st.sets(st.integers(0, 5)), is_merge=st.booleans(),
)  # fmt: skip
@example(first={0}, second={0}, retitled=set(), more_runs=set(), moved=set(), is_merge=True)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_undoing_leaves_everything_that_was_there_as_it_was(
    db, tmp_path, first, second, retitled, more_runs, moved, is_merge
):
    college = ProviderFactory()
    editor = StaffRoleFactory(organisation=college, kind="editor").user
    if first:
        take_in(college, tmp_path, catalogue(*(course(f"C{at}", f"Course {at}") for at in sorted(first))))
    before = everything()
    if not second:
        return
    file = SimpleUploadedFile(
        "ours.xml",
        catalogue(
            *(
                course(
                    f"C{at}", f"Course {at}{' anew' * (at in retitled)}",
                    run(VENUE.format(f"Site {at}") if at in moved else ""), ("R2",) if at in more_runs else (),
                )
                for at in sorted(second)
            )
        ).encode(),
    )  # fmt: skip
    upload = after_its_job(
        receive_upload(
            kind="courses", organisation=college, file=file, file_name="ours.xml", by=editor,
            mode="merge" if is_merge else "replace",
        )
    )  # fmt: skip
    upload = after_its_job(confirm_upload(upload=upload, seen=upload.digest, by=editor, is_knowing=True))

    after = undone(upload, editor)

    is_the_same = second <= first and not second & (retitled | more_runs | moved) and (is_merge or first == second)
    if is_the_same:
        assert (after.state, after.note) == ("published", "There is nothing of this file left to undo.")
    else:
        assert (after.state, after.counts["undone"]["kept"]) == ("undone", 0)
    now = everything()
    assert all(row in now[name] for name in before for row in before[name])
    offered = Course.objects.filter(provider=college, state="published")
    assert set(offered.values_list("provider_reference", flat=True)) == {f"C{at}" for at in first}
    assert CourseRun.objects.filter(course__provider=college, ended_on=None).count() == len(first)
    assert is_the_same or not CatalogueImage.objects.filter(upload=upload).exists()


def test_a_file_of_sites_alone_is_undone_too(college, editor, reference):
    Site.objects.create(organisation=college, provider_reference="S1", name="Hill Site", postcode="NR1 1AA")
    before = everything()
    rows = [["Site code", "Site", "Site postcode"], ["S1", "Hill Campus", "NR1 1AA"], ["S2", "Valley Site", "NR2 2BB"]]
    file = SimpleUploadedFile("sites.csv", text(rows))
    upload = after_its_job(
        receive_upload(kind="courses", organisation=college, file=file, file_name="sites.csv", by=editor, mode="merge")
    )
    upload = after_its_job(confirm_upload(upload=upload, seen=upload.digest, by=editor))
    assert upload.state == "published"
    assert told(undone(upload, editor)) == [
        ("restored", "site", "Hill Campus, NR1 1AA", ""), ("taken_out", "site", "Valley Site, NR2 2BB", ""),
    ]  # fmt: skip
    assert before["Site"][0] in everything()["Site"]


class TestTouchedSince:
    """What somebody has touched stays, each with its sentence; the rest is undone all the same."""

    @pytest.fixture
    def upload(self, publish, college, tmp_path, school_day):
        take_in(
            college, tmp_path,
            catalogue(
                course("C1", "Plumbing"), course("C2", "Cooking"), course("C3", "Drama", presentations=("R1", "R2"))
            ),
        )  # fmt: skip
        upload = publish(
            course("C1", "Plumbing for all"), course("C2", "Cooking", presentations=("R1", "R2")), course("C4", "New")
        )
        school_day.shift(dt.timedelta(days=1))
        return upload

    def kept(self, upload, editor):
        after = undone(upload, editor)
        assert after.state == "undone"
        return {(title, thing): why for action, thing, title, why in told(after) if action == "kept"}

    def test_a_course_that_was_edited(self, upload, editor):
        edit_course(course=Course.objects.get(provider_reference="C1"), values={"summary": "Anew"}, by=editor)
        assert self.kept(upload, editor) == {
            ("Plumbing for all", "course"): "It has been changed by somebody since, on 19 November 2026."
        }
        assert set(Course.objects.values_list("title", "state")) == {
            ("Plumbing for all", "published"), ("Cooking", "published"), ("Drama", "published"), ("New", "withdrawn"),
        }  # fmt: skip

    def test_a_date_that_was_taken_out(self, upload, editor):
        CourseRun.objects.filter(course__provider_reference="C2", provider_reference="R2").update(
            ended_on=dt.date(2026, 11, 19)
        )
        assert self.kept(upload, editor) == {("Cooking: R2", "run"): "It has been taken out by somebody since."}

    def test_a_new_course_that_was_given_a_date_by_hand(self, upload, editor):
        new = Course.objects.get(provider_reference="C4")
        create_run(course=new, values={"starts_on": dt.date(2027, 9, 6), "site": None}, by=editor)
        assert self.kept(upload, editor) == {("New", "course"): "It has dates that stay."}
        assert (Course.objects.get(pk=new.pk).state, new.runs.filter(ended_on=None).count()) == ("published", 1)

    def test_a_course_that_somebody_said_is_right(self, upload, editor):
        Course.objects.filter(provider_reference="C4").update(checked_on=dt.date(2026, 11, 19))
        assert self.kept(upload, editor) == {
            ("New", "course"): "Somebody has said since, on 19 November 2026, that it is right."
        }

    def test_a_date_that_has_begun(self, publish, editor, school_day):
        upload = publish(course("C1", "Plumbing", run("<start dtf='2026-11-20'>20 November</start>"), ()))
        school_day.shift(dt.timedelta(days=2))
        assert self.kept(upload, editor) == {
            ("Plumbing: 20 November 2026", "run"): "It has begun since, on 20 November 2026.",
            ("Plumbing", "course"): "It has dates that stay.",
        }

    def test_a_date_of_before_that_would_have_begun(self, publish, college, editor, tmp_path, school_day):
        take_in(
            college, tmp_path,
            catalogue(course("C1", "Plumbing", run("<start dtf='2026-11-20'>20 November</start>"), ()), course("C2")),
        )  # fmt: skip
        upload = publish(course("C2"))
        school_day.shift(dt.timedelta(days=2))
        assert self.kept(upload, editor) == {
            ("Plumbing: 20 November 2026", "run"): "It has begun since, on 20 November 2026."
        }
        assert Course.objects.get(provider_reference="C1").state == "published"

    def test_a_date_whose_site_is_closed(self, publish, college, editor, tmp_path):
        take_in(
            college, tmp_path, catalogue(course("C1", "Plumbing", run(VENUE.format("Hill Site")), ()), course("C2"))
        )
        upload = publish(course("C2"))
        Site.objects.update(ended_on=dt.date(2026, 11, 19))
        assert self.kept(upload, editor) == {("Plumbing: R1, Hill Site", "run"): "Its site has been closed since."}

    def test_a_site_where_dates_stay(self, publish, college, editor):
        upload = publish(course("C1", "Plumbing", run(VENUE.format("Hill Site")), ()))
        mine = CourseFactory(provider=college, title="Mine")
        CourseRunFactory(course=mine, site=Site.objects.get(name="Hill Site"))
        assert self.kept(upload, editor) == {("Hill Site", "site"): "Dates that stay are there."}
        assert Site.objects.get(name="Hill Site").ended_on is None

    def test_a_code_that_another_course_has_now(self, publish, college, editor, tmp_path):
        take_in(college, tmp_path, catalogue(course("C1", "Plumbing")))
        upload = publish(course("N1", "Plumbing"))
        CourseFactory(provider=college, title="Other", provider_reference="C1")
        assert self.kept(upload, editor) == {
            ("Plumbing", "course"): "Another course has the code now that it had before."
        }

    def test_what_somebody_has_applied_for(self, publish, college, editor):
        cycle = CycleFactory(area=college.area)
        upload = publish(
            course("C1", "Plumbing", run("<start dtf='2027-09-06'>6 September</start>"), ()), course("C2", "Cooking")
        )
        wanted = CourseRun.objects.get(course__provider_reference="C1")
        CourseRun.objects.filter(pk=wanted.pk).update(takes_applications=True)
        CatalogueImage.objects.all().delete()  # opened for applications before, as it were: kept again with it
        upload = publish(
            course("C1", "Plumbing for all", run("<start dtf='2027-09-13'>13 September</start>"), ()),
            course("C2", "Cooking for all"),
        )
        learner = LearnerFactory(area=college.area)
        LearnerContactFactory(learner=learner)
        application = start_application(learner=learner, cycle=cycle, by=learner.user)
        write_profile(
            application=application, by=learner.user, statement="I like putting things right.",
            predicted_grades="English: 5", needs="",
        )  # fmt: skip
        send_choice(choice=add_run(learner=learner, run=wanted, by=learner.user), by=learner.user)

        assert self.kept(upload, editor) == {
            ("Plumbing for all", "course"): "Somebody has applied for it since.",
            ("Plumbing for all: 13 September 2027", "run"): "Somebody has applied for it since.",
        }
        assert set(Course.objects.values_list("title", flat=True)) == {"Plumbing for all", "Cooking"}


class TestAsking:
    @pytest.fixture
    def upload(self, publish, college, tmp_path):
        take_in(college, tmp_path, catalogue(course("C1", "Plumbing")))
        return publish(course("C1", "Plumbing for all"))

    def test_only_somebody_who_keeps_the_courses_may(self, upload):
        stranger = StaffRoleFactory(organisation=ProviderFactory(), kind="editor").user
        for person in (stranger, UserFactory(), None):
            with pytest.raises(NotAllowed):
                undo_upload(upload=upload, seen="", by=person)

    def test_what_was_on_an_older_page_is_not_undone(self, upload, editor):
        seen = undo_plan(upload).digest
        edit_course(course=Course.objects.get(), values={"summary": "Anew"}, by=editor)
        after = after_its_job(undo_upload(upload=upload, seen=seen, by=editor))
        assert (after.state, after.undo_asked_at, after.undo_asked_by) == ("published", None, None)
        assert after.note.startswith("Something has changed since you asked to undo this file, so nothing was undone.")
        assert Course.objects.get().title == "Plumbing for all"
        assert (after.reversals.count(), undone(after, editor).state) == (0, "undone")

    def test_only_the_last_published_file_can_be(self, upload, publish, editor):
        publish(course("C1", "Plumbing once more"))
        with pytest.raises(RuleBroken) as refusal:
            asked(upload, editor)
        assert refusal.value.code == "upload_not_last"

    def test_it_goes_one_step_back(self, upload, publish, editor):
        undone(publish(course("C1", "Plumbing once more")), editor)
        with pytest.raises(RuleBroken):
            asked(upload, editor)
        assert Course.objects.get().title == "Plumbing for all"

    def test_a_file_published_while_somebody_waits_for_the_undo_stands(self, upload, publish, editor):
        waiting = asked(upload, editor)
        publish(course("C1", "Plumbing once more"))
        after = after_its_job(waiting)
        assert (after.state, after.note) == (
            "published", "Another file has been published since, so this one cannot be undone any more.",
        )  # fmt: skip
        assert Course.objects.get().title == "Plumbing once more"

    def test_a_file_that_was_put_aside_is_no_obstacle(self, upload, college, editor):
        file = SimpleUploadedFile("next.xml", catalogue(course("C1", "Next")).encode())
        after_its_job(receive_upload(kind="courses", organisation=college, file=file, file_name="next.xml", by=editor))
        assert undone(upload, editor).state == "undone"

    def test_twice_is_once_and_what_is_undone_stays_undone(self, upload, editor):
        first = asked(upload, editor)
        second = asked(upload, editor)
        assert first.job == second.job
        after_its_job(first)
        with pytest.raises(StaleState):
            undo_upload(upload=Upload.objects.get(pk=upload.pk), seen="", by=editor)
        assert [event.verb for event in Event.objects.order_by("pk")][-4:] == [
            "upload.publish", "upload.ask_undo", "courses.undo", "upload.undo",
        ]  # fmt: skip
        assert Event.objects.get(verb="courses.undo").facts == {
            "provider": upload.organisation_id, "restored": 1, "taken_out": 0, "kept": 0,
        }  # fmt: skip

    def test_what_is_asked_for_is_not_offered_again_and_not_said_to_be_done(self, upload, editor, client):
        client.force_login(editor)
        pages = reverse("providers:uploads"), reverse("providers:upload", args=[upload.reference])
        link = f'href="{reverse("providers:upload-undo", args=[upload.reference])}"'
        assert link in client.get(pages[0]).text
        waiting = asked(upload, editor)
        assert [link in client.get(page).text for page in pages] == [False, False]
        about = client.get(pages[1]).text
        assert "Undoing asked for" in about
        assert ">Undone<" not in about
        after_its_job(waiting)
        assert ">Undone<" in client.get(pages[1]).text

    def test_the_same_file_again_does_it_all_again(self, upload, publish, editor):
        undone(upload, editor)
        again = publish(course("C1", "Plumbing for all"))
        assert (Course.objects.get().title, undone(again, editor).state) == ("Plumbing for all", "undone")
        assert Course.objects.get().title == "Plumbing"

    def test_a_file_that_waited_is_checked_again_when_it_is_confirmed(self, upload, college, editor):
        file = SimpleUploadedFile("next.xml", catalogue(course("C1", "Next")).encode())
        waiting = after_its_job(
            receive_upload(kind="courses", organisation=college, file=file, file_name="next.xml", by=editor)
        )
        undone(upload, editor)
        after = after_its_job(confirm_upload(upload=waiting, seen=waiting.digest, by=editor))
        assert (after.state, after.confirmed_at) == ("checked", None)
        assert [each.fields for each in after.changes.all()] == [{"title": ["Plumbing", "Next"]}]

    def test_a_mistake_of_ours_leaves_everything_as_it_is_and_it_can_be_asked_again(self, upload, editor, monkeypatch):
        with monkeypatch.context() as broken:
            broken.setattr(catalogue_undoing, "refresh_search", lambda **_rest: 1 / 0)
            after = undone(upload, editor)
        assert (after.state, after.undo_asked_at, Course.objects.get().title) == ("published", None, "Plumbing for all")
        assert after.note.startswith("Something went wrong on our side and nothing was changed.")
        assert undone(after, editor).state == "undone"


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    @pytest.fixture
    def upload(self, publish, college, tmp_path):
        take_in(college, tmp_path, catalogue(course("C1", "Plumbing")))
        return publish(course("C1", "Plumbing for all"))

    def ask_slowly(self, upload, editor, college, monkeypatch):
        """Two editors press the button, and each thinks for a moment between asking and writing."""
        colleague = StaffRoleFactory(organisation=college, kind="editor").user

        def slowly(*arguments, **rest):
            time.sleep(0.4)
            return enqueue(*arguments, **rest)

        monkeypatch.setattr(undoing, "enqueue", slowly)
        return {type(each) for each in at_once(lambda: asked(upload, editor), lambda: asked(upload, colleague))}

    def test_two_editors_undo_and_one_wins(self, upload, editor, college, monkeypatch):
        assert self.ask_slowly(upload, editor, college, monkeypatch) == {Upload, StaleState}
        assert Job.objects.filter(key__startswith=f"upload:{upload.pk}:undo").count() == 1

    def test_without_the_lock_both_would_believe_they_had(self, upload, editor, college, monkeypatch):
        monkeypatch.setattr(UploadQuerySet, "select_for_update", lambda self, **_options: self)
        assert self.ask_slowly(upload, editor, college, monkeypatch) == {Upload}

    def undo_while_somebody_edits(self, upload, editor, monkeypatch):
        """The worker pauses between what it put back and its commit, and somebody saves that course. Who was first?"""
        waiting, order, put_back, mine = asked(upload, editor), [], threading.Event(), Course.objects.get()

        def refresh_search(*, provider):
            put_back.set()
            until = time.monotonic() + 2
            while time.monotonic() < until and not is_waited_for():
                time.sleep(0.02)
            order.append("undone")

        def is_waited_for():
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT count(*) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND wait_event_type = 'Lock'"
                )
                return cursor.fetchone()[0] > 0

        def edit():
            assert put_back.wait(10)
            edit_course(course=mine, values={"summary": "Anew"}, by=editor)
            order.append("edited")

        monkeypatch.setattr(catalogue_undoing, "refresh_search", refresh_search)
        at_once(lambda: run_job(waiting.job_id), edit)
        return order, list(Course.objects.values_list("title", "summary"))

    def test_somebody_who_edits_meanwhile_saves_onto_what_was_put_back(self, upload, editor, monkeypatch):
        assert self.undo_while_somebody_edits(upload, editor, monkeypatch) == (
            ["undone", "edited"], [("Plumbing", "Anew")],
        )  # fmt: skip
