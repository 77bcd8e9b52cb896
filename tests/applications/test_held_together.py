"""Before many are answered: who gets an e-mail and how it reads. After: many e-mails wait for a second press."""

import datetime as dt

import pytest
from django.core import mail
from django.urls import reverse

from accounts.models import Learner, LearnerContact
from accounts.queries import Reach, reach_of
from activity.actions import settle_batch, sweep_outbox
from activity.models import Event, OutboxMessage
from activity.queries import held_batches
from applications import actions
from applications.models import Choice
from applications.queries.timeline import timeline
from core import clock, personal
from core.errors import NotAllowed, RuleBroken
from tests.applications.walk import again
from tests.factories import OrganisationFactory, StaffRoleFactory
from tests.races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def most(settings):
    """More than two are many."""
    settings.MAILS_AT_ONCE = 2


def picked(town, number, verb="refuse"):
    run = town.run("Plumbing")
    for place in range(number):
        town.choice("sent", run, learner=town.learner(f"Anna{place}", "Bell", school=town.hollins))
    sweep_outbox()
    mail.outbox.clear()
    return actions.pick_choices(verb=verb, choices=Choice.objects.order_by("pk"), by=town.admissions)


def refused(town, number):
    run = picked(town, number)
    actions.confirm_bulk(run=run, answers={"reason": "full", "words": ""}, by=town.admissions)
    return actions.work_off(run=run)


def told():
    sweep_outbox()
    return [one.to[0] for one in mail.outbox]


def said_of(choice, town):
    """What the desk's timeline says of who was told of the no."""
    entries = timeline(again(choice), audience="provider", user=town.admissions)
    return next(entry.more for entry in entries if "The learner:" in " ".join(entry.more))


def test_few_are_told_at_once_and_many_only_after_a_second_press(town, most):
    few = refused(town, 2)
    assert (held_batches(), len(told())) == ([], 2)
    mail.outbox.clear()
    Choice.objects.update(status="sent")
    many = actions.pick_choices(verb="refuse", choices=[*Choice.objects.all(), town.choice("sent")], by=town.admissions)
    sweep_outbox()
    mail.outbox.clear()
    actions.confirm_bulk(run=many, answers={"reason": "full", "words": ""}, by=town.admissions)
    actions.work_off(run=many)

    assert [(one.name, one.number, one.kinds) for one in held_batches()] == [
        (f"bulk:{many.reference}", 3, ["choice-refused"])
    ]
    assert told() == []
    assert {choice.status for choice in Choice.objects.all()} == {"unsuccessful"}
    assert settle_batch(batch=actions.batch_of(many), goes=True, number=3, by=town.admissions) == 3
    assert len(told()) == 3
    assert settle_batch(batch=actions.batch_of(many), goes=True, number=3, by=town.admissions) == 0
    assert len(told()) == 3
    assert few.pk != many.pk


def test_what_is_called_back_never_goes_and_the_answers_stand(town, most):
    run = refused(town, 3)
    batch = actions.batch_of(run)
    held = "The learner: the e-mail waits until somebody says that it may go."
    assert said_of(Choice.objects.order_by("pk")[0], town) == [held]
    with pytest.raises(RuleBroken) as refusal:
        settle_batch(batch=batch, goes=False, number=2, by=town.admissions)
    assert refusal.value.code == "number_changed"
    assert settle_batch(batch=batch, goes=False, number=3, by=town.admissions) == 3

    assert (told(), held_batches()) == ([], [])
    assert said_of(Choice.objects.order_by("pk")[0], town) == ["The learner: the e-mail was called back."]
    gone = personal.RETENTIONS["outbox"].due(clock.today() + dt.timedelta(days=1))
    assert gone.filter(cancelled_at__isnull=False).count() == 3
    assert OutboxMessage.objects.filter(cancelled_at__isnull=False).count() == 3
    (event,) = Event.objects.filter(verb="message.settle")
    assert (event.facts["goes"], event.facts["number"]) == (False, 3)
    assert {choice.status for choice in Choice.objects.all()} == {"unsuccessful"}


def test_nobody_elses_press_is_settled(town, most):
    batch = actions.batch_of(refused(town, 3))
    colleague = town.staff("Mina Roy", town.northfield, "admissions")
    for by, of in ((colleague, batch), (town.other_admissions, batch), (town.admissions, "bulk:NOBODYS")):
        with pytest.raises(NotAllowed):
            settle_batch(batch=of, goes=True, number=3, by=by)
    assert told() == []


def test_a_colleague_who_is_given_many_hears_at_once_and_once(town, most):
    colleague = town.staff("Mina Roy", town.northfield, "admissions")
    run = picked(town, 3, verb="assign")
    actions.confirm_bulk(run=run, answers={"to": colleague.pk}, by=town.admissions)
    actions.work_off(run=run)
    assert held_batches() == []
    sweep_outbox()
    assert [one.bcc for one in mail.outbox] == [["mina@example.org"]]


def test_who_is_given_one_after_the_other_hears_again_an_hour_after_they_heard(town):
    colleague = town.staff("Mina Roy", town.northfield, "admissions")
    run = town.run("Plumbing")
    choices = [town.choice("sent", run, learner=town.learner(f"Anna{n}", "B", school=town.hollins)) for n in range(4)]
    sweep_outbox()
    mail.outbox.clear()
    heard = []
    for place, choice in enumerate(choices):
        with clock.at(clock.now() + dt.timedelta(minutes=40 * place)):
            actions.assign_choice(choice=choice, to=colleague, by=town.admissions)
            sweep_outbox()
        heard.append(len(mail.outbox))
    assert heard == [1, 1, 2, 2]


def test_who_gets_no_e_mail_is_counted_by_why(town, django_assert_max_num_queries):
    learners = [town.learner(f"Anna{place}", "Bell", school=town.hollins) for place in range(5)]
    LearnerContact.objects.filter(learner=learners[0]).update(email="")
    LearnerContact.objects.filter(learner=learners[1]).update(bounced_email="anna1@example.org")
    learners[2].user.is_active = False
    learners[2].user.save()

    with django_assert_max_num_queries(3):
        reach = reach_of(Learner.objects.filter(pk__in=[one.pk for one in learners]))

    own = bool(learners[0].user.email)
    assert reach == Reach(told=2 + own, without_address=1 - own, bouncing=1, closed=1)
    assert reach.left_out == 3 - own


def test_two_without_an_address_or_with_the_same_one_are_two(town):
    learners = [town.learner(f"Anna{place}", "Bell", school=town.hollins) for place in range(4)]
    Learner.objects.update(user=None)
    LearnerContact.objects.filter(learner__in=learners[:2]).update(email="")
    LearnerContact.objects.filter(learner__in=learners[2:]).update(email="home@example.org")
    several = Learner.objects.filter(pk__in=[one.pk for one in learners]).distinct()
    assert reach_of(several) == Reach(told=2, without_address=2, bouncing=0, closed=0)


def test_the_page_before_says_how_many_and_how_it_reads_and_the_one_after_has_the_second_press(town, most, client):
    run = picked(town, 3)
    client.force_login(town.admissions)
    address = reverse("applications:received-together", args=[run.reference])
    before = client.get(address).text
    assert "<strong>3 learners</strong> get an e-mail." in before
    assert "the e-mails wait until you say on the next page" in before
    assert "There is news about your application." in before

    after = client.post(address, {"reason": "full", "words": ""}, follow=True).text

    assert "3 e-mails wait for you" in after
    held = reverse("applications:received-together-held", args=[run.reference])
    assert "There are 3 by now" in client.post(held, {"verb": "send", "number": "2"}, follow=True).text
    assert "The e-mails are sent now." in client.post(held, {"verb": "send", "number": "3"}, follow=True).text
    assert "That is decided already." in client.post(held, {"verb": "drop", "number": "3"}, follow=True).text
    assert len(told()) == 3
    client.force_login(town.other_admissions)
    assert client.post(held, {"verb": "send", "number": "3"}).status_code == 404


def test_whoever_looks_after_the_area_sees_what_is_held_and_can_call_it_back(town, most, client):
    run = refused(town, 3)
    desk = StaffRoleFactory(kind="help_desk", organisation=OrganisationFactory(kind="authority", area=town.area))
    client.force_login(desk.user)
    page = client.get("/desk/outbox/").text
    assert "3 e-mails of one press wait" in page
    assert "anna" not in page.lower()

    settle = reverse("accounts:outbox-settle", args=[actions.batch_of(run)])
    assert "3 e-mails are not sent." in client.post(settle, {"verb": "drop", "number": "3"}, follow=True).text
    assert told() == []


class TestTwoAtOnce:
    pytestmark = pytest.mark.django_db(transaction=True)

    def test_one_sends_and_one_calls_back_and_only_one_of_them_does(self, town, most):
        batch = actions.batch_of(refused(town, 3))

        results = at_once(
            *[
                lambda goes=goes: settle_batch(batch=batch, goes=goes, number=3, by=town.admissions)
                for goes in (True, False)
            ]
        )

        assert sorted(results) == [0, 3]
        assert OutboxMessage.objects.filter(cancelled_at__isnull=False).count() in (0, 3)
