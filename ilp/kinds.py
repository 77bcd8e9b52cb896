"""The kinds of messages about plans, reviews, experiences and conversations, with how they read."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from accounts.kinds import one
from activity.kinds import Audience, Sample, Topic, When, register_kind, register_topic
from ilp import messages, messages_contacts, messages_documents, messages_experiences, review_messages, tasks
from ilp.actions import contributions, documents, help_requests, plans, reviews, validating
from ilp.actions.bookings import ALLOWED, CAME, REFUSED
from ilp.actions.due_steps import DUE
from ilp.actions.experiences import CALLED_OFF, CHANGED, MOVED_UP
from ilp.actions.reminders import BOOKED, REMINDED

A, W = Audience, When
ON = dt.date(2026, 12, 4)


def _reminder() -> list[Sample]:
    return [
        Sample(_("Something is near"), *review_messages.reminder(ON, False)),
        Sample(_("Something is late"), *review_messages.reminder(ON, True)),
    ]


def _help_asked() -> list[Sample]:
    return [
        Sample(_("Of a school"), *review_messages.help_asked(True)),
        Sample(_("Of somebody at no school"), *review_messages.help_asked(False)),
    ]


def _flagged() -> list[Sample]:
    return [
        Sample(_("Words of a message"), *tasks.flagged(True, "abc123")),
        Sample(_("Words elsewhere"), *tasks.flagged(False, "abc123")),
    ]


def register() -> None:
    for topic in (
        Topic("my-plan", _("Your plan, your reviews and what you booked"),
              why=_("Somebody answers you, or the day has changed.")),
        Topic("reminders", _("Reminders of reviews, and of what was agreed or booked"), (W.AT_ONCE, W.NEVER)),
        Topic("plans", _("Answers in plans"), (W.AT_ONCE, W.DAILY, W.NEVER), page="ilp:plans"),
        Topic("caseload", _("Next steps with learners that are due"), (W.AT_ONCE, W.DAILY, W.NEVER),
              page="reporting:caseload"),
        Topic("help", _("Learners who ask for help"), (W.AT_ONCE, W.DAILY), page="ilp:help-waiting"),
        Topic("messages", _("Messages of learners"), (W.AT_ONCE, W.DAILY), page="ilp:conversations"),
        Topic("concerns", _("Words that worry"), why=_("A young person may need somebody now.")),
        Topic("supporting", _("Young people you support"), why=_("They have asked you.")),
    ):  # fmt: skip
        register_topic(topic)
    booked = messages_experiences.words_of
    learner = A.LEARNER
    for name, audience, occasion, topic_name, samples in (
        (validating.TALK, learner, _("An adult wants to talk about an entry of the plan"), "my-plan",
         one(messages.talk)),
        (plans.ANSWERED, A.SCHOOL, _("A learner answers what was said about their plan"), "plans",
         one(messages.answered)),
        (contributions.ASKED, A.SUPPORTER, _("A learner asks them to write in a part of the plan"), "supporting",
         one(messages.section_asked)),
        (contributions.WRITTEN, learner, _("Somebody they asked has written in the plan"), "my-plan",
         one(messages.section_written)),
        (documents.SAID, learner, _("Somebody has read a statement or CV and says something"), "my-plan",
         one(messages_documents.said)),
        (reviews.PLANNED, learner, _("A review is planned, or moved"), "my-plan", one(review_messages.planned, ON)),
        (reviews.CALLED_OFF, learner, _("A review is called off"), "my-plan", one(review_messages.called_off, ON)),
        (reviews.FINISHED, learner, _("A review is written down"), "my-plan", one(review_messages.finished, ON)),
        (REMINDED, A.ANYBODY, _("A review, or something that was agreed, is near or late"), "reminders", _reminder),
        (DUE, A.ADVISER, _("Next steps with learners are due, once a working day at most"), "caseload",
         one(messages_contacts.steps_due, 3)),
        (help_requests.ASKED, A.SCHOOL, _("A learner asks for help, once a day at most"), "help", _help_asked),
        (help_requests.TAKEN, learner, _("Somebody takes their request for help on"), "my-plan",
         one(review_messages.help_taken)),
        (MOVED_UP, learner, _("A place is free in what they waited for"), "my-plan", one(booked, MOVED_UP, ON)),
        (CALLED_OFF, learner, _("What they booked is cancelled"), "my-plan", one(booked, CALLED_OFF, ON)),
        (CHANGED, learner, _("Time or place of what they booked changes"), "my-plan", one(booked, CHANGED, ON)),
        (REFUSED, learner, _("Their school says that they cannot go"), "my-plan", one(booked, REFUSED, ON)),
        (ALLOWED, learner, _("Their school says that they may go after all"), "my-plan", one(booked, ALLOWED, ON)),
        (BOOKED, learner, _("The day before something they booked"), "reminders", one(booked, BOOKED, ON)),
        (CAME, learner, _("They have been somewhere"), "reminders", one(booked, CAME, ON)),
        (tasks.WAITING, A.ANYBODY, _("Messages wait to be read, once an hour at most"), "messages",
         one(tasks.waiting, "ilp:conversations")),
        ("message-flagged", A.STAFF, _("A learner writes words that worry"), "concerns", _flagged),
    ):  # fmt: skip
        register_kind(name, audience, occasion, topic=topic_name, samples=samples)
