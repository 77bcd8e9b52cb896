"""Enrolment lists: who has started where. A number that fits says whose a row is; where only a name and a date of birth
do, a person looks. Nothing is guessed."""

import datetime as dt
import hashlib
import hmac
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.matching import batches
from accounts.models import Learner, RollEntry
from activity.actions import record
from applications.models import Enrolment, MatchedHow
from applications.policies import ENROLMENT_POLICY, ENROLMENTS_POLICY
from applications.queries.enrolments import candidates_for, folded
from core import clock
from core.errors import RuleBroken, StaleState
from providers.models import IssueSeverity, Organisation, Upload
from providers.uploads import Change, RowIssue, UndoStep
from providers.workflow import ChangeAction, ReversalAction

FROM_YEAR = 11  # the lists are about those who were at least in this year of a school
LOOKED_AT_DAYS = 90  # then the name in a row that nobody has said anything about is removed
AGAIN = "Row {row} says the same. This one was passed by."
SAID = ("course", "level", "left_on")
BATCH = 1000
EVERY = 500


class EnrolmentRow(NamedTuple):
    """Somebody started something on a day, in whatever way the list says who."""

    row: int
    started_on: dt.date
    family_name: str = ""
    given_name: str = ""
    birth_on: dt.date | None = None
    upn: str = ""
    uln: str = ""
    course: str = ""
    level: str = ""
    left_on: dt.date | None = None

    @property
    def key(self) -> str:
        """The same for every row that names the same person the same way; nobody can tell the name from it."""
        who = (folded(self.given_name, self.family_name), str(self.birth_on or ""), self.upn, self.uln)
        return hmac.new(settings.SECRET_KEY.encode(), "\0".join(who).encode(), hashlib.sha256).hexdigest()

    @property
    def who(self) -> str:
        return f"{self.given_name} {self.family_name}".strip() or self.upn or self.uln


@dataclass
class EnrolmentsOutcome:
    """What came of a list. ``stood``: rows of this provider before it."""

    counts: dict[str, int]
    issues: list[RowIssue] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)


@transaction.atomic
def bring_enrolments(
    *,
    provider: Organisation,
    rows: Sequence[EnrolmentRow],
    by: Any,
    upload: Upload | None = None,
    progress: Callable[..., None] = lambda **_: None,
) -> EnrolmentsOutcome:
    """Each of these has started there. What a row says otherwise than before takes its place; whom the list does not
    name stays as they are. The same list again changes nothing.

    Raises: NotAllowed.
    """
    ENROLMENTS_POLICY.require(by, "bring", provider)
    # The provider is the lock: of two lists at once the second compares with what the first has written.
    Organisation.objects.select_for_update(no_key=True).get(pk=provider.pk)
    people = _Numbers(rows)
    standing = {(one.row_key, one.started_on): one for one in Enrolment.objects.standing().filter(provider=provider)}
    stood, taken = len(standing), dict[tuple[str, dt.date], int]()
    new: list[tuple[EnrolmentRow, Enrolment, Enrolment | None]] = []
    issues: list[RowIssue] = []
    now = clock.now()
    for done, row in enumerate(rows):
        if done % EVERY == 0:
            progress(done=done, of=len(rows), doing="Comparing with the lists already here")
        key = (row.key, row.started_on)
        if (first := taken.setdefault(key, row.row)) != row.row:
            issues.append(_issue(row, "ENROLMENT_REPEATED", IssueSeverity.WARNING, AGAIN.format(row=first)))
        else:
            before = standing.get(key)
            if before is None or any(getattr(before, name) != getattr(row, name) for name in SAID):
                made = _made(row, before, people.find(row), provider=provider, by=by, upload=upload, now=now)
                new.append((row, made, before))
    replaced = [before.pk for _row, _made, before in new if before is not None]
    Enrolment.objects.filter(pk__in=replaced).update(ended_at=now)
    Enrolment.objects.bulk_create([made for _row, made, _before in new], batch_size=BATCH)
    counts = {
        "added": len(new) - len(replaced),
        "changed": len(replaced),
        "unchanged": len(taken) - len(new),
        "matched": sum(made.learner_id is not None for _row, made, _before in new),
        "to_look_at": sum(made.is_waiting for _row, made, _before in new),
        "stood": stood,
    }
    record("enrolments.bring", subject=provider, by=by, **{name: counts[name] for name in ("added", "changed")})
    return EnrolmentsOutcome(counts, issues, [_change(row, before) for row, _made, before in new])


def _made(row: EnrolmentRow, before: Enrolment | None, learner: int | None, **said: Any) -> Enrolment:
    """The row as it stands from now on. What a person said of the one before goes on."""
    made = Enrolment(
        provider=said["provider"], by=said["by"], upload=said["upload"], said_at=said["now"], replaces=before,
        row_key=row.key, course=row.course, level=row.level, started_on=row.started_on, left_on=row.left_on,
    )  # fmt: skip
    if learner is not None:
        made.learner_id, made.matched_how = learner, MatchedHow.NUMBER
    elif before is not None and not before.is_waiting:
        made.learner_id, made.matched_how = before.learner_id, before.matched_how
        made.settled_at, made.settled_by_id = before.settled_at, before.settled_by_id
    else:
        made.given_name, made.family_name, made.birth_on = row.given_name, row.family_name, row.birth_on
    return made


class _Numbers:
    """Learners with a number of the list, among those who are or were in a school's oldest years."""

    def __init__(self, rows: Sequence[EnrolmentRow]) -> None:
        old_enough = RollEntry.objects.filter(year_group__gte=FROM_YEAR).values("learner")
        pool = Learner.objects.filter(pk__in=old_enough, area__is_practice=False, erased_at=None)
        columns = ("pk", "upn", "uln", "family_name", "birth_on")
        self.by_upn: dict[str, Any] = {}
        self.by_uln: dict[str, list[Any]] = defaultdict(list)
        for numbers in batches({row.upn for row in rows if row.upn}):
            self.by_upn |= {each[1]: each for each in pool.filter(upn__in=numbers).values_list(*columns)}
        for numbers in batches({row.uln for row in rows if row.uln}):
            for each in pool.filter(uln__in=numbers).values_list(*columns):
                self.by_uln[each[2]].append(each)

    def find(self, row: EnrolmentRow) -> int | None:
        """The learner with this number; none where the list says that somebody else has it, by name and date of birth.

        Whoever hands the list over is not told which: who tried numbers and dates would read off whose they are.
        """
        same_uln = self.by_uln.get(row.uln, [])
        known = self.by_upn.get(row.upn) or (same_uln[0] if len(same_uln) == 1 else None)
        if known is None:
            return None
        key, _upn, _uln, family_name, birth_on = known
        is_named = bool(row.family_name) and row.birth_on is not None
        is_else = is_named and folded(row.family_name) != folded(family_name) and row.birth_on != birth_on
        return None if is_else else key


def _issue(row: EnrolmentRow, code: str, severity: str, words: str) -> RowIssue:
    return RowIssue(row.row, "", row.who, code, severity, words)


def _change(row: EnrolmentRow, before: Enrolment | None) -> Change:
    fields = {
        name: (str((getattr(before, name) if before else "") or ""), str(getattr(row, name) or "")) for name in SAID
    }
    told = {name: pair for name, pair in fields.items() if pair[0] != pair[1]}
    action = ChangeAction.CHANGED if before else ChangeAction.ADDED
    return Change(action, "enrolment", f"{row.who}, {row.started_on}", before.pk if before else None, told)


def enrolment_undo_steps(upload: Upload) -> list[UndoStep]:
    """What undoing this list would do with each of its rows."""
    return [_step(each) for each in _of(upload)]


@transaction.atomic
def undo_enrolments(upload: Upload, by: Any) -> list[UndoStep]:
    """Rows that the list brought are gone, and those that it replaced stand again. One that a later list has replaced
    stays. Returns what was done with each."""
    Organisation.objects.select_for_update(no_key=True).get(pk=upload.organisation_id)
    found = _of(upload)
    steps = [_step(each) for each in found]
    free = [each for each in found if each.ended_at is None]
    before = [each.replaces_id for each in free if each.replaces_id]
    Enrolment.objects.filter(pk__in=[each.pk for each in free]).delete()
    Enrolment.objects.filter(pk__in=before).update(ended_at=None)
    record("enrolments.undo", subject=upload, by=by, provider=upload.organisation_id, number=len(free))
    return steps


def _of(upload: Upload) -> list[Enrolment]:
    return list(Enrolment.objects.filter(upload=upload).order_by("pk"))


def _step(enrolment: Enrolment) -> UndoStep:
    """In words of the list: whom its numbers fit is not for whoever handed it over."""
    title = f"{enrolment.course}, {enrolment.started_on}".removeprefix(", ")
    if enrolment.ended_at is not None:
        return UndoStep(ReversalAction.KEPT, "enrolment", enrolment.pk, title, "A later list has said it otherwise.")
    action = ReversalAction.RESTORED if enrolment.replaces_id else ReversalAction.TAKEN_OUT
    return UndoStep(action, "enrolment", enrolment.pk, title)


@transaction.atomic
def settle_enrolment(*, enrolment: Enrolment, learner: Learner | None, by: Any) -> Enrolment:
    """A person has said whose this row is, or with None that it is nobody's they know. The name in it is gone.

    Raises: NotAllowed, StaleState (somebody has said it, or a later list came), RuleBroken ``not_alike``: neither name
    nor date of birth are this learner's.
    """
    row = Enrolment.objects.select_for_update(of=("self",)).select_related("provider").get(pk=enrolment.pk)
    ENROLMENT_POLICY.require(by, "settle", row)
    if not row.is_waiting:
        raise StaleState(_("Somebody has answered this already, or a later list has taken its place."))
    if learner is not None:
        if learner.pk not in {one.pk for one in candidates_for(by, [row])[row.pk]}:
            raise RuleBroken(_("The name and date of birth are not this learner’s."), code="not_alike")
        row.learner, row.matched_how = learner, MatchedHow.PERSON
    row.given_name, row.family_name, row.birth_on = "", "", None
    row.settled_at, row.settled_by = clock.now(), by
    row.save()
    record("enrolment.settle", subject=row, by=by, is_found=learner is not None)
    return row


def forget_unknown_enrolments() -> int:
    """Of rows that nobody has said anything about for long the name and date of birth are gone. Returns how many."""
    long_ago = clock.now() - dt.timedelta(days=LOOKED_AT_DAYS)
    old = Enrolment.objects.filter(learner=None, said_at__lt=long_ago).exclude(family_name="", given_name="")
    return old.update(given_name="", family_name="", birth_on=None)
