"""E-mails about a choice: an action and a date, never a provider, a course or an outcome, because phones are shared."""

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actions import hear_now
from accounts.models import RollEntry, User
from accounts.queries import advisers_of, foot_of
from applications.desk_words import (
    ASSIGNED,
    DESK,
    LEFT_ADVISER,
    LEFT_SCHOOL,
    RECEIVED,
    UNENDORSED,
    WITH_SCHOOL,
    waiting_words,
)
from applications.models import Choice, Handling
from applications.queries.situations import Facing, Load, Situation, facing, load_of_provider, load_of_school
from applications.workflow import CHOICE_FLOW
from core import languages
from ilp.mail import mail_learner
from providers.models import RoleKind, StaffRole

# The words learners get are in every language; people at work read English here as on their pages.
ENDING = _("This message says as little as possible, because others may see your screen.")


ONCE_IN = dt.timedelta(hours=1)
LOOKED_BACK = dt.timedelta(hours=12)  # a working day: what was given before it has told somebody


class Message(NamedTuple):
    """Who is told, what to do, and by when where there is a date. ``still``: whether there is something to say when a
    message has waited for the morning, or for Monday. ``also``: what is said beside, however the rest stands.
    ``told``: another e-mail has just said the same to whoever hears at once."""

    audience: Callable[[Choice, dict[str, Any]], QuerySet[User]] | None
    action: Any
    by: Callable[[Choice], dt.date | None] | None = None
    still: Callable[[Choice], bool] | None = None
    also: Any = ""
    told: Callable[[Choice], bool] | None = None


# The audience of what is said to the learner, whom ``mail_learner`` reaches by rules of its own.
_learner = None


def _provider(choice: Choice, _payload: dict[str, Any]) -> QuerySet[User]:
    return _desk_of(choice.provider_id, choice.placed_with_id)


def _partner(choice: Choice, _payload: dict[str, Any]) -> QuerySet[User]:
    return _desk_of(choice.placed_with_id)


def _desk_of(*organisations: int | None) -> QuerySet[User]:
    kinds = (RoleKind.ADMISSIONS, RoleKind.MANAGER)
    return _people(organisation__in=[key for key in organisations if key], kind__in=kinds)


def _assigned(choice: Choice, payload: dict[str, Any]) -> QuerySet[User]:
    """The colleague it was given to, while it is theirs."""
    return User.objects.filter(
        pk=payload.get("user_id"), pk__in=Handling.objects.filter(choice=choice).values("assigned_to")
    ) & _desk_of(choice.provider_id, choice.placed_with_id)


def _was_just_given(choice: Choice) -> bool:
    """Of those given to a colleague within an hour the first has told them; what is given later than an hour after
    that tells them again, however many came between."""
    this = Handling.objects.filter(choice=choice, assigned_at__isnull=False).first()
    if this is None or this.assigned_at is None:
        return False
    today = Handling.objects.filter(
        assigned_to=this.assigned_to_id, assigned_at__range=(this.assigned_at - LOOKED_BACK, this.assigned_at)
    )
    by_others = today.filter(Q(pk=this.pk) | ~Q(assigned_by=this.assigned_to_id)).order_by("assigned_at", "pk")
    told_at, told = None, None
    for key, at in by_others.values_list("pk", "assigned_at"):
        if told_at is None or at - told_at > ONCE_IN:
            told_at, told = at, key
        if key == this.pk:
            break
    return told != this.pk


def _school(choice: Choice, _payload: dict[str, Any]) -> QuerySet[User]:
    schools = RollEntry.objects.current().filter(learner=choice.application.learner_id).values("school")
    return _people(organisation__in=schools, kind=RoleKind.COORDINATOR)


def _adviser(choice: Choice, _payload: dict[str, Any]) -> QuerySet[User]:
    """Of the school, or of the last one where they have left school: an adviser still answers for them."""
    return _people(pk__in=advisers_of(choice.application.learner_id).values("pk"))


def _people(**which: Any) -> QuerySet[User]:
    """Who can be written to of those with such a role today."""
    roles = StaffRole.objects.current().filter(**which)
    return User.objects.filter(pk__in=roles.values("user")).exclude(email="").order_by("email", "pk")


def _answer_by(choice: Choice) -> dt.date | None:
    return choice.standing_offer.answer_by_on if choice.standing_offer else None


def _answer_due(choice: Choice) -> dt.date | None:
    return choice.answer_due_on


def _is_unanswered(choice: Choice) -> bool:
    return bool(CHOICE_FLOW.targets(choice.status, "lapse"))


def _interview_on(choice: Choice) -> dt.date | None:
    starts = choice.planned_interviews[0].starts_at if choice.planned_interviews else None
    return timezone.localdate(starts) if starts else None


def _has_no_time(choice: Choice) -> bool:
    return bool(choice.planned_interviews) and _interview_on(choice) is None


NEWS = _("There is news about your application. Sign in to read it")
DATE = _("There is a date for you in your application. Sign in to read it")
QUESTION = _("There is a question for you in your application. Sign in and answer it")
CANNOT_COME = _("If you cannot come, say so on your page as early as you can.")
SOONER = _("The sooner you choose, the more there is to choose from.")
MESSAGES = {
    "choice-received": Message(_provider, RECEIVED, _answer_due),
    "choice-assigned": Message(_assigned, ASSIGNED, _answer_due, told=_was_just_given),
    "choice-with-school": Message(_school, WITH_SCHOOL, lambda c: c.endorse_due_on),
    "choice-given-back": Message(_learner, NEWS),
    "choice-sent": Message(_learner, NEWS),
    "choice-entered-for-you": Message(_learner, NEWS),
    "choice-unendorsed": Message(_adviser, UNENDORSED),
    "interview-invited": Message(_learner, DATE, _interview_on, also=CANNOT_COME),
    "interview-reminder": Message(_learner, DATE, _interview_on, also=CANNOT_COME),
    "interview-to-choose": Message(_learner, QUESTION, also=SOONER),
    "interview-choose-reminder": Message(
        _learner, _("A question still waits for you in your application. Sign in and answer it"),
        still=_has_no_time, also=SOONER,
    ),
    "interview-booked": Message(_provider, DESK),
    "interview-changed": Message(_learner, NEWS, _interview_on, also=CANNOT_COME),
    "interview-given-back": Message(_provider, DESK),
    "interview-cancelled": Message(_learner, NEWS),
    "choice-on-reserve": Message(_learner, NEWS),
    "choice-referred": Message(_learner, QUESTION),
    "referral-answered": Message(_provider, DESK),
    "offer-made": Message(
        _learner, _("There is news about your application. Sign in and answer"), _answer_by, still=_is_unanswered
    ),
    "offer-changed": Message(
        _learner, _("Something in your application has changed. Sign in and answer"), _answer_by, still=_is_unanswered
    ),
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
    "choice-placed-desk": Message(_partner, RECEIVED, _answer_due),
}  # fmt: skip
# Whom a provider's timeline says was told. What the school or the adviser hears is theirs.
DESK_AUDIENCES = {_learner: "learner", _provider: "provider", _partner: "partner"}


class Beside(NamedTuple):
    """What an e-mail says of the rest of the application. ``subject``: what to do by the day, where there is
    something; ``with_day``: the same sentence after one that has said the day."""

    words: Any
    subject: Any = ""
    with_day: Any = ""


SUBJECT_ANSWER = _("%(portal)s: please sign in and answer by %(day)s")
S = Situation
# What is left to do in each situation: after what happened, in every message to a learner whose own words leave room.
SITUATIONS: dict[Situation, Beside] = {
    S.ANSWER: Beside(
        _("Something waits for your answer until %(day)s. Everybody else has answered you."),
        SUBJECT_ANSWER,
        _("Everybody else has answered you, so you can decide now."),
    ),
    S.ANSWER_OTHERS: Beside(
        _("Something waits for your answer until %(day)s. Others have still to answer you."),
        SUBJECT_ANSWER,
        _("Others have still to answer you. You may wait for them until that day."),
    ),
    S.ANSWER_SEVERAL: Beside(
        _("More than one thing waits for your answer. The first day to answer by is %(day)s."), SUBJECT_ANSWER
    ),
    S.PLACE: Beside(_("You need to send nothing else. Your page says what comes next, and when.")),
    S.WAITING: Beside(_("The next answer to you is due by %(day)s. Until then you need to do nothing else.")),
    S.WAITING_UNDATED: Beside(_("You are still waiting for answers. Until they come you need to do nothing else.")),
    S.KEPT: Beside(_("What you have kept stays as it is. You can change your mind on your page.")),
    S.DRAFTS: Beside(
        _("Something you have written is not sent yet. Send it by %(day)s."),
        _("%(portal)s: please sign in and send what you have written by %(day)s"),
    ),
    S.NOTHING: Beside(
        _("You can apply for something else until %(day)s. Your page shows what fits you."),
        _("%(portal)s: please sign in. You can apply until %(day)s"),
    ),
    S.NOTHING_LATE: Beside(
        _("You can still find something. Ask your school or your adviser: they help you to find it.")
    ),
}


def send(kind: str, payload: dict[str, Any]) -> bool:
    """One e-mail to everybody this kind is for and who wants to hear of it now. False: nobody of them has an address
    that works."""
    message, choice = MESSAGES[kind], Choice.objects.for_list().get(pk=payload["choice_id"])
    if message.still is not None and not message.still(choice):
        return True
    day = message.by(choice) if message.by else None
    if message.audience is None:
        rest = facing(choice.application)
        return mail_learner(choice.application.learner, kind=kind, say=lambda: said_to_learner(kind, day, rest))
    people = list(message.audience(choice, payload))
    told = hear_now(kind, people, about=f"choice:{choice.pk}")
    if not told or (message.told is not None and message.told(choice)):
        return bool(people)
    load = _load(message, choice)
    with languages.speaking(""):
        subject, body = said_at_work(kind, day, load)
    # One message to all, hidden from each other: a second try after a failure cannot send half of them twice.
    addresses = sorted({person.email for person in told})
    return bool(EmailMessage(subject=subject, body=body, bcc=addresses).send()) or len(told) < len(people)


def _load(message: Message, choice: Choice) -> Load | None:
    if message.audience is _provider:
        # Of a choice that is placed both desks hear, and each has a number of its own.
        return None if choice.placed_with_id else load_of_provider(choice.provider_id)
    if message.audience is _partner and choice.placed_with_id:
        return load_of_provider(choice.placed_with_id)
    return load_of_school(choice.application.learner_id) if message.action is WITH_SCHOOL else None


def said_to_learner(kind: str, day: dt.date | None, rest: Facing) -> tuple[str, str]:
    """Subject and words of a message to a learner: what happened, what is left to do and by when. In the language that
    is being spoken."""
    message, beside = MESSAGES[kind], SITUATIONS[rest.situation]
    first, subject = _first(message, day), beside.subject
    words = message.also or ((day and beside.with_day) or beside.words)
    said = {"portal": settings.PORTAL_NAME, "day": _day(rest.day)}
    if message.by is _interview_on or message.also:
        subject = ""
    if message.by is _answer_by and day is not None:
        subject = SUBJECT_ANSWER
        said["day"] = _day(min(day, rest.day or day))
    head = subject % said if subject else _plain_subject(message, day)
    return str(head), f"{first}\n\n{words % said}\n\n{ENDING}"


def said_at_work(kind: str, day: dt.date | None, load: Load | None = None) -> tuple[str, str]:
    """The same for people at work, with what waits for them."""
    message = MESSAGES[kind]
    lines = [_first(message, day), waiting_words(load) if load and load.number else "", str(ENDING)]
    return _plain_subject(message, day), "\n\n".join(line for line in lines if line) + foot_of(kind)


def _first(message: Message, day: dt.date | None) -> str:
    words = {"action": message.action, "day": _day(day)}
    if day is None:
        return gettext("%(action)s.") % words
    return (
        gettext("%(action)s: %(day)s.") if message.by is _interview_on else gettext("%(action)s by %(day)s.")
    ) % words


def _plain_subject(message: Message, day: dt.date | None) -> str:
    words = {"portal": settings.PORTAL_NAME, "day": _day(day)}
    if day is None:
        return gettext("%(portal)s: please sign in") % words
    if message.by is _interview_on:
        return gettext("%(portal)s: please sign in: %(day)s") % words
    return gettext("%(portal)s: please sign in by %(day)s") % words


def _day(day: dt.date | None) -> str:
    return date_format(day, "l j E Y") if day else ""


def register_senders() -> None:
    """Every kind above can be sent."""
    from activity.registry import register_sender

    for kind in MESSAGES:
        register_sender(kind, partial(send, kind))
