"""Taking back what the last published upload of an organisation did.

Whoever asks has seen what it would do. A worker does it and keeps it only where it is still exactly that (as
``checking`` does for publishing, decision 0020); otherwise nothing is changed, and it has to be asked for again.
"""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from activity.actions import enqueue
from core import clock
from core.errors import RuleBroken, StaleState
from providers.actions.ending import BATCH, JOB_KIND, move
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


def undo_upload(*, upload: Upload, seen: str, by: Any) -> Upload:
    """A worker will undo what ``by`` has seen, and nothing else. Asking twice is asking once.

    ``seen`` is the digest of what was on the page. Raises: NotAllowed, StaleState (not published, undone, or asked for
    by somebody else), RuleBroken ``upload_not_last``.
    """
    UPLOAD_POLICY.require(by, "ask_undo", upload)
    if _is_repeat(upload, seen, by):  # without waiting for the worker that is undoing it
        return upload
    with transaction.atomic():
        upload = Upload.objects.select_for_update(of=("self",)).for_list().get(pk=upload.pk)
        if _is_repeat(upload, seen, by):
            return upload
        UPLOAD_FLOW.target(upload.state, "ask_undo")
        if KINDS[upload.kind].undo is None:
            raise StaleState(f"{upload.kind} cannot be undone")
        if not is_last(upload):
            raise RuleBroken(NOT_THE_LAST, code="upload_not_last")
        upload.undo_asked_by, upload.undo_asked_at, upload.undo_seen = by, clock.now(), seen
        upload.undo_tries += 1
        upload.job = enqueue(JOB_KIND, key=f"upload:{upload.pk}:undo:{upload.undo_tries}", by=by, upload_id=upload.pk)
        move(upload, "ask_undo", by=by)
    return upload


def undo_as_asked(upload: Upload, progress: Progress) -> None:
    """All of what was asked for is undone; where it would now be something else, nothing is."""
    kind = KINDS[upload.kind]
    if upload.undo_asked_at is None or kind.undo is None:
        return
    progress(done=0, doing="Putting back what was there before")
    note = ""
    with transaction.atomic():
        steps = kind.undo(upload, upload.undo_asked_by)
        if not is_last(upload):
            note = NOT_THE_LAST
        elif not steps:
            note = NOTHING
        elif digest_of_steps(steps) != upload.undo_seen:
            note = CHANGED_MEANWHILE
        if note:
            transaction.set_rollback(True)
    if note:
        forget_asking(upload, note=note)
        return
    _store(upload, steps)
    upload.counts = {**upload.counts, "undone": {each.value: _count(steps, each) for each in ReversalAction}}
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


def _count(steps: Iterable[UndoStep], action: str) -> int:
    return sum(step.action == action for step in steps)


def _store(upload: Upload, steps: Iterable[UndoStep]) -> None:
    rows = (reversal_of(upload, at, step) for at, step in enumerate(steps, start=1))
    UploadReversal.objects.bulk_create(rows, batch_size=BATCH)
