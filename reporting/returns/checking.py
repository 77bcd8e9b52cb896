"""A return held against its rules, record by record, with memory that does not grow with it."""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import NamedTuple

from reporting.returns.codes import GUARANTEE_ONLY
from reporting.returns.record import YoungPerson
from reporting.returns.rules import (
    NO_ACTIVITIES,
    OF_ACTIVITY,
    OF_PERSON,
    SAME_ID,
    SAME_PERSON,
    SAME_ULN,
    Against,
    Rule,
)


class Finding(NamedTuple):
    """What is wrong with one record. ``rule`` is None of what keeps a file from being read. ``record`` is the young
    person's ID as the file has it, the only thing here that leads to anybody."""

    record: str
    rule: int | None
    priority: int
    message: str


class Checker:
    """Holds one record after the other against the rules, and remembers whom it has seen. Close it."""

    def __init__(self, at: Against) -> None:
        self.at = at
        self.seen = _Seen()

    def close(self) -> None:
        self.seen.close()

    def findings(self, it: YoungPerson) -> Iterator[Finding]:
        """What the rules find in this record. Doubles are told of the later record, and of the earlier one where
        the two have different IDs."""
        for rule in broken_by(it, self.at):
            yield _finding(it.person_id, rule, getattr(it, rule.of) if rule.of else "")
        yield from self.seen.doubles_of(it)


def findings_of(people: Iterable[YoungPerson], at: Against) -> Iterator[Finding]:
    """Everything the rules find, in the order of the records."""
    with closing(Checker(at)) as checker:
        for it in people:
            yield from checker.findings(it)


def broken_by(it: YoungPerson, at: Against) -> Iterator[Rule]:
    """The rules this one record breaks by itself."""
    yield from (rule for rule in OF_PERSON if rule.is_broken(it, at))
    if it.has_activities:
        yield from (rule for rule in OF_ACTIVITY if rule.is_broken(it, at))
    else:
        yield NO_ACTIVITIES


def _finding(record: str, rule: Rule, found: str = "") -> Finding:
    message = f"{rule.says} Found: {found}." if found else rule.says
    return Finding(record, rule.number, rule.priority, message)


class _Seen:
    """Which IDs, learner numbers and people have come by. A private file on disk, gone when it is closed, with
    digests and IDs in it and no names."""

    def __init__(self) -> None:
        # The empty name is SQLite's own temporary file. Nothing in it has to survive, so nothing is journalled.
        self.file = sqlite3.connect("", isolation_level=None)
        self.file.execute("PRAGMA journal_mode = OFF")
        self.file.execute("PRAGMA synchronous = OFF")
        self.file.execute("PRAGMA cache_size = -16384")  # 16 MiB, whatever the size of the file
        self.file.execute(
            "CREATE TABLE seen (digest BLOB PRIMARY KEY, record TEXT, is_told INTEGER DEFAULT 0) WITHOUT ROWID"
        )
        self.file.execute("BEGIN")

    def close(self) -> None:
        self.file.close()

    def doubles_of(self, it: YoungPerson) -> Iterator[Finding]:
        """What this record has in common with one before it."""
        for rule, key in self._keys(it):
            digest = hashlib.blake2b(f"{rule.number}\n{key}".encode(), digest_size=16).digest()
            if self._is_first(digest, it.person_id):
                continue
            earlier, is_told = self.file.execute(
                "SELECT record, is_told FROM seen WHERE digest = ?", (digest,)
            ).fetchone()
            if rule is SAME_ID:
                yield _finding(it.person_id, rule)
            elif earlier != it.person_id:
                if not is_told:
                    self.file.execute("UPDATE seen SET is_told = 1 WHERE digest = ?", (digest,))
                    yield _finding(earlier, rule)
                yield _finding(it.person_id, rule)

    def _is_first(self, digest: bytes, record: str) -> bool:
        added = self.file.execute("INSERT OR IGNORE INTO seen (digest, record) VALUES (?, ?)", (digest, record))
        return added.rowcount == 1

    @staticmethod
    def _keys(it: YoungPerson) -> Iterator[tuple[Rule, str]]:
        # Who is led by another authority may stand beside their own record.
        if it.person_id and it.cohort_status != GUARANTEE_ONLY:
            yield SAME_ID, it.person_id
        if it.uln:
            yield SAME_ULN, it.uln
        if it.given_name and it.family_name and it.birth:
            yield SAME_PERSON, f"{it.given_name.casefold()}\n{it.family_name.casefold()}\n{it.birth}"
