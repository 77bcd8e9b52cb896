"""Amina writes something at midnight that worries; the school's safeguarding lead is called and deals with it."""

import datetime as dt
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from activity.actions import sweep_outbox
from core import clock
from ilp import actions
from ilp.models import Conversation, MessageFlag
from ilp.tasks import tell_of_messages
from tests.ilp.talk import build_town

pytestmark = pytest.mark.django_db
MIDNIGHT = dt.datetime(2026, 11, 20, 23, 55, tzinfo=ZoneInfo("Europe/London"))  # a Friday


@pytest.fixture
def story():
    story = SimpleNamespace(town=build_town())
    actions.load_concern_phrases()
    story.clients = {}
    for name, user in {
        "amina": story.town.amina.user,
        "tutor": story.town.tutor,
        "head": story.town.coordinator,
    }.items():
        story.clients[name] = Client()
        story.clients[name].force_login(user)
    return story


def test_a_concern_word_at_midnight(story):
    given_the_school_has_said_who_is_called_first(story)
    with clock.at(MIDNIGHT):
        when_amina_writes_that_she_does_not_want_to_be_here(story)
        then_her_page_says_whom_to_ring_now_and_when_it_will_be_read(story)
        then_the_named_person_is_called_and_nobody_else(story)
        when_the_tutor_answers(story)
        then_amina_is_neither_shown_nor_mailed_it_in_the_night(story)
        when_the_named_person_deals_with_it(story)
    then_nothing_on_aminas_pages_says_that_she_was_flagged(story)
    with clock.at(dt.datetime(2026, 11, 23, 7, 5, tzinfo=ZoneInfo("Europe/London"))):
        then_on_monday_morning_the_answer_is_there(story)


def given_the_school_has_said_who_is_called_first(story):
    address = reverse("ilp:safeguarding-name", args=[story.town.school.reference])
    assert story.clients["head"].post(address, {"role": story.town.tutor_role.reference}).status_code == 302


def when_amina_writes_that_she_does_not_want_to_be_here(story):
    story.clients["amina"].post(reverse("ilp:conversation-begin", args=[story.town.school.reference]))
    story.address = reverse("ilp:conversation", args=[Conversation.objects.get().reference])
    story.page = story.clients["amina"].post(
        story.address, {"text": "cant sleep. dont wanna be here anymore", "do": "send"}, follow=True
    )


def then_her_page_says_whom_to_ring_now_and_when_it_will_be_read(story):
    page = story.page.content.decode()
    for words in ("dont wanna be here anymore", "0800 1111", "999", "from Monday 23 November, 07:00"):
        assert words in page


def then_the_named_person_is_called_and_nobody_else(story):
    sweep_outbox()
    (letter,) = mail.outbox
    assert letter.bcc == ["tutor@example.org"]
    story.flag_address = "/" + letter.body.rstrip().split("/", 3)[3]
    mail.outbox.clear()


def when_the_tutor_answers(story):
    page = story.clients["tutor"].post(story.address, {"text": "I am ringing your mum now.", "do": "send"}, follow=True)
    assert "The learner sees it on Monday 23 November, 07:00" in page.content.decode()


def then_amina_is_neither_shown_nor_mailed_it_in_the_night(story):
    assert "ringing your mum" not in story.clients["amina"].get(story.address).content.decode()
    tell_of_messages()
    sweep_outbox()
    assert [letter.to for letter in mail.outbox if "amina@example.org" in letter.to] == []


def when_the_named_person_deals_with_it(story):
    tutor = story.clients["tutor"]
    assert "dont wanna be here anymore" in tutor.get(story.flag_address).content.decode()
    tutor.post(story.flag_address, {"do": "take"})
    tutor.post(story.flag_address, {"done": "Rang home. Mum is with her. Seeing the nurse on Monday."})
    flag = MessageFlag.objects.get()
    assert (flag.state, flag.closed_by) == ("closed", story.town.tutor)


def then_nothing_on_aminas_pages_says_that_she_was_flagged(story):
    for address in (story.address, reverse("ilp:people"), reverse("accounts:information")):
        page = story.clients["amina"].get(address).content.decode()
        assert "flag" not in page.lower()
        assert "Seeing the nurse" not in page


def then_on_monday_morning_the_answer_is_there(story):
    assert "ringing your mum" in story.clients["amina"].get(story.address).content.decode()
