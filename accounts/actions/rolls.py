"""A school's roll as its own system has it becomes the roll here."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.actions.matching import BATCH, KnownLearners, RollRow, Unreadable, row_issue
from accounts.models import Learner, LearnerContact, RollEntry
from accounts.policies import SCHOOL_POLICY
from activity.actions import record
from core import clock
from providers.models import Area, IssueSeverity, Organisation
from providers.uploads import RowIssue

CONTACT_FIELDS = ("email", "phone", "address", "postcode")


@dataclass
class RollOutcome:
    """What came of a roll: how many learners were added, changed and so on, and what people should look at."""

    counts: dict[str, int]
    issues: list[RowIssue] = field(default_factory=list)


@transaction.atomic
def apply_roll(
    *,
    school: Organisation,
    rows: Sequence[RollRow],
    unreadable: Sequence[Unreadable] = (),
    by: Any,
    progress: Callable[..., None] = lambda **_: None,
) -> RollOutcome:
    """The school's roll is what the file says, for the year groups that are in the file.

    New learners are added, known ones get what the file says about them, moves end one roll entry and start
    another, and learners of these year groups who are missing from the file are off the roll from today.
    The same file again changes nothing. Raises: NotAllowed.
    """
    SCHOOL_POLICY.require(by, "import_roll" if by else "load_roll", school)
    # The area is the lock: one learner may stand in two schools' files, and is found or made only once.
    Area.objects.select_for_update(no_key=True).get(pk=school.area_id)
    known = KnownLearners(school, rows, unreadable)
    progress(done=0, of=len(rows), doing="Comparing with the learners already here")
    outcome = _Writer(school, known).write(rows, progress)
    outcome.counts["ended"] = _end_missing(school, rows, unreadable, known, outcome.issues)
    record("roll.import", subject=school, by=by, **outcome.counts)
    return outcome


class _Writer:
    """Collects what differs and writes it in a few statements."""

    def __init__(self, school: Organisation, known: KnownLearners) -> None:
        self.school, self.known = school, known
        self.today = clock.today()
        self.counts: Counter[str] = Counter()
        self.issues: list[RowIssue] = []
        self.new: list[tuple[Learner, RollRow]] = []
        self.changed: list[Learner] = []
        self.contacts_new: list[LearnerContact] = []
        self.contacts_changed: list[LearnerContact] = []
        self.entries_ended: list[int] = []
        self.entries_new: list[RollEntry] = []
        self.entries_changed: list[RollEntry] = []

    def write(self, rows: Sequence[RollRow], progress: Callable[..., None]) -> RollOutcome:
        for done, row in enumerate(rows):
            if done % 500 == 0:
                progress(done=done, of=len(rows), doing="Comparing with the learners already here")
            learner, doubt = self.known.find(row)
            if doubt is not None:
                self.issues.append(doubt)
                if doubt.severity == IssueSeverity.ERROR:
                    continue
            if learner is None:
                self._add(row)
            else:
                self._take_over(learner, row)
        progress(done=len(rows), of=len(rows), doing="Storing the roll")
        self._store()
        names = ("added", "changed", "moved", "unchanged")
        counts = {"learners": sum(self.counts[name] for name in names)} | {name: self.counts[name] for name in names}
        return RollOutcome(counts, self.issues)

    def _add(self, row: RollRow) -> None:
        learner = Learner(
            given_name=row.given_name,
            family_name=row.family_name,
            preferred_name=row.preferred_name or "",
            birth_on=row.birth_on,
            upn=row.upn,
            uln=row.uln or "",
            area_id=self.school.area_id,
        )
        self.new.append((learner, row))
        self.counts["added"] += 1

    def _take_over(self, learner: Learner, row: RollRow) -> None:
        names = ("given_name", "family_name", "birth_on", "preferred_name", "upn", "uln")
        is_changed = _set(learner, {name: getattr(row, name) for name in names} | {"area_id": self.school.area_id})
        if is_changed:
            self.changed.append(learner)
        is_changed |= self._take_over_contact(learner, row)
        if self._move(learner, row):
            self.counts["moved"] += 1
        else:
            self.counts["changed" if is_changed else "unchanged"] += 1

    def _take_over_contact(self, learner: Learner, row: RollRow) -> bool:
        said = {name: getattr(row, name) for name in CONTACT_FIELDS}
        if not hasattr(learner, "contact"):
            if any(said.values()):
                self.contacts_new.append(_contact(learner, row))
                return True
            return False
        is_changed = _set(learner.contact, said)
        if is_changed:
            self.contacts_changed.append(learner.contact)
        return is_changed

    def _move(self, learner: Learner, row: RollRow) -> bool:
        """Whether the learner came to another school, year or tutor group."""
        entry = self.known.entries.get(learner.pk)
        tutor_group = row.tutor_group if row.tutor_group is not None or entry is None else entry.tutor_group
        if entry is not None and (entry.school_id, entry.year_group, entry.tutor_group) == (
            self.school.pk,
            row.year_group,
            tutor_group or "",
        ):
            if _set(entry, {"local_id": row.local_id}):
                self.entries_changed.append(entry)
            return False
        if entry is not None:
            self.entries_ended.append(entry.pk)
            if entry.school_id != self.school.pk:
                self.issues.append(
                    row_issue(
                        row,
                        "ROLL_LEARNER_ARRIVED",
                        IssueSeverity.NOTICE,
                        "This learner was on another school's roll until now. That has ended today.",
                    )
                )
        self.entries_new.append(self._entry(learner, row, tutor_group or ""))
        return True

    def _entry(self, learner: Learner, row: RollRow, tutor_group: str) -> RollEntry:
        return RollEntry(
            learner=learner,
            school=self.school,
            year_group=row.year_group,
            tutor_group=tutor_group,
            local_id=row.local_id or "",
            started_on=self.today,
        )

    def _store(self) -> None:
        Learner.objects.bulk_create((learner for learner, _ in self.new), batch_size=BATCH)
        for learner, row in self.new:
            self.entries_new.append(self._entry(learner, row, row.tutor_group or ""))
            if any(getattr(row, name) for name in CONTACT_FIELDS):
                self.contacts_new.append(_contact(learner, row))
        fields = ["given_name", "family_name", "birth_on", "preferred_name", "upn", "uln", "area"]
        Learner.objects.bulk_update(self.changed, fields, batch_size=BATCH)
        LearnerContact.objects.bulk_create(self.contacts_new, batch_size=BATCH)
        LearnerContact.objects.bulk_update(self.contacts_changed, CONTACT_FIELDS, batch_size=BATCH)
        RollEntry.objects.filter(pk__in=self.entries_ended).update(ended_on=self.today)
        RollEntry.objects.bulk_create(self.entries_new, batch_size=BATCH)
        RollEntry.objects.bulk_update(self.entries_changed, ["local_id"], batch_size=BATCH)


def _contact(learner: Learner, row: RollRow) -> LearnerContact:
    return LearnerContact(learner=learner, **{name: getattr(row, name) or "" for name in CONTACT_FIELDS})


def _set(thing: Any, said: dict[str, Any]) -> bool:
    """Whether anything of ``thing`` differed from what the file says. None: the file does not say."""
    is_changed = False
    for name, value in said.items():
        if value is not None and getattr(thing, name) != value:
            setattr(thing, name, value)
            is_changed = True
    return is_changed


def _end_missing(
    school: Organisation,
    rows: Sequence[RollRow],
    unreadable: Sequence[Unreadable],
    known: KnownLearners,
    issues: list[RowIssue],
) -> int:
    """How many learners of the file's year groups were missing from it and are now off the roll.

    While a row cannot be used and nobody can tell whose it is, nobody is taken off: it might be theirs.
    """
    spared = [known.of_unreadable(one) for one in unreadable]
    years = {row.year_group for row in rows}
    # A learner whose row was refused while comparing is in the file all the same.
    in_file = (
        known.claimed
        | set().union(*spared)
        | {known.by_upn[row.upn].pk for row in rows if row.upn and row.upn in known.by_upn}
    )
    missing = [
        entry
        for entry in known.entries.values()
        if entry.school_id == school.pk and entry.year_group in years and entry.learner_id not in in_file
    ]
    if not missing:
        return 0
    words = " and ".join(f"Year {year}" for year in sorted({entry.year_group for entry in missing}))
    people = "1 learner" if len(missing) == 1 else f"{len(missing)} learners"
    if not all(spared):
        issues.append(
            RowIssue(
                0,
                "",
                "",
                "ROLL_MISSING_KEPT",
                IssueSeverity.WARNING,
                f"{people} of {words} could not be found in the file and stay on the roll, because some rows could not "
                "be read. Correct those rows and upload the file again.",
            )
        )
        return 0
    missing_q = Q(pk__in=[entry.pk for entry in missing])
    RollEntry.objects.filter(missing_q).update(ended_on=clock.today())
    issues.append(
        RowIssue(
            0,
            "",
            "",
            "ROLL_LEARNERS_ENDED",
            IssueSeverity.NOTICE,
            f"{people} of {words} were not in the file and are off the roll from today.",
        )
    )
    return len(missing)
