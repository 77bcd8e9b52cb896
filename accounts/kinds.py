"""The kinds of messages about accounts, with how they read."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext_lazy as _

from accounts import desk_messages as desk
from accounts import mail_words as words
from activity.kinds import Audience, Sample, Topic, When, register_kind, register_topic

A = Audience
DAY = dt.date(2026, 12, 4)
MOMENT = dt.datetime(2026, 12, 4, 9, 30, tzinfo=get_default_timezone())
TOKEN = "one-use-link"  # noqa: S105 - made up, for the page that shows how an e-mail reads
COLLEGE = "Northfield College"


def one(say: Any, *facts: Any) -> Any:
    """Samples of a message that always reads the same."""

    def samples() -> Iterable[Sample]:
        return [Sample("", *say(*facts))]

    return samples


def _changes() -> Iterable[Sample]:
    return [Sample(text, *words.sign_in_changed(what, MOMENT)) for what, text in words.CHANGES.items()]


def _daily() -> Iterable[Sample]:
    from activity.kinds import TOPICS

    names = [topic.name for topic in TOPICS.values() if When.DAILY in topic.may_be]
    return [Sample("", *desk.daily({name: number for number, name in enumerate(names[:3], start=1)}))]


def register() -> None:
    register_topic(
        Topic(
            "security", _("How you sign in, and who may"),
            why=_("If somebody else changes it, you must hear of it."),
        )
    )  # fmt: skip
    register_topic(Topic("record", _("Your record"), why=_("It is about what is kept of you.")))
    register_topic(Topic("invitations", _("Invitations"), why=_("Without it nobody could join.")))
    register_topic(Topic("daily", _("The e-mail of the day"), why=_("It comes only where you have chosen it.")))
    learner, staff = A.LEARNER, A.STAFF
    for name, audience, occasion, topic, samples in (
        ("erasure-asked", learner, _("An officer asks for a record to be erased"), "record", one(words.erasure_asked)),
        ("unlock-guessing", A.SCHOOL, _("Many wrong dates of birth are tried with unlock codes"), "security",
         one(desk.unlock_guessing)),
        ("sign-in-link", A.ANYBODY, _("Somebody adds an e-mail address to their account"), "security",
         one(words.confirm_link, TOKEN)),
        ("recovery-ask", A.ANYBODY, _("Somebody asks for a link to choose a new password"), "security",
         one(words.recovery_link, TOKEN)),
        ("recovery-made", learner, _("A member of staff makes a code to help a learner sign in"), "security",
         one(words.on_a_day, words.RECOVERY_MADE, DAY)),
        ("password-changed", A.ANYBODY, _("A new password is chosen by a link or a code"), "security",
         one(words.on_a_day, words.PASSWORD_CHANGED, DAY)),
        ("staff-invitation", staff, _("Somebody is asked to act for an organisation"), "invitations",
         one(desk.invitation_words, COLLEGE, TOKEN, MOMENT)),
        ("staff-stepped-in", A.PROVIDER, _("The help desk keeps a provider's courses for a day"), "security",
         one(desk.stepped_in, COLLEGE, "northfield", DAY)),
        ("sign-in-changed", staff, _("How somebody signs in changes"), "security", _changes),
        ("supporter-invitation", A.SUPPORTER, _("A learner asks an adult to support them"), "invitations",
         one(words.supporter_invitation, TOKEN, MOMENT)),
        ("supporter-joined", learner, _("An adult a learner asked says yes"), "record", one(words.supporter_joined)),
        ("staff-unused", staff, _("Somebody at work has not signed in for a long time"), "security",
         one(words.staff_unused, DAY)),
        ("daily-mail", staff, _("It is eight o'clock on a working day, and something waits for the e-mail of the day"),
         "daily", _daily),
    ):  # fmt: skip
        register_kind(name, audience, occasion, topic=topic, samples=samples)
    for name, occasion in (
        ("staff-lapsing", _("The access of somebody they look after is about to end, because it is not used")),
        ("staff-lapsed", _("The access of somebody they look after has ended, because it was not used")),
        ("staff-kept", _("An access nobody uses could not be ended")),
    ):
        page = "https://portal.example/desk/staff/"
        samples = one(words.to_who_looks_after, name, DAY, page)
        register_kind(name, A.AREA, occasion, topic="security", samples=samples)
