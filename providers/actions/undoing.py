"""Taking back what the last published upload of an organisation did.

Whoever asks has seen what it would do. A worker does it and keeps it only where it is still exactly that (as
``checking`` does for publishing, decision 0020); otherwise nothing is changed, and it has to be asked for again. What
was published part by part is undone so, too (decision 0099).
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Count

from activity.actions import enqueue
from core import clock
from core.errors import RuleBroken, StaleState
from providers.actions.ending import BATCH, JOB_KIND, move
from providers.actions.in_parts import go_on, next_part, require_alone
from providers.models import Upload, UploadReversal
from providers.policies import UPLOAD_POLICY
from providers.queries.uploads import digest_of_steps, is_last, reversal_of
from providers.uploads import KINDS, Progress, UndoStep
from providers.workflow import UPLOAD_FLOW, ReversalAction

CHANGED_MEANWHILE = (
    "Something has changed since you asked to undo this file, so nothing was undone. Look at what it would do now, and "
    "ask again."
)
NOTHING = "There is nothing of this file left to undo."
NOT_THE_LAST = "Another file has been published since, so this one cannot be undone any more."
STOPPED = (
    "Something went wrong before everything was put back. What has been put back stays so. Look at what is left, and "
    "undo that too."
)
DOING = "Putting back what was there before"


def undo_upload(*, upload: Upload, seen: str, by: Any) -> Upload:
    """A worker will undo what ``by`` has seen, and nothing else. Asking twice is asking once.

    ``seen`` is the digest of what was on the page. Raises: NotAllowed, StaleState (not published, undone, or asked for
    by somebody else), RuleBroken ``upload_not_last`` or ``upload_another_running``.
    """
    UPLOAD_POLICY.require(by, "ask_undo", upload)
    if _is_repeat(upload, seen, by):  # without waiting for the worker that is undoing it
        return upload
    with transaction.atomic():
        require_alone(upload)
        upload = Upload.objects.select_for_update(of=("self",)).for_list().get(pk=upload.pk)
        if _is_repeat(upload, seen, by):
            return upload
        UPLOAD_FLOW.target(upload.state, "ask_undo")
        if KINDS[upload.kind].undo_steps is None:
            raise StaleState(f"{upload.kind} cannot be undone")
        if not is_last(upload):
            raise RuleBroken(NOT_THE_LAST, code="upload_not_last")
        upload.undo_asked_by, upload.undo_asked_at, upload.undo_seen = by, clock.now(), seen
        upload.undo_tries += 1
        upload.job = enqueue(JOB_KIND, key=f"upload:{upload.pk}:undo:{upload.undo_tries}", by=by, upload_id=upload.pk)
        move(upload, "ask_undo", by=by)
    return upload


def undo_as_asked(upload: Upload, progress: Progress) -> None:
    """All of what was asked for is undone, or its first part is; where it would now be something else, nothing is."""
    kind = KINDS[upload.kind]
    if upload.undo_asked_at is None:
        return
    progress(done=0, doing=DOING)
    if kind.undo:
        _undo_whole(upload, kind.undo)
    elif kind.undo_steps:
        if note := _why_not(upload, kind.undo_steps(upload)):
            forget_asking(upload, note=note)
        else:
            undo_next(upload, progress)


def undo_next(upload: Upload, progress: Progress) -> None:
    """What the upload changed of the next things, in the order of their keys, is given back, or says why it stays. Then
    a job goes on, or the upload is undone."""
    give_back = KINDS[upload.kind].give_back
    if upload.undo_asked_at is None or give_back is None:
        return
    changes, after = next_part(upload, "undone_at", progress, doing=DOING)
    steps = give_back(upload, changes, upload.undo_asked_by)
    _store(upload, zip((change.position for change in changes), steps, strict=True))
    upload.changes.filter(pk__in=[change.pk for change in changes]).update(undone_at=clock.now())
    if after is None:
        _end(upload)
    else:
        go_on(upload, after, key=f"upload:{upload.pk}:undo:{upload.undo_tries}", by=upload.undo_asked_by)


def stop_undoing(upload: Upload) -> None:
    """Nothing more is given back: what was stays so, and somebody may ask for the rest."""
    upload.counts = {**upload.counts, "undone": _numbers(upload)}
    forget_asking(upload, note=STOPPED)


def _undo_whole(upload: Upload, undo: Callable[[Any, Any], list[UndoStep]]) -> None:
    with transaction.atomic():
        steps = undo(upload, upload.undo_asked_by)
        note = _why_not(upload, steps)
        if note:
            transaction.set_rollback(True)
    if note:
        forget_asking(upload, note=note)
        return
    _store(upload, enumerate(steps, start=1))
    _end(upload)


def _why_not(upload: Upload, steps: Sequence[UndoStep]) -> str:
    """Why it is not undone after all; "" where it is still what was asked for."""
    if not is_last(upload):
        return NOT_THE_LAST
    if not steps:
        return NOTHING
    return "" if digest_of_steps(steps) == upload.undo_seen else CHANGED_MEANWHILE


def _end(upload: Upload) -> None:
    upload.counts = {**upload.counts, "undone": _numbers(upload)}
    upload.note = ""
    upload.undone_at = clock.now()
    move(upload, "undo")


def forget_asking(upload: Upload, *, note: str) -> None:
    """Nothing was undone; the upload is published as before, and somebody may ask again."""
    upload.undo_asked_at, upload.undo_asked_by, upload.undo_seen = None, None, ""
    upload.note = note[:300]
    upload.save()


def _is_repeat(upload: Upload, seen: str, by: Any) -> bool:
    """The same person has asked for the same already. Raises: StaleState where it was somebody else."""
    if upload.undo_asked_at is None:
        return False
    if upload.undo_asked_by_id == by.pk and upload.undo_seen == seen:
        return True
    raise StaleState(f"providers.upload:{upload.pk}: somebody has asked to undo it")


def _numbers(upload: Upload) -> dict[str, int]:
    counted = dict(upload.reversals.order_by().values_list("action").annotate(Count("pk")))
    return {action: counted.get(action, 0) for action in ReversalAction.values}


def _store(upload: Upload, steps: Iterable[tuple[int, UndoStep]]) -> None:
    rows = (reversal_of(upload, position, step) for position, step in steps)
    UploadReversal.objects.bulk_create(rows, batch_size=BATCH)
