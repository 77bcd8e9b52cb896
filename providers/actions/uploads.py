import hashlib
import re
from collections.abc import Iterable
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.files import File
from django.db import IntegrityError, transaction

from activity.actions import enqueue, record
from activity.models import Job
from activity.registry import JobRun
from core import clock
from core.errors import RuleBroken
from core.references import ALPHABET, new_reference
from providers.actions import door
from providers.models import Organisation, Upload, UploadIssue
from providers.policies import UPLOAD_POLICY
from providers.uploads import KINDS, FileRefused, Progress, RowIssue
from providers.workflow import UPLOAD_FLOW, UploadState

JOB_KIND = "upload"
ISSUE_BATCH = 1000


def receive_upload(
    *, kind: str, organisation: Organisation, file: File, file_name: str, by: Any, once: str = ""
) -> Upload:
    """The file is kept and will be read by a worker. One at a time for each organisation and kind.

    ``once`` is a new reference made with the form: the same form sent twice is one upload. So is the same file
    handed over again by the same person while it is being read.

    Raises: NotAllowed; RuleBroken ``upload_empty``, ``upload_too_big``, ``upload_wrong_type`` or
    ``upload_already_running``.
    """
    upload = Upload(kind=kind, organisation=organisation, by=by, file_name=door.last_name(file_name))
    UPLOAD_POLICY.require(by, "receive", upload)
    door.check_size(KINDS[kind], file.size)
    file.seek(0)
    door.check_type(KINDS[kind], upload.file_name, file.read(door.HEAD_BYTES))
    if re.fullmatch(f"[{ALPHABET}]{{10}}", once):
        if before := Upload.objects.filter(reference=once, by=by, kind=kind, organisation=organisation).first():
            return before
        upload.reference = once
    try:
        with transaction.atomic():
            _keep(upload, file)
            # The row exists before its job: the job's key names it.
            upload.job = enqueue(JOB_KIND, key=f"upload:{upload.pk}", by=by, upload_id=upload.pk)
            upload.save(update_fields=["job"])
            record("upload.receive", subject=upload, by=by, kind=kind, organisation=organisation.pk)
    except RuleBroken:
        if same := _same_being_read(upload):
            return same
        raise
    return upload


def read_now(
    *, kind: str, organisation: Organisation, path: Path, by: Any = None, progress: Progress | None = None
) -> Upload:
    """The file has been read here and now, in one transaction, without a worker. For commands.

    Raises: RuleBroken ``upload_missing``, ``upload_empty``, ``upload_too_big``, ``upload_already_running``; or
    ``file_refused`` with the file's own sentence, the refused upload staying as a row.
    """
    upload = Upload(kind=kind, organisation=organisation, by=by, file_name=door.last_name(str(path)))
    if not path.is_file():
        raise RuleBroken(f"There is no file {path.name} there.", code="upload_missing")
    door.check_size(KINDS[kind], path.stat().st_size)
    with path.open("rb") as file, transaction.atomic():
        _keep(upload, File(file))
        _read(upload, progress or _unwatched)
    if not upload.is_published:
        raise RuleBroken(upload.refusal, code="file_refused")
    return upload


def run_upload(run: JobRun) -> None:
    """The job of an upload: everything the file changes, its issues and its end are the job's one transaction."""
    upload = Upload.objects.select_for_update(of=("self",)).for_list().get(pk=run.payload["upload_id"])
    _read(upload, run.progress)


def fail_upload(job: Job) -> None:
    """The upload of a failed job is over too, so that the next file can be handed over."""
    upload = Upload.objects.select_for_update(of=("self",)).for_list().get(pk=job.payload["upload_id"])
    if not upload.is_over:
        upload.refusal = job.error
        _end(upload, "refuse")


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
            f"Another file for {upload.organisation} is being read at the moment. "
            "Wait until it has finished, then upload this one.",
            code="upload_already_running",
        ) from None


def _same_being_read(upload: Upload) -> Upload | None:
    return Upload.objects.filter(
        kind=upload.kind,
        organisation=upload.organisation,
        by=upload.by,
        file_sha256=upload.file_sha256,
        state=UploadState.RECEIVED,
    ).first()


def _read(upload: Upload, progress: Progress) -> None:
    """The upload is published with its counts and issues, or refused with nothing else changed."""
    try:
        with transaction.atomic(), closing(upload.file):
            upload.file.open("rb")
            result = KINDS[upload.kind].apply(upload, progress)
            number = _store_issues(upload, result.issues)
    except FileRefused as refusal:
        upload.refusal = str(refusal)[:300]
        _end(upload, "refuse")
        return
    upload.counts = {**result.counts, "issues": number}
    _end(upload, "publish")


def _store_issues(upload: Upload, issues: Iterable[RowIssue]) -> int:
    number, rows = 0, iter(issues)
    while batch := [_stored(upload, issue) for issue in islice(rows, ISSUE_BATCH)]:
        UploadIssue.objects.bulk_create(batch)
        number += len(batch)
    return number


def _stored(upload: Upload, issue: RowIssue) -> UploadIssue:
    return UploadIssue(
        upload=upload,
        row=issue.row,
        column=_cut(issue.column, 80),
        value=_cut(issue.value, 200),
        code=issue.code,
        severity=issue.severity,
        message=_cut(issue.message, 300),
    )


def _cut(text: Any, length: int) -> str:
    """Fits its column. PostgreSQL keeps no zero characters, which broken files do have."""
    text = str(text).replace("\0", "\ufffd")
    return text if len(text) <= length else text[: length - 1] + "…"


def _end(upload: Upload, verb: str) -> None:
    upload.state = UPLOAD_FLOW.target(upload.state, verb)
    upload.ended_at = clock.now()
    upload.save()
    record(f"upload.{verb}", subject=upload, by=None, kind=upload.kind, organisation=upload.organisation_id)


def _unwatched(*, done: int, of: int | None = None, doing: str = "") -> None:
    """Nobody watches a command's progress."""
