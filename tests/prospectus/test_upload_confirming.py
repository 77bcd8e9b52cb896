"""A catalogue is checked, shown, confirmed and published; what was shown is what is published."""

import datetime as dt
import threading
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activity.actions import enqueue, run_job
from activity.models import Event, Job
from core.errors import NotAllowed, RuleBroken, StaleState
from prospectus.actions import courses as publishing
from prospectus.actions.editing import edit_course
from prospectus.models import Course, CourseRun, CourseSearch
from prospectus.queries.changes import say_changes, why_held
from providers.actions import abandon_upload, confirm_upload, confirming, receive_upload
from providers.models import Upload, UploadChange
from providers.querysets import OrganisationQuerySet, UploadQuerySet
from tests.factories import CourseFactory, CourseRunFactory, ProviderFactory, StaffRoleFactory, UserFactory
from tests.prospectus.feeds import catalogue, course, run, take_in
from tests.races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def college():
    return ProviderFactory(name="Northfield College")


@pytest.fixture
def editor(college):
    return StaffRoleFactory(organisation=college, kind="editor").user


def started(upload):
    """The upload after its job, which is the check or what was confirmed."""
    run_job(upload.job_id)
    return Upload.objects.get(pk=upload.pk)


def hand_over(college, editor, *elements, **rest):
    file = SimpleUploadedFile("ours.xml", catalogue(*elements).encode())
    return started(
        receive_upload(kind="courses", organisation=college, file=file, file_name="ours.xml", by=editor, **rest)
    )


def confirmed(upload, by, **rest):
    return started(confirm_upload(upload=upload, seen=upload.digest, by=by, **rest))


def told(upload):
    return [(each.action, each.thing, each.title, each.fields) for each in upload.changes.all()]


def many(number, **rest):
    return [course(f"C{at}", f"Course {at}", presentations=(f"R{at}",), **rest) for at in range(number)]


def test_checking_shows_everything_and_changes_nothing(college, editor, tmp_path):
    take_in(college, tmp_path, catalogue(course("C1", "Plumbing"), course("C2", "Cooking"), course("C3", "Drama")))
    events = Event.objects.count()

    upload = hand_over(college, editor, course("C1", "Plumbing for all"), course("C2", "Cooking"), course("C4", "New"))

    assert upload.state == "checked"
    assert told(upload) == [
        ("ended", "course", "Drama", {}),
        ("ended", "run", "Drama: R1", {}),
        ("added", "course", "New", {}),
        ("added", "run", "New: R1", {}),
        ("changed", "course", "Plumbing for all", {"title": ["Plumbing", "Plumbing for all"]}),
    ]
    assert {name: upload.counts[name] for name in ("added", "changed", "ended", "unchanged")} == {
        "added": 2, "changed": 1, "ended": 2, "unchanged": 3,
    }  # fmt: skip
    assert set(Course.objects.values_list("title", "state")) == {
        ("Plumbing", "published"), ("Cooking", "published"), ("Drama", "published"),
    }  # fmt: skip
    assert [event.verb for event in Event.objects.order_by("pk")[events:]] == ["upload.receive", "upload.check"]


def test_confirming_publishes_what_was_shown_and_search_has_it(college, editor, tmp_path):
    take_in(college, tmp_path, catalogue(course("C1", "Plumbing"), course("C3", "Drama")))
    upload = hand_over(college, editor, course("C1", "Plumbing for all"), course("C4", "New"))
    shown = told(upload)

    after = confirmed(upload, editor)

    assert (after.state, after.confirmed_by, after.counts, told(after)) == ("published", editor, upload.counts, shown)
    assert set(Course.objects.values_list("title", "state")) == {
        ("Plumbing for all", "published"), ("Drama", "withdrawn"), ("New", "published"),
    }  # fmt: skip
    assert set(CourseSearch.objects.values_list("title", flat=True)) == {"plumbing for all", "new"}


def test_the_same_file_again_has_nothing_to_change(college, editor):
    confirmed(hand_over(college, editor, *many(3)), editor)

    again = hand_over(college, editor, *many(3))

    assert (again.state, told(again), again.counts["unchanged"]) == ("checked", [], 6)


def test_a_new_value_of_every_sort_is_said_in_words(college, editor, reference, tmp_path):
    before = run(
        "<start dtf='2027-09-06'>6 September</start><studyMode identifier='FT'>Full time</studyMode><cost>£120</cost>"
        "<venue><provider><dc:title>Hill Site</dc:title></provider></venue>"
    )
    after = run(
        "<start dtf='2027-09-13'>13 September</start><studyMode identifier='PT'>Part time</studyMode><cost>Free</cost>"
        "<venue><provider><dc:title>Valley Site</dc:title></provider></venue>"
    )
    element = "<course><dc:identifier>C1</dc:identifier><dc:title>Plumbing</dc:title>{}</course>"
    take_in(college, tmp_path, catalogue(element.format(before)))

    upload = hand_over(college, editor, element.format(after))

    changed = upload.changes.get(action="changed")
    assert changed.title == "Plumbing: 13 September 2027, Valley Site"
    (fields,) = say_changes([changed])
    assert [tuple(field) for field in fields] == [
        ("Starts", "6 September 2027", "13 September 2027"),
        ("Start in your words", "6 September", "13 September"),
        ("Full or part time", "Full time", "Part time"),
        ("How it is studied, in your words", "Full time", "Part time"),
        ("Cost", "£120", "Free"),
        ("Site", "Hill Site", "Valley Site"),
    ]
    assert [(each.action, each.thing, each.title) for each in upload.changes.filter(thing="site")] == [
        ("added", "site", "Valley Site")
    ]


def test_a_long_text_is_shown_around_its_first_difference():
    old = "Learn to wire and test. " * 20
    change = UploadChange(thing="course", fields={"what_you_do": [f"<p>{old}</p>", f"<p>{old}Bring boots.</p>"]})
    ((field,),) = say_changes([change])
    assert field.old == "…" + old.strip()[-40:]
    assert field.new.endswith(old.strip()[-40:] + " Bring boots.")


def test_the_names_of_codes_are_asked_for_once(reference, django_assert_num_queries):
    change = UploadChange(
        thing="course",
        fields={"subject": [None, "05.2"], "qualification_type": ["gcse", "a_level"], "levels": [["2"], ["2", "3"]]},
    )
    with django_assert_num_queries(2):
        said = say_changes([change] * 5)
    assert (
        said
        == [
            [
                ("Kind of qualification", "GCSE", "GCE A level"),
                ("Levels", "2", "2; 3"),
                ("Subject", "", "Building and construction"),
            ]
        ]
        * 5
    )


@given(
    first=st.sets(st.integers(0, 7)), second=st.sets(st.integers(0, 7)), retitled=st.sets(st.integers(0, 7)),
    more_runs=st.sets(st.integers(0, 7)), is_merge=st.booleans(),
)  # fmt: skip
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_shown_is_what_is_done(db, tmp_path, first, second, retitled, more_runs, is_merge):
    college = ProviderFactory()
    editor = StaffRoleFactory(organisation=college, kind="editor").user
    if first:
        take_in(college, tmp_path, catalogue(*(course(f"C{at}", f"Course {at}") for at in sorted(first))))

    upload = hand_over(
        college,
        editor,
        *(
            course(
                f"C{at}",
                f"Course {at}{' anew' * (at in retitled)}",
                presentations=("R1", "R2") if at in more_runs else ("R1",),
            )
            for at in sorted(second)
        ),
        mode="merge" if is_merge else "replace",
    )
    if upload.state == "refused":
        assert not second
        return
    shown, counts = told(upload), dict(upload.counts)
    after = confirmed(upload, editor, is_knowing=True)

    assert (after.state, after.counts, told(after)) == ("published", counts, shown)
    for action in ("added", "changed", "ended"):
        assert after.changes.filter(action=action, thing__in=("course", "run")).count() == counts[action]
    assert set(
        Course.objects.filter(provider=college, state="published").values_list("provider_reference", flat=True)
    ) == {f"C{at}" for at in (first | second if is_merge else second)}


class TestMode:
    def test_some_of_the_catalogue_ends_and_renames_nothing(self, college, editor, tmp_path):
        take_in(
            college, tmp_path, catalogue(course("C1", "Plumbing"), course("C2", "Drama", presentations=("R1", "R2")))
        )

        upload = hand_over(college, editor, course("N1", "Plumbing"), course("C2", "Drama"), mode="merge")

        assert told(upload) == [("added", "course", "Plumbing", {}), ("added", "run", "Plumbing: R1", {})]
        assert confirmed(upload, editor).counts["ended"] == 0
        assert CourseRun.objects.filter(ended_on=None).count() == 4


class TestHolding:
    def test_what_takes_out_much_is_held_and_needs_a_second_yes(self, college, editor, tmp_path):
        take_in(college, tmp_path, catalogue(*many(10)))
        upload = hand_over(college, editor, *many(5))

        assert (upload.state, upload.note) == (
            "held",
            (
                "This file would take 5 of your 10 courses and 5 of your 10 dates out of the prospectus. "
                "Is anything missing from it?"
            ),
        )
        with pytest.raises(RuleBroken) as refusal:
            confirm_upload(upload=upload, seen=upload.digest, by=editor)
        assert refusal.value.code == "upload_held"
        assert confirmed(upload, editor, is_knowing=True).state == "published"
        assert Course.objects.filter(state="published").count() == 5

    @pytest.mark.parametrize(
        ("gone", "offered", "is_held"), [(4, 4, False), (5, 25, False), (5, 24, True), (5, 5, True), (0, 0, False)]
    )
    def test_it_takes_more_than_a_fifth_and_at_least_five(self, gone, offered, is_held):
        counts = {"courses_gone": 0, "courses_offered": 9, "runs_gone": gone, "runs_offered": offered}
        assert bool(why_held(counts)) is is_held


class TestTheWorldMovesOn:
    @pytest.fixture
    def upload(self, college, editor, tmp_path):
        take_in(college, tmp_path, catalogue(course("C1", "Plumbing"), course("C2", "Drama")))
        return hand_over(college, editor, course("C1", "Plumbing for all"), course("C2", "Drama"))

    def test_a_course_edited_since_is_shown_instead_of_published(self, upload, editor):
        edit_course(course=Course.objects.get(provider_reference="C2"), values={"title": "Acting"}, by=editor)

        again = confirmed(upload, editor)

        assert (again.state, again.confirmed_at) == ("checked", None)
        assert again.note.startswith("Something has changed since this file was checked, so nothing was published.")
        assert [each[2:] for each in told(again)] == [
            ("Drama", {"title": ["Acting", "Drama"]}),
            ("Plumbing for all", {"title": ["Plumbing", "Plumbing for all"]}),
        ]
        assert set(Course.objects.values_list("title", flat=True)) == {"Plumbing", "Acting"}
        assert confirmed(again, editor).state == "published"

    def test_the_next_day_is_no_news(self, upload, editor, school_day):
        school_day.shift(dt.timedelta(days=1))
        assert confirmed(upload, editor).state == "published"

    def test_what_was_on_an_older_page_is_not_confirmed(self, upload, editor):
        with pytest.raises(RuleBroken) as refusal:
            confirm_upload(upload=upload, seen="0" * 64, by=editor)
        assert refusal.value.code == "upload_changed"
        assert Upload.objects.get(pk=upload.pk).confirmed_at is None

    def test_another_file_puts_it_aside_with_words(self, upload, college, editor):
        other = hand_over(college, editor, course("C9", "Dance"))

        before = Upload.objects.get(pk=upload.pk)
        assert (before.state, before.refusal) == ("abandoned", "Another file was handed over instead: ours.xml")
        assert other.state == "checked"
        with pytest.raises(StaleState):
            confirm_upload(upload=before, seen=before.digest, by=editor)

    def test_a_feed_that_arrives_puts_it_aside_too(self, upload, college, tmp_path):
        assert take_in(college, tmp_path, catalogue(course("C1", "Plumbing"))).is_published
        assert Upload.objects.get(pk=upload.pk).state == "abandoned"


class TestDeciding:
    @pytest.fixture
    def upload(self, college, editor):
        return hand_over(college, editor, course())

    def test_only_somebody_who_keeps_the_courses_may(self, upload):
        stranger = StaffRoleFactory(organisation=ProviderFactory(), kind="editor").user
        with pytest.raises(NotAllowed):
            confirm_upload(upload=upload, seen=upload.digest, by=stranger)
        with pytest.raises(NotAllowed):
            abandon_upload(upload=upload, by=UserFactory())

    def test_twice_is_once(self, upload, editor):
        first = confirm_upload(upload=upload, seen=upload.digest, by=editor)
        second = confirm_upload(upload=upload, seen=upload.digest, by=editor)
        assert (first.job, started(second).state) == (second.job, "published")
        assert confirm_upload(upload=started(first), seen=upload.digest, by=editor).is_published
        assert Event.objects.filter(verb="upload.publish").count() == 1

    def test_a_second_editor_is_told(self, upload, college, editor):
        confirm_upload(upload=upload, seen=upload.digest, by=editor)
        colleague = StaffRoleFactory(organisation=college, kind="editor").user
        with pytest.raises(StaleState):
            confirm_upload(upload=Upload.objects.get(pk=upload.pk), seen=upload.digest, by=colleague)
        with pytest.raises(StaleState):
            abandon_upload(upload=upload, by=colleague)

    def test_what_is_put_aside_stays_aside(self, upload, editor):
        assert abandon_upload(upload=upload, by=editor).refusal == "It was put aside after it had been checked."
        with pytest.raises(StaleState):
            confirm_upload(upload=upload, seen=upload.digest, by=editor)
        assert not Course.objects.exists()

    def test_a_mistake_of_ours_while_publishing_leaves_it_to_be_confirmed_again(self, upload, editor, monkeypatch):
        with monkeypatch.context() as broken:
            broken.setattr(publishing, "refresh_search", lambda **_rest: 1 / 0)
            after = confirmed(upload, editor)
        assert (after.state, after.confirmed_at, Course.objects.count()) == ("checked", None, 0)
        assert after.note.startswith("Something went wrong on our side and nothing was changed.")
        assert confirmed(after, editor).state == "published"


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    @pytest.fixture
    def upload(self, college, editor):
        return hand_over(college, editor, course())

    def confirm(self, upload, by):
        return lambda: confirm_upload(upload=Upload.objects.get(pk=upload.pk), seen=upload.digest, by=by)

    def confirm_slowly(self, upload, editor, college, monkeypatch):
        """Two editors press the button, and each thinks for a moment between asking and writing."""
        colleague = StaffRoleFactory(organisation=college, kind="editor").user

        def slowly(*arguments, **rest):
            time.sleep(0.4)
            return enqueue(*arguments, **rest)

        monkeypatch.setattr(confirming, "enqueue", slowly)
        return {type(each) for each in at_once(self.confirm(upload, editor), self.confirm(upload, colleague))}

    def test_two_editors_press_the_button_and_one_wins(self, upload, editor, college, monkeypatch):
        assert self.confirm_slowly(upload, editor, college, monkeypatch) == {Upload, StaleState}
        assert Job.objects.filter(key=f"upload:{upload.pk}:1").count() == 1

    def test_without_the_lock_both_would_believe_they_had(self, upload, editor, college, monkeypatch):
        monkeypatch.setattr(UploadQuerySet, "select_for_update", lambda self, **_options: self)
        assert self.confirm_slowly(upload, editor, college, monkeypatch) == {Upload}

    def test_a_double_click_is_one_publish(self, upload, editor):
        first, second = at_once(self.confirm(upload, editor), self.confirm(upload, editor))
        assert first.job_id == second.job_id
        assert started(first).state == "published"

    def test_confirming_and_putting_aside_do_not_both_happen(self, upload, college, editor):
        colleague = StaffRoleFactory(organisation=college, kind="editor").user
        results = at_once(self.confirm(upload, editor), lambda: abandon_upload(upload=upload, by=colleague))
        assert {type(result) for result in results} == {Upload, StaleState}
        after = Upload.objects.get(pk=upload.pk)
        assert (after.state, after.confirmed_at is None) in {("checked", False), ("abandoned", True)}

    def publish_while_somebody_edits(self, college, editor, monkeypatch):
        """The worker pauses between its merge and its commit, and somebody saves another course. Who was first?"""
        mine = CourseFactory(provider=college, title="Mine", provider_reference="M1")
        CourseRunFactory(course=mine)
        upload = hand_over(college, editor, course())
        confirm_upload(upload=upload, seen=upload.digest, by=editor)
        order, merged = [], threading.Event()

        def refresh_search(*, provider):
            merged.set()
            until = time.monotonic() + 2
            while time.monotonic() < until and not is_waited_for():
                time.sleep(0.02)
            order.append("published")

        def is_waited_for():
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT count(*) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND wait_event_type = 'Lock'"
                )
                return cursor.fetchone()[0] > 0

        def edit():
            assert merged.wait(10)
            edit_course(course=mine, values={"summary": "Anew"}, by=editor)
            order.append("edited")

        monkeypatch.setattr(publishing, "refresh_search", refresh_search)
        at_once(lambda: run_job(Upload.objects.get(pk=upload.pk).job_id), edit)
        return order, Upload.objects.get(pk=upload.pk).state

    def test_whoever_edits_waits_until_what_was_compared_is_published(self, college, editor, monkeypatch):
        assert self.publish_while_somebody_edits(college, editor, monkeypatch) == (
            ["published", "edited"],
            "published",
        )

    def test_without_the_lock_an_edit_would_come_in_between(self, college, editor, monkeypatch):
        monkeypatch.setattr(OrganisationQuerySet, "select_for_update", lambda self, **_options: self)
        assert self.publish_while_somebody_edits(college, editor, monkeypatch) == (
            ["edited", "published"],
            "checked",  # what it found was no longer what had been confirmed
        )
