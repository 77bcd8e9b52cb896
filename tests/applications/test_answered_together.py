"""Many choices answered together: each by its own action, never half, once."""

import datetime as dt

import pytest
from django.db import OperationalError
from django.urls import reverse

from activity.actions import run_job
from activity.models import Event, Job, OutboxMessage
from applications import actions
from applications.actions import bulk
from applications.models import BulkRun, Choice
from applications.queries.interviews import free_slots, times_for
from core import clock
from core.errors import NotAllowed, RuleBroken
from tests.applications.test_desk import several
from tests.applications.walk import again
from tests.factories import StaffRoleFactory
from tests.races import at_once

pytestmark = pytest.mark.django_db


def url(name, thing=None):
    return reverse(f"applications:{name}", args=[thing.reference] if thing else [])


def states(choices):
    return [again(choice).status for choice in choices]


def picked(town, verb, choices):
    return actions.pick_choices(verb=verb, choices=choices, by=town.admissions)


def confirmed(town, verb, choices, **answers):
    return actions.confirm_bulk(run=picked(town, verb, choices), answers=answers, by=town.admissions)


def outcome(run):
    return [(item.state, item.why) for item in run.items.all()]


def test_the_ticked_ones_are_refused_on_the_page_and_the_others_named_with_why(town, client):
    choices = several(town, 4)
    actions.make_offer(choice=choices[2], by=town.admissions)
    client.force_login(town.admissions)
    ticked = [choice.reference for choice in choices[:3]]
    answer = client.post(url("received-pick"), {"verb": "refuse", "scope": "ticked", "choice": ticked})
    page = client.get(answer.url)
    assert "Refuse 2 applications" in page.text
    assert page.text.count("Refuse 2 applications") >= 2  # the heading, and the button
    assert "Learner2 Bell" in page.text
    assert "This one is left as it is" in page.text
    assert states(choices) == ["sent", "sent", "offered", "sent"]  # nothing has happened yet
    assert "Choose a reason" in client.post(answer.url, {"reason": "", "words": ""}).text
    # Meanwhile a colleague is quicker with one of them.
    actions.put_on_reserve(choice=choices[1], by=town.admissions)
    actions.make_offer(choice=choices[1], by=town.admissions)
    done = client.post(answer.url, {"reason": "full", "words": "Try again next year."}, follow=True)
    assert states(choices) == ["unsuccessful", "offered", "offered", "sent"]
    assert "1 application is refused" in done.text
    assert "It has moved on since you picked it." in done.text
    assert again(choices[0]).reason_words == "Try again next year."
    assert BulkRun.objects.get().answers == {}
    # Pressed twice, it is once.
    client.post(answer.url, {"reason": "full", "words": "Again"})
    assert Event.objects.filter(verb="choice.refuse").count() == 1
    assert Event.objects.filter(verb="bulk.confirm").count() == 1


def test_all_that_match_are_frozen_when_they_are_picked(town, client):
    several(town, 3)
    town.choice("offered", learner=town.ben)
    client.force_login(town.admissions)
    answer = client.post(url("received-pick") + "?state=sent", {"verb": "put_on_reserve", "scope": "all"})
    town.choice("sent")  # one more arrives
    assert "Put 3 learners on the reserve list" in client.get(answer.url).text
    client.post(answer.url, {})
    assert sorted(Choice.objects.values_list("status", flat=True)) == [
        "offered", "reserve_list", "reserve_list", "reserve_list", "sent",
    ]  # fmt: skip


def test_all_that_a_forgotten_search_found_are_not_all_there_are(town, client):
    several(town, 2)
    client.force_login(town.admissions)
    found = client.post(url("received"), {"words": "Learner0"}).url.partition("?")[2]
    for number in range(1, 11):  # in other tabs: so many are kept
        client.post(url("received"), {"words": f"Learner{number}"})
    answer = client.post(f"{url('received-pick')}?{found}", {"verb": "refuse", "scope": "all"})
    assert answer.url.partition("?")[0] == url("received")
    assert "Search again" in client.get(answer.url).text
    assert not BulkRun.objects.exists()


def test_a_role_that_ended_at_one_provider_leaves_what_is_for_the_other(town, client):
    role = StaffRoleFactory(user=town.admissions, organisation=town.southbank, kind="admissions")
    theirs = town.choice("sent", town.run(provider=town.southbank), learner=town.ben)
    ours = town.choice("sent")
    run = picked(town, "put_on_reserve", [theirs, ours])
    role.ended_on = dt.date(2026, 11, 17)
    role.save()
    client.force_login(town.admissions)
    assert client.post(url("received-together", run), {}).status_code == 302
    assert states([theirs, ours]) == ["sent", "reserve_list"]


@pytest.mark.parametrize(
    ("verb", "state", "form", "after"),
    [
        (
            "invite",
            "sent",
            {"on_day": "4", "on_month": "12", "on_year": "2026", "at": "14:30", "place": "Hall", "note": ""},
            "interviewing",
        ),
        (
            "offer",
            "sent",
            {"answer_by_on_day": "18", "answer_by_on_month": "12", "answer_by_on_year": "2026", "message": "Welcome",
             "kind_1": "results", "text_1": "Grade 4 in English"},
            "offered",
        ),
        ("enrol", "confirmed", {}, "enrolled"),
    ],
)  # fmt: skip
def test_each_verb_does_to_many_what_its_page_does_to_one(town, client, verb, state, form, after):
    choices = several(town, 2, state)
    client.force_login(town.admissions)
    answer = client.post(url("received-pick"), {"verb": verb, "scope": "all"})
    assert client.get(answer.url).status_code == 200
    assert client.post(answer.url, form).status_code == 302
    assert states(choices) == [after, after]
    if verb == "offer":
        offer = again(choices[0]).standing_offer
        assert (offer.message, [each.text for each in offer.conditions.all()]) == ("Welcome", ["Grade 4 in English"])


def test_many_are_asked_to_choose_a_time_and_fewer_times_than_learners_are_said_before(town, client):
    choices = several(town, 3)
    other = town.choice("sent", town.run("Pottery"), learner=town.ben)
    course = choices[0].choice_runs.get().run.course
    starts_at = clock.now() + dt.timedelta(days=2)
    actions.add_session(
        provider=town.northfield, by=town.admissions, room="Room 12", courses=[course], slot_minutes=30, places=1,
        starts_at=starts_at, ends_at=starts_at + dt.timedelta(hours=1),
    )  # fmt: skip
    client.force_login(town.admissions)
    address = client.post(url("received-pick"), {"verb": "invite", "scope": "all"}).url
    page = client.get(address).text
    assert "Each learner chooses one of the free times" in page
    assert "2 places are free for 4 of these" in page
    assert "For the course of 1 learner no time is free" in page
    done = client.post(address, {"how": "choose", "note": ""}, follow=True).text
    assert states([*choices, other]) == ["interviewing", "interviewing", "interviewing", "sent"]
    assert "No time is free for this course." in done
    # One chooses; the next who are asked are told of those who have still to choose.
    slot = free_slots(again(choices[0])).first()
    actions.book_interview(choice=choices[0], slot=slot, by=choices[0].application.learner.user)
    town.choice("sent", choices[0].choice_runs.get().run, learner=town.ben)
    page = client.get(client.post(url("received-pick"), {"verb": "invite", "scope": "all"}).url).text
    assert "1 place is free for 2 of these" in page
    assert "2 learners whom you asked before have still to choose, too." in page


@pytest.mark.parametrize("number", [1, 4])
def test_asking_what_is_free_for_many_takes_five_questions(town, django_assert_num_queries, number):
    several(town, number)
    starts_at = clock.now() + dt.timedelta(days=2)
    for _ in range(number):
        actions.add_session(
            provider=town.northfield, by=town.admissions, room="Room 12", slot_minutes=30, places=2,
            starts_at=starts_at, ends_at=starts_at + dt.timedelta(hours=1),
        )  # fmt: skip
    with django_assert_num_queries(5):
        assert times_for(Choice.objects.all()) == (4 * number, 0, 0)


def test_many_are_given_to_a_colleague(town, client):
    several(town, 2)
    role = town.staff("Ola Berg", town.northfield, "manager").staff_roles.get()
    client.force_login(town.admissions)
    answer = client.post(url("received-pick"), {"verb": "assign", "scope": "all"})
    client.post(answer.url, {"to": role.reference})
    assert client.get(url("received"), {"whose": role.reference}).context["total"] == 2


def test_answers_that_fit_nobody_are_said_before_they_fail_everywhere(town, client):
    choices = several(town, 2)
    client.force_login(town.admissions)
    answer = client.post(url("received-pick"), {"verb": "offer", "scope": "all"})
    too_soon = {"answer_by_on_day": "19", "answer_by_on_month": "11", "answer_by_on_year": "2026", "message": ""}
    assert "working days to answer" in client.post(answer.url, too_soon).text
    assert states(choices) == ["sent", "sent"]
    assert not OutboxMessage.objects.filter(kind="offer-made").exists()
    assert BulkRun.objects.get().confirmed_at is None


def test_what_is_wrong_with_the_first_few_refuses_nobody_else_and_says_which(town, client):
    ended = town.run("Pottery", ended_on=dt.date(2026, 11, 1))
    choices = several(town, 4)
    for choice in choices[:3]:
        choice.choice_runs.update(run=ended)
    client.force_login(town.admissions)
    answer = client.post(url("received-pick"), {"verb": "offer", "scope": "all"})
    by_then = {"answer_by_on_day": "18", "answer_by_on_month": "12", "answer_by_on_year": "2026", "message": ""}
    page = client.post(answer.url, by_then, follow=True)
    assert states(choices) == ["sent", "sent", "sent", "offered"]
    assert page.text.count("no longer in the prospectus") == 3
    assert "Learner0 Bell" in page.text


def test_one_on_which_we_fail_is_left_with_a_reference_and_the_others_are_done(town, client, monkeypatch, caplog):
    choices = several(town, 3)
    refuse = bulk.BULK_VERBS["refuse"]

    def fail_on_the_first(choice, by, answers):
        if choice.pk == choices[0].pk:
            raise ValueError("a fault of ours")
        return refuse(choice, by, answers)

    monkeypatch.setitem(bulk.BULK_VERBS, "refuse", fail_on_the_first)
    client.force_login(town.admissions)
    answer = client.post(url("received-pick"), {"verb": "refuse", "scope": "all"})
    page = client.post(answer.url, {"reason": "full", "words": ""}, follow=True)
    assert states(choices) == ["sent", "unsuccessful", "unsuccessful"]
    item = BulkRun.objects.get().items.get(choice=choices[0])
    reference = f"{item.run.reference}-{item.position + 1}"
    assert f"Try it again. Reference: {reference}." in page.text
    assert f"item {reference} failed" in caplog.text
    # In the job, too: it is not tried again for ever, and nothing of it fails with the one.
    run = confirmed(town, "refuse", choices[:1], reason="full", words="")
    run_job(Job.objects.get(kind=bulk.JOB_KIND, payload__run_id=run.pk).pk)
    assert [state for state, _why in outcome(run)] == ["left"]
    assert Job.objects.get(kind=bulk.JOB_KIND, payload__run_id=run.pk).state == "done"


def test_what_the_database_cannot_do_just_now_is_left_to_the_job(town, monkeypatch):
    choices = several(town, 1)
    run = confirmed(town, "put_on_reserve", choices)

    def lost(choice, by, answers):
        raise OperationalError("deadlock detected")

    with monkeypatch.context() as for_now:
        for_now.setitem(bulk.BULK_VERBS, "put_on_reserve", lost)
        actions.work_off(run=run)
    assert outcome(run) == [("waiting", "")]
    run_job(Job.objects.get(kind=bulk.JOB_KIND).pk)
    assert outcome(run) == [("done", "")]


def test_what_cannot_be_picked(town, client):
    (choice,) = several(town, 1)
    other = town.choice("sent", town.run(provider=town.southbank), learner=town.ben)
    for verb, choices, code in [("lapse", [choice], "verb_unknown"), ("refuse", [], "nothing_picked")]:
        with pytest.raises(RuleBroken) as refusal:
            picked(town, verb, choices)
        assert refusal.value.code == code
    with pytest.raises(RuleBroken) as refusal:
        picked(town, "refuse", [Choice(pk=number) for number in range(bulk.MOST_PICKED + 1)])
    assert refusal.value.code == "too_many_picked"
    client.force_login(town.admissions)
    answer = client.post(url("received-pick"), {"verb": "refuse", "scope": "ticked", "choice": [other.reference]})
    assert answer.url == url("received")
    assert "Tick some applications first." in client.get(answer.url).text


def test_nobody_confirms_what_somebody_else_picked_and_nobody_answers_for_another_provider(town, client):
    choices = several(town, 1)
    run = picked(town, "put_on_reserve", choices)
    client.force_login(town.other_admissions)
    assert client.get(url("received-together", run)).status_code == 404
    with pytest.raises(NotAllowed):
        actions.confirm_bulk(run=run, answers={}, by=town.other_admissions)
    theirs = actions.pick_choices(verb="put_on_reserve", choices=choices, by=town.other_admissions)
    theirs = actions.confirm_bulk(run=theirs, answers={}, by=town.other_admissions)
    actions.work_off(run=theirs)
    assert outcome(theirs) == [("left", "You no longer answer the applications of this provider.")]
    assert states(choices) == ["sent"]


class TestTheJob:
    def test_it_does_a_few_at_a_time_and_then_the_rest(self, town, monkeypatch):
        monkeypatch.setattr(bulk, "AT_ONCE", 2)
        monkeypatch.setattr(bulk, "BATCH", 2)
        choices = several(town, 3)
        run = confirmed(town, "put_on_reserve", choices)
        actions.work_off(run=run)
        assert set(states(choices)) == {"sent"}  # too many for the request
        run_job(Job.objects.get(kind=bulk.JOB_KIND).pk)
        assert states(choices) == ["reserve_list", "reserve_list", "sent"]
        run.refresh_from_db()
        assert run.ended_at is None
        run_job(Job.objects.get(kind=bulk.JOB_KIND, state="queued").pk)
        assert set(states(choices)) == {"reserve_list"}
        run.refresh_from_db()
        assert run.ended_at is not None
        assert OutboxMessage.objects.filter(kind="choice-on-reserve").count() == 3

    def test_it_does_what_a_slow_request_could_not(self, town, monkeypatch):
        monkeypatch.setattr(bulk, "SECONDS", -1)
        choices = several(town, 1)
        run = confirmed(town, "put_on_reserve", choices)
        actions.work_off(run=run)
        assert outcome(run) == [("waiting", "")]
        run_job(Job.objects.get(kind=bulk.JOB_KIND).pk)
        assert outcome(run) == [("done", "")]

    def test_it_finds_done_what_the_request_did(self, town):
        choices = several(town, 2)
        run = confirmed(town, "refuse", choices, reason="full", words="")
        actions.work_off(run=run)
        run_job(Job.objects.get(kind=bulk.JOB_KIND).pk)
        assert outcome(run) == [("done", ""), ("done", "")]
        assert Event.objects.filter(verb="choice.refuse").count() == 2
        assert Job.objects.get(kind=bulk.JOB_KIND).state == "done"

    def test_when_it_fails_what_is_left_says_why(self, town, monkeypatch):
        choices = several(town, 2)
        run = confirmed(town, "refuse", choices, reason="full", words="")
        monkeypatch.setattr(bulk, "_waiting", None)  # the job itself, not one of its choices
        run_job(Job.objects.get(kind=bulk.JOB_KIND).pk)
        assert Job.objects.get(kind=bulk.JOB_KIND).state == "failed"
        assert outcome(run) == [("left", bulk.OUR_MISTAKE)] * 2
        run.refresh_from_db()
        assert run.ended_at is not None
        assert states(choices) == ["sent", "sent"]


@pytest.mark.django_db(transaction=True)
def test_the_request_and_the_job_at_once_answer_each_once(town):
    choices = several(town, 3)
    run = confirmed(town, "put_on_reserve", choices)
    job = Job.objects.get(kind=bulk.JOB_KIND)
    assert at_once(lambda: actions.work_off(run=run), lambda: run_job(job.pk))[1] is None
    if Job.objects.filter(kind=bulk.JOB_KIND, state="queued").exists():
        run_job(Job.objects.get(kind=bulk.JOB_KIND, state="queued").pk)
    assert outcome(run) == [("done", "")] * 3
    assert Event.objects.filter(verb="choice.put_on_reserve").count() == 3
    run.refresh_from_db()
    assert run.ended_at is not None
