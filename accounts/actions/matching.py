"""Which learner a row of a roll is about: by UPN, then ULN, then name, date of birth and postcode; else nobody."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from accounts.models import Learner, RollEntry
from providers.models import IssueSeverity, Organisation
from providers.uploads import RowIssue

BATCH = 2000


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


class Unreadable(NamedTuple):
    """A row that cannot be used, with what still says whose it is: that learner must not be taken off the roll."""

    row: int
    upn: str | None = None
    uln: str | None = None
    local_id: str | None = None


def _folded(*parts: str) -> str:
    return " ".join(" ".join(parts).casefold().split())


def _person_key(given_name: str, family_name: str, birth_on: dt.date) -> tuple[str, dt.date]:
    return _folded(given_name, family_name), birth_on


def batches(values: Iterable[Any]) -> Iterator[list[Any]]:
    values = list(values)
    for start in range(0, len(values), BATCH):
        yield values[start : start + BATCH]


class KnownLearners:
    """The learners a file may be about, fetched in a few queries and locked, and how to find each row's one."""

    def __init__(self, school: Organisation, rows: Sequence[RollRow], unreadable: Sequence[Unreadable]) -> None:
        self.school = school
        self.by_upn: dict[str, Learner] = {}
        self.by_uln: dict[str, list[Learner]] = defaultdict(list)
        self.by_local_id: dict[str, list[Learner]] = defaultdict(list)
        self.by_person: dict[tuple[str, dt.date], list[Learner]] = defaultdict(list)
        self.entries: dict[int, RollEntry] = {}
        self.learners: dict[int, Learner] = {}
        self._fetch(rows, unreadable)
        self.claimed: set[int] = set()

    def _fetch(self, rows: Sequence[RollRow], unreadable: Sequence[Unreadable]) -> None:
        everyone: list[RollRow | Unreadable] = [*rows, *unreadable]
        here = RollEntry.objects.filter(school=self.school, ended_on=None).values("learner")
        self._add(Learner.objects.filter(pk__in=here))
        for upns in batches({one.upn for one in everyone if one.upn}):
            self._add(Learner.objects.filter(upn__in=upns))
        area = Learner.objects.filter(area=self.school.area_id)
        for ulns in batches({one.uln for one in everyone if one.uln}):
            self._add(area.filter(uln__in=ulns))
        # Whoever has a row's UPN already needs no search by name.
        unknown = [row for row in rows if row.upn not in self.by_upn]
        for dates in batches({row.birth_on for row in unknown}):
            self._add(area.filter(birth_on__in=dates))
        for keys in batches(self.learners):
            for entry in RollEntry.objects.filter(learner__in=keys, ended_on=None):
                self.entries[entry.learner_id] = entry
                if entry.school_id == self.school.pk and entry.local_id:
                    self.by_local_id[entry.local_id].append(self.learners[entry.learner_id])

    def _add(self, learners: Any) -> None:
        locked = learners.select_related("contact").order_by("pk").select_for_update(no_key=True, of=("self",))
        for learner in locked:
            if learner.pk in self.learners:
                continue
            self.learners[learner.pk] = learner
            if learner.upn:
                self.by_upn[learner.upn] = learner
            if learner.uln and learner.area_id == self.school.area_id:
                self.by_uln[learner.uln].append(learner)
            if learner.area_id == self.school.area_id:
                self.by_person[_person_key(learner.given_name, learner.family_name, learner.birth_on)].append(learner)

    def find(self, row: RollRow) -> tuple[Learner | None, RowIssue | None]:
        """The learner this row is about, or None for a new one; with a doubt to show, if there is one.

        An error among the doubts means that the row must not be used.
        """
        if row.upn and (learner := self.by_upn.get(row.upn)):
            if learner.birth_on != row.birth_on and _folded(learner.family_name) != _folded(row.family_name):
                return None, row_issue(
                    row,
                    "ROLL_UPN_TAKEN",
                    IssueSeverity.ERROR,
                    "A learner with another name and date of birth has this UPN. Check the UPN.",
                    column="UPN",
                    value=row.upn,
                )
            return self._once(row, learner)
        if row.uln and (same := self.by_uln.get(row.uln)):
            sure = [learner for learner in same if learner.birth_on == row.birth_on and _same_upn(learner, row)]
            if len(sure) == 1:
                return self._once(row, sure[0])
            return None, row_issue(
                row,
                "ROLL_ULN_TAKEN",
                IssueSeverity.WARNING,
                "Another learner has this ULN, but is not clearly the same person. A new record was made. "
                "Check the ULN.",
                column="ULN",
                value=row.uln,
            )
        for learner in self.by_local_id.get(row.local_id or "", []):
            if learner.birth_on == row.birth_on and _same_upn(learner, row):
                return self._once(row, learner)
        return self._find_by_name(row)

    def _find_by_name(self, row: RollRow) -> tuple[Learner | None, RowIssue | None]:
        same = self.by_person.get(_person_key(row.given_name, row.family_name, row.birth_on), [])
        same = [learner for learner in same if learner.pk not in self.claimed]
        sure = [learner for learner in same if _same_upn(learner, row) and self._is_same_home(learner, row)]
        if len(sure) == 1:
            return self._once(row, sure[0])
        if not same:
            return None, None
        return None, row_issue(
            row,
            "ROLL_LEARNER_UNSURE",
            IssueSeverity.WARNING,
            "A learner with the same name and date of birth is here already, but is not clearly the same person. "
            "A new record was made. Add the UPN to be sure.",
        )

    def _is_same_home(self, learner: Learner, row: RollRow) -> bool:
        """Same postcode; where one of the two is not known, being on this school's roll already will do."""
        postcode = learner.contact.postcode if hasattr(learner, "contact") else ""
        if postcode and row.postcode:
            return bool(postcode == row.postcode)
        entry = self.entries.get(learner.pk)
        return entry is not None and entry.school_id == self.school.pk

    def _once(self, row: RollRow, learner: Learner) -> tuple[Learner | None, RowIssue | None]:
        if learner.pk in self.claimed:
            return None, row_issue(
                row,
                "ROLL_LEARNER_REPEATED",
                IssueSeverity.ERROR,
                "An earlier row is about the same learner. Keep one of the two.",
            )
        self.claimed.add(learner.pk)
        return learner, None

    def of_unreadable(self, one: Unreadable) -> set[int]:
        """Keys of the learners on this school's roll that a row which cannot be used may be about."""
        found = {self.by_upn[one.upn].pk} if one.upn in self.by_upn else set()
        found |= {learner.pk for learner in self.by_uln.get(one.uln or "", [])}
        found |= {learner.pk for learner in self.by_local_id.get(one.local_id or "", [])}
        return {pk for pk in found if pk in self.entries and self.entries[pk].school_id == self.school.pk}


def _same_upn(learner: Learner, row: RollRow) -> bool:
    """Two permanent UPNs that differ are two people. A temporary one ends in a letter and is replaced some day."""
    if not learner.upn or not row.upn:
        return True
    return learner.upn == row.upn or learner.upn[-1].isalpha() or row.upn[-1].isalpha()


def row_issue(row: RollRow, code: str, severity: str, message: str, *, column: str = "", value: str = "") -> RowIssue:
    return RowIssue(row.row, column, value, code, severity, message)
