"""The registry of what can be uploaded. A higher floor registers its kind in AppConfig.ready()."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, Protocol

from django.db.models import QuerySet


class FileRefused(Exception):
    """Nothing of the file can be used; the sentence says why and what to do."""


class RowIssue(NamedTuple):
    """One thing wrong with one place of a file.

    ``row`` is what the spreadsheet shows (headings are row 1), the line of an XML file, or 0 for the whole file.
    """

    row: int
    column: str
    value: str
    code: str
    severity: str
    message: str


class UploadResult(NamedTuple):
    """What came of a file: numbers to show, and every issue. The issues may be a generator."""

    counts: Mapping[str, Any]
    issues: Iterable[RowIssue] = ()


class Progress(Protocol):
    """Tells people watching how far it is. May be called as often as wished."""

    def __call__(self, *, done: int, of: int | None = None, doing: str = "") -> None: ...


class UploadKind(NamedTuple):
    """How one kind of file becomes data.

    ``organisations_for(user)``: the organisations this person may hand such a file over for.
    ``apply(upload, progress)``: read ``upload.file`` (open, at its beginning), check and write everything, inside the
    pipeline's one transaction; or raise ``FileRefused``, which undoes whatever it wrote.
    ``intro`` and ``result`` are templates for the page that asks for the file and the page that shows what came of it;
    ``labels`` are the words, and the order, of the counts people see.
    """

    name: str
    title: str
    organisations_for: Callable[[Any], QuerySet]
    apply: Callable[[Any, Progress], UploadResult]
    accepts: tuple[str, ...] = ()
    max_bytes: int = 20 * 2**20
    intro: str = ""
    result: str = ""
    labels: Mapping[str, str] = {}

    @property
    def call(self) -> str:
        """What the button to hand over such a file says."""
        return f"Upload {self.title.lower()}"


KINDS: dict[str, UploadKind] = {}


def register(kind: UploadKind) -> None:
    """From now on files of this kind can be handed over."""
    KINDS[kind.name] = kind
