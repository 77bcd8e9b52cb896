"""The kinds of messages about choices, with how they read in each situation."""

import datetime as dt
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from activity.kinds import Audience, Sample, Topic, When, register_kind, register_topic
from applications import clearing_messages, deadline_messages, messages, token_messages, webhook_messages
from applications.queries.situations import Facing, Load, Situation

S, W = Situation, When
DAY, LATER = dt.date(2026, 12, 4), dt.date(2027, 1, 31)
TO_ANSWER = (S.ANSWER, S.ANSWER_OTHERS, S.ANSWER_SEVERAL)
STILL_WAITING = (S.WAITING, S.WAITING_UNDATED, S.ANSWER_OTHERS, S.ANSWER_SEVERAL, S.PLACE)
# Where not every situation can be: the choice itself waits for an answer, or has one to give.
POSSIBLE = {
    **dict.fromkeys(("offer-made", "offer-changed", "offer-reminder"), TO_ANSWER),
    **dict.fromkeys(
        ("choice-sent", "choice-entered-for-you", "choice-on-reserve", "choice-referred", "interview-cancelled"),
        STILL_WAITING,
    ),
    "choice-given-back": tuple(one for one in S if one != S.NOTHING),
    "place-confirmed": (S.PLACE, *TO_ANSWER),
    "choice-closed": (S.NOTHING_LATE, S.PLACE),
}
DATED = {S.WAITING, S.DRAFTS, S.NOTHING, *TO_ANSWER}

# kind -> on which occasion, and what a person chooses it with
LEARNERS: dict[str, Any] = {
    "choice-given-back": _("Their school gives a choice back to them"),
    "choice-sent": _("A choice has gone to its provider"),
    "choice-entered-for-you": _("An adult has sent a choice for them"),
    "interview-invited": _("A provider asks them to an interview at a time, or moves it"),
    "interview-to-choose": _("A provider asks them to choose a time for an interview"),
    "interview-choose-reminder": _("They have not chosen a time for three working days, and again after three more"),
    "interview-changed": _("The place of their interview changes"),
    "interview-cancelled": _("An interview is cancelled"),
    "choice-on-reserve": _("A provider puts them on its reserve list"),
    "choice-referred": _("A provider suggests another course"),
    "offer-made": _("A provider makes an offer"),
    "offer-changed": _("A provider changes an offer"),
    "offer-reminder": _("An offer is not answered, twice before its last day"),
    "offer-lapsed": _("An offer has run out unanswered"),
    "offer-withdrawn": _("A provider takes an offer back"),
    "choice-refused": _("A provider says no"),
    "choice-withdrawn-for-you": _("A provider takes a choice back for them"),
    "choice-closed": _("The cycle is over"),
    "choice-not-started": _("A provider says that they did not start"),
    "course-left-for-you": _("A provider or a school says that they have left a course"),
    "place-confirmed": _("A provider confirms a place"),
    "conditions-not-met": _("A provider says that conditions are not met"),
    "choice-placed": _("A consortium's lead places them with a partner"),
}
PROVIDERS: dict[str, tuple[Any, str]] = {
    "choice-received": (_("A choice arrives"), "new-applications"),
    "choice-placed-desk": (_("The lead of a consortium places a learner with them"), "new-applications"),
    "choice-assigned": (_("A colleague gives somebody applications, once an hour at most"), "given-to-you"),
    "interview-booked": (_("A learner chooses a time, or another one"), "interviews"),
    "interview-given-back": (_("A learner gives a time back"), "interviews"),
    "referral-answered": (_("A learner answers a suggestion"), "answers"),
    "offer-accepted": (_("A learner accepts"), "answers"),
    "offer-held": (_("A learner keeps an offer as a back-up"), "answers"),
    "offer-turned-down": (_("A learner turns an offer down"), "answers"),
    "offer-lapsed-desk": (_("An offer has run out unanswered"), "answers"),
    "choice-withdrawn": (_("A learner takes a choice back"), "answers"),
    "course-left": (_("A learner has left a course"), "answers"),
}


def _to_learner(kind: str) -> Iterable[Sample]:
    message = messages.MESSAGES[kind]
    day = DAY if message.by else None
    if message.also:
        return [Sample("", *messages.said_to_learner(kind, day, Facing(S.WAITING)))]
    return [
        Sample(one.label, *messages.said_to_learner(kind, day, Facing(one, DAY if one in DATED else None)))
        for one in POSSIBLE.get(kind, tuple(S))
    ]


def _at_work(kind: str) -> Iterable[Sample]:
    message = messages.MESSAGES[kind]
    day = DAY if message.by else None
    return [
        Sample(_("Something waits there"), *messages.said_at_work(kind, day, Load(12, DAY))),
        Sample(_("Nothing else waits"), *messages.said_at_work(kind, day, None)),
    ]


# What each verb of the desk sends to a learner, for whoever presses it for many.
KIND_OF_VERB = {
    "invite": "interview-to-choose",
    "offer": "offer-made",
    "put_on_reserve": "choice-on-reserve",
    "refuse": "choice-refused",
    "confirm_met": "place-confirmed",
}


def _always(say: Callable[..., tuple[str, str]], *facts: Any) -> Callable[[], Iterable[Sample]]:
    return lambda: [Sample("", *say(*facts))]


def register() -> None:
    desk = "applications:received"
    for topic in (
        Topic("decisions", _("Your applications"), why=_("What you decide, and by when, depends on it.")),
        Topic("interview-reminders", _("Reminders of interviews"), (W.AT_ONCE, W.NEVER)),
        Topic("new-applications", _("New applications"), (W.AT_ONCE, W.DAILY), page=desk),
        Topic("answers", _("What learners answer"), (W.AT_ONCE, W.DAILY, W.NEVER), page=desk),
        Topic("deadlines", _("Days by which you answer"), (W.AT_ONCE, W.DAILY, W.NEVER), page=desk),
        Topic("interviews", _("Interviews"), (W.AT_ONCE, W.DAILY, W.NEVER), page="applications:interviews"),
        Topic("given-to-you", _("Applications a colleague gives you"), (W.AT_ONCE, W.DAILY, W.NEVER), page=desk),
        Topic("endorsing", _("Choices to read for your school"), (W.AT_ONCE, W.DAILY),
              page="applications:endorsements"),
        Topic("school-news", _("Learners of your school who leave a course"), (W.AT_ONCE, W.DAILY, W.NEVER)),
        Topic("adviser-news", _("Learners you answer for"), (W.AT_ONCE, W.DAILY), page="ilp:plans"),
        Topic("own-system", _("Your own system"), why=_("It reads applications.")),
    ):  # fmt: skip
        register_topic(topic)
    for name, occasion in LEARNERS.items():
        register_kind(name, Audience.LEARNER, occasion, topic="decisions", samples=partial(_to_learner, name))
    register_kind(
        "clearing-invited",
        Audience.LEARNER,
        _("A provider with a place asks them to apply, in clearing"),
        topic="decisions",
        samples=_always(clearing_messages.said, DAY),
    )
    register_kind(
        "interview-reminder",
        Audience.LEARNER,
        _("The day before an interview"),
        topic="interview-reminders",
        samples=partial(_to_learner, "interview-reminder"),
    )
    for name, (occasion, topic_name) in PROVIDERS.items():
        register_kind(name, Audience.PROVIDER, occasion, topic=topic_name, samples=partial(_at_work, name))
    for name, audience, occasion, topic_name in (
        ("choice-with-school", Audience.SCHOOL, _("A choice waits for the school's word"), "endorsing"),
        ("course-left-school", Audience.SCHOOL, _("A learner of theirs has left a course"), "school-news"),
        ("choice-unendorsed", Audience.ADVISER, _("A school has run out of time, and the choice went on"),
         "adviser-news"),
        ("course-left-adviser", Audience.ADVISER, _("A learner they answer for has left a course"), "adviser-news"),
    ):  # fmt: skip
        register_kind(name, audience, occasion, topic=topic_name, samples=partial(_at_work, name))
    for name, audience, occasion, topic_name in (
        ("answers-due", Audience.PROVIDER, _("The last day to answer applications is two working days ahead"),
         "deadlines"),
        ("endorsements-due", Audience.SCHOOL, _("The last day to read choices is two working days ahead"),
         "endorsing"),
    ):  # fmt: skip
        register_kind(
            name, audience, occasion, topic=topic_name, samples=_always(deadline_messages.said, name, 12, DAY)
        )
    for name, occasion in (
        ("token-made", _("A token is made for a provider's own system")),
        ("token-ending", _("A token is about to end")),
    ):
        samples = _always(token_messages.said, name, LATER)
        register_kind(name, Audience.PROVIDER, occasion, topic="own-system", samples=samples)
    for name, occasion in (
        ("webhook-added", _("An address of a provider's own system is added")),
        ("webhook-stopped", _("An address of a provider's own system has not answered for three days")),
    ):
        samples = _always(webhook_messages.said, name, "abc123")
        register_kind(name, Audience.PROVIDER, occasion, topic="own-system", samples=samples)
