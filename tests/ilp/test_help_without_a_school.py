"""A learner on no school's roll asks for help: their adviser or the help desk of the area is told, and takes it on."""

import datetime as dt

import pytest
from django.core import mail
from django.urls import reverse

from accounts.actions import end_duty, hand_over_learners, set_absence, set_duty
from accounts.models import CaseloadSchool, Receipt
from activity.actions import sweep_outbox
from core import clock
from core.errors import NotAllowed
from ilp import actions
from ilp.models import HelpRequest
from tests.ilp.talk import consent

pytestmark = pytest.mark.django_db


@pytest.fixture
def left(town):
    """Amina has left her school, and is followed."""
    town.entry.ended_on = dt.date(2026, 10, 31)
    town.entry.save()
    return town


def ask(town, topic="work"):
    return actions.ask_help(learner=town.amina, topic=topic, words="What can I do now?", by=town.amina.user)


def told():
    sweep_outbox()
    found = sorted(address for letter in mail.outbox for address in letter.to)
    mail.outbox.clear()
    return found


def seen_by(town, request):
    names = ("coordinator", "tutor", "adviser", "second", "desk", "elsewhere", "officer")
    mine = HelpRequest.objects.filter(pk=request.pk)
    return [name for name in names if mine.to_be_answered_by(getattr(town, name)).exists()]


def test_without_a_yes_to_sharing_the_help_desk_takes_it_on(left, client):
    request = ask(left)
    sweep_outbox()
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (["desk@example.org"], "Next Step: somebody asks for help")
    assert "who is at no school" in letter.body
    assert "What can I do now" not in letter.body
    assert left.amina.family_name not in letter.body
    assert seen_by(left, request) == ["desk"]
    client.force_login(left.desk)
    assert "Asked for help" in client.get("/").content.decode()  # the way there
    assert "What can I do now?" in client.get(reverse("ilp:help-waiting")).content.decode()
    url = reverse("ilp:help-request", args=[request.reference])
    page = client.get(url).content.decode()
    assert reverse("ilp:desk-plan", args=[left.amina.reference]) not in page
    assert Receipt.objects.get(reader=left.desk).role == left.desk_role
    client.post(url, {"do": "take", "seen": "0"})
    client.post(url, {"outcome": "You have a talk on Friday."})
    request.refresh_from_db()
    assert (request.state, request.taken_by) == ("closed", left.desk)
    client.force_login(left.amina.user)
    page = client.get(reverse("ilp:help")).content.decode()
    assert "You are at no school here." in page
    assert "You have a talk on Friday." in page


def test_with_a_yes_the_adviser_does_and_about_needs_still_the_help_desk(left):
    consent(left)
    request, needs = ask(left), ask(left, "needs")
    assert told() == ["adviser@example.org", "desk@example.org"]
    assert (seen_by(left, request), seen_by(left, needs)) == (["adviser"], ["desk"])
    with pytest.raises(NotAllowed):
        actions.take_help(request=request, by=left.desk)


def test_of_a_learner_at_school_the_help_desk_reads_nothing(town, client):
    request = ask(town)
    assert told() == ["coordinator@example.org"]
    assert seen_by(town, request) == ["coordinator", "tutor"]
    client.force_login(town.desk)
    assert client.get(reverse("ilp:help-request", args=[request.reference])).status_code == 404
    assert "Nobody waits" in client.get(reverse("ilp:help-waiting")).content.decode()


def test_who_is_left_to_duty_or_was_given_to_an_adviser_singly_has_an_adviser(left):
    consent(left)
    today = clock.today()
    CaseloadSchool.objects.update(ended_on=today - dt.timedelta(days=1))
    request = ask(left)
    assert (told(), seen_by(left, request)) == (["desk@example.org"], ["desk"])

    duty = set_duty(adviser=left.second_role, started_on=today, ended_on=today, by=left.desk)
    assert seen_by(left, request) == ["second"]
    set_absence(adviser=left.second_role, started_on=today, ended_on=today, cover=None, by=left.desk)
    assert sorted(seen_by(left, request)) == ["desk", "second"], "who is away is not on duty"
    end_duty(duty=duty, by=left.desk)
    hand_over_learners(learners=[left.amina], to=left.adviser_role, on=today, by=left.desk)

    assert seen_by(left, request) == ["adviser"]
