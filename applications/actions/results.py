"""Results of exams, brought by a school's file; corrected by a later one; taken back."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import F

from accounts.models import Learner, RollEntry
from activity.actions import record
from applications.models import ExamResult
from applications.policies import RESULTS_POLICY
from applications.queries.grade_scales import plain_grade
from core import clock
from providers.models import IssueSeverity, Organisation, Upload
from providers.uploads import Change, RowIssue, UndoStep
from providers.workflow import ChangeAction, ReversalAction

NOBODY = (
    "No learner of this school was found with this number, or with this name and date of birth. Check them against "
    "the roll."
)
SEVERAL = "Two learners of this school have this name and date of birth. Add the UPN or the ULN."
SOMEBODY_ELSE = "The learner with this number has another name and date of birth. Check the number."
AGAIN = "Row {row} says the same. This one was passed by."
CONTRADICTS = "Row {row} gives {grade} for the same subject. Keep the one that is right."
BATCH = 1000
EVERY = 500


class ResultRow(NamedTuple):
    """One result of a file: whose it is, in whatever way the file says it, and the grade."""

    row: int
    subject: str
    grade: str
    qualification: str = ""
    upn: str = ""
    uln: str = ""
    local_id: str = ""
    family_name: str = ""
    given_name: str = ""
    birth_on: dt.date | None = None


@dataclass
class ResultsOutcome:
    """What came of a file: numbers, each change and what people should look at. ``stood``: results before it."""

    counts: dict[str, int]
    issues: list[RowIssue] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)


class Known(NamedTuple):
    """A learner of the school."""

    pk: int
    upn: str | None
    uln: str
    given_name: str
    family_name: str
    preferred_name: str
    birth_on: dt.date
    local_ids: frozenset[str]


@transaction.atomic
def bring_results(
    *,
    school: Organisation,
    rows: Sequence[ResultRow],
    by: Any,
    upload: Upload | None = None,
    progress: Callable[..., None] = lambda **_: None,
) -> ResultsOutcome:
    """Each of these results stands. A grade that differs from the one that stood takes its place, and that one stays
    as history; what the file does not name stays as it is. The same file again changes nothing.

    Raises: NotAllowed.
    """
    RESULTS_POLICY.require(by, "bring", school)
    # The school is the lock: of two files at once the second compares with what the first has written.
    Organisation.objects.select_for_update(no_key=True).get(pk=school.pk)
    writer = _Writer(school, by=by, upload=upload)
    for done, row in enumerate(rows):
        if done % EVERY == 0:
            progress(done=done, of=len(rows), doing="Comparing with the results already here")
        writer.take(row)
    outcome = writer.store()
    record("results.bring", subject=school, by=by, **{name: outcome.counts[name] for name in ("added", "changed")})
    return outcome


class _Writer:
    """Finds whose each row is and what it changes, and writes it in a few statements."""

    def __init__(self, school: Organisation, *, by: Any, upload: Upload | None) -> None:
        self.school, self.by, self.upload = school, by, upload
        self.people = PeopleOfSchool(school)
        standing = ExamResult.objects.standing().filter(school=school)
        self.standing = {(one.learner_id, *one.key): one for one in standing}
        self.stood = len(self.standing)
        self.taken: dict[tuple[Any, ...], ResultRow] = {}
        self.new: list[tuple[Known, ResultRow, ExamResult | None]] = []
        self.issues: list[RowIssue] = []
        self.unchanged = 0

    def take(self, row: ResultRow) -> None:
        learner, why = self.people.find(row)
        if learner is None:
            code = "RESULTS_LEARNER_UNSURE" if why == SEVERAL else "RESULTS_LEARNER_UNKNOWN"
            # One row of a file with a column a subject is many results of one learner: it is said once.
            if not any(each.row == row.row and each.code == code for each in self.issues[-1:]):
                self.issues.append(RowIssue(row.row, "", _who(row), code, IssueSeverity.ERROR, why))
            return
        key = (learner.pk, self.school.pk, row.qualification.lower(), row.subject.lower())
        earlier = self.taken.setdefault(key, row)
        if earlier is not row:
            self._repeated(row, earlier)
            return
        before = self.standing.get(key)
        if before is not None and plain_grade(before.grade) == plain_grade(row.grade):
            self.unchanged += 1
        else:
            self.new.append((learner, row, before))

    def _repeated(self, row: ResultRow, earlier: ResultRow) -> None:
        if plain_grade(row.grade) == plain_grade(earlier.grade):
            words, code, severity = AGAIN.format(row=earlier.row), "RESULTS_REPEATED", IssueSeverity.WARNING
        else:
            words = CONTRADICTS.format(row=earlier.row, grade=earlier.grade)
            code, severity = "RESULTS_CONTRADICT", IssueSeverity.ERROR
        self.issues.append(RowIssue(row.row, row.subject, row.grade, code, severity, words))

    def store(self) -> ResultsOutcome:
        now = clock.now()
        changed = [before.pk for _learner, _row, before in self.new if before is not None]
        ExamResult.objects.filter(pk__in=changed).update(ended_at=now)
        ExamResult.objects.bulk_create(
            [
                ExamResult(
                    learner_id=learner.pk, school=self.school, qualification=row.qualification, subject=row.subject,
                    grade=row.grade, by=self.by, upload=self.upload, said_at=now, replaces=before,
                )
                for learner, row, before in self.new
            ],
            batch_size=BATCH,
        )  # fmt: skip
        counts = {
            "learners": len({key[0] for key in self.taken}),
            "added": len(self.new) - len(changed),
            "changed": len(changed),
            "unchanged": self.unchanged,
            "stood": self.stood,
        }
        changes = [_change(*each) for each in sorted(self.new, key=lambda each: _as_read(each[0], each[1].subject))]
        return ResultsOutcome(counts, self.issues, changes)


class PeopleOfSchool:
    """Everybody who is or was on the school's roll: exams are over when learners have left."""

    def __init__(self, school: Organisation) -> None:
        entries = RollEntry.objects.filter(school=school)
        local_ids: dict[int, set[str]] = defaultdict(set)
        for key, local_id in entries.values_list("learner", "local_id"):
            local_ids[key].add(local_id)
        columns = ("pk", "upn", "uln", "given_name", "family_name", "preferred_name", "birth_on")
        found = Learner.objects.filter(pk__in=list(local_ids), erased_at=None).values_list(*columns)
        people = [Known._make((*row, frozenset(local_ids[row[0]]))) for row in found.order_by("pk")]
        self.by_upn = {one.upn: one for one in people if one.upn}
        self.by_uln: dict[str, list[Known]] = defaultdict(list)
        self.by_name: dict[str, list[Known]] = defaultdict(list)
        for one in people:
            if one.uln:
                self.by_uln[one.uln].append(one)
            for name in {one.given_name, one.preferred_name} - {""}:
                self.by_name[_folded(name, one.family_name)].append(one)

    def find(self, row: ResultRow) -> tuple[Known | None, str]:
        """The one learner this row is about; or None, and why. A number goes before a name."""
        same_uln = self.by_uln.get(row.uln, [])
        known = self.by_upn.get(row.upn) or (same_uln[0] if len(same_uln) == 1 else None)
        if known is not None:
            return (None, SOMEBODY_ELSE) if _is_somebody_else(row, known) else (known, "")
        named = self.by_name.get(_folded(row.given_name, row.family_name), [])
        sure = [one for one in named if row.birth_on is not None and one.birth_on == row.birth_on]
        if not sure and row.birth_on is None and row.local_id:
            sure = [one for one in named if row.local_id in one.local_ids]
        if len(sure) > 1:
            sure = [one for one in sure if row.local_id in one.local_ids] or sure
        return (sure[0], "") if len(sure) == 1 else (None, SEVERAL if sure else NOBODY)


def _is_somebody_else(row: ResultRow, known: Known) -> bool:
    """The file names somebody with another family name and another date of birth."""
    is_named = bool(row.family_name) and _folded(row.family_name) != _folded(known.family_name)
    return is_named and row.birth_on is not None and row.birth_on != known.birth_on


def _folded(*parts: str) -> str:
    return " ".join(" ".join(parts).casefold().split())


def _who(row: ResultRow) -> str:
    return row.upn or row.uln or f"{row.given_name} {row.family_name}".strip()


def _as_read(learner: Known, subject: str) -> tuple[Any, ...]:
    return learner.family_name.casefold(), learner.given_name.casefold(), learner.pk, subject.casefold()


def _change(learner: Known, row: ResultRow, before: ExamResult | None) -> Change:
    what = f"{row.qualification} {row.subject}".strip()
    title = f"{learner.preferred_name or learner.given_name} {learner.family_name}: {what}"
    action = ChangeAction.CHANGED if before else ChangeAction.ADDED
    key = before.pk if before else None
    return Change(action, "result", title, key, {"grade": (before.grade if before else "", row.grade)})


def result_undo_steps(upload: Upload) -> list[UndoStep]:
    """What undoing this file would do with each of its results."""
    return [_step(result) for result in _of(upload)]


@transaction.atomic
def undo_results(upload: Upload, by: Any) -> list[UndoStep]:
    """Results that the file brought are gone, and grades that it corrected stand again, said anew, so that who has
    decided since reads that they changed. One that has been corrected since stays. Returns what was done with each."""
    Organisation.objects.select_for_update(no_key=True).get(pk=upload.organisation_id)
    found = _of(upload)
    steps = [_step(result) for result in found]
    free = [result for result in found if result.ended_at is None]
    before = [result.replaces_id for result in free if result.replaces_id]
    ExamResult.objects.filter(pk__in=[result.pk for result in free]).delete()
    ExamResult.objects.filter(pk__in=before).update(ended_at=None, said_at=clock.now())
    record("results.undo", subject=upload, by=by, school=upload.organisation_id, number=len(free))
    return steps


def _of(upload: Upload) -> list[ExamResult]:
    found = ExamResult.objects.filter(upload=upload).select_related("learner", "replaces")
    return list(
        found.order_by(F("ended_at").desc(nulls_last=True), "learner__family_name", "learner__given_name", "pk")
    )


def _step(result: ExamResult) -> UndoStep:
    title = f"{result.learner}: {result.qualification} {result.subject}".replace(":  ", ": ")
    if result.ended_at is not None:
        return UndoStep(ReversalAction.KEPT, "result", result.pk, title, "It has been corrected by a later file.")
    action = ReversalAction.RESTORED if result.replaces_id else ReversalAction.TAKEN_OUT
    return UndoStep(action, "result", result.pk, title)
