"""What happened to a choice, a sentence each, with the facts as they were then."""

import datetime as dt
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from activity.models import Event, OutboxMessage
from activity.queries import history_of
from applications.models import Choice, DeskNote
from applications.words import BESIDE_WORDS, DESK_EVENTS, date_words, event_sentence, told_words
from applications.workflow import CHOICE_FLOW, PROPERTIES

MOVES = {f"choice.{verb}" for verb in CHOICE_FLOW.moves}


class TimelineEntry(NamedTuple):
    """One sentence of what happened."""

    at: dt.datetime
    by: str
    sentence: str
    details: list[str]  # the conditions of then
    more: list[str] = []  # other facts of then, in words
    words: str = ""  # a note's


def timeline(choice: Choice, *, audience: str, user: Any = None) -> list[TimelineEntry]:
    """What happened to this choice, the newest first, in the words of ``audience`` and with the facts of then.

    A provider's begins when the choice arrived: what the school and the learner said before is not theirs. For a
    provider's ``user`` it has also what the desk did beside answering, the notes they may read, and who was told.
    """
    is_desk = audience == "provider"
    known = MOVES | set(BESIDE_WORDS) | (set(DESK_EVENTS) if is_desk else set())
    events = [event for event in history_of(choice).select_related("api_call") if event.verb in known]
    if is_desk:
        arrived = next(
            (i for i, event in enumerate(events) if event.facts.get("to") in PROPERTIES["is_with_provider"]), 0
        )
        events = events[arrived:]
    learner_id = choice.application.learner.user_id
    people = _people(events) if is_desk else {}
    told = _told(choice, events) if is_desk else {}
    notes = {note.pk: note for note in DeskNote.objects.visible_to(user).filter(choice=choice)} if user else {}
    entries = []
    for event in events:
        note = notes.get(event.facts.get("note", 0))
        if event.verb == "choice.note" and note is None:
            continue  # a colleague's of the other provider
        entries.append(
            TimelineEntry(
                at=event.at,
                by=_actor(event, learner_id=learner_id, audience=audience),
                sentence=_sentence(event, audience=audience, people=people),
                details=event.facts.get("conditions", []),
                more=[
                    *(_facts_of_then(event) if is_desk or event.verb in BESIDE_WORDS else []),
                    *told.get(event.pk, []),
                ],
                words=(note.words or _("Erased")) if note else "",
            )
        )
    if is_desk:
        entries = [*_first_look(choice), *entries]
    # Of one moment the last written is the newest.
    entries.reverse()
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _sentence(event: Event, *, audience: str, people: dict[int, str]) -> str:
    if event.verb not in DESK_EVENTS:
        return event_sentence(event.verb, audience=audience, provider=event.facts["provider"])
    with_whom = people.get(event.facts.get("person") or 0, "")
    has_object, none = DESK_EVENTS[event.verb]
    is_said = bool(with_whom or event.facts.get("partner"))
    words = str(has_object if is_said else none)
    return words.format(person=with_whom, partner=event.facts.get("partner", ""))


def _facts_of_then(event: Event) -> list[str]:
    facts, said = event.facts, []
    if starts_at := facts.get("starts_at"):
        starts = timezone.localtime(dt.datetime.fromisoformat(starts_at))
        said.append(_("For %(moment)s.") % {"moment": date_format(starts, "l j F Y, H:i")})
    if answer_by_on := facts.get("answer_by_on"):
        said.append(_("To answer by %(day)s.") % {"day": date_words(dt.date.fromisoformat(answer_by_on))})
    if suggested := facts.get("suggested"):
        said.append(_("Suggested: %(courses)s.") % {"courses": ", ".join(suggested)})
    if event.verb == "choice.take_referral":
        # The courses of the facts are those after the move.
        said.append(_("Now: %(courses)s.") % {"courses": ", ".join(facts.get("courses", []))})
    return said


def _people(events: Iterable[Event]) -> dict[int, str]:
    keys = {event.facts["person"] for event in events if event.facts.get("person")}
    return dict(User.objects.filter(pk__in=keys).values_list("pk", "name")) if keys else {}


def _told(choice: Choice, events: Iterable[Event]) -> dict[int, list[str]]:
    """Who was sent word of which event, and whether it has gone, in one query by the messages' own keys."""
    from applications.messages import DESK_AUDIENCES, MESSAGES

    keys = {
        f"{kind}:{choice.pk}:{event.pk}": (event.pk, str(told_words(DESK_AUDIENCES[message.audience])))
        for event in events
        for kind, message in MESSAGES.items()
        if message.audience in DESK_AUDIENCES
    }
    said: dict[int, list[str]] = {}
    for message in OutboxMessage.objects.filter(key__in=keys).order_by("pk"):
        event_id, whom = keys[message.key]
        if message.given_up_at:
            words = _("%(whom)s: the e-mail could not be sent.")
        elif message.had_nobody:
            words = _("%(whom)s: no e-mail address that works.")
        elif message.held_at:
            words = _("%(whom)s: the e-mail waits until somebody says that it may go.")
        elif message.cancelled_at:
            words = _("%(whom)s: the e-mail was called back.")
        elif message.sent_at:
            words = _("%(whom)s: told by e-mail.")
        else:
            words = _("%(whom)s: the e-mail is on its way.")
        said.setdefault(event_id, []).append(words % {"whom": whom})
    return said


def _first_look(choice: Choice) -> list[TimelineEntry]:
    looked = getattr(choice, "handling", None)
    if looked is None or looked.looked_at is None:
        return []
    return [TimelineEntry(looked.looked_at, str(looked.looked_by), _("It was looked at for the first time."), [])]


def _actor(event: Any, *, learner_id: int | None, audience: str) -> str:
    if event.by_id is None:
        return _("the service")
    if event.by_id == learner_id:
        return _("you") if audience == "learner" else _("the learner")
    if audience == "learner":
        return ""
    if call := getattr(event, "api_call", None):
        words = {"name": call.by_name, "job": call.by_title, "system": event.by}
        return _("%(name)s, %(job)s, through %(system)s") % words
    return str(event.by)
