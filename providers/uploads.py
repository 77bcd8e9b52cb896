"""The registry of what can be uploaded. A higher floor registers its kind in AppConfig.ready()."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import IO, Any, NamedTuple, Protocol

from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class FileRefused(Exception):
    """Nothing of the file can be used; the sentence says why and what to do.

    ``asks`` is what somebody has to be shown who could say how to use it after all, for the kind's ``ask``.
    """

    def __init__(self, sentence: str, *, asks: Mapping[str, Any] | None = None) -> None:
        super().__init__(sentence)
        self.asks = asks

    @property
    def counts(self) -> dict[str, Any]:
        """What the refused upload remembers."""
        return {"asks": self.asks} if self.asks else {}


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


class Change(NamedTuple):
    """One thing that carrying a file out added, changed or ended.

    ``key`` is the primary key of what was there before. ``fields`` ({name: (old, new)}) are of what changed only, and
    hold nothing that would differ if the same were done again: no new keys, not today's date.
    ``is_picked``: whether it is carried out, of a change that people pick or leave; None of any other. ``answers``: of
    a kind that is published part by part, what carrying it out later is told, as JSON.
    """

    action: str
    thing: str
    title: str
    key: int | None = None
    fields: Mapping[str, Any] = {}
    is_picked: bool | None = None
    answers: Mapping[str, Any] = {}


ASKS = "asks"  # of a change: it asks which of its kind's options is right
LEFT = "left"  # of a change: why it was not carried out though it was picked


class Option(NamedTuple):
    """One answer to a question that a change asks: what is kept of it, its words, and whether it is the answer now."""

    value: str
    words: str
    is_chosen: bool


class Watch(Protocol):
    """Knows how things were before a file was carried out; asked afterwards, in the same transaction."""

    def changes(self) -> Iterable[Change]:
        """Everything that is otherwise now, in the order people read it, the same order every time."""
        ...

    def facts(self) -> Mapping[str, Any]:
        """Further numbers beside the counts."""
        ...


class Said(NamedTuple):
    """One field of a change in words: what it is, how it was, how it will be."""

    name: str
    old: str
    new: str

    @property
    def is_note(self) -> bool:
        return False


class Note(Said):
    """What there is to say of a change as a whole, in ``new``."""

    @property
    def is_note(self) -> bool:
        return True


class UndoStep(NamedTuple):
    """What undoing an upload does with one thing it touched: a ``ReversalAction``, and why, where the thing stays."""

    action: str
    thing: str
    key: int
    title: str
    why: str = ""


class Table(Protocol):
    """A file as rows under headings, as people see it, with what was corrected here laid over it."""

    headings: list[str]

    def rows(self) -> Iterator[tuple[int, list[Any]]]:
        """The number of each row, as the spreadsheet shows it, and one value for every heading."""
        ...


class MarkedFile(NamedTuple):
    """A file as it came, with what is wrong beside each row."""

    name: str
    content_type: str
    content: Iterable[bytes]


class Progress(Protocol):
    """Tells people watching how far it is. May be called as often as wished."""

    def __call__(self, *, done: int, of: int | None = None, doing: str = "") -> None: ...


class FoundChanges:
    """A watch for a kind whose action finds the changes by comparing, and leaves them at ``upload.found_changes``."""

    def __init__(self, upload: Any) -> None:
        self.upload = upload

    def changes(self) -> Iterator[Change]:
        yield from self.upload.found_changes

    def facts(self) -> Mapping[str, Any]:
        return {}


class UploadKind(NamedTuple):
    """How one kind of file becomes data.

    ``organisations_for(user)``: the organisations whose such files this person decides about, and hands over in one of
    the roles ``handed_over_by``.
    ``apply(upload, progress)``: read ``upload.file`` (open, at its beginning), check and write everything, inside the
    pipeline's one transaction; or raise ``FileRefused``, which undoes whatever it wrote.
    ``intro`` and ``result`` are templates for the page that asks for the file and the page that shows what came of it;
    ``labels`` are the words, and the order, of the counts people see; ``used`` says what became of a file where nothing
    is published by it.

    A kind that ``needs_confirmation`` is carried out, described by its ``watch(upload)``, rolled back and shown;
    somebody confirms, and it is carried out again. ``hold(counts)`` answers why it should be looked at twice, if so;
    ``news(upload)`` whether something has happened since it was checked. ``things`` names what changes are of, and
    ``say(changes)`` puts each of some into words. A kind that ``has_modes`` asks whether the file is everything.

    A kind that knows its files by what is in them has a ``look(upload, file)``, asked before anything is kept; it
    raises ``FileRefused``. ``found_at`` names the page that leads somebody to such a file who decides about it and
    hands none over. ``ask(upload)`` is the address where somebody can say what a refused file needs, "" where
    nothing is asked.
    A kind whose last published upload can be undone says with ``undo_steps(upload)`` what that would do, in an order
    that is the same every time, and with ``undo(upload, by)`` does it, in the caller's transaction, having locked out
    everybody else who would change the same; what it answers is what it has done.

    A kind whose files are tables has a ``table(upload)``, None for a file whose cells cannot be corrected here, and
    ``mark(upload, words)``, the file with these words ({row: words}) in a column more, which reading it again passes
    by; None for a file that is no table. Both read ``upload.file``, open, and lay ``upload.corrections`` over it, as
    ``apply`` does.

    A kind whose changes people pick reads ``upload.picks`` ({``UploadChange.pick_key``: yes or no, or the option
    chosen}) in ``apply``, and says of each change whether it is picked. ``options(changes)`` are the answers to choose
    from, of changes that ask a question. ``read(user, lines)`` is told who reads which changes, or which steps of
    undoing, where reading leaves a trace; ``shown(upload)`` narrows both to those that people may still be shown.
    ``still_here(changes)``, of a kind whose changes are of people, answers whether a change is of people who are here,
    and sees to it that they are until what was found is stored.

    A kind whose changes are picked may be published part by part, so that nobody waits for the last of them: its
    ``apply`` writes nothing, and ``carry_out(upload, changes)``, given the picked changes of some things, carries out
    each that is still what was confirmed, and answers which it left, by key, and why. It is undone in the same way, by
    ``give_back(upload, changes, by)`` in the place of ``undo``: a step for each of these changes, in their order.
    ``undo_steps`` is then asked about changes that undoing has not come to.

    Of a kind with ``keep_days``, the file and everything of it that is about people is removed that many days after it
    is over; what came of it, as numbers and codes, stays. ``forget(upload)`` removes what the kind itself kept of it.
    ``publishing`` and ``undoing`` are what people are told before they press those buttons; ``of_nobody`` of a file
    that would change nothing because it matched nobody here (``counts["matched"]``), of a kind that says it.
    """

    name: str
    title: str
    organisations_for: Callable[[Any], QuerySet]
    apply: Callable[[Any, Progress], UploadResult]
    accepts: tuple[str, ...] = ()
    max_bytes: int = 20 * 2**20
    keep_days: int = 0
    intro: str = ""
    result: str = ""
    labels: Mapping[str, str] = {}
    used: str = ""
    found_at: str = ""
    handed_over_by: tuple[str, ...] = ("coordinator", "editor", "manager", "help_desk")
    needs_confirmation: bool = False
    has_modes: bool = False
    watch: Callable[[Any], Watch] | None = None
    hold: Callable[[Mapping[str, Any]], str] | None = None
    news: Callable[[Any], str] | None = None
    things: Mapping[str, str] = {}
    say: Callable[[Sequence[Any]], list[list[Said]]] | None = None
    look: Callable[[Any, IO[bytes]], None] | None = None
    ask: Callable[[Any], str] | None = None
    table: Callable[[Any], Table | None] | None = None
    mark: Callable[[Any, Mapping[int, str]], MarkedFile | None] | None = None
    undo_steps: Callable[[Any], list[UndoStep]] | None = None
    undo: Callable[[Any, Any], list[UndoStep]] | None = None
    give_back: Callable[[Any, Sequence[Any], Any], list[UndoStep]] | None = None
    forget: Callable[[Any], None] | None = None
    options: Callable[[Sequence[Any]], list[list[Option]]] | None = None
    read: Callable[[Any, Sequence[Any]], None] | None = None
    shown: Callable[[Any], Q] | None = None
    still_here: Callable[[Iterable[Change]], Callable[[Change], bool]] | None = None
    carry_out: Callable[[Any, Sequence[Any]], Mapping[int, str]] | None = None
    of_nobody: str = ""
    publishing: str = _("Everybody sees the changes a few seconds after you press the button.")
    undoing: str = _(
        "What the file added is taken out of the prospectus, and kept. Learners see it a few seconds after you press "
        "the button."
    )

    @property
    def call(self) -> str:
        """What the button to hand over such a file says."""
        return gettext("Upload %(kind)s") % {"kind": self.title.lower()}


KINDS: dict[str, UploadKind] = {}


def register(kind: UploadKind) -> None:
    """From now on files of this kind can be handed over."""
    KINDS[kind.name] = kind
