"""The extract of a client caseload system: compared record by record, taken over part by part, and given back."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django.db import transaction
from django.db.models import QuerySet

from accounts.actions import take_over_residence
from accounts.models import Learner
from accounts.policies import EXCHANGE_POLICY
from activity.actions import record
from core.errors import RuleBroken
from ilp.actions import give_back_activity, give_back_characteristics, give_back_fact
from ilp.actions.locking import lock_learners
from providers.models import IssueSeverity, Organisation, Upload, UploadChange
from providers.uploads import ASKS, Change, RowIssue, UndoStep
from providers.workflow import ChangeAction, ReversalAction, UploadState
from reporting.exchange.differences import (
    ACTIVITY,
    CHARACTERISTICS,
    KIND,
    PERSON,
    RESIDENCE,
    TAKING_OVER,
    THINGS,
    Answers,
    Difference,
    Ours,
    differences,
    ours_of,
    said_of_spell,
)
from reporting.exchange.matching import Match, People, exchanged, exchanged_through
from reporting.exchange.told import Told
from reporting.returns.record import YoungPerson
from reporting.returns.tables import read_date

CHUNK = 500
NOBODY = "nobody"  # somebody has said so of a record
NOBODY_HERE = "Nobody here has these numbers, or this name and date of birth. Nothing was used."
TWICE = "Record {row} is of the same learner. This one was passed by."
TOUCHED = "Something else has been recorded since."
RECORDED_MEANWHILE = "Something else was recorded while this was being published."
GONE = "The record is not exchanged any more, has become one with another, or was erased."
NOT_NAMED, UNNAMED = 0, "Somebody whose record is not here"  # the key and the title of such a step
IN_NO_ROW = {RESIDENCE, CHARACTERISTICS}  # of one learner: a field, and several rows
Picks = Mapping[str, bool | str]
Progress = Callable[..., None]


@dataclass
class Taken:
    """What came of an extract."""

    counts: dict[str, int]
    issues: list[RowIssue] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)


@transaction.atomic
def compare_records(
    *,
    of: Organisation,
    people: Iterable[tuple[int, YoungPerson]],
    told: Told,
    by: Any,
    picks: Picks | None = None,
    progress: Progress = lambda **_: None,
) -> Taken:
    """What would change, were each learner's record as the caseload system of ``of`` has it. Picked is what is not
    older than ours, or what ``picks`` says ({"thing:key": yes or no, "person:row": whose it is}). What the records do
    not say stays. What is picked is tried out, so that what cannot be is said. Nothing is changed, and learners are let
    go of once they are compared.

    Raises: NotAllowed.
    """
    EXCHANGE_POLICY.require(by, "take_over", of)
    sorting = _Sorting(People(of), picks or {}, progress)
    theirs = sorting.sort(people)
    taken = Taken(sorting.counts, sorting.issues, sorting.questions)
    keys = sorted(theirs)
    for start in range(0, len(keys), CHUNK):
        progress(done=start, of=len(keys), doing="Comparing with what is here")
        # In the order of keys over all chunks, as everybody locks learners.
        with transaction.atomic():
            for key, ours in ours_of(lock_learners(keys[start : start + CHUNK])).items():
                _try(*theirs[key], ours, of=of, by=by, told=told, picks=picks or {}, taken=taken)
            transaction.set_rollback(True)  # locks taken since the savepoint go with it
    taken.issues += told.issues
    taken.changes.sort(key=_as_read)
    for thing in THINGS[:-1]:
        taken.counts[thing] = sum(change.thing == thing for change in taken.changes)
    taken.counts["left"] = sum(change.is_picked is False for change in taken.changes)
    return taken


@transaction.atomic
def take_over_records(*, upload: Upload, changes: Sequence[UploadChange], by: Any) -> dict[int, str]:
    """These changes are recorded, each where what is here is what it was compared with. Which are left, by key, and
    why: of learners whose record is not exchanged any more too. Raises: NotAllowed."""
    of = upload.organisation
    EXCHANGE_POLICY.require(by, "take_over", of)
    found = _ours_of(changes, exchanged(of))
    answers = Answers([change.answers for change in changes])
    left: dict[int, str] = {}
    for change in changes:
        ours = found.get(change.thing_key or 0)
        if ours is None:
            left[change.pk] = GONE
        elif not _is_said(change, ours, "ours"):
            left[change.pk] = RECORDED_MEANWHILE
        else:
            try:
                TAKING_OVER[change.thing](learner=ours.learner, of=of, by=by, **answers.told(change.answers))
            except RuleBroken as rule:  # before anything was written
                left[change.pk] = str(rule.message)
    record("records.take_over", subject=of, by=by, number=len(changes) - len(left), left=len(left))
    return left


def _try(
    row: int, it: YoungPerson, ours: Ours, *, of: Organisation, by: Any, told: Told, picks: Picks, taken: Taken
) -> None:
    learner = ours.learner
    for one in list(differences(row, it, ours, told)):
        is_picked = picks.get(f"{one.thing}:{learner.pk}", not one.is_older) is True
        if is_picked:
            try:
                one.take_over(of=of, by=by)
            except RuleBroken as rule:  # before anything was written
                is_picked = False
                told.cannot(row, it, one.thing, rule.message)
        taken.changes.append(_change(one, is_picked))


def _change(one: Difference, is_picked: bool) -> Change:
    learner = one.learner
    action = ChangeAction.CHANGED if any(old for old, _new in one.fields.values()) else ChangeAction.ADDED
    title = f"{learner.given_name} {learner.family_name}, born {learner.birth_on:%d/%m/%Y}"
    older = {"older": ("", "yes")} if one.is_older else {}
    return Change(action, one.thing, title, learner.pk, {**one.fields, **older}, is_picked, one.answers)


def _as_read(change: Change) -> tuple[Any, ...]:
    """Questions first, then by name."""
    return change.thing != PERSON, change.title.casefold(), change.key or 0, change.thing


class _Sorting:
    """Whose each record is. What nobody can tell is a question, and what is nobody's here a notice."""

    def __init__(self, people: People, picks: Picks, progress: Progress) -> None:
        self.people, self.picks, self.progress = people, picks, progress
        self.counts = dict.fromkeys(("people", "matched", "waiting", "nobody"), 0)
        self.issues: list[RowIssue] = []
        self.questions: list[Change] = []
        chosen = [said for key, said in picks.items() if key.startswith(f"{PERSON}:") and isinstance(said, str)]
        self.chosen = dict(Learner.objects.filter(reference__in=chosen).values_list("reference", "pk"))

    def sort(self, people: Iterable[tuple[int, YoungPerson]]) -> dict[int, tuple[int, YoungPerson]]:
        """By the key of the learner, the number of the record and the record."""
        theirs: dict[int, tuple[int, YoungPerson]] = {}
        for row, it in people:
            self.counts["people"] += 1
            if self.counts["people"] % CHUNK == 0:
                self.progress(done=self.counts["people"], doing="Reading the records")
            key = self._whose(row, it)
            if key is None:
                continue
            if key in theirs:
                self._notice(row, it, "CASELOAD_TWICE", IssueSeverity.WARNING, TWICE.format(row=theirs[key][0]))
            else:
                theirs[key] = (row, it)
        self.counts["matched"] = len(theirs)
        return theirs

    def _whose(self, row: int, it: YoungPerson) -> int | None:
        match = self.people.find(it)
        if match.learner is not None:
            return match.learner
        if not match.between:
            self.counts["nobody"] += 1
            self._notice(row, it, "CASELOAD_NOBODY", IssueSeverity.NOTICE, NOBODY_HERE)
            return None
        return self._asked(row, it, match)

    def _asked(self, row: int, it: YoungPerson, match: Match) -> int | None:
        said = self.picks.get(f"{PERSON}:{row}", "")
        key = self.chosen.get(str(said))
        is_answered = said == NOBODY or key in match.between
        self.counts["waiting"] += not is_answered
        born = f", born {'/'.join(reversed(read_date(it.birth).split('-')))}" if it.birth else ""
        title = f"{it.given_name} {it.family_name}{born}".strip() or it.upn or it.uln
        answer = {"answer": ("", str(said))} if is_answered else {}
        asks = {ASKS: ("", " ".join(map(str, match.between)))}
        self.questions.append(Change(ChangeAction.CHANGED, PERSON, title, row, asks | answer))
        return key if key in match.between else None

    def _notice(self, row: int, it: YoungPerson, code: str, severity: str, words: str) -> None:
        self.issues.append(RowIssue(row, "YoungPersonsID", it.person_id, code, severity, words))


# --- and back


def undo_steps_of_records(upload: Upload) -> list[UndoStep]:
    """What giving back this extract would do with each thing it changed, but for those that were given back. Nobody
    waits for whoever only looks."""
    changes = list(upload.changes.filter(is_picked=True, undone_at=None))
    here = exchanged_through(upload).filter(pk__in={change.thing_key for change in changes})
    found, later = ours_of({learner.pk: learner for learner in here}), _done_later(upload)
    return [_step(change, found.get(change.thing_key or 0), upload, later) for change in changes]


@transaction.atomic
def give_back_records(*, upload: Upload, changes: Sequence[UploadChange], by: Any) -> list[UndoStep]:
    """What the extract changed, as these changes say, and nobody has recorded otherwise since, is as it was before.
    Returns what was done with each. Raises: NotAllowed."""
    EXCHANGE_POLICY.require(by, "take_over", upload.organisation)
    found, later = _ours_of(changes, exchanged_through(upload)), _done_later(upload)
    steps = []
    for change in changes:
        ours = found.get(change.thing_key or 0)
        steps.append(step := _step(change, ours, upload, later))
        if ours is not None and step.action != ReversalAction.KEPT:
            _give_back(change, ours, of=upload.organisation, by=by)
    record("records.give_back", subject=upload.organisation, by=by, number=len(steps))
    return steps


def _done_later(upload: Upload) -> set[tuple[str, int | None]]:
    """The things that extracts after one that stopped half-way have changed, and that were not given back."""
    if not upload.has_stopped:
        return set()
    later = UploadChange.objects.filter(
        upload__kind=upload.kind, upload__organisation=upload.organisation_id, upload__pk__gt=upload.pk
    )
    done = later.filter(done_at__isnull=False, undone_at=None).exclude(upload__state=UploadState.UNDONE)
    return set(done.order_by().values_list("thing", "thing_key"))


def _ours_of(changes: Sequence[UploadChange], those: QuerySet) -> dict[int, Ours]:
    """What is recorded of the learners of these changes, locked, who are among ``those``."""
    keys = {change.thing_key for change in changes if change.thing_key}
    held = lock_learners(keys)
    here = those.filter(pk__in=keys).values_list("pk", flat=True)
    return ours_of({key: held[key] for key in here if key in held})


def _step(
    change: UploadChange, ours: Ours | None, upload: Upload, later: Collection[tuple[str, int | None]]
) -> UndoStep:
    if ours is None:
        return UndoStep(ReversalAction.KEPT, change.thing, NOT_NAMED, UNNAMED, GONE)
    is_ours = (change.thing, change.thing_key) not in later and _stands(change, ours, upload)
    why = "" if is_ours else TOUCHED
    had = any(old for old, _new in change.fields.values())
    action = ReversalAction.RESTORED if had else ReversalAction.TAKEN_OUT
    return UndoStep(
        ReversalAction.KEPT if why else action, change.thing, change.thing_key or 0, change.title, why
    )  # fmt: skip


def _stands(change: UploadChange, ours: Ours, upload: Upload) -> bool:
    """What the extract said is what is recorded, and nobody has recorded it anew since."""
    if not _is_said(change, ours, "theirs"):
        return False
    row, done_at = _row(change, ours), change.done_at or upload.ended_at
    return change.thing in IN_NO_ROW or (row is not None and done_at is not None and row.recorded_at <= done_at)


def _is_said(change: UploadChange, ours: Ours, whose: Literal["ours", "theirs"]) -> bool:
    """What is recorded is what the change says of before, or of after it."""
    said = {name: pair[whose == "theirs"] for name, pair in change.fields.items()}
    if change.thing == RESIDENCE:
        return (ours.learner.residence_authority_id or "") == said["authority"]
    if change.thing == CHARACTERISTICS:
        return sorted(ours.characteristics) == said["codes"].split()
    row = _row(change, ours)
    if whose == "ours" and said.get("row", "") != str(row.pk if row else ""):
        return False
    now = said_of_spell(row) if change.thing == ACTIVITY else {"code": row.code.code if row else ""}
    return all(now[name] == one for name, one in said.items() if name in now)


def _row(change: UploadChange, ours: Ours) -> Any:
    """The row of the client record in which the thing of the change stands."""
    if change.thing in IN_NO_ROW:
        return None
    return ours.spell if change.thing == ACTIVITY else ours.facts.get(KIND[change.thing])


def _give_back(change: UploadChange, ours: Ours, *, of: Organisation, by: Any) -> None:
    was = {name: old for name, (old, _new) in change.fields.items()}
    before = int(was["row"]) if was.get("row") else None
    told: dict[str, Any] = {"learner": ours.learner, "of": of, "by": by}
    if change.thing == RESIDENCE:
        take_over_residence(authority=was["authority"] or None, **told)
    elif change.thing == CHARACTERISTICS:
        give_back_characteristics(codes=was["codes"].split(), **told)
    elif change.thing == ACTIVITY:
        give_back_activity(before=before, **told)
    else:
        give_back_fact(kind=KIND[change.thing], before=before, **told)
