"""Publishing and undoing part by part, for files that would keep thousands of records locked until the last is written.

A part is a job: what it changes, which changes are done, and the job of the next part are one transaction. Killed
anywhere, another worker goes on behind the last part that was kept, and does nothing twice.
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from activity.actions import enqueue
from core import clock
from core.errors import RuleBroken
from providers.actions.ending import BATCH, JOB_KIND, end
from providers.models import Organisation, Upload, UploadChange
from providers.uploads import KINDS, LEFT, Progress
from providers.workflow import WAITING, UploadState

PART = 100  # things of which the changes are carried out in one transaction
NOT_REACHED = "Publishing stopped before this. Hand the file over again."


def require_alone(upload: Upload) -> None:
    """Until the end of this transaction no other of its kind and organisation is being published or undone: parts of
    two that go back and forth would be interleaved. Kinds that are not done in parts find out for themselves.

    Raises: RuleBroken ``upload_another_running``.
    """
    if KINDS[upload.kind].carry_out is None:
        return
    Organisation.objects.select_for_update(no_key=True).get(pk=upload.organisation_id)  # whoever asks next waits here
    running = Q(state__in=WAITING, confirmed_at__isnull=False)
    running |= Q(state=UploadState.PUBLISHED, undo_asked_at__isnull=False)
    others = Upload.objects.filter(running, kind=upload.kind, organisation=upload.organisation_id)
    if others.exclude(pk=upload.pk).exists():
        raise RuleBroken(
            _("Another file is being published or undone at the moment. Wait until that has finished."),
            code="upload_another_running",
        )


def carry_on(upload: Upload, progress: Progress) -> None:
    """The picked changes of the next things, in the order of their keys, are carried out where they still can be. Then
    a job carries on, or the upload is published."""
    changes, after = next_part(upload, "done_at", progress, doing="Publishing")
    _carry_out(upload, changes)
    if after is None:
        _publish(upload)
    else:
        go_on(upload, after, key=f"upload:{upload.pk}:{upload.confirmations}", by=upload.confirmed_by)


def next_part(upload: Upload, mark: str, progress: Progress, *, doing: str) -> tuple[list[UploadChange], int | None]:
    """The picked changes, of which ``mark`` is empty, of the next things; and the key of the thing behind them, if one
    is left."""
    picked = upload.changes.filter(is_picked=True)
    waiting = picked.filter(**{mark: None})
    number = picked.aggregate(all=Count("thing_key", distinct=True),
                              waiting=Count("thing_key", distinct=True, filter=Q(**{mark: None})))  # fmt: skip
    progress(done=number["all"] - number["waiting"], of=number["all"], doing=doing)
    order = waiting.order_by("thing_key").values_list("thing_key", flat=True).distinct()
    keys = list(order[: PART + 1])
    after = keys.pop() if len(keys) > PART else None
    return list(waiting.filter(thing_key__in=keys)), after


def go_on(upload: Upload, after: int, *, key: str, by: Any) -> None:
    """A job of its own does the next part, from the thing with the key ``after``."""
    upload.job = enqueue(JOB_KIND, key=f"{key}:from:{after}", by=by, upload_id=upload.pk, goes_on=True)
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
