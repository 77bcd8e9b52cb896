"""The pages of reviews, as the learner, the adults and whoever was let in use them."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import Receipt
from ilp import actions
from ilp.models import AgreedAction, HelpRequest, Review, ReviewDraft, Target
from tests.factories import LearnerFactory, RollEntryFactory, UserFactory
from tests.ilp.reviewing import NEXT_WEEK, finished, planned, target
from tests.ilp.test_targets import TUESDAY, agree
from tests.ilp.test_validating import let_in

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 18)


@pytest.fixture
def amina(client, people):
    client.force_login(people.amina.user)
    return client


@pytest.fixture
def tutor(client, people):
    client.force_login(people.tutor)
    return client


def words_of(response):
    return response.content.decode()


def at(name, thing, *more):
    return reverse(f"ilp:{name}", args=[thing.reference, *more])


def day(name, on):
    return {f"{name}_day": on.day, f"{name}_month": on.month, f"{name}_year": on.year}


def test_a_tutor_plans_writes_agrees_and_finishes(tutor, people):
    page = reverse("ilp:review-plan", args=[people.amina.reference])
    assert "Plan a review with" in words_of(tutor.get(page))
    assert "Choose what kind of review" in words_of(tutor.post(page, {}))
    tutor.post(page, {"kind": "termly", "at_time": "9.30", "place": "Room 4"} | day("on", TODAY))
    review = Review.objects.get()
    assert (review.at_time, review.place) == (dt.time(9, 30), "Room 4")
    blank = {"draft": "ACDEFG3467", "seen": "0"}
    assert "Write something first" in words_of(tutor.post(at("review-write", review), blank | {"text": " "}))
    tutor.post(at("review-write", review), blank | {"text": "She likes maths <b>now</b>."})
    said = {"what": "Grade 5 in maths", "how_known": "The mock", "helped_by": "Ms Reed"} | day("due_on", NEXT_WEEK)
    tutor.post(at("target-set", review), said)
    role = people.tutor.staff_roles.get()
    agreed = {"what": "Find a past paper", "owner": role.reference} | day("due_on", TUESDAY)
    tutor.post(at("agreed-action-agree", review), agreed)
    done = tutor.post(at("review-finish", review), {"who_else": "Her mother"} | day("on", TODAY), follow=True)
    page = words_of(done)
    for words in ("She likes maths &lt;b&gt;now", "Grade 5 in maths", "Find a past paper", "Her mother", "Finished"):
        assert words in page
    assert Target.objects.get().helped_by == "Ms Reed"
    assert AgreedAction.objects.get().owner_role == role
    assert "Find a past paper" in words_of(tutor.get("/desk/reviews/"))
    tutor.post(at("agreed-action-do", AgreedAction.objects.get()), {"reason": "It is in her folder"})
    assert "It is in her folder" in words_of(tutor.get(at("review", review)))


def test_a_learner_prepares_reads_and_answers(amina, people):
    review = planned(people)
    assert "What to do next" in words_of(amina.get("/my-reviews/"))
    assert "Termly review on 25 November 2026" in words_of(amina.get("/welcome/"))
    write = at("review-write", review)
    kept = amina.post(at("review-draft", review), {"draft": "ACDEFG3467", "seen": "0", "text": "Half a sent"})
    assert kept.json() == {"words": "Kept at 10:00"}
    assert "Half a sent" not in words_of(amina.get(at("review", review)))
    assert "?draft=ACDEFG3467" in words_of(amina.get(write))
    assert "Half a sent" in words_of(amina.get(f"{write}?draft=ACDEFG3467"))
    amina.post(write, {"draft": "ACDEFG3467", "seen": "0", "text": "A whole sentence."})
    assert not ReviewDraft.objects.exists()
    late = amina.post(at("review-draft", review), {"draft": "ACDEFG3467", "seen": "0", "text": "Half"})
    assert late.status_code == 409
    actions.write_words(review=review, text="We talked.", by=people.tutor)
    actions.move_review(review=review, on=TODAY, by=people.tutor)
    actions.finish_review(review=review, on=TODAY, by=people.tutor)
    page = words_of(amina.get(at("review", review)))
    assert page.index("A whole sentence.") < page.index("We talked.")
    answer = at("review-answer", review)
    assert "Say how you see it" in words_of(amina.post(answer, {"agrees": "no", "text": ""}))
    amina.post(answer, {"agrees": "no", "text": "It was not like that."})
    page = words_of(amina.get(at("review", review)))
    assert "sees it differently" in page
    assert "It was not like that." in page
    amina.post(at("review-add", review), {"draft": "BCDEFG3467", "seen": "0", "text": "I forgot my brother."})
    assert "I forgot my brother." in words_of(amina.get(at("review", review)))


def test_without_scripts_a_button_keeps_what_is_written(tutor, people):
    review = planned(people)
    sent = {"draft": "ACDEFG3467", "seen": "0", "text": "", "later": "1"}
    assert "Kept for you alone" in words_of(
        tutor.post(at("review-write", review), sent | {"text": "Half"}, follow=True)
    )
    assert ReviewDraft.objects.get().text == "Half"


def test_too_many_half_written_are_refused_with_a_sentence(amina, people, monkeypatch):
    monkeypatch.setattr("ilp.actions.reviews.MOST_DRAFTS", 0)
    review, sent = planned(people), {"draft": "ACDEFG3467", "seen": "0", "text": "Half"}
    kept = amina.post(at("review-draft", review), sent)
    assert (kept.status_code, "Finish one" in kept.json()["words"]) == (409, True)
    page = words_of(amina.post(at("review-write", review), sent | {"later": "1"}))
    assert "Finish one or throw one away" in page
    assert ">Half</textarea>" in page.replace("\n", "")


def test_two_devices_both_texts_are_shown_and_the_writer_decides(amina, people):
    review = planned(people)
    actions.write_words(review=review, text="On the phone", by=people.amina.user)
    sent = {"draft": "ACDEFG3467", "seen": "0", "text": "On the tablet"}
    page = words_of(amina.post(at("review-write", review), sent))
    assert "What it says on your other device" in page
    assert "On the phone" in page
    assert "On the tablet" in page
    assert 'name="seen" value="1"' in page
    amina.post(at("review-write", review), sent | {"seen": "1"})
    assert actions.own_words(review, people.amina.user).text == "On the tablet"


def test_earlier_reviews_stand_beside_and_targets_are_carried(tutor, people):
    for place in range(6):
        finished(people, on=TODAY - dt.timedelta(days=100 + place), text=f"Talk number {place}.")
    old = planned(people, on=TODAY - dt.timedelta(days=1), kind="annual")
    one = target(people, old, what="Visit a college")
    review = planned(people)
    page = words_of(tutor.get(at("review", review)))
    assert [f"Talk number {place}." in page for place in range(6)] == [True] * 5 + [False]
    assert "All reviews" in page
    assert "Carry it into this review" in page
    page = words_of(tutor.post(at("target-carry", review), follow=True))
    assert "Carried from the review of 17 November 2026" in page
    assert "Carry it into this review" not in page
    assert "Talk number 0." in words_of(tutor.get(at("review-write", review)))
    tutor.post(at("target-move", one), {"reason": "The open day is later"} | day("due_on", dt.date(2027, 4, 1)))
    tutor.post(at("target-close", one, "meet"), {"reason": ""})
    page = words_of(tutor.get(at("target", one)))
    assert "Moved from 1 March 2027 to 1 April 2027: The open day is later" in page
    assert tutor.get(at("target-close", one, "eat")).status_code == 404


def test_the_list_counts_from_what_it_shows_and_plans_for_many(tutor, people):
    others = [RollEntryFactory(school=people.school, year_group=10, learner__user=None).learner for _n in range(3)]
    review = planned(people, on=TODAY - dt.timedelta(days=2))
    page = tutor.get("/desk/reviews/")
    assert [(one.value, number) for one, number, _url in page.context["numbers"]] == [
        ("overdue", 1), ("due", 3), ("coming", 0), ("held", 0),
    ]  # fmt: skip
    for one, number, url in page.context["numbers"]:
        assert len(tutor.get(f"/desk/reviews/{url}").context["rows"]) == number, one
    assert [row[0] for row in tutor.get("/desk/reviews/?standing=overdue").context["rows"]] == [people.amina]
    assert "Choose at least one learner." in words_of(tutor.post("/desk/reviews/plan/", {}, follow=True))
    asked = tutor.post("/desk/reviews/plan/?standing=due", {"all": "1"})
    assert "Plan reviews with 3 learners" in words_of(asked)
    answers = {"all": "1", "meant": "1", "kind": "termly", "at_time": "09:00", "minutes": "10"} | day("on", NEXT_WEEK)
    done = tutor.post("/desk/reviews/plan/?standing=due", answers, follow=True)
    assert "3 reviews are planned." in words_of(done)
    times = Review.objects.exclude(pk=review.pk).order_by("at_time").values_list("at_time", flat=True)
    assert list(times) == [dt.time(9), dt.time(9, 10), dt.time(9, 20)]
    who = {"who": [others[0].reference, people.ben.reference, "NOBODY", "\0"]}
    assert "Plan a review with one learner" in words_of(tutor.post("/desk/reviews/plan/", who))
    again = tutor.post("/desk/reviews/plan/", answers | who | {"all": ""}, follow=True)
    assert "One learner has a review of this kind planned already." in words_of(again)


def test_a_calendar_file_says_that_there_is_a_review_and_no_more(amina, people):
    review = planned(people, at_time=dt.time(14), place="Room 4, upstairs\nBEGIN:VALARM")
    answer = amina.get(at("review-calendar", review))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    lines = words_of(answer).split("\r\n")
    assert "DTSTART:20261125T140000Z" in lines
    assert "SUMMARY:Review" in lines
    assert "LOCATION:Room 4\\, upstairs\\nBEGIN:VALARM" in lines
    assert not any("Person" in line or "ermly" in line for line in lines)
    actions.call_off_review(review=review, reason="Snow", by=people.tutor)
    assert amina.get(at("review-calendar", review)).status_code == 404


def test_a_mentor_who_was_let_in_reads_and_leaves_a_receipt(client, people):
    review = finished(people)
    mentor = let_in(people.amina, "professional", ["reviews"])
    client.force_login(mentor)
    page = words_of(client.get(at("review", review)))
    assert "We talked about maths." in page
    assert not any(words in page for words in ("Add something", "Set a target", "Say whether I agree"))
    assert client.get(at("review-add", review)).status_code == 403
    assert "Reviews and targets" in words_of(client.get(f"/supporting/{mentor.supports.get().reference}/"))
    sections = Receipt.objects.filter(reader=mentor).values_list("section", flat=True).distinct()
    assert set(sections) == {"reviews"}


def test_a_learner_asks_for_help_and_reads_who_helps(client, people):
    client.force_login(people.amina.user)
    assert "Choose what you would like help with" in words_of(client.post("/my-reviews/help/", {"words": "x"}))
    client.post("/my-reviews/help/", {"topic": "money", "words": "Bus fares"})
    client.post("/my-reviews/help/", {"topic": "ideas", "words": ""})
    money, ideas = HelpRequest.objects.order_by("pk")
    client.post(at("help-take-back", ideas))
    client.force_login(people.tutor)
    page = words_of(client.get("/desk/help/"))
    assert "Bus fares" in page
    assert "Finding out what I could do" not in page
    assert "Finding out what I could do" in words_of(client.get("/desk/help/?all=1"))
    request = at("help-request", money)
    assert "You are helping." in words_of(client.post(request, {"do": "take", "seen": "0"}, follow=True))
    assert "Somebody else has taken it on" in words_of(client.post(request, {"do": "take", "seen": "0"}, follow=True))
    assert client.post(request, {"do": "take", "seen": "9" * 5000}).status_code == 302
    client.post(request, {"outcome": "You have a travel card."})
    client.force_login(people.amina.user)
    page = words_of(client.get("/my-reviews/help/"))
    assert "You have a travel card." in page
    assert f"{people.tutor} helps you" in page


def test_nobody_guesses_their_way_in(client, people):
    review = finished(people)
    one = target(people, planned(people), what="Mine")
    for stranger in (people.other_tutor, people.ben.user, people.adviser, UserFactory()):
        client.force_login(stranger)
        for url in (at("review", review), at("target", one), at("desk-learner-reviews", people.amina)):
            assert client.get(url).status_code in (403, 404), (stranger, url)
        assert client.post(at("target-carry", review)).status_code == 404
    client.force_login(people.tutor)
    people.amina.roll_entries.update(ended_on=TODAY)
    assert client.get(at("review", review)).status_code == 404


def test_whose_names_stand_in_what_an_adult_has_to_do_leave_receipts(client, people):
    planned(people, on=NEXT_WEEK)
    needs = planned(people, on=NEXT_WEEK, kind="transition", by=people.coordinator)
    other = RollEntryFactory(school=people.school, learner=LearnerFactory(user=UserFactory())).learner
    for reader, expected in (
        (people.tutor, {(people.amina.pk, "reviews")}),
        (people.coordinator, {(needs.learner_id, "transition")}),
    ):
        client.force_login(reader)
        page = words_of(client.get("/desk/reviews/"))
        assert str(other) in page  # in the list, with no review of hers: nothing of hers was read
        assert set(Receipt.objects.filter(reader=reader).values_list("learner", "section")) == expected


@pytest.mark.parametrize("number", [1, 5])
@pytest.mark.parametrize(
    ("page", "queries"),
    [("/my-reviews/", 10), ("/desk/reviews/", 10), ("review", 12), ("desk-learner-reviews", 11), ("/desk/help/", 6)],
)
def test_a_page_asks_as_much_for_five_as_for_one(client, people, page, queries, number, django_assert_num_queries):
    for place in range(number):
        before = finished(people, on=TODAY - dt.timedelta(days=place + 10))
        actions.answer_review(review=before, agrees=True, by=people.amina.user)
        review = planned(people, on=NEXT_WEEK + dt.timedelta(days=place))
        target(people, review, what=f"Target {place}")
        target(people, review, what=f"Mine {place}", by=people.amina.user)
        agree(people, review, what=f"Action {place}")
        agree(people, review, what=f"Other {place}", owner_role=people.tutor.staff_roles.get())
        one = RollEntryFactory(school=people.school, learner=LearnerFactory(user=UserFactory())).learner
        actions.ask_help(learner=one, topic="money", by=one.user)
        actions.plan_review(learner=one, kind="termly", on=NEXT_WEEK, by=people.tutor)
    client.force_login(people.amina.user if page == "/my-reviews/" else people.tutor)
    url = {"review": at("review", review), "desk-learner-reviews": at("desk-learner-reviews", people.amina)}.get(
        page, page
    )
    client.get(url)
    with django_assert_num_queries(queries):
        assert client.get(url).status_code == 200
