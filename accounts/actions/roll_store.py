"""Learners go from one state to another, thousands in a few statements."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from accounts.actions.roll_states import NO_TRAITS, REACH, WHO, Reach, State, Traits
from accounts.models import Attendance, Characteristics, Learner, LearnerContact, RollEntry, SchoolGrade
from core.bulk import among, copy_values, new_keys, update_in

FIELDS_OF_WHO = [name.removesuffix("_id") for name in WHO]


class Step(NamedTuple):
    """One learner before and after. ``key`` is 0 for somebody new, who has no state before."""

    key: int
    before: State | None
    after: State
    has_contact: bool = False
    user_id: int | None = None


def store(steps: Sequence[Step], *, school_id: int, today: dt.date) -> list[Step]:
    """Everything of ``after`` that differs from ``before`` is in the database, but the places. Returns the steps, each
    with its key."""
    steps = _with_keys(steps)
    new = [step for step in steps if step.before is None]
    copy_values(Learner, ["id", *FIELDS_OF_WHO], [(step.key, *step.after.who) for step in new])
    known = [step for step in steps if step.before is not None]
    changed = [(step.key, *step.after.who) for step in known if step.before and step.before.who != step.after.who]
    update_in(Learner, FIELDS_OF_WHO, changed)
    _store_contacts(steps)
    _store_facts(steps, school_id, today)
    return steps


def _with_keys(steps: Sequence[Step]) -> list[Step]:
    keys = iter(new_keys(Learner, sum(not step.key for step in steps)))
    return [step if step.key else step._replace(key=next(keys)) for step in steps]


def _store_contacts(steps: Iterable[Step]) -> None:
    new, changed = [], []
    for step in steps:
        before = step.before.contact if step.before else Reach()
        if before == step.after.contact:
            continue
        if step.has_contact:
            changed.append(step)
        else:
            new.append((step.key, *step.after.contact))
    copy_values(LearnerContact, ["learner", *REACH], new)
    keys = dict(
        LearnerContact.objects.filter(learner__in=among(step.key for step in changed)).values_list("learner", "pk")
    )
    update_in(LearnerContact, REACH, [(keys[step.key], *step.after.contact) for step in changed])


def _store_facts(steps: Sequence[Step], school_id: int, today: dt.date) -> None:
    traits = [step for step in steps if (step.before.traits if step.before else NO_TRAITS) != step.after.traits]
    grades = [step for step in steps if (step.before.grades if step.before else ()) != step.after.grades]
    years = [step for step in steps if (step.before.attendance if step.before else ()) != step.after.attendance]
    Characteristics.objects.filter(learner__in=among(step.key for step in traits if step.before)).delete()
    copy_values(
        Characteristics,
        ["learner", *Traits._fields, "said_on"],
        [
            (step.key, *step.after.traits._replace(sen_needs=step.after.traits.sen_needs or ()), today)
            for step in traits
            if step.after.traits != NO_TRAITS
        ],
    )
    SchoolGrade.objects.filter(school=school_id, learner__in=among(step.key for step in grades if step.before)).delete()
    copy_values(
        SchoolGrade,
        ["kind", "stage", "subject", "value", "learner", "school", "said_on"],
        [(*grade, step.key, school_id, today) for step in grades for grade in step.after.grades],
    )
    Attendance.objects.filter(school=school_id, learner__in=among(step.key for step in years if step.before)).delete()
    copy_values(
        Attendance,
        ["school_year", "possible", "attended", "learner", "school", "said_on"],
        [(*year, step.key, school_id, today) for step in years for year in step.after.attendance],
    )


def move(steps: Sequence[Step], *, today: dt.date) -> list[Step]:
    """Each learner is on the roll where ``after`` says, from today where that is new. Returns the steps with the
    keys of their places."""
    ended, renamed, begun = [], [], []
    for step in steps:
        before, after = step.before.place if step.before else None, step.after.place
        if before is not None and (after is None or not after.entry):
            ended.append(before.entry)
        elif before is not None and after is not None and before != after:
            renamed.append((after.entry, after.local_id))
        if after is not None and not after.entry:
            begun.append(step)
    RollEntry.objects.filter(pk__in=among(ended)).update(ended_on=today)
    update_in(RollEntry, ["local_id"], renamed)
    keys = dict(zip((step.key for step in begun), new_keys(RollEntry, len(begun)), strict=True))
    places = [(step.key, keys[step.key], step.after.place) for step in begun if step.after.place]
    copy_values(
        RollEntry,
        ["school", "year_group", "tutor_group", "local_id", "started_on", "id", "learner"],
        [(*place[:-1], key, learner) for learner, key, place in places],
    )
    return [_placed(step, keys[step.key]) if step.key in keys else step for step in steps]


def _placed(step: Step, entry: int) -> Step:
    place = step.after.place
    return step._replace(after=step.after._replace(place=place._replace(entry=entry) if place else None))
