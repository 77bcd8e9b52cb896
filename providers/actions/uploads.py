import hashlib
import re
from contextlib import closing
from pathlib import Path
from typing import Any

from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from activity.actions import enqueue, record
from activity.models import Job
from activity.registry import JobRun
from core.bulk import collector_at_rest
from core.errors import RuleBroken
from core.references import ALPHABET, new_reference
from providers.actions import door
from providers.actions.checking import check, publish_as_confirmed, unconfirm
from providers.actions.ending import JOB_KIND, end, store_issues
from providers.actions.in_parts import carry_on, stop
from providers.actions.undoing import forget_asking, stop_undoing, undo_as_asked, undo_next
from providers.models import Organisation, Upload
from providers.policies import UPLOAD_POLICY
from providers.uploads import KINDS, FileRefused, Progress
from providers.workflow import WAITING, UploadMode, UploadState


def receive_upload(
    *,
    kind: str,
    organisation: Organisation,
    file: File,
    file_name: str,
    by: Any,
    once: str = "",
    mode: str = UploadMode.REPLACE,
) -> Upload:
    """The file is kept and will be read by a worker. One at a time for each organisation and kind: a file that waits
    for somebody to confirm it is put aside.

    ``once`` is a new reference made with the form: the same form sent twice is one upload. So is the same file
    handed over again by the same person while it is being read.

    Raises: NotAllowed; RuleBroken ``upload_empty``, ``upload_too_big``, ``upload_wrong_type``, ``upload_refused`` or
    ``upload_already_running``.
    """
    upload = Upload(kind=kind, organisation=organisation, by=by, file_name=door.last_name(file_name), mode=mode)
    UPLOAD_POLICY.require(by, "receive", upload)
    door.check_size(KINDS[kind], file.size)
    door.check_content(KINDS[kind], upload, file)
    if re.fullmatch(f"[{ALPHABET}]{{10}}", once):
        if before := _same_form(upload, once):
            return before
        upload.reference = once
    try:
        with transaction.atomic():
            _put_aside(upload)
            _keep(upload, file)
            # The row exists before its job: the job's key names it.
            upload.job = enqueue(JOB_KIND, key=f"upload:{upload.pk}", by=by, upload_id=upload.pk)
            upload.save(update_fields=["job"])
            record("upload.receive", subject=upload, by=by, kind=kind, organisation=organisation.pk)
    except RuleBroken:
        if same := _same_form(upload, once) or _same_being_read(upload):
            return same
        raise
    return upload


def hand_over_again(*, upload: Upload, by: Any, once: str = "") -> Upload:
    """The file of an upload that is over is read once more, as if somebody had handed it over again in the same way.

    Raises: as ``receive_upload``.
    """
    with closing(upload.file):
        upload.file.open("rb")
        return receive_upload(
            kind=upload.kind,
            organisation=upload.organisation,
            file=upload.file,
            file_name=upload.file_name,
            by=by,
            once=once,
            mode=upload.mode,
        )


@collector_at_rest()
def read_now(
    *, kind: str, organisation: Organisation, path: Path, by: Any = None, progress: Progress | None = None
) -> Upload:
    """The file has been read here and now, in one transaction, without a worker. For commands.

    Raises: RuleBroken ``upload_missing``, ``upload_empty``, ``upload_too_big``, ``upload_already_running``; or
    ``file_refused`` with the file's own sentence, the refused upload staying as a row.
    """
    upload = Upload(kind=kind, organisation=organisation, by=by, file_name=door.last_name(str(path)))
    if not path.is_file():
        raise RuleBroken(_("There is no file %(path)s there.") % {"path": path.name}, code="upload_missing")
    door.check_size(KINDS[kind], path.stat().st_size)
    with path.open("rb") as file, transaction.atomic():
        _put_aside(upload)
        _keep(upload, File(file))
        _read(upload, progress or _unwatched)
    if not upload.is_published:
        raise RuleBroken(upload.refusal, code="file_refused")
    return upload


@collector_at_rest()
def run_upload(run: JobRun) -> None:
    """The job of an upload: everything the file changes, its issues and its end are the job's one transaction.

    What somebody has to confirm is checked first, with nothing changed, and published by the job of the confirmation.
    Of a kind that is done part by part, each part is a job. The job of an upload that is published is to undo it.
    """
    locked = Upload.objects.select_for_update(of=("self",)).for_list().select_related("job__by")
    upload = locked.get(pk=run.payload["upload_id"])
    goes_on = run.payload.get("goes_on")
    if upload.is_published:
        (undo_next if goes_on else undo_as_asked)(upload, run.progress)
    elif upload.is_over:
        return  # it was put aside before a worker came to check it again
    elif not KINDS[upload.kind].needs_confirmation:
        _read(upload, run.progress)
    elif upload.confirmed_at is None:
        check(upload, run.progress)
    elif goes_on:
        carry_on(upload, run.progress)
    else:
        publish_as_confirmed(upload, run.progress)


def fail_upload(job: Job) -> None:
    """The upload of a failed job is over too, so that the next file can be handed over; one that had been checked
    waits again, to be confirmed once more, unless some parts of it are published. What parts have undone stays so."""
    upload = Upload.objects.select_for_update(of=("self",)).for_list().get(pk=job.payload["upload_id"])
    if job.payload.get("goes_on"):
        (stop_undoing if upload.is_published else stop)(upload)
    elif upload.state in WAITING:
        unconfirm(upload, note=job.error)
    elif upload.is_published:
        forget_asking(upload, note=job.error)
    elif not upload.is_over:
        upload.refusal = job.error
        end(upload, "refuse")


def _keep(upload: Upload, file: File) -> None:
    """The file and its row are stored. The name in the storage is ours: theirs may be anything.

    Raises: RuleBroken ``upload_already_running``.
    """
    digest = hashlib.sha256()
    file.seek(0)
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    upload.file_sha256, upload.file_size = digest.hexdigest(), file.size
    upload.file.save(f"{new_reference()}{door.extension(upload.file_name)[:10]}", file, save=False)
    try:
        with transaction.atomic():
            upload.save()
    except IntegrityError:
        upload.file.delete(save=False)
        raise RuleBroken(
            _(
                "Another file for %(organisation)s is being read at the moment. Wait until it has "
                "finished, then upload this one."
            )
            % {"organisation": upload.organisation},
            code="upload_already_running",
        ) from None


def _same_form(upload: Upload, once: str) -> Upload | None:
    return Upload.objects.filter(
        reference=once, by=upload.by, kind=upload.kind, organisation=upload.organisation
    ).first()


def _same_being_read(upload: Upload) -> Upload | None:
    return Upload.objects.filter(
        kind=upload.kind,
        organisation=upload.organisation,
        by=upload.by,
        file_sha256=upload.file_sha256,
        state=UploadState.RECEIVED,
    ).first()


def _put_aside(upload: Upload) -> None:
    """What waits for somebody to confirm it gives way to this new file."""
    # One that a worker has at the moment is not waited for: it is open, so the new file has to wait instead.
    waiting = Upload.objects.select_for_update(of=("self",), skip_locked=True).waiting()
    for before in waiting.filter(kind=upload.kind, organisation=upload.organisation):
        before.refusal = f"Another file was handed over instead: {upload.file_name}"[:300]
        end(before, "abandon", by=upload.by)


def _read(upload: Upload, progress: Progress) -> None:
    """The upload is published with its counts and issues, or refused with nothing else changed."""
    try:
        with transaction.atomic(), closing(upload.file):
            upload.file.open("rb")
            result = KINDS[upload.kind].apply(upload, progress)
            number = store_issues(upload, result.issues)
    except FileRefused as refusal:
        upload.refusal = str(refusal)[:300]
        upload.counts = refusal.counts
        end(upload, "refuse")
        return
    upload.counts = {**result.counts, "issues": number}
    end(upload, "publish")


def _unwatched(*, done: int, of: int | None = None, doing: str = "") -> None:
    """Nobody watches a command's progress."""
