"""What a caseload system says of one learner otherwise than the portal does, thing by thing.

The later confirmation is right: what theirs says of a day before ours is shown, and taken over only where somebody
ticks it.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actions import take_over_residence
from accounts.models import Characteristics, Learner
from activity.models import Event
from ilp.actions import take_over_activity, take_over_characteristics, take_over_fact
from ilp.models import CurrentActivity, RecordCode, RecordFact, RecordKind
from providers.models import Organisation
from reporting.exchange.told import Told
from reporting.returns.record import YoungPerson
from reporting.returns.said import LOOKED_AFTER

ACTIVITY, NEED, DESTINATION, CHARACTERISTICS, RESIDENCE, PERSON = THINGS = (
    "activity", "need", "destination", "traits", "residence", "person",
)  # fmt: skip
WORDS = {
    PERSON: _("Whose record is it"),
    ACTIVITY: _("Current activity"),
    DESTINATION: _("Intended destination"),
    NEED: _("Level of need"),
    CHARACTERISTICS: _("Characteristics"),
    RESIDENCE: _("Where they live"),
}
KIND = {NEED: RecordKind.NEED, DESTINATION: RecordKind.DESTINATION}
OF_SPELL = ("started_on", "verified_on", "review_on", "course_ends_on")
DAYS = {*OF_SPELL, "ascertained_on", "on"}
TAKING_OVER: Mapping[str, Callable[..., Any]] = {
    ACTIVITY: take_over_activity, NEED: take_over_fact, DESTINATION: take_over_fact,
    CHARACTERISTICS: take_over_characteristics, RESIDENCE: take_over_residence,
}  # fmt: skip


@dataclass
class Ours:
    """What is recorded of one learner, who is locked."""

    learner: Learner
    spell: CurrentActivity | None = None
    facts: dict[str, RecordFact] = field(default_factory=dict)
    characteristics: dict[str, RecordFact] = field(default_factory=dict)
    is_looked_after: bool = False
    lived_since: dt.date | None = None


class Difference(NamedTuple):
    """One thing theirs says otherwise. ``fields``: {name: (ours, theirs)} as codes and days; ``row`` is the key of what
    ours stands in. ``told``: what the action that takes theirs over is told."""

    thing: str
    learner: Learner
    fields: Mapping[str, tuple[str, str]]
    is_older: bool
    told: Mapping[str, Any]

    def take_over(self, *, of: Organisation, by: Any) -> None:
        TAKING_OVER[self.thing](learner=self.learner, of=of, by=by, **self.told)

    @property
    def answers(self) -> dict[str, Any]:
        """What the action is told, to be kept: rows by their keys, days as text."""
        return {name: _kept(value) for name, value in self.told.items()}


class Answers:
    """What was kept of differences, as the actions are told it."""

    def __init__(self, kept: Iterable[Mapping[str, Any]]) -> None:
        self.codes = RecordCode.objects.in_bulk()
        self.providers = Organisation.objects.in_bulk({one["provider"] for one in kept if one.get("provider")})

    def told(self, kept: Mapping[str, Any]) -> dict[str, Any]:
        read = {"code": self.codes.get, "codes": self._codes, "provider": self.providers.get}
        read |= dict.fromkeys(DAYS, _day)
        return {name: read[name](value) if name in read else value for name, value in kept.items()}

    def _codes(self, keys: Iterable[int]) -> list[RecordCode]:
        return [self.codes[key] for key in keys]


def _kept(value: Any) -> Any:
    if isinstance(value, list):
        return [_kept(one) for one in value]
    if isinstance(value, Model):
        return value.pk
    return value.isoformat() if isinstance(value, dt.date) else value


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def ours_of(learners: Mapping[int, Learner]) -> dict[int, Ours]:
    """What is recorded of each of these learners: a fixed number of queries."""
    found = {key: Ours(learner) for key, learner in learners.items()}
    keys = list(found)
    for spell in CurrentActivity.objects.open().for_list().filter(learner__in=keys):
        found[spell.learner_id].spell = spell
    for fact in RecordFact.objects.open().select_related("code").filter(learner__in=keys):
        if fact.kind == RecordKind.CHARACTERISTIC:
            found[fact.learner_id].characteristics[fact.code.code] = fact
        else:
            found[fact.learner_id].facts[fact.kind] = fact
    looked_after = Characteristics.objects.filter(learner__in=keys, is_looked_after=True)
    for key in looked_after.values_list("learner", flat=True):
        found[key].is_looked_after = True
    for key, days in _homes_known(keys).items():
        found[key].lived_since = days[-1] if days else None
    return found


def _homes_known(keys: Iterable[int]) -> dict[int, list[dt.date]]:
    """The days of which somebody here, or an extract, said where each of these lives. What was given back is gone."""
    said = Event.objects.filter(
        verb__in=("residence.set", "residence.take_over"), subject__in=[f"accounts.learner:{key}" for key in keys]
    )
    days: defaultdict[int, list[dt.date]] = defaultdict(list)
    for subject, verb, at, facts in said.order_by("at", "pk").values_list("subject", "verb", "at", "facts"):
        known = days[int(subject.rpartition(":")[2])]
        if verb == "residence.set":
            known.append(timezone.localdate(at))
        elif "on" in facts:
            known.append(dt.date.fromisoformat(facts["on"]))
        elif known:
            known.pop()
    return days


def differences(row: int, it: YoungPerson, ours: Ours, told: Told) -> Iterator[Difference]:
    """Everything the record says otherwise than ours."""
    yield from _of_activity(row, it, ours, told)
    yield from _of_fact(row, it, ours, told, thing=DESTINATION)
    yield from _of_fact(row, it, ours, told, thing=NEED)
    yield from _of_characteristics(row, it, ours, told)
    yield from _of_residence(row, it, ours, told)


def said_of_spell(spell: CurrentActivity | None) -> dict[str, str]:
    """A spell as the fields of a change."""
    if spell is None:
        return dict.fromkeys(("code", *OF_SPELL, "where"), "")
    days = {name: str(getattr(spell, name) or "") for name in OF_SPELL}
    where = spell.provider.name if spell.provider else spell.establishment
    return {"code": spell.code.code, **days, "where": where}


def _of_activity(row: int, it: YoungPerson, ours: Ours, told: Told) -> Iterator[Difference]:
    held = ours.spell
    theirs = told.activity(row, it, held)
    if theirs is None:
        return
    old, new = said_of_spell(held), said_of_spell(theirs)
    fields = {name: (old[name], new[name]) for name in old if old[name] != new[name]}
    if not fields:
        return
    names = ("code", *OF_SPELL, "ascertained_on", "provider", "establishment", "source")
    answers = {name: getattr(theirs, name) for name in names}
    is_older = held is not None and theirs.verified_on < held.verified_on
    yield Difference(ACTIVITY, ours.learner, fields | _stood(held), is_older, answers)


def _of_fact(row: int, it: YoungPerson, ours: Ours, told: Told, *, thing: str) -> Iterator[Difference]:
    kind = KIND[thing]
    held, code, on = ours.facts.get(kind), told.fact(row, it, kind), told.on(it)
    if code is None or (held is not None and held.code_id == code.pk):
        return
    fields = {"code": (held.code.code if held else "", code.code)} | _stood(held)
    is_older = held is not None and on < held.started_on
    answers = {"kind": kind, "code": code, "on": on}
    yield Difference(thing, ours.learner, fields, is_older, answers)


def _of_characteristics(row: int, it: YoungPerson, ours: Ours, told: Told) -> Iterator[Difference]:
    theirs = told.characteristics(row, it)
    if theirs is None:
        return
    if ours.is_looked_after:  # the school's word, which the return adds by itself
        theirs = theirs - {LOOKED_AFTER}
    held = ours.characteristics
    if theirs == set(held):
        return
    on = told.on(it)
    is_older = any(on < fact.started_on for fact in held.values())
    codes = [told.codes[RecordKind.CHARACTERISTIC, code] for code in sorted(theirs)]
    fields = {"codes": (" ".join(sorted(held)), " ".join(sorted(theirs)))}
    answers = {"codes": codes, "on": on}
    yield Difference(CHARACTERISTICS, ours.learner, fields, is_older, answers)


def _of_residence(row: int, it: YoungPerson, ours: Ours, told: Told) -> Iterator[Difference]:
    theirs, held = told.residence(row, it), ours.learner.residence_authority_id
    if theirs is None or theirs == held:
        return
    on = told.on(it)
    is_older = ours.lived_since is not None and on < ours.lived_since
    fields = {"authority": (held or "", theirs)}
    yield Difference(RESIDENCE, ours.learner, fields, is_older, {"authority": theirs, "on": on})


def _stood(held: Any) -> dict[str, tuple[str, str]]:
    return {"row": (str(held.pk), "")} if held is not None else {}
