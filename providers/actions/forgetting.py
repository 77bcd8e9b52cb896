"""Files about people do not outlive their use: what came of them stays, without anybody's data."""

import datetime as dt

from django.db import transaction

from activity.actions import record
from core import clock
from providers.actions.ending import end
from providers.models import Upload
from providers.uploads import KINDS, UploadKind


def forget_files() -> int:
    """No file of a kind with ``keep_days`` is older than that; one nobody confirmed in that time is put aside first.
    Returns how many were removed. Doing it twice is doing it once."""
    return sum(_forget_of(kind) for kind in KINDS.values() if kind.keep_days)


def _forget_of(kind: UploadKind) -> int:
    long_ago = clock.now() - dt.timedelta(days=kind.keep_days)
    mine = Upload.objects.filter(kind=kind.name)
    for key in mine.waiting().filter(created_at__lt=long_ago).values_list("pk", flat=True):
        _put_aside(key, kind)
    old = mine.filter(ended_at__lt=long_ago).exclude(file="").order_by("pk")
    return sum(_forget(key, kind) for key in old.values_list("pk", flat=True))


@transaction.atomic
def _put_aside(key: int, kind: UploadKind) -> None:
    found = Upload.objects.select_for_update(of=("self",), skip_locked=True).waiting().filter(pk=key)
    for upload in found:
        upload.refusal = f"Nobody confirmed it within {kind.keep_days} days, so it was put aside."
        end(upload, "abandon")
        Upload.objects.filter(pk=key).update(ended_at=upload.created_at)  # its days began when it was handed over


@transaction.atomic
def _forget(key: int, kind: UploadKind) -> bool:
    upload = Upload.objects.select_for_update(of=("self",)).exclude(file="").filter(pk=key).first()
    if upload is None or upload.is_being_undone:
        return False
    upload.rows.all().delete()
    upload.fixes.all().delete()
    upload.changes.all().delete()
    upload.reversals.all().delete()
    upload.issues.exclude(value="").update(value="")
    if kind.forget:
        kind.forget(upload)
    name, storage = upload.file.name, upload.file.storage
    upload.file = ""
    upload.counts = {name: value for name, value in upload.counts.items() if name != "asks"}
    upload.headings, upload.picks = [], {}
    upload.save(update_fields=["file", "counts", "headings", "picks"])
    record("upload.forget", subject=upload, by=None, kind=upload.kind, organisation=upload.organisation_id)
    transaction.on_commit(lambda: storage.delete(str(name)))
    return True
