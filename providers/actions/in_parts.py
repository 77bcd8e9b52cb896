"""Publishing part by part, for files that would keep thousands of records locked until the last of them is written.

A part is a job: what it changes, which changes are done, and the job of the next part are one transaction. Killed
anywhere, another worker goes on behind the last part that was kept, and does nothing twice.
"""

from collections.abc import Mapping

from django.db.models import Count, Q

from activity.actions import enqueue
from core import clock
from providers.actions.ending import BATCH, JOB_KIND, end
from providers.models import Upload, UploadChange
from providers.uploads import KINDS, LEFT, Progress

PART = 500  # things of which the changes are carried out in one transaction
NOT_REACHED = "Publishing stopped before this. Hand the file over again."


def carry_on(upload: Upload, progress: Progress) -> None:
    """The picked changes of the next things, in the order of their keys, are carried out where they still can be. Then
    a job carries on, or the upload is published."""
    picked = upload.changes.filter(is_picked=True)
    waiting = picked.filter(done_at=None)
    number = picked.aggregate(all=Count("thing_key", distinct=True),
                              waiting=Count("thing_key", distinct=True, filter=Q(done_at=None)))  # fmt: skip
    progress(done=number["all"] - number["waiting"], of=number["all"], doing="Publishing")
    order = waiting.order_by("thing_key").values_list("thing_key", flat=True).distinct()
    keys = list(order[: PART + 1])
    after = keys.pop() if len(keys) > PART else None
    _carry_out(upload, list(waiting.filter(thing_key__in=keys)))
    if after is None:
        _publish(upload)
    else:
        upload.job = enqueue(
            JOB_KIND, key=f"upload:{upload.pk}:{upload.confirmations}:from:{after}", by=upload.confirmed_by,
            upload_id=upload.pk, goes_on=True,
        )  # fmt: skip
        upload.save(update_fields=["job"])


def stop(upload: Upload) -> None:
    """Nothing more of it is carried out: what was done stays, and can be undone, and what was not says so."""
    waiting = list(upload.changes.filter(is_picked=True, done_at=None))
    _leave(waiting, {change.pk: NOT_REACHED for change in waiting})
    upload.counts = {**upload.counts, "not_reached": len(waiting)}
    _publish(upload)


def _carry_out(upload: Upload, changes: list[UploadChange]) -> None:
    carry_out = KINDS[upload.kind].carry_out
    why = carry_out(upload, changes) if carry_out and changes else {}
    _leave([change for change in changes if change.pk in why], why)
    done = [change.pk for change in changes if change.pk not in why]
    upload.changes.filter(pk__in=done).update(done_at=clock.now())


def _leave(changes: list[UploadChange], why: Mapping[int, str]) -> None:
    for change in changes:
        change.is_picked, change.fields = False, {**change.fields, LEFT: ["", str(why[change.pk])]}
    UploadChange.objects.bulk_update(changes, ["is_picked", "fields"], batch_size=BATCH)


def _publish(upload: Upload) -> None:
    numbers = upload.changes.aggregate(
        taken=Count("pk", filter=Q(is_picked=True)), left=Count("pk", filter=Q(is_picked=False))
    )
    upload.counts = {**upload.counts, **numbers}
    upload.note = ""
    end(upload, "publish")
