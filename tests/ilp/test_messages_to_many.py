"""One message for many: each learner's own, once, and whoever cannot be reached is said."""

import datetime as dt

import pytest
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from activity.models import Event, Job
from activity.registry import JobRun
from core import clock
from core.errors import NotAllowed, RuleBroken
from core.personal import TIDYINGS
from ilp.actions import confirm_messages, many, pick_learners, send_off
from ilp.models import Message, MessageItem, MessageRun
from ilp.queries.many import reached_by
from tests.factories import RollEntryFactory, UserFactory
from tests.ground import ground
from tests.ilp.talk import build_town, consent, talk
from tests.races import at_once, meeting

pytestmark = pytest.mark.django_db


@ground
def town():
    return build_town()


def more(town, *, shares=True, **facts):
    learner = RollEntryFactory(school=town.school, learner__area=town.area, **facts).learner
    if shares:
        learner.consents.create(kind="advice_service", is_given=True, words="May we?", by=learner.user)
    return learner


def picked(town, *learners):
    return pick_learners(learners=learners, by=town.adviser)


def work(run):
    """The job, as a worker runs it, until nobody waits."""
    for _batch in range(20):
        job = Job.objects.filter(kind=many.JOB_KIND).order_by("-pk").first()
        many.run_batch(JobRun(job))
        if not run.items.filter(state="waiting").exists():
            return
    raise AssertionError("it never ends")


def outcome(run):
    return [(item.state, item.why) for item in run.items.all()]


def test_each_reads_it_in_a_conversation_of_their_own(town):
    consent(town)
    other = more(town)
    run = picked(town, town.amina, other)

    run = send_off(run=confirm_messages(run=run, text="Open day on Monday.", number=2, by=town.adviser))

    assert outcome(run) == [("done", "")] * 2
    assert {(m.conversation.learner, m.text, m.by) for m in Message.objects.all()} == {
        (learner, "Open day on Monday.", town.adviser) for learner in (town.amina, other)
    }
    run = MessageRun.objects.get()
    assert (run.ended_at is not None, run.text) == (True, "")
    event = Event.objects.get(verb="message_run.confirm")
    assert event.facts == {"number": 2}


def test_the_page_says_before_who_is_left_out_and_why_and_after_what_became_of_each(client, town):
    consent(town)
    refuses, silent = more(town, shares=False), more(town, shares=False, learner__user=None)
    gone = more(town)
    run = picked(town, town.amina, refuses, silent, gone)
    gone.roll_entries.update(school=town.elsewhere_role.organisation)

    reached = reached_by(run, area=town.area)
    assert (reached.number, reached.no_account, reached.refused, reached.gone, reached.left_out) == (1, 1, 1, 1, 3)
    client.force_login(town.adviser)
    url = reverse("ilp:message-run", args=[run.reference])
    page = " ".join(client.get(url).content.decode().split())
    for words in ("Send it to 1 learner", "3 are left out", "1 does not share with you", "1 has not unlocked"):
        assert words in page

    page = client.post(url, {"text": "Hello", "number": "1"}, follow=True)

    assert "Sent to 1 learner" in page.content.decode()
    states = dict(run.items.values_list("learner", "state"))
    assert states == {town.amina.pk: "done", refuses.pk: "left", silent.pk: "left", gone.pk: "left"}
    assert Message.objects.count() == 1
    assert client.post(url, {"text": "Hello again", "number": "1"}).status_code == 302
    assert Message.objects.count() == 1


def test_in_quiet_hours_it_is_held_and_the_page_says_until_when(client, town):
    consent(town)
    with clock.at(dt.datetime(2026, 11, 18, 22, tzinfo=dt.UTC)):
        run = picked(town, town.amina)
        client.force_login(town.adviser)
        url = reverse("ilp:message-run", args=[run.reference])
        assert "These are quiet hours: they see it on Thursday 19 November" in client.get(url).content.decode()
        client.post(url, {"text": "Hello", "number": "1"})

    message = Message.objects.get()
    assert message.shown_at > message.sent_at


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({"text": " "}, "message_empty"),
        ({"text": "a" * 4001}, "message_long"),
        ({"number": 2}, "number_changed"),
    ],
)
def test_what_cannot_be_sent_is_refused_and_nobody_is_written_to(town, answers, code):
    consent(town)
    run = picked(town, town.amina)

    with pytest.raises(RuleBroken) as refusal:
        confirm_messages(**{"run": run, "text": "Hello", "number": 1, "by": town.adviser} | answers)

    assert refusal.value.code == code
    assert (MessageRun.objects.get().confirmed_at, Job.objects.filter(kind=many.JOB_KIND).count()) == (None, 0)


def test_so_many_are_written_to_only_when_it_is_said_again(client, town, monkeypatch):
    monkeypatch.setattr(many, "SAID_ONCE", 1)
    consent(town)
    run = picked(town, town.amina, more(town))
    client.force_login(town.adviser)
    url = reverse("ilp:message-run", args=[run.reference])

    page = client.post(url, {"text": "Open day.", "number": "2"}).content.decode()

    assert "This goes to 2 learners. Nothing is sent yet" in page
    assert "Yes, send it to all 2 learners" in page
    assert "Open day." in page
    assert not Message.objects.exists()
    for again in ("1", "junk"):
        assert client.post(url, {"text": "Open day.", "number": "2", "again": again}).status_code == 200
    page = client.post(url, {"text": "Open day.", "number": "2", "again": "2"}, follow=True)
    assert "Sent to 2 learners" in page.content.decode()


def test_what_nobody_sent_in_a_month_stands_nowhere_any_more(town):
    old, sent = picked(town, town.amina), picked(town, more(town))
    MessageRun.objects.filter(pk=sent.pk).update(confirmed_at=clock.now(), ended_at=clock.now())
    with clock.at(clock.now() + dt.timedelta(days=29)):
        assert TIDYINGS["message_runs"].run() == 0
        new = picked(town, town.amina)

    with clock.at(clock.now() + dt.timedelta(days=31)):
        assert TIDYINGS["message_runs"].run() == 1

    assert set(MessageRun.objects.all()) == {sent, new}
    assert not MessageItem.objects.filter(run=old.pk).exists()


def test_nobody_picks_who_is_no_adviser_and_nobody_sends_anothers(town, monkeypatch):
    run = picked(town, town.amina)
    for by in (town.coordinator, UserFactory()):
        with pytest.raises(NotAllowed):
            pick_learners(learners=[town.amina], by=by)
    with pytest.raises(NotAllowed):
        confirm_messages(run=run, text="Hello", number=1, by=town.second)
    monkeypatch.setattr(many, "MOST_PICKED", 0)
    for learners, code in (([], "nothing_picked"), ([town.amina], "too_many_picked")):
        with pytest.raises(RuleBroken) as refusal:
            picked(town, *learners)
        assert refusal.value.code == code


def test_many_are_sent_in_batches_by_a_job_and_a_mistake_of_ours_is_one_learners(town, monkeypatch):
    consent(town)
    learners = [town.amina, *(more(town) for _number in range(4))]
    monkeypatch.setattr(many, "AT_ONCE", 1)
    monkeypatch.setattr(many, "BATCH", 2)
    real = many.send_message

    def fails_for_one(*, conversation, **said):
        if conversation.learner == learners[1]:
            raise ValueError("a bug")
        return real(conversation=conversation, **said)

    monkeypatch.setattr(many, "send_message", fails_for_one)
    run = send_off(run=confirm_messages(run=picked(town, *learners), text="Hello", number=5, by=town.adviser))
    assert not Message.objects.exists()  # more than a request does

    work(run)

    states = [state for state, _why in outcome(run)]
    assert states == ["done", "left", "done", "done", "done"]
    assert f"Reference: {run.reference}-2." in outcome(run)[1][1]
    assert Message.objects.count() == 4


def test_a_batch_that_ran_to_its_last_line_and_was_rolled_back_is_sent_once(town):
    """What a killed worker leaves: nothing of its batch, and the rows still waiting."""
    consent(town)
    run = confirm_messages(run=picked(town, town.amina), text="Hello", number=1, by=town.adviser)
    with transaction.atomic():
        many.run_batch(JobRun(Job.objects.get(kind=many.JOB_KIND)))
        transaction.set_rollback(True)
    assert outcome(run) == [("waiting", "")]

    work(run)
    many.run_batch(JobRun(Job.objects.get(kind=many.JOB_KIND)))  # the lease was lost, and it runs again

    assert (outcome(run), Message.objects.count()) == ([("done", "")], 1)


def test_a_job_that_was_given_up_says_so_of_everybody_it_left(town):
    consent(town)
    run = confirm_messages(run=picked(town, town.amina), text="Hello", number=1, by=town.adviser)

    many.fail_batch(Job.objects.get(kind=many.JOB_KIND))

    assert outcome(run) == [("left", many.OUR_MISTAKE)]
    assert MessageRun.objects.get().ended_at is not None


def together_with_the_job(number):
    """The request and a worker send off the same run. Returns the run, and what either raised."""
    town = build_town()
    consent(town)
    learners = [town.amina, *(more(town) for _number in range(number - 1))]
    talk(town, by=town.adviser, service=town.service)
    run = confirm_messages(run=picked(town, *learners), text="Hello", number=number, by=town.adviser)
    job = Job.objects.get(kind=many.JOB_KIND)

    def by_job():
        with transaction.atomic():
            many.run_batch(JobRun(job))

    return run, [one for one in at_once(lambda: send_off(run=run), by_job) if isinstance(one, Exception)]


@pytest.mark.django_db(transaction=True)
def test_the_request_and_the_job_at_once_write_to_nobody_twice():
    run, failed = together_with_the_job(4)

    assert failed == []
    assert {state for state, _why in outcome(run)} == {"done"}
    assert Message.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_the_request_and_the_job_at_once_say_that_nothing_was_sent_when_the_lock_is_taken_away(monkeypatch):
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **options: self)
    create = Message.objects.create
    meet = meeting()
    monkeypatch.setattr(Message.objects, "create", lambda **fields: (meet(), create(**fields))[1])

    run, _failed = together_with_the_job(1)

    assert [state for state, _why in outcome(run)] == ["left"]  # although it was sent
    assert Message.objects.count() == 1
