"""The editors' queue: what comes into it, how it is read, and what the provider hears."""

import datetime as dt
import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core import mail
from django.db import IntegrityError, connection

from activity.actions import sweep_outbox
from activity.models import Event, OutboxMessage
from core import clock
from core.errors import NotAllowed, RuleBroken, StaleState
from prospectus.actions import refresh_search
from prospectus.actions.descriptions import (
    MOST_AT_ONCE,
    check_description,
    check_descriptions,
    return_description,
    tell_of_returned,
)
from prospectus.actions.editing import edit_course
from prospectus.actions.health import COURSES
from prospectus.actions.notices import pause_notices
from prospectus.actions.publishing import withdraw_course
from prospectus.models import CourseReview
from prospectus.policies import REVIEW_POLICY
from prospectus.queries.descriptions import READ_TEXTS, queue_of
from prospectus.tasks import tell_providers as hourly
from prospectus.words import REVIEW_WORDS
from prospectus.workflow import REVIEW_FLOW, ReviewState
from tests.factories import CycleFactory, OrganisationFactory, ProviderFactory, RoleKind, StaffRoleFactory, UserFactory
from tests.look import fits, small_targets
from tests.prospectus.test_health import course
from tests.prospectus.test_health_pages import words
from tests.races import at_once

pytestmark = pytest.mark.django_db

QUEUE = "/desk/descriptions/"


@pytest.fixture
def northfield():
    CycleFactory()
    return ProviderFactory(name="Northfield College")


@pytest.fixture
def editor(northfield):
    user = UserFactory(email="editor@northfield.example")
    return StaffRoleFactory(kind=RoleKind.EDITOR, organisation=northfield, user=user).user


@pytest.fixture
def help_desk(northfield):
    council = OrganisationFactory(name="Northmoor Council", kind="authority", area=northfield.area)
    return StaffRoleFactory(kind=RoleKind.HELP_DESK, organisation=council).user


@pytest.fixture
def desk(client, help_desk):
    client.force_login(help_desk)
    return client


def waiting(provider, **changes):
    """One course of the provider whose description waits."""
    made = course(provider, **changes)
    refresh_search(provider=provider)
    return CourseReview.objects.get(course=made)


def check(review, by):
    return check_description(review=review, words_hash=review.words_hash, by=by)


def give_back(review, by, comment="Say what learners do."):
    return return_description(review=review, words_hash=review.words_hash, comment=comment, by=by)


def change(review, by, summary="New words."):
    edit_course(course=review.course, values={"summary": summary}, by=by)
    return CourseReview.objects.get(pk=review.pk)


# --- the flow


def test_the_committed_diagram_is_the_flow():
    path = Path(settings.BASE_DIR) / "docs" / "diagrams" / "course_review.mmd"
    assert path.read_text(encoding="utf-8") == REVIEW_FLOW.mermaid()


DO = {"change": change, "check": check, "return": give_back}


def review_in(state, provider, help_desk):
    review = waiting(provider)
    if state == ReviewState.RETURNED:
        return give_back(review, help_desk)
    return check(review, help_desk) if state == ReviewState.CHECKED else review


@pytest.mark.parametrize("verb", REVIEW_FLOW.moves)
@pytest.mark.parametrize("state", ReviewState)
def test_each_verb_does_to_a_description_what_the_table_says(northfield, editor, help_desk, state, verb):
    review = review_in(state, northfield, help_desk)
    by = editor if verb == "change" else help_desk
    if targets := REVIEW_FLOW.targets(state, verb):
        DO[verb](review, by)
        assert {CourseReview.objects.get().state} == targets
    else:
        with pytest.raises(StaleState):
            DO[verb](review, by)
        assert CourseReview.objects.get().state == state


def test_policy_and_words_are_those_of_the_flow():
    assert set(REVIEW_POLICY.rules) == set(REVIEW_FLOW.moves) == set(DO)
    assert set(REVIEW_WORDS) == set(ReviewState)


@pytest.mark.parametrize("verb", ["check", "return"])
def test_only_who_looks_after_the_areas_reads_for_them(northfield, editor, verb):
    review = waiting(northfield)
    officer_of_a_school = StaffRoleFactory(kind=RoleKind.OFFICER, organisation=northfield).user

    for person in (editor, officer_of_a_school, None):
        with pytest.raises(NotAllowed):
            DO[verb](review, person)


# --- what comes into the queue


def test_what_nobody_has_read_waits_and_what_has_no_words_does_not(northfield):
    course(northfield)
    course(northfield, summary="", what_you_do="")
    course(northfield, state="draft")

    refresh_search()

    assert list(CourseReview.objects.values_list("state", "provider", "by")) == [("waiting", northfield.pk, None)]


def test_nothing_happens_to_what_has_not_changed(northfield, help_desk, editor):
    review = check(waiting(northfield), help_desk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT xmin FROM prospectus_coursereview")
        before = cursor.fetchone()
        refresh_search(provider=northfield)
        edit_course(course=review.course, values={"website": "https://other.example/"}, by=editor)
        cursor.execute("SELECT xmin FROM prospectus_coursereview")
        assert cursor.fetchone() == before


@pytest.mark.parametrize("field", READ_TEXTS)
def test_every_text_that_is_read_counts_as_a_change(northfield, editor, help_desk, field):
    review = check(waiting(northfield), help_desk)

    edit_course(course=review.course, values={field: "<p>Other words.</p>"}, by=editor)

    assert CourseReview.objects.get().state == "waiting"


def test_the_texts_that_are_read_are_those_of_the_hash():
    concatenated = COURSES.partition("concat_ws(' ',")[2].partition(")")[0]

    assert tuple(re.findall(r"c\.(\w+)", concatenated)) == READ_TEXTS


def test_it_waits_from_the_first_change_that_nobody_read(northfield, editor, help_desk):
    review = check(waiting(northfield), help_desk)
    with clock.at(dt.date(2026, 11, 20)):
        change(review, editor, "First.")
    with clock.at(dt.date(2026, 11, 23)):
        review = change(review, editor, "Second.")

    assert review.waits_since.date() == dt.date(2026, 11, 20)


def test_a_change_takes_the_comment_back_into_the_queue(northfield, editor, help_desk):
    review = give_back(waiting(northfield), help_desk)

    review = change(review, editor)

    assert (review.state, review.comment, review.read_words["summary"]) == ("waiting", "", review.course.title)


def test_a_withdrawn_course_is_not_in_the_queue_and_cannot_be_answered(northfield, editor, help_desk):
    review = waiting(northfield)
    withdraw_course(course=review.course, by=editor)

    assert queue_of(help_desk).waiting == 0
    with pytest.raises(StaleState):
        check(review, help_desk)


# --- reading


def test_who_and_when_and_what_was_read_are_kept(northfield, help_desk):
    review = give_back(waiting(northfield, summary="Fit pipes."), help_desk, "Too short.")

    assert (review.by, review.decided_at.date(), review.comment) == (help_desk, dt.date(2026, 11, 18), "Too short.")
    assert review.read_words["summary"] == "Fit pipes."
    event = Event.objects.get(verb="description.return")
    assert (event.by, event.facts) == (help_desk, {"provider": northfield.pk})


def test_an_answer_to_words_that_have_changed_since_is_not_taken(northfield, editor, help_desk):
    review = waiting(northfield)
    change(review, editor)

    for answer in (check, give_back):
        with pytest.raises(StaleState):
            answer(review, help_desk)
    assert CourseReview.objects.get().by is None


def test_a_return_says_what_to_change(northfield, help_desk):
    with pytest.raises(RuleBroken) as refused:
        give_back(waiting(northfield), help_desk, "  ")

    assert refused.value.code == "comment_missing"


def test_the_database_knows_what_must_never_be(northfield):
    review = waiting(northfield)
    review.state = "returned"
    with pytest.raises(IntegrityError):
        review.save()


def test_many_are_marked_at_once_and_those_that_changed_stay(northfield, editor, help_desk):
    reviews = [waiting(northfield) for _ in range(3)]
    seen = {review.course.reference: review.words_hash for review in reviews}
    change(reviews[0], editor)

    assert check_descriptions(seen=seen, by=help_desk) == 2
    assert sorted(CourseReview.objects.values_list("state", flat=True)) == ["checked", "checked", "waiting"]
    with pytest.raises(RuleBroken) as refused:
        check_descriptions(seen=dict.fromkeys(map(str, range(MOST_AT_ONCE + 1)), ""), by=help_desk)
    assert refused.value.code == "too_many"


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_once_one_counts(northfield, help_desk):
    other = StaffRoleFactory(kind=RoleKind.HELP_DESK, organisation=OrganisationFactory(kind="authority")).user
    for review in [waiting(northfield) for _ in range(6)]:
        results = at_once(
            lambda review=review: check(review, help_desk), lambda review=review: give_back(review, other)
        )

        # Either the check came first, and nothing is returned any more; or the return, and it was checked after all.
        answers = Event.objects.filter(subject=f"prospectus.course:{review.pk}", verb__startswith="description.")
        assert CourseReview.objects.get(pk=review.pk).state == "checked"
        assert sum(isinstance(result, StaleState) for result in results) == 2 - answers.count()


# --- what the provider hears


def told(day, hour=10):
    moment = dt.datetime.combine(dt.date.fromisoformat(day), dt.time(hour), ZoneInfo("Europe/London"))
    with clock.at(moment):
        return tell_of_returned()


def test_the_provider_is_told_once_a_day_of_all_that_was_returned(northfield, editor, help_desk):
    first, second, third = (waiting(northfield) for _ in range(3))
    give_back(first, help_desk)
    give_back(second, help_desk)

    assert [told("2026-11-18", hour) for hour in (11, 12)] == [1, 0]
    with clock.at(dt.datetime(2026, 11, 18, 14, tzinfo=dt.UTC)):
        give_back(third, help_desk)
    assert [told("2026-11-18", 15), told("2026-11-19"), told("2026-11-20")] == [0, 1, 0]
    assert OutboxMessage.objects.filter(kind="descriptions-returned").count() == 2


def test_the_e_mail_has_none_of_the_words(northfield, editor, help_desk):
    give_back(waiting(northfield, title="Plumbing"), help_desk, "Too many long words.")

    hourly()
    sweep_outbox()

    sent = mail.outbox[-1]
    assert (sent.to, sent.subject.partition(": ")[2]) == (
        ["editor@northfield.example"], "course descriptions of Northfield College were returned",
    )  # fmt: skip
    assert "1 of your course descriptions" in sent.body
    assert "/desk/courses/" in sent.body
    assert "Plumbing" not in sent.body
    assert "long words" not in sent.body


def test_nobody_is_written_to_when_it_was_changed_meanwhile(northfield, editor, help_desk):
    review = give_back(waiting(northfield), help_desk)
    tell_of_returned()
    change(review, editor)

    sweep_outbox()

    assert mail.outbox == []


@pytest.mark.parametrize(("day", "hour"), [("2026-11-18", 7), ("2026-11-18", 17), ("2026-11-21", 10)])
def test_nothing_leaves_at_night_or_at_the_weekend(northfield, editor, help_desk, day, hour):
    give_back(waiting(northfield), help_desk)

    assert told(day, hour) == 0
    assert told("2026-11-23") == 1


def test_nothing_leaves_while_the_e_mails_are_paused(northfield, editor, help_desk):
    give_back(waiting(northfield), help_desk)
    pause_notices(provider=northfield, until_on=dt.date(2026, 11, 20), reason="A new system", by=help_desk)

    assert [told("2026-11-20"), told("2026-11-23")] == [0, 1]


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_tell_once(northfield, editor, help_desk):
    give_back(waiting(northfield), help_desk)

    assert sorted(at_once(tell_of_returned, tell_of_returned)) == [0, 1]
    assert OutboxMessage.objects.count() == 1
    connection.close()


# --- the pages


def test_the_queue_says_how_old_the_oldest_is(desk, northfield):
    with clock.at(dt.date(2026, 11, 3)):
        waiting(northfield, title="Plumbing")
    waiting(northfield, title="Baking")

    said = words(desk.get(QUEUE))

    assert (
        "2 new or changed descriptions wait to be read. The oldest has waited since 3 November 2026, 15 days." in said
    )
    assert said.index("Plumbing Northfield College") < said.index("Baking Northfield College")


def test_an_empty_queue_says_so(desk):
    said = words(desk.get(QUEUE))

    assert "Every description in the prospectus has been read as it is now." in said
    assert "Nothing here" in said


@pytest.mark.parametrize(
    ("asked", "titles"),
    [
        ({"state": "checked"}, ["Baking"]),
        ({"state": "returned"}, ["Cooking"]),
        ({"state": "nonsense"}, ["Plumbing", "Welding"]),
        ({"area": "northmoor"}, ["Plumbing", "Welding"]),
        ({"area": "nowhere"}, []),
        ({"provider": "nothing"}, []),
    ],
)
def test_the_queue_is_narrowed(desk, northfield, help_desk, asked, titles):
    check(waiting(northfield, title="Baking"), help_desk)
    give_back(waiting(northfield, title="Cooking"), help_desk)
    for title in ("Plumbing", "Welding"):
        waiting(northfield, title=title)

    assert [review.course.title for review in desk.get(QUEUE, asked).context["reviews"]] == titles


def test_reading_shows_what_is_new_and_leads_on_to_the_next(desk, northfield, editor, help_desk):
    review = check(waiting(northfield, title="Plumbing", summary="Fit pipes."), help_desk)
    change(review, editor, "Fit pipes and boilers.")
    other = waiting(northfield, title="Baking")
    page = f"{QUEUE}{review.course.reference}/"

    said = words(desk.get(page))
    after = desk.post(f"{page}check/", {"words_hash": CourseReview.objects.get(pk=review.pk).words_hash}, follow=True)

    assert (
        "In one or two sentences Changed Fit pipes and boilers. What it said when it was last read Fit pipes." in said
    )
    assert after.redirect_chain[-1][0] == f"{QUEUE}{other.course.reference}/"
    assert "It is in order. Here is the next." in words(after)


def test_what_is_returned_is_at_the_top_of_the_providers_courses(desk, client, northfield, editor):
    waiting(northfield, title="Aviation")
    review = waiting(northfield, title="Zoology")
    page = f"{QUEUE}{review.course.reference}/"
    answer = {"words_hash": review.words_hash, "comment": "Say <b>what</b> learners do."}

    assert "Say what the provider should change" in words(desk.post(f"{page}return/", answer | {"comment": ""}))
    desk.post(f"{page}return/", answer)
    client.force_login(editor)
    listed = client.get("/desk/courses/")

    assert [row[0].title for row in listed.context["rows"]] == ["Zoology", "Aviation"]
    assert "They come first below, each with a comment." in words(listed)
    assert "Say &lt;b&gt;what&lt;/b&gt; learners do." in listed.content.decode()
    one = words(client.get(f"/desk/courses/{review.course.reference}/"))
    assert "The area’s editors ask you to change the description" in one
    change(review, editor)
    assert "They come first below" not in words(client.get("/desk/courses/"))


def test_an_old_page_is_told_kindly(desk, northfield, editor):
    review = waiting(northfield)
    change(review, editor)

    for verb in ("check", "return"):
        answer = {"words_hash": review.words_hash, "comment": "Too short."}
        assert desk.post(f"{QUEUE}{review.course.reference}/{verb}/", answer).status_code == 409


def test_many_are_ticked_on_the_page(desk, northfield):
    reviews = [waiting(northfield) for _ in range(2)]
    seen = [f"{review.course.reference}={review.words_hash}" for review in reviews]

    none = words(desk.post(f"{QUEUE}check/", follow=True))
    some = words(desk.post(f"{QUEUE}check/", {"seen": [seen[0], f"{reviews[1].course.reference}=x"]}, follow=True))
    many = words(desk.post(f"{QUEUE}check/", {"seen": ["A=b"] + [f"{n}=x" for n in range(MOST_AT_ONCE)]}, follow=True))

    assert "Tick at least one description." in none
    assert "1 description is in order." in some
    assert "1 stays as it was: changed, or read by somebody else meanwhile." in some
    assert "Choose at most 200 at a time." in many


@pytest.mark.parametrize("number", [1, 5])
def test_the_queue_asks_the_same_of_one_and_of_more(desk, northfield, number, django_assert_num_queries):
    for _ in range(number):
        review = waiting(ProviderFactory(area=northfield.area))

    with django_assert_num_queries(11):
        desk.get(QUEUE)
    with django_assert_num_queries(9):
        desk.get(f"{QUEUE}{review.course.reference}/")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_queue_breaks_no_rule_of_access(open_page, axe, northfield, help_desk, editor):
    review = waiting(northfield, title="Plumbing")
    waiting(northfield, title="Baking")
    returned = give_back(waiting(northfield, title="Cooking"), help_desk)
    check(change(review, editor), help_desk)
    change(review, editor, "Again.")
    one = f"{QUEUE}{review.course.reference}/"
    for path, user in (
        (QUEUE, help_desk), (QUEUE + "?state=checked", help_desk), (QUEUE + "?state=returned", help_desk),
        (one, help_desk), ("/desk/courses/", editor), (f"/desk/courses/{returned.course.reference}/", editor),
    ):  # fmt: skip
        for width in (320, 1200):
            page = open_page(path, width=width, user=user)
            axe(page)
            fits(page)
            if user == help_desk:
                assert small_targets(page) == [], (path, width)
