"""Which learner a row of a roll is about: by UPN, then ULN, then name, date of birth and postcode; else nobody."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from accounts.actions.roll_states import KnownLearner, NameAndNumbers, RollRow, load_known
from accounts.models import DoubtReason, Learner, Registration, RollEntry
from providers.models import IssueSeverity, Organisation
from providers.uploads import RowIssue

BATCH = 2000


class Unreadable(NamedTuple):
    """A row that cannot be used, with what still says whose it is: that learner must not be taken off the roll."""

    row: int
    upn: str | None = None
    uln: str | None = None
    local_id: str | None = None


class Found(NamedTuple):
    """Whose row it is, None for somebody new; what to say about it; and who else it may be about."""

    learner: KnownLearner | None = None
    issue: RowIssue | None = None
    doubted: tuple[KnownLearner, ...] = ()
    why: str = ""


NOBODY = Found()


def _folded(*parts: str) -> str:
    return " ".join(" ".join(parts).casefold().split())


def _person(row: RollRow) -> tuple[str, dt.date]:
    return _folded(row.given_name, row.family_name), row.birth_on


def batches(values: Iterable[Any]) -> Iterator[list[Any]]:
    values = list(values)
    for start in range(0, len(values), BATCH):
        yield values[start : start + BATCH]


class KnownLearners:
    """The learners a file may be about, fetched in a few queries and locked, and how to find each row's one."""

    def __init__(self, school: Organisation, rows: Sequence[RollRow], unreadable: Sequence[Unreadable]) -> None:
        self.school = school
        self.by_upn: dict[str, KnownLearner] = {}
        self.by_uln: dict[str, list[KnownLearner]] = defaultdict(list)
        self.by_local_id: dict[str, list[KnownLearner]] = defaultdict(list)
        self.by_person: dict[Any, list[KnownLearner]] = defaultdict(list)
        self.learners: dict[int, KnownLearner] = {}
        people = Counter(_person(row) for row in rows)
        # One row says where somebody lives; many that try it out are nobody's roll, and say nothing about anybody.
        self.repeated = {person for person, number in people.items() if number > 1}
        self._fetch(rows, unreadable)
        self.claimed: set[int] = set()

    def _fetch(self, rows: Sequence[RollRow], unreadable: Sequence[Unreadable]) -> None:
        everyone: list[RollRow | Unreadable] = [*rows, *unreadable]
        here = RollEntry.objects.filter(school=self.school, ended_on=None).values("learner")
        self._add(Learner.objects.filter(pk__in=here))
        for upns in batches({one.upn for one in everyone if one.upn and one.upn not in self.by_upn}):
            self._add(Learner.objects.filter(upn__in=upns))
        # Who registered themselves is never taken for a row's learner silently: registering.ask_about_registered.
        area = Learner.objects.filter(area=self.school.area_id).exclude(
            pk__in=Registration.objects.waiting().values("learner")
        )
        for ulns in batches({one.uln for one in everyone if one.uln and one.uln not in self.by_uln}):
            self._add(area.filter(uln__in=ulns))
        # Whoever has a row's UPN already needs no search by name.
        unknown = [row for row in rows if row.upn not in self.by_upn]
        for dates in batches({row.birth_on for row in unknown}):
            self._add(area.filter(birth_on__in=dates))

    def _add(self, learners: Any) -> None:
        for known in load_known(learners.exclude(pk__in=self.learners) if len(self.learners) < BATCH else learners):
            if known.pk in self.learners:
                continue
            self.learners[known.pk] = known
            who, place = known.state.who, known.state.place
            if who.upn:
                self.by_upn[who.upn] = known
            if place and place.school_id == self.school.pk and place.local_id:
                self.by_local_id[place.local_id].append(known)
            if who.area_id == self.school.area_id:
                if who.uln:
                    self.by_uln[who.uln].append(known)
                self.by_person[_folded(who.given_name, who.family_name), who.birth_on].append(known)

    def is_on_roll(self, known: KnownLearner) -> bool:
        place = known.state.place
        return place is not None and place.school_id == self.school.pk

    def on_roll(self) -> list[KnownLearner]:
        """Everybody on this school's roll before the file."""
        return [known for known in self.learners.values() if self.is_on_roll(known)]

    def find(self, row: RollRow) -> Found:
        """The learner this row is about, or None for a new one; with a doubt to show, if there is one.

        An error among the doubts means that the row must not be used.
        """
        if row.upn and (known := self.by_upn.get(row.upn)):
            who = known.state.who
            if who.birth_on != row.birth_on and _folded(who.family_name) != _folded(row.family_name):
                words = "A learner with another name and date of birth has this UPN. Check the UPN."
                issue = row_issue(row, "ROLL_UPN_TAKEN", IssueSeverity.ERROR, words, column="UPN", value=row.upn)
                return Found(issue=issue)
            return self._once(row, known)
        same_uln = self.by_uln.get(row.uln or "", [])
        sure = [one for one in same_uln if _is_row_of(row, one)]
        if len(sure) == 1:
            return self._once(row, sure[0])
        for known in self.by_local_id.get(row.local_id or "", []):
            if _is_row_of(row, known):
                return self._once(row, known)
        found = self._find_by_name(row)
        return self._doubt_uln(row, same_uln) if same_uln and found.learner is None else found

    @staticmethod
    def _doubt_uln(row: RollRow, same: list[KnownLearner]) -> Found:
        words = (
            "Another learner has this ULN, but is not clearly the same person. A new record was made. Check the ULN, "
            "or answer “Is this the same learner?” on the roll page."
        )
        issue = row_issue(row, "ROLL_ULN_TAKEN", IssueSeverity.WARNING, words, column="ULN", value=row.uln or "")
        return Found(issue=issue, doubted=tuple(same), why=DoubtReason.ULN)

    def _find_by_name(self, row: RollRow) -> Found:
        same = self.by_person.get(_person(row), [])
        same = [known for known in same if known.pk not in self.claimed]
        alike = [known for known in same if _same_upn(known.state.who, row)]
        # Somebody on this roll already has moved house; who shares a home with nobody of that name is asked about.
        here = [known for known in alike if self.is_on_roll(known)]
        is_said_once = row.postcode and _person(row) not in self.repeated
        sure = here or [known for known in alike if is_said_once and known.state.contact.postcode == row.postcode]
        if len(sure) == 1:
            return self._once(row, sure[0])
        if not same:
            return NOBODY
        words = (
            "A learner with the same name and date of birth is here already, but is not clearly the same person. "
            "A new record was made. Add the UPN to be sure, or answer “Is this the same learner?” on the roll page."
        )
        issue = row_issue(row, "ROLL_LEARNER_UNSURE", IssueSeverity.WARNING, words)
        # Two permanent UPNs that differ are two people: nobody has to be asked.
        return Found(issue=issue, doubted=tuple(alike), why=DoubtReason.NAME)

    def _once(self, row: RollRow, known: KnownLearner) -> Found:
        if known.pk in self.claimed:
            words = "An earlier row is about the same learner. Keep one of the two."
            return Found(issue=row_issue(row, "ROLL_LEARNER_REPEATED", IssueSeverity.ERROR, words))
        self.claimed.add(known.pk)
        return Found(known)

    def of_unreadable(self, one: Unreadable) -> set[int]:
        """Keys of the learners on this school's roll that a row which cannot be used may be about."""
        found = [self.by_upn[one.upn]] if one.upn in self.by_upn else []
        found += self.by_uln.get(one.uln or "", [])
        found += self.by_local_id.get(one.local_id or "", [])
        return {known.pk for known in found if self.is_on_roll(known)}


def _is_row_of(row: RollRow, known: KnownLearner) -> bool:
    return known.state.who.birth_on == row.birth_on and _same_upn(known.state.who, row)


def _same_upn(who: NameAndNumbers, row: RollRow) -> bool:
    """Two permanent UPNs that differ are two people. A temporary one ends in a letter and is replaced some day."""
    if not who.upn or not row.upn:
        return True
    return who.upn == row.upn or who.upn[-1].isalpha() or row.upn[-1].isalpha()


def row_issue(row: RollRow, code: str, severity: str, message: str, *, column: str = "", value: str = "") -> RowIssue:
    return RowIssue(row.row, column, value, code, severity, message)
