"""A school's roll as its own system has it becomes the roll here."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from accounts.actions.matching import KnownLearners, Unreadable, row_issue
from accounts.actions.registering import ask_about_registered
from accounts.actions.roll_states import KnownLearner, RollRow, State, add_facts, as_json, state_after
from accounts.actions.roll_store import Step, move, store
from accounts.models import LearnerDoubt, RollImage
from accounts.policies import SCHOOL_POLICY
from activity.actions import record
from core import clock
from core.bulk import copy_in, copy_values
from providers.models import Area, IssueSeverity, Organisation, Upload
from providers.uploads import Change, RowIssue
from providers.workflow import ChangeAction

DIFFERENT = "A different one"  # of what only another school, or nobody here, knows
EVERY = 500  # rows between two reports of progress
COMPARING = "Comparing with the learners already here"
LAST_YEARS = (11, 12, 13, 14)  # after which learners leave, or may
NAMES = ("added", "changed", "moved", "unchanged")
TOLD = ("learners", *NAMES, "ended")


@dataclass
class RollOutcome:
    """What came of a roll: how many learners were added, changed and so on, what people should look at, and each
    change.

    Counts beside those people see: ``stood``, who was on the roll before, and ``gone``, who would be off it though they
    were in no last year, or came into it this school year: for these, somebody should look twice.
    """

    counts: dict[str, int]
    issues: list[RowIssue] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)


@transaction.atomic
def apply_roll(
    *,
    school: Organisation,
    rows: Sequence[RollRow],
    unreadable: Sequence[Unreadable] = (),
    by: Any,
    upload: Upload | None = None,
    progress: Callable[..., None] = lambda **_: None,
) -> RollOutcome:
    """The school's roll is what the file says, for the year groups that are in the file.

    New learners are added, known ones get what the file says about them, moves end one roll entry and start
    another, and learners of these year groups who are missing from the file are off the roll from today.
    The same file again changes nothing. With an ``upload`` it can be undone, as the last one of the school.
    Raises: NotAllowed.
    """
    SCHOOL_POLICY.require(by, "import_roll" if by else "load_roll", school)
    # The area is the lock: one learner may stand in two schools' files, and is found or made only once.
    Area.objects.select_for_update(no_key=True).get(pk=school.area_id)
    known = KnownLearners(school, rows, unreadable)
    has_facts = any(row.traits or row.grades or row.attendance for row in rows)
    if has_facts:
        add_facts(known.learners, school_id=school.pk)
    progress(done=0, of=len(rows), doing=COMPARING)
    writer = _Writer(school, known)
    writer.compare(rows, progress)
    writer.end_missing(rows, unreadable)
    progress(done=len(rows), of=len(rows), doing="Storing the roll")
    outcome = writer.store(upload, has_facts=has_facts)
    ask_about_registered(area_id=school.area_id)
    record(
        "roll.import", subject=school, by=by, **{name: outcome.counts[name] for name in ("learners", *NAMES, "ended")}
    )
    return outcome


class _Writer:
    """Collects what differs and writes it in a few statements."""

    def __init__(self, school: Organisation, known: KnownLearners) -> None:
        self.school, self.known = school, known
        self.today = clock.today()
        self.counts: Counter[str] = Counter()
        self.issues: list[RowIssue] = []
        self.steps: list[Step] = []
        self.doubted: dict[int, tuple[tuple[KnownLearner, ...], str]] = {}  # by the place of the step

    def compare(self, rows: Sequence[RollRow], progress: Callable[..., None]) -> None:
        for done, row in enumerate(rows):
            if done % EVERY == 0:
                progress(done=done, of=len(rows), doing=COMPARING)
            found = self.known.find(row)
            if found.issue is not None:
                self.issues.append(found.issue)
                if found.issue.severity == IssueSeverity.ERROR:
                    continue
            if found.doubted:
                self.doubted[len(self.steps)] = (found.doubted, found.why)
            self._compare(row, found.learner)

    def _compare(self, row: RollRow, learner: KnownLearner | None) -> None:
        before = learner.state if learner else None
        after = state_after(
            before, row, school_id=self.school.pk, area_id=self.school.area_id, today=self.today
        )  # fmt: skip
        if learner is None:
            self.counts["added"] += 1
            self.steps.append(Step(0, None, after))
        elif after == before:
            self.counts["unchanged"] += 1
        else:
            assert after.place is not None  # noqa: S101 - a row is always a place
            self.counts["changed" if after.place.entry else "moved"] += 1
            self.steps.append(Step(learner.pk, before, after, learner.has_contact, learner.user_id))
            self._notice_arrival(row, learner.state)

    def _notice_arrival(self, row: RollRow, before: State) -> None:
        if before.place is not None and before.place.school_id != self.school.pk:
            words = "This learner was on another school's roll until now. That has ended today."
            self.issues.append(row_issue(row, "ROLL_LEARNER_ARRIVED", IssueSeverity.NOTICE, words))

    def end_missing(self, rows: Sequence[RollRow], unreadable: Sequence[Unreadable]) -> None:
        """Learners of the file's year groups who are missing from it are off the roll.

        While a row cannot be used and nobody can tell whose it is, nobody is taken off: it might be theirs.
        """
        known = self.known
        self.counts["stood"] = len(known.on_roll())
        spared = [known.of_unreadable(one) for one in unreadable]
        years = {row.year_group for row in rows}
        # A learner whose row was refused while comparing is in the file all the same.
        in_file = known.claimed.union(*spared, (known.by_upn[row.upn].pk for row in rows if row.upn in known.by_upn))
        missing = [
            one for one in known.on_roll()
            if one.state.place and one.state.place.year_group in years and one.pk not in in_file
        ]  # fmt: skip
        if not missing:
            return
        words = " and ".join(
            f"Year {year}" for year in sorted({one.state.place.year_group for one in missing if one.state.place})
        )
        people = "1 learner" if len(missing) == 1 else f"{len(missing)} learners"
        if not all(spared):
            self._notice(
                "ROLL_MISSING_KEPT", IssueSeverity.WARNING,
                f"{people} of {words} could not be found in the file and stay on the roll, because some rows could not "
                "be read. Correct those rows and upload the file again.",
            )  # fmt: skip
            return
        self.counts["ended"] = len(missing)
        self.counts["gone"] = sum(not self._has_finished(one) for one in missing)
        self.steps += [
            Step(one.pk, one.state, one.state._replace(place=None), one.has_contact, one.user_id) for one in missing
        ]
        self._notice(
            "ROLL_LEARNERS_ENDED", IssueSeverity.NOTICE,
            f"{people} of {words} were not in the file and are off the roll from today.",
        )  # fmt: skip

    def _has_finished(self, one: KnownLearner) -> bool:
        """They were in a last year that is over: leaving is what learners do then."""
        year_began = dt.date(self.today.year - (self.today.month < 8), 8, 1)
        place = one.state.place
        return place is not None and place.year_group in LAST_YEARS and place.started_on < year_began

    def _notice(self, code: str, severity: str, message: str) -> None:
        self.issues.append(RowIssue(0, "", "", code, severity, message))

    def store(self, upload: Upload | None, *, has_facts: bool) -> RollOutcome:
        counts = {"learners": sum(self.counts[name] for name in NAMES)}
        counts |= {name: self.counts[name] for name in (*NAMES, "ended", "stood", "gone")}
        changes = [_change(step, self.school.pk) for step in sorted(self.steps, key=_as_read)]
        steps = move(store(self.steps, school_id=self.school.pk, today=self.today), today=self.today)
        self._doubt(steps, upload)
        if upload is not None:
            _keep_images(upload, steps, has_facts=has_facts)
        return RollOutcome(counts, self.issues, changes)

    def _doubt(self, steps: Sequence[Step], upload: Upload | None) -> None:
        copy_in([
            LearnerDoubt(
                school=self.school, learner_id=steps[at].key, other_id=other.pk, why=why, upload=upload,
            )
            for at, (doubted, why) in self.doubted.items()
            for other in doubted
        ])  # fmt: skip


def _keep_images(upload: Upload, steps: Iterable[Step], *, has_facts: bool) -> None:
    """How these learners were and are is known until the school's next roll; earlier ones cannot be undone any more."""
    RollImage.objects.filter(upload__organisation=upload.organisation_id).delete()
    if not upload.is_rehearsal:
        copy_values(
            RollImage,
            ["upload", "learner_key", "before", "after"],
            (
                (
                    upload.pk,
                    step.key,
                    as_json(step.before, user_id=step.user_id, has_facts=has_facts) if step.before else None,
                    as_json(step.after, user_id=step.user_id, has_facts=has_facts, since=step.before),
                )
                for step in steps
            ),
        )


def _as_read(step: Step) -> tuple[Any, ...]:
    who = step.after.who
    return who.family_name.casefold(), who.given_name.casefold(), who.birth_on, who.upn or "", step.key


def _change(step: Step, school_id: int) -> Change:
    """What becomes of one learner, for people. Facts others may not see are only said to have changed, and what was
    known of somebody who is not on this roll yet only to differ: no preview reads out another school's records."""
    before, after = step.before, step.after
    place = after.place or (before.place if before else None)
    group = f"Year {place.year_group}, {place.tutor_group}".removesuffix(", ") if place else ""
    title = f"{after.who.given_name} {after.who.family_name} ({group})"
    if before is None:
        return Change(ChangeAction.ADDED, "learner", title)
    if after.place is None:
        return Change(ChangeAction.ENDED, "learner", title, step.key)
    fields: dict[str, Any] = {}
    is_here = before.place is not None and before.place.school_id == school_id
    for one, other in ((before.who, after.who), (before.contact, after.contact)):
        if one == other:
            continue
        fields |= {
            name: ((str(old) if is_here else DIFFERENT) if old else "", str(new or ""))
            for name, old, new in zip(one._fields, one, other, strict=True)
            if old != new and name != "area_id"
        }
    fields |= _moves(before, after, school_id)
    if before.traits != after.traits:
        fields["traits"] = ("", "changed")
    if before.grades != after.grades:
        fields["grades"] = (str(len(before.grades) or ""), str(len(after.grades)))
    if before.attendance != after.attendance:
        fields["attendance"] = ("", "changed")
    return Change(ChangeAction.CHANGED, "learner", title, step.key, fields)


def _moves(before: State, after: State, school_id: int) -> dict[str, Any]:
    held, place = before.place, after.place
    if held is None or held.school_id != school_id:
        return {"school": ("other" if held else "", "here")}
    return {
        name: (str(getattr(held, name)), str(getattr(place, name)))
        for name in ("year_group", "tutor_group", "local_id")
        if getattr(held, name) != getattr(place, name)
    }
