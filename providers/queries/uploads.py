"""What may be handed over, and what became of it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db.models import Count

from providers.models import IssueSeverity, Organisation, Upload, UploadChange
from providers.queries.people import may_upload
from providers.uploads import KINDS, Said, UploadKind
from providers.workflow import ChangeAction


def uploadable_by(user: Any) -> list[tuple[UploadKind, list[Organisation]]]:
    """The kinds of file this person may hand over, each with the organisations it may be for."""
    if not may_upload(user):
        return []
    found = [(kind, list(kind.organisations_for(user).order_by("name"))) for kind in KINDS.values()]
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


def in_words(kind: UploadKind, changes: Sequence[UploadChange]) -> list[ChangeInWords]:
    said = kind.say(changes) if kind.say else [[] for _ in changes]
    return [
        ChangeInWords(change, kind.things.get(change.thing, change.thing), fields)
        for change, fields in zip(changes, said, strict=True)
    ]


def changes_by_action(upload: Upload) -> dict[str, int]:
    """How many changes of each action the upload has, none left out."""
    counted = dict(upload.changes.order_by().values_list("action").annotate(Count("pk")))
    return {action: counted.get(action, 0) for action in ChangeAction.values}
