"""Feeds: what people decide, when they are fetched, and what comes of each fetch."""

import datetime as dt
import os
import threading
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import transaction
from django.db.utils import IntegrityError

from activity.actions import run_job, sweep_outbox
from activity.models import Event, Job, OutboxMessage
from core import clock
from core.errors import NotAllowed, RuleBroken, StaleState
from prospectus.actions import fetches
from prospectus.actions.feeds import add_feed, edit_feed, end_feed, fetch_due_feeds, pause_feed, resume_feed, try_feed
from prospectus.actions.opening import set_opening
from prospectus.exports.table import courses_csv
from prospectus.imports.fetching import folder_of
from prospectus.models import Course, CourseRun, Feed, FeedFetch, FeedPart, FeedRhythm, FeedState
from prospectus.policies import FEED_POLICY
from prospectus.queries.feeds import catalogues_of, next_due, with_fetched_at
from prospectus.queries.opening import Route
from prospectus.tasks import fetch_feeds
from prospectus.workflow import FEED_FLOW
from providers.actions import abandon_upload, confirm_upload
from providers.models import Area, Organisation, RoleKind, Upload
from tests.factories import CycleFactory, OrganisationFactory, ProviderFactory, StaffRoleFactory, UserFactory
from tests.outside import LOCAL, running
from tests.prospectus.feeds import course, run
from tests.prospectus.fetched import catalogue, courses, fetch_now, provider, switched_on, work
from tests.races import at_once

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")


@pytest.fixture
def outside(settings, tmp_path):
    settings.OUTGOING_PRIVATE_NETWORKS = [LOCAL]
    settings.FEED_FOLDERS = tmp_path / "feeds"
    with running() as server:
        yield server


@pytest.fixture
def editor(town):
    role = StaffRoleFactory(
        organisation=town.southbank, kind=RoleKind.EDITOR, user=UserFactory(email="editor@southbank.example")
    )
    return role.user


@pytest.fixture
def help_desk(town):
    council = OrganisationFactory(name="Northmoor Council", kind="authority", area=town.northmoor)
    role = StaffRoleFactory(
        organisation=council, kind=RoleKind.HELP_DESK, user=UserFactory(email="desk@northmoor.example")
    )
    return role.user


def southbank(town, *contents):
    return catalogue(provider(town.southbank.ukprn, "Southbank Sixth Form", *contents))


@pytest.fixture
def feed(town, editor, outside):
    """Southbank's own system hands out ten courses; the feed is on and was fetched once."""
    feed = switched_on(editor, provider=town.southbank, address=outside.serve(body=southbank(town, *courses(10))))
    fetch_now(feed)
    outside.asked.clear()
    return feed


def named(town):
    return sorted(Course.objects.published().filter(provider=town.southbank).values_list("title", flat=True))


def heard_of(whom):
    return with_fetched_at(Organisation.objects).get(pk=whom.pk).fetched_at


# Adding and trying


def test_a_new_feed_is_off_and_is_tried_and_nothing_is_published(town, editor, outside):
    url = outside.serve(body=southbank(town, *courses(10)))
    before = named(town)

    feed = add_feed(provider=town.southbank, source="address", address=url, by=editor)
    work()

    feed.refresh_from_db()
    fetch = feed.fetches.get()
    assert (feed.state, feed.next_at, feed.failures) == (FeedState.PAUSED, None, 0)
    assert (fetch.is_trial, fetch.outcome, fetch.status) == (True, "tried", 200)
    assert "20 courses and dates would be added" in fetch.sentence
    assert fetch.sentence.endswith("Nothing was published.")
    assert named(town) == before
    assert Upload.objects.count() == 0
    assert Event.objects.filter(verb="feed.add").count() == 1


def test_a_trial_says_what_is_wrong_and_counts_for_nothing(town, editor, outside):
    feed = add_feed(provider=town.southbank, source="address", address=outside.url("/nothing"), by=editor)
    work()

    feed.refresh_from_db()
    fetch = feed.fetches.get()
    assert (fetch.outcome, fetch.status) == ("failed", 404)
    assert "no such file" in fetch.sentence
    assert feed.failures == 0


def test_a_trial_of_what_would_be_held_says_so(town, editor, outside, feed):
    outside.serve(body=southbank(town, *courses(2)))

    try_feed(feed=feed, by=editor)
    work()

    fetch = feed.fetches.filter(is_trial=True).first()
    assert fetch.outcome == "tried"
    assert "would wait for somebody" in fetch.sentence
    assert len(named(town)) == 12


def test_tried_twice_at_once_it_is_tried_once(town, editor, feed):
    assert try_feed(feed=feed, by=editor) == try_feed(feed=feed, by=editor)


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("courses.xml", "address_not_web"),
        ("https://me:secret@example.org/a.xml", "address_has_password"),
        ("https://example.org:25/", "address_port"),
        ("http://2130706433/", "address_not_public"),
    ],
)
def test_an_address_that_is_never_asked_is_refused_on_the_form(town, editor, address, code):
    with pytest.raises(RuleBroken) as rule:
        add_feed(provider=town.southbank, source="address", address=address, by=editor)
    assert rule.value.code == code
    assert not Feed.objects.exists()


def test_an_address_inside_the_network_fails_in_a_sentence(town, editor, settings):
    with running() as server:
        server.serve(body="secret")
        feed = add_feed(provider=town.southbank, source="address", address=server.url(), by=editor)
        work()

    assert "private network" in feed.fetches.get().sentence
    assert server.asked == []


def test_one_feed_for_each_provider_and_area_until_it_is_ended(town, editor, help_desk, outside):
    values = {"source": "address", "address": outside.url()}
    first = add_feed(provider=town.southbank, by=editor, **values)
    add_feed(area=town.eastvale, by=help_desk, **values)
    for whose in ({"provider": town.southbank}, {"area": town.eastvale}):
        with pytest.raises(RuleBroken) as rule:
            add_feed(by=help_desk, **whose, **values)
        assert rule.value.code == "feed_exists"

    end_feed(feed=first, by=editor)
    add_feed(provider=town.southbank, by=editor, **values)


def test_a_feed_is_of_a_provider_or_of_an_area(town, editor):
    for whose in ({}, {"provider": town.southbank, "area": town.northmoor}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Feed.objects.create(source="folder", by=editor, **whose)


def test_who_may(town, editor, help_desk, outside):
    other = StaffRoleFactory(organisation=town.northfield, kind=RoleKind.EDITOR).user
    admissions = StaffRoleFactory(organisation=town.southbank, kind=RoleKind.ADMISSIONS).user
    feed = add_feed(provider=town.southbank, source="folder", by=editor)
    area = add_feed(area=town.eastvale, source="folder", by=help_desk)
    seen = {user: set(Feed.objects.visible_to(user)) for user in (editor, help_desk, other, admissions)}

    assert seen == {editor: {feed}, help_desk: {feed, area}, other: set(), admissions: set()}
    assert set(FEED_POLICY.rules) == {"add", *FEED_FLOW.moves}
    for verb in ("add", "try", "edit", "resume", "pause", "end"):
        can = {FEED_POLICY.can(user, verb, feed) for user in (editor, help_desk)}
        cannot = {FEED_POLICY.can(user, verb, feed) for user in (other, admissions, None)}
        assert (can, cannot) == ({True}, {False})
        assert not FEED_POLICY.can(editor, verb, area)
        assert FEED_POLICY.can(help_desk, verb, area)
    for verb in ("fetch", "fail", "recover"):
        assert FEED_POLICY.can(None, verb, feed)
        assert not FEED_POLICY.can(editor, verb, feed)
    with pytest.raises(NotAllowed):
        add_feed(area=town.eastvale, source="folder", by=editor)


# Changing where and when


def test_from_another_address_it_is_switched_off_tried_and_knows_nothing_of_the_old_file(town, editor, feed, outside):
    Feed.objects.filter(pk=feed.pk).update(etag='"old"', failures=2)
    address = outside.serve("/new.xml", body=southbank(town, *courses(11)))

    edit_feed(feed=feed, source="address", address=address, by=editor)
    work()

    feed.refresh_from_db()
    assert (feed.address, feed.state, feed.next_at, feed.failures) == (address, FeedState.PAUSED, None, 0)
    assert (feed.etag, feed.sha256, feed.used_at) == ("", "", None)
    assert "2 courses and dates would be added" in feed.fetches.filter(is_trial=True).first().sentence
    assert len(named(town)) == 12
    assert set(Event.objects.filter(verb__in=["feed.edit", "feed.pause"]).values_list("verb", flat=True)) == {
        "feed.edit",
        "feed.pause",
    }


def test_another_hour_alone_is_no_trial(editor, feed):
    before = feed.fetches.count()

    edit_feed(feed=feed, source="address", address=feed.address, rhythm="weekly", weekday=6, hour=5, by=editor)

    feed.refresh_from_db()
    assert (feed.state, feed.next_at) == (FeedState.ON, next_due(feed, after=clock.now()))
    assert feed.next_at.astimezone(LONDON).weekday() == 6
    assert feed.fetches.count() == before


def test_while_it_is_fetched_it_stays_where_it_is(editor, feed, outside):
    try_feed(feed=feed, by=editor)
    with pytest.raises(RuleBroken) as rule:
        edit_feed(feed=feed, source="folder", by=editor)

    assert rule.value.code == "feed_being_fetched"
    feed.refresh_from_db()
    assert feed.source == "address"


@pytest.mark.parametrize("address", ["courses.xml", "http://2130706433/"])
def test_a_new_address_that_is_never_asked_changes_nothing(editor, feed, address):
    with pytest.raises(RuleBroken):
        edit_feed(feed=feed, source="address", address=address, by=editor)

    assert Feed.objects.get().address == feed.address
    assert not Event.objects.filter(verb="feed.edit").exists()


# What somebody set by hand


def with_days(town, *days):
    inside = "".join(f"<{name} dtf='{day}'>{day}</{name}>" for name, day in days)
    return southbank(
        town, course("F0", "Course 0", presentations=()).replace("</course>", "") + run(inside) + "</course>"
    )


def test_how_one_applies_stays_as_somebody_set_it_here_whatever_the_feed_says(town, editor, outside):
    first, set_here, last = (dt.date(2026, 12, 1), dt.date(2027, 1, 15), dt.date(2027, 2, 1))
    CycleFactory(area=town.northmoor)
    address = outside.serve(body=with_days(town, ("start", "2027-09-06"), ("applyFrom", first)))
    feed = switched_on(editor, provider=town.southbank, address=address)
    fetch_now(feed)
    held = CourseRun.objects.get(provider_reference="R1", course__provider_reference="F0")
    assert (held.apply_from_on, held.opening_set_on) == (first, None)
    set_opening(provider=town.southbank, runs=[held.pk], route=Route.HERE, from_on=set_here, by=editor)

    outside.serve(body=with_days(town, ("start", "2027-09-13"), ("applyFrom", first), ("applyUntil", last)))
    fetch = fetch_now(feed)

    held.refresh_from_db()
    assert fetch.parts.get().outcome == "published"
    assert (held.starts_on, held.apply_from_on, held.apply_until_on) == (dt.date(2027, 9, 13), set_here, None)

    set_opening(provider=town.southbank, runs=[held.pk], route=Route.FEED, by=editor)
    outside.serve(body=with_days(town, ("start", "2027-09-20"), ("applyFrom", first), ("applyUntil", last)))
    fetch_now(feed)

    held.refresh_from_db()
    assert (held.apply_from_on, held.apply_until_on, held.opening_set_on) == (first, last, None)


# Each verb from each state


def put(feed, state):
    Feed.objects.filter(pk=feed.pk).update(state=state, next_at=clock.now() if state in ("on", "failing") else None)
    feed.refresh_from_db()


DO = {
    "try": lambda feed, by: try_feed(feed=feed, by=by),
    "resume": lambda feed, by: resume_feed(feed=feed, by=by),
    "pause": lambda feed, by: pause_feed(feed=feed, by=by),
    "edit": lambda feed, by: edit_feed(feed=feed, source="folder", by=by),
    "end": lambda feed, by: end_feed(feed=feed, by=by),
}


@pytest.mark.parametrize("verb", DO)
@pytest.mark.parametrize("state", FeedState)
def test_each_verb_does_to_a_feed_what_the_table_says(town, editor, verb, state):
    feed = Feed.objects.create(provider=town.southbank, source="folder", by=editor)
    put(feed, state)
    if targets := FEED_FLOW.targets(state, verb):
        DO[verb](feed, editor)
        feed.refresh_from_db()
        assert {feed.state} == targets
        assert (feed.next_at is not None) == (feed.state in ("on", "failing"))
        assert Event.objects.filter(verb=f"feed.{verb}").count() == 1
    else:
        with pytest.raises(StaleState):
            DO[verb](feed, editor)


@pytest.mark.parametrize("state", FeedState)
def test_only_what_is_switched_on_is_fetched(town, editor, state):
    feed = Feed.objects.create(provider=town.southbank, source="folder", by=editor)
    put(feed, state)
    Feed.objects.update(next_at=clock.now())

    assert fetch_due_feeds() == bool(FEED_FLOW.targets(state, "fetch"))


# The timetable


@pytest.mark.parametrize(
    ("rhythm", "weekday", "hour", "after", "due"),
    [
        ("daily", 0, 3, "2026-11-18T10:00", "2026-11-19T03:00"),
        ("daily", 0, 12, "2026-11-18T10:00", "2026-11-18T12:00"),
        ("weekly", 2, 12, "2026-11-18T10:00", "2026-11-18T12:00"),
        ("weekly", 2, 3, "2026-11-18T10:00", "2026-11-25T03:00"),
        ("weekly", 0, 3, "2026-11-18T10:00", "2026-11-23T03:00"),
        ("daily", 0, 1, "2027-03-27T10:00", "2027-03-28T01:00"),  # an hour that does not exist
        ("daily", 0, 9, "2027-03-27T10:00", "2027-03-28T09:00"),
    ],
)
def test_the_next_time_by_the_timetable(rhythm, weekday, hour, after, due):
    feed = Feed(rhythm=rhythm, weekday=weekday, hour=hour)

    assert next_due(feed, after=london(after)) == london(due)


def london(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=LONDON)


def test_feeds_of_one_hour_are_spread_over_it():
    minutes = {next_due(Feed(pk=number, hour=3), after=clock.now()).minute for number in range(60)}

    assert len(minutes) == 60


def test_a_feed_is_in_words_what_it_does():
    assert Feed(rhythm=FeedRhythm.DAILY, hour=3).timetable == "every day between 3:00 and 4:00"
    assert Feed(rhythm=FeedRhythm.WEEKLY, weekday=6, hour=23).timetable == "every Sunday between 23:00 and 0:00"


# Fetching


def test_a_sound_file_is_published_without_anybody(town, feed, editor):
    fetch = feed.fetches.filter(is_trial=False).get()
    upload = Upload.objects.get()

    assert (fetch.outcome, fetch.status) == ("used", 200)
    assert "20 courses and dates were added" in fetch.sentence
    assert (upload.state, upload.by, upload.confirmed_by) == ("published", None, None)
    assert fetch.parts.get().upload == upload
    assert "Course 3" in named(town)
    assert feed.next_at == next_due(feed, after=clock.now())
    assert (feed.failures, feed.succeeded_at) == (0, fetch.started_at)
    assert mail.outbox == []
    assert heard_of(town.southbank) == feed.succeeded_at
    assert heard_of(town.northfield) is None


def test_what_the_part_was_fetched_into_is_gone_once_it_is_used(feed):
    part = FeedPart.objects.get(fetch__is_trial=False)
    assert part.file.name == ""


def test_the_other_side_is_asked_whether_anything_has_changed(town, feed, outside, editor):
    outside.serve(body=southbank(town, *courses(10, "New")), etag='"7"', last_modified="Tue, 17 Nov 2026 09:00:00 GMT")
    fetch_now(feed)
    outside.serve(status=304)

    fetch = fetch_now(feed)

    headers = outside.asked[-1][2]
    assert (headers["if-none-match"], headers["if-modified-since"]) == ('"7"', "Tue, 17 Nov 2026 09:00:00 GMT")
    assert (fetch.outcome, fetch.status, fetch.parts.count()) == ("unchanged", 304, 0)
    assert feed.succeeded_at == fetch.started_at
    assert Upload.objects.count() == 2


def test_the_same_file_without_a_304_changes_nothing_either(feed, outside):
    fetch = fetch_now(feed)

    assert (fetch.outcome, fetch.status) == ("unchanged", 200)
    assert feed.succeeded_at == fetch.started_at
    assert Upload.objects.count() == 1


def test_after_four_weeks_the_same_file_is_used_whole_so_that_courses_do_not_grow_old(town, feed, outside):
    with clock.at(clock.now() + dt.timedelta(days=29)):
        fetch = fetch_now(feed)
        assert fetch.outcome == "used"
        assert "20 stayed as they were" in fetch.sentence
        assert Course.objects.get(title="Course 3").checked_on == clock.today()
    assert "if-none-match" not in outside.asked[-1][2]


def test_what_would_be_held_waits_for_somebody_who_is_told(town, feed, outside, editor):
    outside.serve(body=southbank(town, *courses(2)))

    fetch = fetch_now(feed)

    part = fetch.parts.get()
    assert (fetch.outcome, part.outcome, part.upload.state) == ("used", "held", "held")
    assert len(named(town)) == 12
    sweep_outbox()
    assert [message.to for message in mail.outbox] == [["editor@southbank.example"]]
    assert part.upload.reference in mail.outbox[0].body
    # Nothing new at the next fetch: nobody is asked twice.
    again = fetch_now(feed)
    assert (again.outcome, Upload.objects.filter(state="held").count(), OutboxMessage.objects.count()) == (
        "unchanged",
        1,
        1,
    )
    # And the person decides as about any other file.
    confirm_upload(upload=part.upload, seen=part.upload.digest, by=editor, is_knowing=True)
    work()
    assert len(named(town)) == 4  # two of the feed, and two that were entered by hand


def test_nobody_is_told_of_a_file_that_waits_no_more(town, feed, outside, editor):
    outside.serve(body=southbank(town, *courses(2)))
    fetch = fetch_now(feed)
    abandon_upload(upload=fetch.parts.get().upload, by=editor)

    sweep_outbox()

    assert mail.outbox == []
    assert fetch_now(feed).outcome == "unchanged"


def test_a_file_that_cannot_be_used_changes_nothing_and_is_not_taken_for_used(town, feed, outside):
    before = named(town)
    outside.serve(body="<html>Please sign in</html>", etag='"9"')

    fetch = fetch_now(feed)

    assert fetch.outcome == "failed"
    assert "not an XCRI-CAP" in fetch.sentence
    assert (named(town), feed.failures, feed.etag) == (before, 1, "")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "password"),
        (403, "let"),
        (404, "no such file"),
        (410, "gone"),
        (429, "too often"),
        (503, "trouble"),
        (204, "204"),
    ],
)
def test_what_the_other_side_answers_is_said_in_words(feed, outside, status, words):
    outside.serve(status=status)

    fetch = fetch_now(feed)

    assert (fetch.outcome, fetch.status) == ("failed", status)
    assert words in fetch.sentence


def test_a_304_that_nobody_asked_for_is_no_answer(feed, outside):
    Feed.objects.update(used_at=None)
    outside.serve(status=304)

    assert fetch_now(feed).outcome == "failed"


def test_while_another_file_is_being_read_the_feed_waits_for_its_next_time(town, feed, outside):
    Upload.objects.create(
        kind="courses", organisation=town.southbank, file="x.xml", file_name="x.xml", file_size=1, file_sha256="0" * 64,
        state="received",
    )  # fmt: skip
    outside.serve(body=southbank(town, *courses(11)))

    fetch = fetch_now(feed)

    assert fetch.outcome == "failed"
    assert "being read at the moment" in fetch.sentence


@pytest.mark.parametrize(
    ("counts", "did", "would", "look"),
    [
        (
            (12, 3, 2, 480, 1),
            "12 courses and dates were added, 3 changed, 2 ended; 480 stayed as they were.",
            "12 courses and dates would be added, 3 changed, 2 ended; 480 would stay as they are.",
            " 1 place in the file needs a look.",
        ),
        ((0, 0, 1200, 0, 0), "1,200 courses and dates were ended.", "1,200 courses and dates would be ended.", ""),
        ((0, 0, 0, 7, 2), "7 stayed as they were.", "7 would stay as they are.", " 2 places in the file need a look."),
        ((0, 0, 0, 0, 0), "0 stayed as they were.", "0 would stay as they are.", ""),
    ],
)
def test_what_a_file_did_in_words(counts, did, would, look):
    named = dict(zip(("added", "changed", "ended", "unchanged", "issues"), counts, strict=True))

    assert fetches._counted(named) == did + look
    assert fetches._counted(named, would=True) == would + look


# Failing and recovering


def test_after_each_failure_it_is_tried_again_later_and_never_after_the_timetable(feed, outside):
    outside.serve(status=500)
    waits = []
    for _ in range(6):
        fetch_now(feed)
        waits.append((feed.next_at - clock.now()) / dt.timedelta(hours=1))

    for hours, wait in zip((1, 2, 4, 8), waits, strict=False):
        assert hours * 0.79 < wait < hours * 1.21
    assert feed.next_at <= next_due(feed, after=clock.now())
    assert feed.failures == 6


@pytest.mark.parametrize(
    ("said", "waits"),
    [
        ("172800", dt.timedelta(days=2)),
        ("Fri, 20 Nov 2026 10:00:00 GMT", dt.timedelta(days=2)),
        ("9" * 40, dt.timedelta(days=7)),
        ("Fri, 20 Nov 2099 10:00:00 GMT", dt.timedelta(days=7)),
    ],
)
def test_it_is_not_asked_again_before_the_other_side_wants_to_be(feed, outside, said, waits):
    outside.serve(status=429, Retry_After=said)

    fetch_now(feed)

    assert waits - dt.timedelta(minutes=10) < feed.next_at - clock.now() <= waits
    assert feed.next_at > next_due(feed, after=clock.now())


@pytest.mark.parametrize("said", ["soon", "", "-5", "Fri, 99 Nov 2026", "0", "Fri, 20 Nov 1999 10:00:00 GMT"])
def test_an_answer_that_asks_for_no_wait_is_tried_again_as_ever(feed, outside, said):
    outside.serve(status=503, Retry_After=said)

    fetch_now(feed)

    assert dt.timedelta(minutes=40) < feed.next_at - clock.now() < dt.timedelta(minutes=80)


def test_three_failures_in_a_row_are_told_once_and_again_only_in_another_spell(feed, outside, town):
    def fails(times):
        outside.serve(status=500)
        for _ in range(times):
            fetch_now(feed)
        sweep_outbox()

    fails(2)
    assert (feed.state, len(mail.outbox)) == ("on", 0)
    fails(1)
    assert (feed.state, feed.spells, len(mail.outbox)) == ("failing", 1, 1)
    assert mail.outbox[0].to == ["editor@southbank.example"]
    assert "in trouble (500)" in mail.outbox[0].body
    assert feed.reference in mail.outbox[0].body
    fails(3)
    assert len(mail.outbox) == 1
    outside.serve(body=southbank(town, *courses(11)))
    fetch_now(feed)
    assert (feed.state, feed.failures) == ("on", 0)
    fails(3)
    assert (feed.state, feed.spells, len(mail.outbox)) == ("failing", 2, 2)
    assert Event.objects.filter(verb="feed.fail").count() == 2
    assert Event.objects.filter(verb="feed.recover").count() == 1


def test_nobody_is_told_of_a_feed_that_works_again_or_of_what_is_not_theirs_any_more(feed, outside, editor):
    outside.serve(status=500)
    for _ in range(3):
        fetch_now(feed)
    editor.staff_roles.update(ended_on=dt.date(2026, 11, 17))
    sweep_outbox()
    assert mail.outbox == []

    assert OutboxMessage.objects.count() == 1


def test_a_provider_without_anybody_is_the_help_desks(town, help_desk, outside):
    feed = switched_on(help_desk, provider=town.northfield, address=outside.url("/none"))
    for _ in range(3):
        fetch_now(feed)
    sweep_outbox()

    assert [message.to for message in mail.outbox] == [["desk@northmoor.example"]]


def test_switched_off_while_it_is_fetched_nothing_is_used(town, feed, outside, editor):
    Feed.objects.update(next_at=clock.now())
    outside.serve(body=southbank(town, *courses(11)))
    fetch_due_feeds()
    first = Job.objects.free().get()
    pause_feed(feed=feed, by=editor)

    run_job(first.pk)

    fetch = feed.fetches.first()
    assert (fetch.outcome, fetch.sentence) == ("stopped", fetches.STOPPED)
    assert "Course 10" not in named(town)


def test_switched_off_between_the_fetch_and_its_part_nothing_is_used(town, feed, outside, editor):
    Feed.objects.update(next_at=clock.now())
    outside.serve(body=southbank(town, *courses(11)))
    fetch_due_feeds()
    run_job(Job.objects.free().get().pk)
    end_feed(feed=feed, by=editor)

    work()

    assert feed.fetches.first().parts.get().outcome == "left_out"
    assert feed.fetches.first().ended_at is not None
    assert "Course 10" not in named(town)


# Never two, and never lost


def test_a_feed_that_is_being_fetched_is_not_due(feed, outside):
    Feed.objects.update(next_at=clock.now())
    assert fetch_due_feeds() == 1
    Feed.objects.update(next_at=clock.now())

    assert fetch_due_feeds() == 0
    assert Feed.objects.due().count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_fetch_each_feed_once(town, editor):
    feeds = [
        Feed.objects.create(provider=each, source="folder", by=editor, state="on", next_at=clock.now())
        for each in (town.southbank, town.northfield, town.eastgate)
    ]

    begun = at_once(*[fetch_due_feeds] * 4)

    assert sum(begun) == 3
    assert FeedFetch.objects.count() == len(feeds) == Job.objects.filter(kind="feed-fetch").count()


def test_a_fetch_whose_worker_is_gone_is_taken_up_again(town, feed, outside):
    """The claim of a killed worker runs out; the next one starts from the beginning and ends it once."""
    Feed.objects.update(next_at=clock.now())
    outside.serve(body=southbank(town, *courses(11)))
    fetch_due_feeds()
    job = Job.objects.free().get()
    Job.objects.filter(pk=job.pk).update(
        state="running", worker="gone", lease_until=dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    )

    work()
    run_job(job.pk)

    assert feed.fetches.first().outcome == "used"
    assert feed.fetches.filter(is_trial=False).count() == 2
    assert "Course 10" in named(town)


def test_a_fetch_that_was_given_up_counts_as_a_failure(feed, outside):
    Feed.objects.update(next_at=clock.now())
    fetch_due_feeds()
    Job.objects.filter(ended_at=None).update(attempts=5)

    work()

    feed.refresh_from_db()
    assert (feed.failures, feed.fetches.first().outcome) == (1, "failed")
    assert "several tries" in feed.fetches.first().sentence


def test_a_part_that_was_given_up_ends_the_fetch(town, feed, outside):
    Feed.objects.update(next_at=clock.now())
    outside.serve(body=southbank(town, *courses(11)))
    fetch_due_feeds()
    run_job(Job.objects.free().get().pk)
    Job.objects.filter(ended_at=None).update(attempts=5)

    work()

    assert feed.fetches.first().outcome == "failed"


def test_the_sweep_is_a_task():
    fetch_feeds()


# A folder


def drop(feed, name, content, *, minutes_old=5):
    folder = folder_of(feed)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(content)
    when = clock.now().timestamp() - minutes_old * 60
    os.utime(folder / name, (when, when))


def test_the_latest_whole_file_in_the_folder_is_used(town, editor, outside):
    feed = switched_on(editor, provider=town.southbank, source="folder")
    assert "no file in the folder" in fetch_now(feed).sentence
    drop(feed, "old.xml", southbank(town, *courses(3)), minutes_old=60)
    drop(feed, "new.xml", southbank(town, *courses(4)))
    drop(feed, ".hidden.xml", "no", minutes_old=1)
    drop(feed, "next.xml.part", "no", minutes_old=1)
    (folder_of(feed) / "passwd").symlink_to("/etc/passwd")

    fetch = fetch_now(feed)

    assert (fetch.outcome, fetch.status, Upload.objects.get().file_name) == ("used", None, "new.xml")
    assert "Course 3" in named(town)
    said_at = feed.succeeded_at
    # The same file still lies there: nothing to do, and no news of the other side either.
    with clock.at(clock.now() + dt.timedelta(days=40)):
        assert fetch_now(feed).outcome == "unchanged"
    assert feed.succeeded_at == said_at


def test_a_file_that_is_still_being_put_there_is_left_for_the_next_time(town, editor, outside):
    feed = switched_on(editor, provider=town.southbank, source="folder")
    drop(feed, "new.xml", southbank(town), minutes_old=0)

    assert "on its way" in fetch_now(feed).sentence


def test_a_name_that_is_no_text_does_not_keep_the_file_from_being_used(town, editor, outside):
    feed = switched_on(editor, provider=town.southbank, source="folder")
    drop(feed, os.fsdecode(b"caf\xe9 2027.xml"), southbank(town, *courses(4)))

    assert (fetch_now(feed).outcome, Upload.objects.get().file_name) == ("used", "caf_ 2027.xml")


# A neighbour's dataset


@pytest.fixture
def eastvale(town, help_desk, outside):
    """Eastvale's own system has two providers that are known here, one that is not, and one of another area."""
    town.valley = ProviderFactory(name="Valley School", area=town.eastvale)

    def body(valley=None, **rest):
        return catalogue(
            provider(town.eastgate.ukprn, "Eastgate Training", *rest.get("eastgate", courses(6))),
            provider("10099999", "Unknown College", *courses(2)),
            provider(town.northfield.ukprn, "Northfield College", *courses(2)),
            "<provider><dc:title>Nameless</dc:title></provider>",
            provider(town.valley.ukprn, "Valley School", *(courses(3) if valley is None else valley)),
        )

    return body


def by_name(fetch):
    return {part.name: part.outcome for part in fetch.parts.all()}


def test_each_known_provider_of_the_area_is_published_and_the_others_are_listed(town, help_desk, outside, eastvale):
    before = Organisation.objects.count()
    feed = switched_on(help_desk, area=town.eastvale, address=outside.serve(body=eastvale()))

    fetch = fetch_now(feed)

    assert by_name(fetch) == {
        "Eastgate Training": "published",
        "Unknown College": "unknown",
        "Northfield College": "left_out",
        "Nameless": "unknown",
        "Valley School": "published",
    }
    assert fetch.sentence == "5 providers in the file: 2 published, 2 not known here, 1 left out."
    sentences = {part.name: part.sentence for part in fetch.parts.all()}
    assert "10099999" in sentences["Unknown College"]
    assert "Northmoor" in sentences["Northfield College"]
    assert "no UKPRN" in sentences["Nameless"]
    assert Organisation.objects.count() == before
    assert Course.objects.published().filter(provider=town.valley).count() == 3
    assert not Course.objects.filter(provider=town.northfield, title="Course 0").exists()
    assert heard_of(town.valley) == feed.succeeded_at == heard_of(town.eastgate)


def test_the_area_says_how_its_courses_come_here(town, help_desk, outside, eastvale):
    feed = add_feed(area=town.eastvale, source="address", address=outside.serve(body=eastvale()), by=help_desk)
    assert Area.objects.get(pk=town.eastvale.pk).holding == "here"

    resume_feed(feed=feed, by=help_desk)
    assert Area.objects.get(pk=town.eastvale.pk).holding == "feed"

    end_feed(feed=feed, by=help_desk)
    assert Area.objects.get(pk=town.eastvale.pk).holding == "here"


def test_one_bad_provider_spoils_nothing_else(town, help_desk, outside, eastvale):
    feed = switched_on(help_desk, area=town.eastvale, address=outside.serve(body=eastvale(valley=())))

    fetch = fetch_now(feed)

    assert (by_name(fetch)["Valley School"], by_name(fetch)["Eastgate Training"]) == ("refused", "published")
    assert fetch.outcome == "used"
    assert (feed.sha256, feed.etag) == ("", "")  # so that the next fetch takes the file again
    again = fetch_now(feed)
    assert (by_name(again)["Valley School"], by_name(again)["Eastgate Training"]) == ("refused", "unchanged")


def test_only_providers_with_something_new_are_published_again(town, help_desk, outside, eastvale):
    feed = switched_on(help_desk, area=town.eastvale, address=outside.serve(body=eastvale()))
    fetch_now(feed)
    outside.serve(body=eastvale(valley=courses(4)))

    fetch = fetch_now(feed)

    assert by_name(fetch)["Eastgate Training"] == "unchanged"
    assert by_name(fetch)["Valley School"] == "published"
    assert Upload.objects.filter(organisation=town.eastgate).count() == 1


def test_who_keeps_their_courses_here_or_has_a_feed_is_left_out_of_the_areas(town, help_desk, outside, eastvale):
    StaffRoleFactory(organisation=town.valley, kind=RoleKind.EDITOR)
    add_feed(provider=town.eastgate, source="folder", by=help_desk)
    feed = switched_on(help_desk, area=town.eastvale, address=outside.serve(body=eastvale()))

    fetch = fetch_now(feed)

    assert by_name(fetch)["Valley School"] == by_name(fetch)["Eastgate Training"] == "left_out"
    assert fetch.outcome == "failed"


def test_the_help_desk_decides_about_what_is_held_of_an_area_it_fetches(town, help_desk, outside, eastvale, client):
    feed = switched_on(help_desk, area=town.eastvale, address=outside.serve(body=eastvale(eastgate=courses(12))))
    fetch_now(feed)
    outside.serve(body=eastvale(eastgate=courses(2)))

    part = fetch_now(feed).parts.get(name="Eastgate Training")

    sweep_outbox()
    assert [message.to for message in mail.outbox] == [["desk@northmoor.example"]]
    assert Upload.objects.visible_to(help_desk).filter(pk=part.upload.pk).exists()
    confirm_upload(upload=part.upload, seen=part.upload.digest, by=help_desk, is_knowing=True)
    work()
    part.upload.refresh_from_db()
    assert part.upload.is_published


def test_the_help_desk_decides_about_nobodys_files_that_no_feed_brings(town, help_desk, editor):
    assert not catalogues_of(help_desk).exists()
    assert list(catalogues_of(editor)) == [town.southbank]
    feed = add_feed(area=town.eastvale, source="folder", by=help_desk)
    assert list(catalogues_of(help_desk)) == [town.eastgate]
    assert list(catalogues_of(editor)) == [town.southbank]
    end_feed(feed=feed, by=help_desk)
    assert not catalogues_of(help_desk).exists()


def test_a_trial_of_a_dataset_says_it_for_each_provider(town, help_desk, outside, eastvale):
    feed = add_feed(area=town.eastvale, source="address", address=outside.serve(body=eastvale()), by=help_desk)
    work()

    fetch = feed.fetches.get()

    assert fetch.sentence == (
        "5 providers in the file: 2 would be published, 2 not known here, 1 left out. Nothing was published."
    )
    assert by_name(fetch)["Valley School"] == "sound"
    assert not Course.objects.filter(provider=town.valley).exists()
    assert Upload.objects.count() == 0


def test_a_neighbour_with_the_same_portal_hands_over_its_open_data_table(town, help_desk, outside):
    """The table of all areas; the providers of this one are used, and twice is once."""
    CourseRun.objects.filter(course=town.heating).update(cost_pence=12000, places=15)
    table = b"".join(courses_csv())
    feed = switched_on(help_desk, area=town.eastvale, address=outside.serve("/open-data/courses.csv", body=table))

    fetch = fetch_now(feed)

    assert by_name(fetch) == {
        "Northfield College": "left_out",
        "Southbank Sixth Form": "left_out",
        "Eastgate Training": "published",
    }
    part = fetch.parts.get(name="Eastgate Training")
    assert part.upload.file_name == f"{town.eastgate.ukprn}.xml"
    town.heating.refresh_from_db()
    run = town.heating.runs.get()
    assert (town.heating.state, run.cost_pence, run.places, run.ended_on) == ("published", 12000, 15, None)
    assert Course.objects.filter(provider=town.eastgate).count() == 3
    assert fetch_now(feed).outcome == "unchanged"


def test_one_provider_may_hand_over_an_open_data_table_too(town, editor, outside):
    url = outside.serve("/courses.csv", body=b"".join(courses_csv()))
    feed = switched_on(editor, provider=town.southbank, address=url)

    fetch = fetch_now(feed)

    assert (fetch.outcome, by_name(fetch)) == ("used", {"Southbank Sixth Form": "published"})
    town.southbank.ukprn = "10055555"
    town.southbank.save()
    Feed.objects.update(sha256="")
    assert "No line of this table has the UKPRN of Southbank" in fetch_now(feed).sentence


def test_what_is_no_dataset_is_refused_for_an_area(town, help_desk, outside):
    feed = switched_on(help_desk, area=town.eastvale, address=outside.serve(body="title,level\nPlumbing,2\n"))

    fetch = fetch_now(feed)

    assert fetch.outcome == "failed"
    assert "neither an XCRI-CAP feed nor the open-data table" in fetch.sentence


@pytest.mark.django_db(transaction=True)
def test_of_two_parts_that_end_at_once_the_later_one_ends_the_fetch(town, help_desk, outside, eastvale):
    """Each has ended its part and counts before the other has said so to everybody: one has to wait for the other."""
    feed = switched_on(help_desk, area=town.eastvale, address=outside.serve(body=eastvale()))
    fetch_due_feeds()
    run_job(Job.objects.free().get().pk)
    one, other = FeedPart.objects.filter(fetch__feed=feed, ended_at=None, fetch__is_trial=False)
    has_counted, is_over = threading.Event(), threading.Event()

    def first():
        with transaction.atomic():
            fetches._end_part(one, "published", "Fine.")
            has_counted.set()
            is_over.wait(1)  # without a lock the other one is over by now, having seen this part open

    def second():
        has_counted.wait(10)
        fetches._end_part(other, "published", "Fine.")
        is_over.set()

    assert at_once(first, second) == [None, None]

    fetch = feed.fetches.first()
    assert (fetch.outcome, fetch.parts.filter(outcome="published").count()) == ("used", 2)
    feed.refresh_from_db()
    assert feed.succeeded_at == fetch.started_at


@pytest.mark.data
def test_a_real_feed_comes_through_a_feed(town, editor, outside, shared_data):
    """The Open University's, as a provider's own system hands it out."""
    path = shared_data / "xcri_open_university" / "ou-conversion_xcri_1_2.xml"
    town.southbank.ukprn = "10007773"
    town.southbank.save()
    feed = switched_on(editor, provider=town.southbank, address=outside.serve(body=path.read_bytes()))

    fetch = fetch_now(feed)

    assert fetch.outcome == "used"
    assert Upload.objects.get().counts["courses"] > 300
