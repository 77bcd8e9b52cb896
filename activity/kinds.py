"""Which kinds of messages there are: who gets them, on which occasion, what may be chosen, and how they read.

Each floor registers its kinds beside what sends them, in AppConfig.ready(). The page of all messages, the document of
them, the choices of people at work and the test that none is left out read this one list.
"""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _


class Audience(models.TextChoices):
    LEARNER = "learner", _("Learners")
    SUPPORTER = "supporter", _("People a learner has let in")
    SCHOOL = "school", _("Schools")
    PROVIDER = "provider", _("Providers")
    ADVISER = "adviser", _("Advisers")
    AREA = "area", _("Those who look after an area")
    STAFF = "staff", _("Everybody at work")
    ANYBODY = "anybody", _("Everybody with an account")


class When(models.TextChoices):
    """When somebody hears of something."""

    AT_ONCE = "at_once", _("At once")
    DAILY = "daily", _("Once a day")
    NEVER = "never", _("Never")


class Topic(NamedTuple):
    """Kinds of which a person chooses together when they hear. ``may_be``: from what; only one: it cannot be chosen,
    and ``why`` says so. ``page``: where it waits, for the e-mail of the day."""

    name: str
    words: Any
    may_be: tuple[When, ...] = (When.AT_ONCE,)
    why: Any = ""
    page: str = ""

    @property
    def can_choose(self) -> bool:
        return len(self.may_be) > 1

    @property
    def choices(self) -> str:
        """What can be chosen, for people."""
        return ", ".join(str(when.label) for when in self.may_be)


class Sample(NamedTuple):
    """How a message reads in one situation, with made-up data. An empty situation: it always reads so."""

    situation: Any
    subject: str
    body: str


class MessageKind(NamedTuple):
    """One kind of message. ``occasion`` is a sentence without its end: "A provider has made an offer"."""

    name: str
    audience: Audience
    occasion: Any
    topic: str
    samples: Callable[[], Iterable[Sample]]

    @property
    def words(self) -> str:
        """Its name, for people."""
        return self.name.replace("-", " ").capitalize()

    @property
    def is_chosen(self) -> bool:
        """People can say when they hear of it, or that they do not want to."""
        return TOPICS[self.topic].can_choose


TOPICS: dict[str, Topic] = {}
KINDS: dict[str, MessageKind] = {}


def register_topic(topic: Topic) -> None:
    TOPICS[topic.name] = topic


def register_kind(name: str, audience: Audience, occasion: Any, *, topic: str, samples: Any) -> None:
    """This kind stands in the list of all messages. Its topic is registered before it."""
    if topic not in TOPICS:
        raise ValueError(f"{name}: no topic {topic!r}")
    KINDS[name] = MessageKind(name, audience, occasion, topic, samples)


def topic_of(kind: str) -> Topic | None:
    """What a person chooses for this kind; None for a kind that is not in the list."""
    found = KINDS.get(kind)
    return TOPICS[found.topic] if found else None
