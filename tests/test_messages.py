"""Every message there is: registered, readable, and saying nothing that it must not."""

import re

import pytest

from activity.kinds import KINDS, TOPICS, Audience, When
from activity.registry import SENDERS
from applications.messages import MESSAGES, SITUATIONS
from applications.queries.situations import Situation

EACH = sorted(KINDS)


def test_every_kind_that_is_sent_is_in_the_list_and_no_other():
    assert sorted(SENDERS) == EACH


@pytest.mark.parametrize("name", EACH)
def test_it_reads_whole_in_every_situation(name):
    samples = list(KINDS[name].samples())

    assert samples
    assert len({str(one.situation) for one in samples}) == len(samples)
    for one in samples:
        assert one.subject.startswith("Next Step: ")
        assert "\n" not in one.subject
        assert not re.search(r"%\(|\{\w*\}|None", one.subject + one.body)


@pytest.mark.parametrize("name", [name for name in EACH if KINDS[name].audience == Audience.LEARNER])
def test_no_reading_for_a_learner_says_an_outcome_a_provider_or_a_course(name):
    words = " ".join(one.subject + one.body for one in KINDS[name].samples()).lower()

    told = ["offer", "refus", "unsuccessful", "reserve", "interview", "accept", "northfield", "college"]
    assert [leak for leak in told if leak in words] == []


def test_every_situation_has_words():
    assert set(SITUATIONS) == set(Situation)


def test_what_is_decided_about_a_learner_cannot_be_switched_off():
    chosen = {name for name in MESSAGES if KINDS[name].audience == Audience.LEARNER and KINDS[name].is_chosen}

    assert chosen == {"interview-reminder"}


def test_security_safeguarding_and_invitations_always_come_and_say_why():
    fixed = {topic.name for topic in TOPICS.values() if not topic.can_choose}

    assert fixed >= {"security", "concerns", "invitations", "record", "decisions", "own-system"}
    assert all(TOPICS[name].why for name in fixed)


def test_what_has_to_be_answered_can_wait_a_day_and_not_for_ever():
    must = {"new-applications", "endorsing", "help", "messages", "course-health"}

    assert {name for name in must if When.NEVER in TOPICS[name].may_be} == set()
