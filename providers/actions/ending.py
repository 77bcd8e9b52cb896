"""What every way of carrying an upload out ends with: its issues as rows, its state, its line of history."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from activity.actions import record
from core import clock
from core.bulk import copy_values
from providers.models import Upload, UploadIssue
from providers.uploads import RowIssue
from providers.workflow import UPLOAD_FLOW

JOB_KIND = "upload"
BATCH = 1000


def store_issues(upload: Upload, issues: Iterable[RowIssue]) -> int:
    """The issues are rows of the upload. Returns how many."""
    number, rows = 0, iter(issues)
    while batch := [_stored(upload, issue) for issue in islice(rows, BATCH)]:
        copy_values(UploadIssue, ("upload", "row", "column", "value", "code", "severity", "message"), batch)
        number += len(batch)
    return number


def _stored(upload: Upload, issue: RowIssue) -> tuple[Any, ...]:
    return (
        upload.pk,
        issue.row,
        fitting(issue.column, 80),
        fitting(issue.value, 200),
        issue.code,
        issue.severity,
        fitting(issue.message, 300),
    )


def fitting(text: Any, length: int) -> str:
    """Fits its column. PostgreSQL keeps no zero characters, which broken files do have."""
    text = str(text).replace("\0", "\ufffd")
    return text if len(text) <= length else text[: length - 1] + "…"


def move(upload: Upload, verb: str, *, by: Any = None) -> None:
    """The upload is in the state that ``verb`` leads to, saved, and history says so. The only writer of its state."""
    upload.state = UPLOAD_FLOW.target(upload.state, verb)
    upload.save()
    record(f"upload.{verb}", subject=upload, by=by, kind=upload.kind, organisation=upload.organisation_id)


def end(upload: Upload, verb: str, *, by: Any = None) -> None:
    """The same where the upload is over."""
    upload.ended_at = clock.now()
    move(upload, verb, by=by)
