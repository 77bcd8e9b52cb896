"""A file that the service itself fetched: the same pipeline, with nobody to confirm it where nothing speaks against."""

from typing import Any, NamedTuple

from django.core.files import File
from django.db import transaction

from activity.actions import record
from providers.actions import door
from providers.actions.checking import check, publish_as_confirmed
from providers.actions.uploads import _keep, _put_aside
from providers.models import Organisation, Upload
from providers.policies import UPLOAD_POLICY
from providers.uploads import KINDS, Progress
from providers.workflow import UploadState


class Trial(NamedTuple):
    """What a file would do."""

    counts: dict[str, Any]
    is_held: bool
    note: str
    refusal: str


def use_fetched(*, kind: str, organisation: Organisation, file: File, file_name: str, progress: Progress) -> Upload:
    """The file is published if it is sound, waits for somebody if it would be held, or is refused with a sentence.

    What is published is what the check found, by its digest. For the service alone; the caller's transaction is ours.
    Raises: RuleBroken ``upload_empty``, ``upload_too_big`` or ``upload_already_running``.
    """
    upload = Upload(kind=kind, organisation=organisation, by=None, file_name=door.last_name(file_name))
    UPLOAD_POLICY.require(None, "publish", upload)
    door.check_size(KINDS[kind], file.size)
    with transaction.atomic():
        _put_aside(upload)
        _keep(upload, file)
        record("upload.receive", subject=upload, by=None, kind=kind, organisation=organisation.pk)
        check(upload, progress)
        if upload.state == UploadState.CHECKED:
            publish_as_confirmed(upload, progress)
    return upload


def try_fetched(*, kind: str, organisation: Organisation, file: File, file_name: str, progress: Progress) -> Trial:
    """What the file would do, and nothing is changed or kept.

    Raises: RuleBroken ``upload_empty``, ``upload_too_big`` or ``upload_already_running``.
    """
    upload = Upload(kind=kind, organisation=organisation, by=None, file_name=door.last_name(file_name))
    UPLOAD_POLICY.require(None, "check", upload)
    door.check_size(KINDS[kind], file.size)
    try:
        with transaction.atomic():
            _put_aside(upload)
            _keep(upload, file)
            check(upload, progress)
            transaction.set_rollback(True)
    finally:
        if upload.file:
            upload.file.delete(save=False)
    return Trial(upload.counts, upload.is_held, upload.note, upload.refusal)
