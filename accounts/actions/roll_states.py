"""What a roll says of a learner, and everything a roll can change of one: as it was, and as it would be."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from accounts.models import Attendance, Characteristics, RollEntry, SchoolGrade
from core.bulk import among


class Traits(NamedTuple):
    """Facts that figures need. In a row of a file None is "not said"; in a state nothing is None but yes-or-no."""

    sex: str | None = None
    ethnicity: str | None = None
    sen_provision: str | None = None
    sen_needs: tuple[str, ...] | None = None
    has_free_meals: bool | None = None
    is_looked_after: bool | None = None


NO_TRAITS = Traits(sex="", ethnicity="", sen_provision="", sen_needs=())
Grade = tuple[str, str, str, str]  # kind, stage, subject, value
Sessions = tuple[int, int, int]  # school year, possible, attended


class RollRow(NamedTuple):
    """One learner as the file has them. None: the file does not say, so what is known stays."""

    row: int
    given_name: str
    family_name: str
    birth_on: dt.date
    year_group: int
    tutor_group: str | None = None
    preferred_name: str | None = None
    upn: str | None = None
    uln: str | None = None
    local_id: str | None = None
    email: str | None = None
    phone: str | None = None
    address: str | None = None
    postcode: str | None = None
    residence: str | None = None
    traits: Traits | None = None
    grades: tuple[Grade, ...] = ()
    attendance: tuple[Sessions, ...] = ()


class NameAndNumbers(NamedTuple):
    given_name: str
    family_name: str
    preferred_name: str
    birth_on: dt.date
    upn: str | None
    uln: str
    area_id: int
    residence_authority_id: str | None = None


class Reach(NamedTuple):
    email: str = ""
    phone: str = ""
    address: str = ""
    postcode: str = ""


class Place(NamedTuple):
    """Where a learner is on a roll. ``entry`` is the key of the row."""

    school_id: int
    year_group: int
    tutor_group: str
    local_id: str
    started_on: dt.date
    entry: int = 0


class State(NamedTuple):
    """Everything a roll can change of one learner. Grades and attendance are the school's whose roll it is."""

    who: NameAndNumbers
    contact: Reach = Reach()
    place: Place | None = None
    traits: Traits = NO_TRAITS
    grades: tuple[Grade, ...] = ()
    attendance: tuple[Sessions, ...] = ()


@dataclass(slots=True)
class KnownLearner:
    """A learner who is here already."""

    pk: int
    user_id: int | None
    has_contact: bool
    state: State


WHO = NameAndNumbers._fields
REACH = Reach._fields


def load_known(learners: Any) -> Iterator[KnownLearner]:
    """These learners with the place they have on a roll, locked, in the order of their keys. Facts are not in it."""
    held = list(
        learners.order_by("pk")
        .select_for_update(no_key=True, of=("self",))
        .values_list("pk", "user_id", *WHO, "contact__pk", *(f"contact__{name}" for name in REACH))
    )
    entries: dict[int, Place] = {}
    keys = [row[0] for row in held]
    found = RollEntry.objects.filter(learner__in=among(keys), ended_on=None)
    for learner, *place in found.values_list("learner_id", *Place._fields[:-1], "pk"):
        entries[learner] = Place(*place)
    at = 2 + len(WHO)
    for row in held:
        contact = Reach(*row[at + 1 :]) if row[at] else Reach()
        state = State(NameAndNumbers(*row[2:at]), contact, entries.get(row[0]))
        yield KnownLearner(row[0], row[1], row[at] is not None, state)


def add_facts(known: Mapping[int, KnownLearner], *, school_id: int) -> None:
    """Each of these learners' states has what this school has said of them, and their characteristics."""
    keys = among(known)
    traits: dict[int, Traits] = {}
    for learner, *told in Characteristics.objects.filter(learner__in=keys).values_list("learner", *Traits._fields):
        told[3] = tuple(told[3])
        traits[learner] = Traits(*told)
    grades: dict[int, list[Any]] = defaultdict(list)
    said = SchoolGrade.objects.filter(learner__in=keys, school=school_id)
    for learner, *grade in said.values_list("learner", "kind", "stage", "subject", "value"):
        grades[learner].append(tuple(grade))
    sessions: dict[int, list[Any]] = defaultdict(list)
    there = Attendance.objects.filter(learner__in=keys, school=school_id)
    for learner, *year in there.values_list("learner", "school_year", "possible", "attended"):
        sessions[learner].append(tuple(year))
    for learner, one in known.items():
        one.state = State(
            *one.state[:3],
            traits.get(learner, NO_TRAITS),
            tuple(sorted(grades.get(learner, ()))),
            tuple(sorted(sessions.get(learner, ()))),
        )


def state_after(before: State | None, row: RollRow, *, school_id: int, area_id: int, today: dt.date) -> State:
    """What is known of the learner once the row has been used. What the row does not say stays."""
    if before is None:
        who = NameAndNumbers(row.given_name, row.family_name, "", row.birth_on, None, "", area_id)
        before = State(who)
    who = before.who._replace(
        given_name=row.given_name,
        family_name=row.family_name,
        birth_on=row.birth_on,
        preferred_name=_or(row.preferred_name, before.who.preferred_name),
        upn=_or(row.upn, before.who.upn),
        uln=_or(row.uln, before.who.uln),
        area_id=area_id,
        residence_authority_id=_or(row.residence, before.who.residence_authority_id),
    )
    old = before.contact
    contact = Reach(
        _or(row.email, old.email), _or(row.phone, old.phone), _or(row.address, old.address),
        _or(row.postcode, old.postcode),
    )  # fmt: skip
    traits = before.traits
    if row.traits:
        traits = Traits(*(_or(new, held) for new, held in zip(row.traits, traits, strict=True)))
    return State(
        who, contact, _place(before.place, row, school_id, today), traits,
        _merged_grades(before.grades, row.grades), _merged_years(before.attendance, row.attendance),
    )  # fmt: skip


def _or(said: Any, held: Any) -> Any:
    return held if said is None else said


def _place(held: Place | None, row: RollRow, school_id: int, today: dt.date) -> Place:
    """The same row of the roll for as long as school, year and group are the same; a new one from today otherwise."""
    if held is not None and held.school_id == school_id:
        group = _or(row.tutor_group, held.tutor_group)
        local_id = _or(row.local_id, held.local_id)
        if (held.year_group, held.tutor_group) == (row.year_group, group):
            return held._replace(local_id=local_id)
        return Place(school_id, row.year_group, group, local_id, today)
    return Place(school_id, row.year_group, row.tutor_group or "", row.local_id or "", today)


def _merged_grades(held: tuple[Grade, ...], said: Sequence[Grade]) -> tuple[Grade, ...]:
    """A subject that is said again has the new value. A value that is said to be nothing is gone."""
    if not said:
        return held
    values = {grade[:3]: grade[3] for grade in held} | {grade[:3]: grade[3] for grade in said}
    return tuple(sorted((*key, value) for key, value in values.items() if value))


def _merged_years(held: tuple[Sessions, ...], said: Sequence[Sessions]) -> tuple[Sessions, ...]:
    if not said:
        return held
    years = {year[0]: year for year in held} | {year[0]: year for year in said}
    return tuple(sorted(years.values()))


def _written(name: str, part: Any) -> Any:
    """One part of a state as it is kept."""
    if name in ("grades", "attendance"):
        return [list(each) for each in part]
    if part is None:
        return None
    kept = part._asdict()
    for day in ("birth_on", "started_on"):
        if day in kept:
            kept[day] = kept[day].isoformat()
    if name == "traits":
        kept["sen_needs"] = list(part.sen_needs or ())
    return kept


def as_json(state: State, *, user_id: int | None, has_facts: bool, since: State | None = None) -> dict[str, Any]:
    """The state as it is kept for undoing: everything comparable, nothing that differs from one reading to the next;
    with ``since`` only what has become otherwise.

    Without ``has_facts`` traits, grades and attendance were not looked at, and are not kept.
    """
    names = State._fields if has_facts else State._fields[:3]
    parts = {name: getattr(state, name) for name in names}
    if since is not None:
        parts = {name: part for name, part in parts.items() if part != getattr(since, name)}
    return {"user": user_id, "facts": has_facts} | {name: _written(name, part) for name, part in parts.items()}


def from_json(kept: Mapping[str, Any]) -> State:
    place = kept["place"]
    return State(
        NameAndNumbers(**kept["who"] | {"birth_on": dt.date.fromisoformat(kept["who"]["birth_on"])}),
        Reach(**kept["contact"]),
        Place(**place | {"started_on": dt.date.fromisoformat(place["started_on"])}) if place else None,
        Traits(**kept["traits"] | {"sen_needs": tuple(kept["traits"]["sen_needs"])}) if kept["facts"] else NO_TRAITS,
        tuple(tuple(grade) for grade in kept.get("grades", ())),  # type: ignore[misc]
        tuple(tuple(year) for year in kept.get("attendance", ())),  # type: ignore[misc]
    )
