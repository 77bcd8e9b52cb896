"""The dates and rules of an area: what they are, what they were, and what changing them would mean for whom."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.db.models import Count, F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext

from activity.models import Event
from applications.models import Application, Choice
from applications.queries.companions import MOST_EXTRA
from applications.words import date_words
from applications.workflow import PROPERTIES, ChoiceState
from core import clock
from providers.models import Cycle

# What each term is called, wherever it stands.
TERM_WORDS = {
    "opens_on": _l("First day to send"),
    "closes_on": _l("Day to apply by"),
    "ends_on": _l("Last day of all"),
    "choice_limit": _l("Choices under way at once"),
    "has_endorsement": _l("The school reads first"),
    "endorsement_days": _l("Working days the school has"),
    "answer_days": _l("Working days a provider has to answer"),
    "reply_days": _l("Working days a learner has to reply"),
    "can_hold": _l("A learner may keep a back-up"),
    "first_reminder_days": _l("First reminder, working days before"),
    "second_reminder_days": _l("Second reminder, working days before"),
    "last_chance_days": _l("Working days left after it"),
    "first_year_group": _l("Youngest school year"),
    "last_year_group": _l("Oldest school year"),
    "results_on": _l("Results day"),
    "results_from": _l("Results can be read from"),
    "answers_from": _l("Learners can answer again from"),
}


def said(value: Any) -> str:
    """A term's value for people."""
    if value is None:
        return _("any")
    if isinstance(value, dt.time) or (isinstance(value, str) and ":" in value):
        return str(value)[:5]
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, str):
        return date_words(dt.date.fromisoformat(value))
    return date_words(value) if isinstance(value, dt.date) else str(value)


def terms_said(cycle: Cycle) -> list[tuple[str, str]]:
    """Every date and rule of the cycle with its name."""
    return [(str(words), said(getattr(cycle, name))) for name, words in TERM_WORDS.items()]


class TermChange(NamedTuple):
    name: str
    before: str
    after: str


class RuleEvent(NamedTuple):
    """Somebody made or changed the rules."""

    event: Event
    changes: list[TermChange]


def rule_events(cycle: Cycle) -> list[RuleEvent]:
    """Who made and changed these rules, the latest first."""
    events = Event.objects.filter(subject=f"{cycle._meta.label_lower}:{cycle.pk}").select_related("by").order_by("-pk")
    return [RuleEvent(event, _changes(event.facts)) for event in events[:50]]


def _changes(facts: Mapping[str, Any]) -> list[TermChange]:
    before = facts.get("before", {})
    return [
        TermChange(str(TERM_WORDS[name]), said(before[name]), said(value))
        for name, value in facts.get("after", {}).items()
        if name in TERM_WORDS and name in before
    ]


def changed_terms(cycle: Cycle, terms: Mapping[str, Any]) -> list[TermChange]:
    """What of the cycle these terms would change."""
    return [
        TermChange(str(words), said(getattr(cycle, name)), said(terms[name]))
        for name, words in TERM_WORDS.items()
        if getattr(cycle, name) != terms[name]
    ]


def consequences(cycle: Cycle, terms: Mapping[str, Any]) -> list[str]:
    """What a change means for the learners and choices there are, said before it is made."""
    counts = Choice.objects.filter(application__cycle=cycle).aggregate(
        live=Count("pk", filter=Q(status__in=PROPERTIES["is_live"])),
        drafts=Count("pk", filter=Q(status=ChoiceState.DRAFT)),
        with_school=Count("pk", filter=Q(status=ChoiceState.WITH_SCHOOL)),
        held=Count("pk", filter=Q(status=ChoiceState.HELD)),
    )
    lines = []
    if counts["live"]:
        lines.append(
            ngettext(
                "%(number)s choice under way keeps the dates it was given.",
                "%(number)s choices under way keep the dates they were given.",
                counts["live"],
            )
            % {"number": counts["live"]}
        )
    else:
        lines.append(_("No choice is under way. The new dates and rules hold for every choice."))
    if counts["with_school"] and not terms["has_endorsement"] and cycle.has_endorsement:
        lines.append(
            ngettext(
                "%(number)s choice is with the school, and stays there until the school's time is up.",
                "%(number)s choices are with their schools, and stay there until the schools' time is up.",
                counts["with_school"],
            )
            % {"number": counts["with_school"]}
        )
    if counts["held"] and not terms["can_hold"] and cycle.can_hold:
        lines.append(
            ngettext(
                "%(number)s back-up stays with its learner. Nobody can keep another.",
                "%(number)s back-ups stay with their learners. Nobody can keep another.",
                counts["held"],
            )
            % {"number": counts["held"]}
        )
    if terms["choice_limit"] < cycle.choice_limit and (number := _over_the_limit(cycle, terms["choice_limit"])):
        lines.append(
            ngettext(
                "%(number)s learner has more under way: they keep them, and send no more until fewer are.",
                "%(number)s learners have more under way: they keep them, and send no more until fewer are.",
                number,
            )
            % {"number": number}
        )
    today = clock.today()
    if counts["drafts"] and cycle.opens_on <= today < terms["opens_on"]:
        lines.append(
            ngettext(
                "%(number)s draft cannot be sent until the new first day.",
                "%(number)s drafts cannot be sent until the new first day.",
                counts["drafts"],
            )
            % {"number": counts["drafts"]}
        )
    if terms["ends_on"] != cycle.ends_on and counts["live"] + counts["drafts"]:
        lines.append(
            _("Whatever is open after %(day)s is closed on that night.") % {"day": date_words(terms["ends_on"])}
        )
    return lines


def _over_the_limit(cycle: Cycle, limit: int) -> int:
    counting = Choice.objects.filter(application__cycle=cycle).counting().with_limit_key()
    numbers = counting.order_by().values("application")
    numbers = numbers.annotate(number=Count("limit_key", distinct=True), each=Count("pk"))
    over = numbers.filter(Q(number__gt=limit) | Q(each__gt=limit + MOST_EXTRA))
    return Application.objects.filter(pk__in=over.values("application")).count()


def last_years(area_id: int, phase: str) -> Cycle | None:
    """The newest cycle of this kind, from which the next one is made."""
    return Cycle.objects.filter(area=area_id, phase=phase).order_by(F("entry_year").desc()).first()


def next_terms(cycle: Cycle) -> dict[str, Any]:
    """The terms of the year after this one: the same rules, each date a year later."""
    return {name: _year_later(getattr(cycle, name)) for name in TERM_WORDS}


def _year_later(value: Any) -> Any:
    if not isinstance(value, dt.date):
        return value
    if (value.month, value.day) == (2, 29):
        return dt.date(value.year + 1, 2, 28)
    return value.replace(year=value.year + 1)
