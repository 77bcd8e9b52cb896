"""The registry of what can be uploaded. A higher floor registers its kind in AppConfig.ready()."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.db.models import QuerySet


class UploadKind(NamedTuple):
    """How one kind of file becomes data.

    ``organisations_for(user)``: the organisations this person may hand such a file over for.
    ``apply(upload, progress)``: read, check and write everything in one transaction; returns the counts to show and
    the issues to store, or raises ``FileRefused``. ``progress(done, of, doing)`` may be called as often as wished.
    """

    name: str
    title: str
    organisations_for: Callable[[Any], QuerySet]
    apply: Callable[..., Any]
    accepts: tuple[str, ...] = ()
    max_bytes: int = 20 * 2**20


class FileRefused(Exception):
    """Nothing of the file can be used; the sentence says why and what to do."""


class RowIssue(NamedTuple):
    """One thing wrong with one place of a file. ``row`` is what the spreadsheet shows, or the line of an XML file."""

    row: int
    column: str
    value: str
    code: str
    severity: str
    message: str


KINDS: dict[str, UploadKind] = {}


def register(kind: UploadKind) -> None:
    """From now on files of this kind can be handed over."""
    KINDS[kind.name] = kind
