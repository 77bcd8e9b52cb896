"""What may be handed over, and what became of it."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db.models import Count, Max, QuerySet

from providers.models import IssueSeverity, Organisation, Upload, UploadChange, UploadReversal
from providers.queries.people import role_kinds
from providers.uploads import KINDS, Option, Said, UndoStep, UploadKind
from providers.workflow import ChangeAction, ReversalAction, UploadState


def hands_over(user: Any, kind: UploadKind) -> bool:
    """Whether files of this kind come from people in such a role as ``user`` has."""
    return not role_kinds(user).isdisjoint(kind.handed_over_by)


def may_upload(user: Any) -> bool:
    """Whether the menu shows uploads. For which organisations is asked of each kind."""
    return any(hands_over(user, kind) for kind in KINDS.values())


def uploadable_by(user: Any) -> list[tuple[UploadKind, list[Organisation]]]:
    """The kinds of file this person may hand over, each with the organisations it may be for."""
    kinds = [kind for kind in KINDS.values() if hands_over(user, kind)]
    found = [(kind, list(kind.organisations_for(user).order_by("name"))) for kind in kinds]
    return [(kind, organisations) for kind, organisations in found if organisations]


def issues_by_severity(upload: Upload) -> dict[str, int]:
    """How many issues of each severity the upload has, the gravest first, none left out."""
    counted = dict(upload.issues.order_by().values_list("severity").annotate(Count("pk")))
    return {severity: counted.get(severity, 0) for severity in IssueSeverity.values}


def usual_mode(kind: UploadKind, organisations: list[Organisation]) -> str:
    """What was said of the last such file of these organisations; nothing where none was handed over yet."""
    before = Upload.objects.filter(kind=kind.name, organisation__in=organisations, by__isnull=False)
    return before.order_by("-pk").values_list("mode", flat=True).first() or ""


class ChangeInWords(NamedTuple):
    """One change of an upload for people: the row, what it is of, and its fields."""

    change: UploadChange
    thing: str
    fields: list[Said]
    options: list[Option]

    @property
    def is_answered(self) -> bool:
        """Somebody has chosen one of the options."""
        return any(option.is_chosen for option in self.options)


def as_picked(upload: Upload, change: UploadChange) -> bool | None:
    """Whether it is carried out as people have left it, checked again or not; None: nobody picks it."""
    if change.is_picked is None or not upload.fixes_to_check:
        return change.is_picked
    return upload.picks.get(change.pick_key, change.is_picked) is True


def as_left(upload: Upload, kind: UploadKind, changes: Sequence[UploadChange]) -> list[ChangeInWords]:
    """In words, with the picks and answers as people have left them."""
    for change in changes:
        change.is_picked = as_picked(upload, change)
    return [
        row._replace(options=[one._replace(is_chosen=one.value == upload.picks.get(row.change.pick_key))
                              for one in row.options])
        for row in in_words(kind, changes)
    ]  # fmt: skip


def in_words(kind: UploadKind, changes: Sequence[UploadChange]) -> list[ChangeInWords]:
    said = kind.say(changes) if kind.say else [[] for _ in changes]
    options = kind.options(changes) if kind.options else [[] for _ in changes]
    return [
        ChangeInWords(change, kind.things.get(change.thing, change.thing), *words)
        for change, *words in zip(changes, said, options, strict=True)
    ]


def lines_shown(upload: Upload, lines: str = "changes") -> QuerySet:
    """The changes of the upload (or its "reversals") that people are shown today."""
    shown = KINDS[upload.kind].shown
    rows = getattr(upload, lines).all()
    return rows.filter(shown(upload)) if shown else rows


def counts_shown(upload: Upload) -> dict[str, Any]:
    """The numbers of the upload; while it waits, those of its changes are of the ones people are shown today."""
    kind = KINDS[upload.kind]
    if kind.shown is None or not upload.is_waiting:
        return upload.counts
    things, left = dict.fromkeys(upload.counts.keys() & kind.things.keys(), 0), 0
    counted = lines_shown(upload).order_by().values_list("thing", "is_picked").annotate(Count("pk"))
    for thing, is_picked, number in counted:
        left += number if is_picked is False else 0
        if thing in things:
            things[thing] += number
    return upload.counts | things | {"left": left}


def changes_by_thing(kind: UploadKind, upload: Upload) -> dict[str, int]:
    """How many changes there are of each thing, in the kind's order; empty where all are of one thing."""
    counted = dict(lines_shown(upload).order_by().values_list("thing").annotate(Count("pk")))
    return {thing: counted[thing] for thing in kind.things if thing in counted} if len(counted) > 1 else {}


def changes_by_action(upload: Upload) -> dict[str, int]:
    """How many changes of each action the upload has, none left out."""
    counted = dict(lines_shown(upload).order_by().values_list("action").annotate(Count("pk")))
    return {action: counted.get(action, 0) for action in ChangeAction.values}


def is_last(upload: Upload) -> bool:
    """Nothing of its kind has been published for its organisation since, nor published and undone: an undo goes one
    step back. Uploads of one kind and organisation are open one after the other, so their keys tell the order.

    One that stopped half-way stays so: the next goes on with it, and its kind leaves what that one has changed."""
    if upload.has_stopped:
        return True
    published = Upload.objects.filter(
        kind=upload.kind, organisation=upload.organisation_id, state__in=(UploadState.PUBLISHED, UploadState.UNDONE)
    )
    return not published.filter(pk__gt=upload.pk).exists()


def can_be_undone(upload: Upload) -> bool:
    """Its page offers it: the last file published, of a kind that knows how."""
    return upload.is_published and upload.has_file and KINDS[upload.kind].undo_steps is not None and is_last(upload)


def last_published(uploads: Sequence[Upload]) -> set[int]:
    """Those of these uploads, by key, that can be undone and are not yet; one query, and none where nothing here can
    be."""
    held = [upload for upload in uploads if upload.is_published and upload.has_file and not upload.is_being_undone]
    mine = [upload for upload in held if KINDS[upload.kind].undo_steps is not None]
    if not mine:
        return set()
    published = Upload.objects.filter(
        kind__in={upload.kind for upload in mine},
        organisation__in={upload.organisation_id for upload in mine},
        state__in=(UploadState.PUBLISHED, UploadState.UNDONE),
    )
    last = published.order_by().values_list("kind", "organisation").annotate(Max("pk"))
    undoable = {key for _kind, _organisation, key in last} | {upload.pk for upload in mine if upload.has_stopped}
    return undoable & {upload.pk for upload in mine}


class UndoPlan(NamedTuple):
    """What undoing an upload would do, as rows that are not stored, and the digest of exactly that."""

    reversals: list[UploadReversal]
    digest: str


def undo_plan(upload: Upload) -> UndoPlan:
    find = KINDS[upload.kind].undo_steps
    steps = find(upload) if find else []
    return UndoPlan([reversal_of(upload, at, step) for at, step in enumerate(steps, start=1)], digest_of_steps(steps))


def digest_of_steps(steps: Iterable[UndoStep]) -> str:
    """The same for as long as undoing would do the same."""
    return hashlib.sha256(json.dumps([[*step] for step in steps]).encode()).hexdigest()


def reversal_of(upload: Upload, position: int, step: UndoStep) -> UploadReversal:
    return UploadReversal(
        upload=upload, position=position, action=step.action, thing=step.thing, thing_key=step.key,
        title=step.title[:300], why=step.why[:300],
    )  # fmt: skip


def reversals_by_action(reversals: Iterable[UploadReversal]) -> dict[str, int]:
    """How many there are of each action, none left out; what stays is first."""
    counted = Counter(reversal.action for reversal in reversals)
    return {
        action: counted[action] for action in (ReversalAction.KEPT, ReversalAction.RESTORED, ReversalAction.TAKEN_OUT)
    }
