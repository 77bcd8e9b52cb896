"""E-mails about a choice: an action and a date, never a provider, a course or an outcome, because phones are shared."""

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone

from accounts.models import CaseloadSchool, LearnerContact, RollEntry
from applications.models import Choice
from applications.words import date_words
from core import clock
from providers.models import RoleKind, StaffRole

ENDING = "\n\nThis message says as little as possible, because others may see your screen."


class Message(NamedTuple):
    """Who is told, what to do, and by when where there is a date."""

    audience: Callable[[Choice], list[str]]
    action: str
    by: Callable[[Choice], dt.date | None] | None = None


def _learner(choice: Choice) -> list[str]:
    learner = choice.application.learner
    contact = LearnerContact.objects.filter(learner=learner).first()
    return _addresses([(contact.email if contact else "") or (learner.user.email if learner.user else "")])


def _provider(choice: Choice) -> list[str]:
    kinds = (RoleKind.ADMISSIONS, RoleKind.MANAGER)
    roles = StaffRole.objects.current().filter(organisation=choice.provider_id, kind__in=kinds)
    return _addresses(roles.values_list("user__email", flat=True))


def _school(choice: Choice) -> list[str]:
    schools = RollEntry.objects.current().filter(learner=choice.application.learner_id).values("school")
    roles = StaffRole.objects.current().filter(organisation__in=schools, kind=RoleKind.COORDINATOR)
    return _addresses(roles.values_list("user__email", flat=True))


def _adviser(choice: Choice) -> list[str]:
    schools = RollEntry.objects.current().filter(learner=choice.application.learner_id).values("school")
    today = clock.today()
    caseloads = CaseloadSchool.objects.filter(school__in=schools, started_on__lte=today).exclude(ended_on__lt=today)
    roles = StaffRole.objects.current().filter(pk__in=caseloads.values("adviser"))
    return _addresses(roles.values_list("user__email", flat=True))


def _addresses(found: Any) -> list[str]:
    return sorted({address for address in found if address})


def _answer_by(choice: Choice) -> dt.date | None:
    return choice.standing_offer.answer_by_on if choice.standing_offer else None


def _interview_on(choice: Choice) -> dt.date | None:
    return timezone.localdate(choice.planned_interviews[0].starts_at) if choice.planned_interviews else None


NEWS = "There is news about your application. Sign in to read it"
DESK = "An application you look after has changed. Sign in to see it"
MESSAGES = {
    "choice-received": Message(
        _provider, "A new application waits for you. Sign in and answer", lambda c: c.answer_due_on
    ),
    "choice-with-school": Message(
        _school, "A learner's choice waits for you. Sign in and read it", lambda c: c.endorse_due_on
    ),
    "choice-given-back": Message(_learner, NEWS),
    "choice-sent": Message(_learner, NEWS),
    "choice-unendorsed": Message(_adviser, "A choice was sent on when its school's time was up. Sign in to see it"),
    "interview-invited": Message(
        _learner, "There is a date for you in your application. Sign in to read it", _interview_on
    ),
    "interview-cancelled": Message(_learner, NEWS),
    "choice-on-reserve": Message(_learner, NEWS),
    "choice-referred": Message(_learner, "There is a question for you in your application. Sign in and answer it"),
    "referral-answered": Message(_provider, DESK),
    "offer-made": Message(_learner, "There is news about your application. Sign in and answer", _answer_by),
    "offer-changed": Message(_learner, "Something in your application has changed. Sign in and answer", _answer_by),
    "offer-reminder": Message(_learner, "You have not answered yet. Sign in and answer", _answer_by),
    "offer-accepted": Message(_provider, DESK),
    "offer-held": Message(_provider, DESK),
    "offer-turned-down": Message(_provider, DESK),
    "offer-lapsed": Message(_learner, NEWS),
    "offer-lapsed-desk": Message(_provider, DESK),
    "offer-withdrawn": Message(_learner, NEWS),
    "choice-refused": Message(_learner, NEWS),
    "choice-withdrawn": Message(_provider, DESK),
    "choice-withdrawn-for-you": Message(_learner, NEWS),
    "choice-closed": Message(_learner, NEWS),
    "choice-not-started": Message(_learner, NEWS),
    "place-confirmed": Message(_learner, NEWS),
    "conditions-not-met": Message(_learner, NEWS),
}


def send(kind: str, payload: dict[str, Any]) -> None:
    """One e-mail to everybody this kind is for; nobody has an address: nothing to send, and that is all right."""
    message, choice = MESSAGES[kind], Choice.objects.for_list().get(pk=payload["choice_id"])
    addresses = message.audience(choice)
    if not addresses:
        return
    day = message.by(choice) if message.by else None
    when = ""
    if day:
        when = f" by {date_words(day)}" if message.by is not _interview_on else f": {date_words(day)}"
    sentence = f"{message.action}{when}."
    # One message to all, hidden from each other, so that a second try after a failure cannot send half of them twice.
    EmailMessage(
        subject=f"{settings.PORTAL_NAME}: please sign in{when}",
        body=f"{sentence}{ENDING}",
        bcc=addresses,
    ).send()


def register_senders() -> None:
    """Every kind above can be sent."""
    from activity.registry import register_sender

    for kind in MESSAGES:
        register_sender(kind, partial(send, kind))
