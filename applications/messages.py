"""E-mails about a choice: an action and a date, never a provider, a course or an outcome, because phones are shared."""

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import CaseloadSchool, RollEntry
from applications.desk_words import DESK, LEFT_ADVISER, LEFT_SCHOOL, RECEIVED, UNENDORSED, WITH_SCHOOL
from applications.models import Choice
from applications.workflow import CHOICE_FLOW
from core import clock, languages
from ilp.mail import mail_learner
from providers.models import RoleKind, StaffRole

# The words learners get are in every language; people at work read English here as on their pages.
ENDING = _("This message says as little as possible, because others may see your screen.")


class Message(NamedTuple):
    """Who is told, what to do, and by when where there is a date. ``still``: whether there is something to say when a
    message has waited for the morning, or for Monday."""

    audience: Callable[[Choice], list[str]] | None
    action: Any
    by: Callable[[Choice], dt.date | None] | None = None
    still: Callable[[Choice], bool] | None = None


# The audience of what is said to the learner, whom ``mail_learner`` reaches by rules of its own.
_learner = None


def _provider(choice: Choice) -> list[str]:
    return _desk_of(choice.provider_id, choice.placed_with_id)


def _partner(choice: Choice) -> list[str]:
    return _desk_of(choice.placed_with_id)


def _desk_of(*organisations: int | None) -> list[str]:
    kinds = (RoleKind.ADMISSIONS, RoleKind.MANAGER)
    roles = StaffRole.objects.current().filter(organisation__in=[key for key in organisations if key], kind__in=kinds)
    return _addresses(roles.values_list("user__email", flat=True))


def _school(choice: Choice) -> list[str]:
    schools = RollEntry.objects.current().filter(learner=choice.application.learner_id).values("school")
    roles = StaffRole.objects.current().filter(organisation__in=schools, kind=RoleKind.COORDINATOR)
    return _addresses(roles.values_list("user__email", flat=True))


def _adviser(choice: Choice) -> list[str]:
    """Of the school, or of the last one where they have left school: an adviser still answers for them."""
    learner = choice.application.learner_id
    here = RollEntry.objects.current().filter(learner=learner).values("school")
    left = RollEntry.objects.left_lately().filter(learner=learner).values("school")
    today = clock.today()
    caseloads = CaseloadSchool.objects.filter(Q(school__in=here) | Q(school__in=left), started_on__lte=today).exclude(
        ended_on__lt=today
    )
    roles = StaffRole.objects.current().filter(pk__in=caseloads.values("adviser"))
    return _addresses(roles.values_list("user__email", flat=True))


def _addresses(found: Any) -> list[str]:
    return sorted({address for address in found if address})


def _answer_by(choice: Choice) -> dt.date | None:
    return choice.standing_offer.answer_by_on if choice.standing_offer else None


def _is_unanswered(choice: Choice) -> bool:
    return bool(CHOICE_FLOW.targets(choice.status, "lapse"))


def _interview_on(choice: Choice) -> dt.date | None:
    starts = choice.planned_interviews[0].starts_at if choice.planned_interviews else None
    return timezone.localdate(starts) if starts else None


NEWS = _("There is news about your application. Sign in to read it")
MESSAGES = {
    "choice-received": Message(_provider, RECEIVED, lambda c: c.answer_due_on),
    "choice-with-school": Message(_school, WITH_SCHOOL, lambda c: c.endorse_due_on),
    "choice-given-back": Message(_learner, NEWS),
    "choice-sent": Message(_learner, NEWS),
    "choice-entered-for-you": Message(_learner, NEWS),
    "choice-unendorsed": Message(_adviser, UNENDORSED),
    "interview-invited": Message(
        _learner, _("There is a date for you in your application. Sign in to read it"), _interview_on
    ),
    "interview-reminder": Message(
        _learner, _("There is a date for you in your application. Sign in to read it"), _interview_on
    ),
    "interview-to-choose": Message(
        _learner, _("There is a question for you in your application. Sign in and answer it")
    ),
    "interview-changed": Message(_learner, NEWS, _interview_on),
    "interview-given-back": Message(_provider, DESK),
    "interview-cancelled": Message(_learner, NEWS),
    "choice-on-reserve": Message(_learner, NEWS),
    "choice-referred": Message(_learner, _("There is a question for you in your application. Sign in and answer it")),
    "referral-answered": Message(_provider, DESK),
    "offer-made": Message(_learner, _("There is news about your application. Sign in and answer"), _answer_by),
    "offer-changed": Message(_learner, _("Something in your application has changed. Sign in and answer"), _answer_by),
    "offer-reminder": Message(
        _learner, _("You have not answered yet. Sign in and answer"), _answer_by, still=_is_unanswered
    ),
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
    "course-left": Message(_provider, DESK),
    "course-left-for-you": Message(_learner, NEWS),
    "course-left-school": Message(_school, LEFT_SCHOOL),
    "course-left-adviser": Message(_adviser, LEFT_ADVISER),
    "place-confirmed": Message(_learner, NEWS),
    "conditions-not-met": Message(_learner, NEWS),
    "choice-placed": Message(_learner, NEWS),
    "choice-placed-desk": Message(_partner, RECEIVED, lambda c: c.answer_due_on),
}
# Whom a provider's timeline says was told. What the school or the adviser hears is theirs.
DESK_AUDIENCES = {_learner: "learner", _provider: "provider", _partner: "partner"}


def send(kind: str, payload: dict[str, Any]) -> bool:
    """One e-mail to everybody this kind is for. False: nobody of them has an address that works."""
    message, choice = MESSAGES[kind], Choice.objects.for_list().get(pk=payload["choice_id"])
    if message.still is not None and not message.still(choice):
        return True
    day = message.by(choice) if message.by else None
    if message.audience is None:
        return mail_learner(choice.application.learner, say=lambda: _said(message, day))
    addresses = message.audience(choice)
    with languages.speaking(""):
        subject, body = _said(message, day)
    # One message to all, hidden from each other: a second try after a failure cannot send half of them twice.
    return bool(EmailMessage(subject=subject, body=body, bcc=addresses).send())


def _said(message: Message, day: dt.date | None) -> tuple[str, str]:
    """The subject and the words, in the language that is being spoken."""
    subject, sentence = _subject_and_sentence(message, day)
    return subject, f"{sentence}\n\n{ENDING}"


def _subject_and_sentence(message: Message, day: dt.date | None) -> tuple[str, str]:
    words = {"portal": settings.PORTAL_NAME, "action": message.action}
    if day is None:
        return gettext("%(portal)s: please sign in") % words, gettext("%(action)s.") % words
    words["day"] = date_format(day, "l j E Y")
    if message.by is _interview_on:
        return gettext("%(portal)s: please sign in: %(day)s") % words, gettext("%(action)s: %(day)s.") % words
    return gettext("%(portal)s: please sign in by %(day)s") % words, gettext("%(action)s by %(day)s.") % words


def register_senders() -> None:
    """Every kind above can be sent."""
    from activity.registry import register_sender

    for kind in MESSAGES:
        register_sender(kind, partial(send, kind))
