"""Checking a file by carrying it out and taking it back, and carrying out again what somebody has confirmed.

One function does both, so that what people are shown is what publishing does. Everything it found is written to a
file of its own, which outlives the roll-back, and digested: publishing goes through only where the digest is the one
that was confirmed. If anything was changed meanwhile, nothing is published and the new differences are shown instead.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from core.bulk import copy_values
from providers.actions.ending import BATCH, end, fitting, move, store_issues
from providers.actions.in_parts import carry_on
from providers.models import MOST_FIXABLE, IssueSeverity, Upload, UploadChange, UploadRow
from providers.uploads import KINDS, Change, FileRefused, Progress, RowIssue

IN_MEMORY = 2**20  # bytes of findings before they go to the disk
CHANGE_COLUMNS = ("upload", "position", "action", "thing", "thing_key", "title", "fields", "is_picked", "answers")
CHANGED_MEANWHILE = (
    "Something has changed since this file was checked, so nothing was published. What it would do now is below. "
    "Look at it and confirm again."
)


class Findings:
    """Everything one run of a file found, line by line in a file, in an order that is the same every time."""

    def __init__(self) -> None:
        self.file: IO[str] = SpooledTemporaryFile(IN_MEMORY, "w+", encoding="utf-8")  # noqa: SIM115 - closed by _Run
        self.digest = hashlib.sha256()
        self.counts: dict[str, Any] = {}
        self.numbers = {"issue": 0, "change": 0}

    def note(self, what: str, values: Any) -> None:
        line = json.dumps([what, values], cls=DjangoJSONEncoder, sort_keys=True)
        self.digest.update(line.encode())
        self.file.write(line + "\n")
        self.numbers[what] += 1

    def close_with(self, counts: dict[str, Any]) -> None:
        """Nothing more is found; the counts are digested too."""
        self.counts = {**counts, "issues": self.numbers["issue"]}
        self.digest.update(json.dumps(self.counts, cls=DjangoJSONEncoder, sort_keys=True).encode())

    def all(self, what: str) -> Iterator[list[Any]]:
        self.file.seek(0)
        for line in self.file:
            kind, values = json.loads(line)
            if kind == what:
                yield values


def check(upload: Upload, progress: Progress) -> None:
    """Nothing is changed, and the upload says what publishing it would do; or it is refused."""
    with closing(_Run(upload)) as run:
        if run.carry_out(progress, keep_if=""):
            run.show()


def publish_as_confirmed(upload: Upload, progress: Progress) -> None:
    """All of what was confirmed is published, at once or part by part; where it would now be something else, that is
    shown instead."""
    in_parts = KINDS[upload.kind].carry_out is not None
    with closing(_Run(upload)) as run:
        if not run.carry_out(progress, keep_if="" if in_parts else upload.digest):
            return
        if run.findings.digest.hexdigest() != upload.digest:
            upload.confirmed_at = None
            run.show(note=CHANGED_MEANWHILE)
        elif in_parts:
            carry_on(upload, progress)
        else:
            upload.note = ""
            end(upload, "publish")


def unconfirm(upload: Upload, *, note: str) -> None:
    """Nothing was published; the upload waits to be confirmed again."""
    upload.confirmed_at = None
    upload.note = note
    upload.save()


class _Run:
    """One run of an upload's file, kept or taken back."""

    def __init__(self, upload: Upload) -> None:
        self.upload = upload
        self.kind = KINDS[upload.kind]
        self.findings = Findings()

    def close(self) -> None:
        self.findings.file.close()

    def carry_out(self, progress: Progress, *, keep_if: str) -> bool:
        """The file's whole effect stays if its digest is ``keep_if``, and otherwise none of it. False: refused."""
        self.upload.is_rehearsal = not keep_if
        try:
            with transaction.atomic(), closing(self.upload.file):
                self.upload.file.open("rb")
                self._apply(progress)
                if self.findings.digest.hexdigest() != keep_if:
                    transaction.set_rollback(True)
        except FileRefused as refusal:
            self.upload.refusal = str(refusal)[:300]
            self.upload.counts = refusal.counts
            end(self.upload, "refuse")
            return False
        finally:
            self.upload.is_rehearsal = False
        return True

    def _apply(self, progress: Progress) -> None:
        watch = self.kind.watch(self.upload) if self.kind.watch else None
        result = self.kind.apply(self.upload, progress)
        for issue in result.issues:
            self.findings.note("issue", issue)
        counts = dict(result.counts)
        if watch:
            for change in watch.changes():
                self.findings.note("change", change)
            counts |= watch.facts()
        self.findings.close_with(counts)

    def show(self, *, note: str = "") -> None:
        """The upload has these counts, issues and changes, and waits to be confirmed."""
        upload = self.upload
        # First: an erasure holds whom it erases before it deletes their lines.
        changes = self._changes_to_store()
        upload.issues.all().delete()
        upload.changes.all().delete()
        store_issues(upload, (RowIssue(*values) for values in self.findings.all("issue")))
        self._store_changes(changes)
        self._store_rows()
        upload.fixes_to_check = 0
        upload.counts = self.findings.counts
        upload.digest = self.findings.digest.hexdigest()
        why = self.kind.hold(upload.counts) if self.kind.hold else ""
        upload.note = " ".join(filter(None, (note, why)))[:300]
        move(upload, "hold" if why else "check")

    def _store_rows(self) -> None:
        """The rows in which something is wrong can be corrected on a page, unless they are too many."""
        upload = self.upload
        upload.rows.all().delete()
        wrong = upload.issues.exclude(severity=IssueSeverity.NOTICE).filter(row__gt=0)
        numbers = set(wrong.order_by().values_list("row", flat=True).distinct())
        upload.headings, upload.bad_rows = [], len(numbers)
        if not numbers or len(numbers) > MOST_FIXABLE or self.kind.table is None:
            return
        with closing(upload.file):
            upload.file.open("rb")
            if table := self.kind.table(upload):
                upload.headings = table.headings
                found = ((number, cells) for number, cells in table.rows() if number in numbers)
                UploadRow.objects.bulk_create(
                    UploadRow(upload=upload, row=number, cells=[as_typed(cell) for cell in cells])
                    for number, cells in islice(found, len(numbers))
                )

    def _changes_to_store(self) -> Iterator[Change]:
        """What was found, but of nobody who was erased while it was."""
        is_here = self.kind.still_here(self._changes()) if self.kind.still_here else None
        return filter(is_here, self._changes()) if is_here else self._changes()

    def _changes(self) -> Iterator[Change]:
        return (Change(*values) for values in self.findings.all("change"))

    def _store_changes(self, changes: Iterator[Change]) -> None:
        rows = enumerate(changes, start=1)
        while batch := [_stored(self.upload, position, change) for position, change in islice(rows, BATCH)]:
            copy_values(UploadChange, CHANGE_COLUMNS, batch)


def as_typed(cell: Any) -> str:
    """The cell as somebody would type it: dates with the day first, whole numbers without a decimal point."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.strftime("%d/%m/%Y") if isinstance(cell, dt.date) else str(cell).replace("\0", "\ufffd")


def _stored(upload: Upload, position: int, change: Change) -> tuple[Any, ...]:
    return (
        upload.pk,
        position,
        change.action,
        change.thing,
        change.key,
        fitting(change.title, 300),
        change.fields,
        change.is_picked,
        change.answers,
    )
