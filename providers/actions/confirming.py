"""What people decide about a file that has been checked."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from activity.actions import enqueue
from core import clock
from core.errors import RuleBroken, StaleState
from providers.actions.ending import JOB_KIND, end, move
from providers.actions.in_parts import require_alone
from providers.models import Upload
from providers.policies import UPLOAD_POLICY
from providers.workflow import UPLOAD_FLOW


def confirm_upload(*, upload: Upload, seen: str, by: Any, is_knowing: bool = False) -> Upload:
    """A worker will publish what ``by`` has seen, and nothing else. Confirming twice is confirming once.

    ``seen`` is the digest of what was on the page. ``is_knowing``: it was held, and they want it all the same.
    Raises: NotAllowed, StaleState (over, being checked, or confirmed by somebody else), RuleBroken ``upload_changed``,
    ``upload_held``, ``upload_not_checked`` where something has been corrected or picked since, or
    ``upload_another_running``.
    """
    UPLOAD_POLICY.require(by, "confirm", upload)
    if _is_repeat(upload, seen, by):  # without waiting for the worker that is publishing it
        return upload
    if upload.is_being_checked:  # without waiting for the worker that checks it again
        raise StaleState(f"providers.upload:{upload.pk} is being checked again")
    with transaction.atomic():
        require_alone(upload)
        upload = _locked(upload)
        if _is_repeat(upload, seen, by):
            return upload
        UPLOAD_FLOW.target(upload.state, "confirm")
        if upload.fixes_to_check:
            raise RuleBroken(
                _("Something was corrected or ticked that has not been checked yet. Check the file again first."),
                code="upload_not_checked",
            )
        if seen != upload.digest:
            raise RuleBroken(
                _("This file has been checked again since you opened the page. Look at what it would do now."),
                code="upload_changed",
            )
        if upload.is_held and not is_knowing:
            raise RuleBroken(_("Tick the box to say that this is what you want."), code="upload_held")
        upload.confirmed_by, upload.confirmed_at = by, clock.now()
        upload.confirmations += 1
        upload.job = enqueue(JOB_KIND, key=f"upload:{upload.pk}:{upload.confirmations}", by=by, upload_id=upload.pk)
        move(upload, "confirm", by=by)
    return upload


def abandon_upload(*, upload: Upload, by: Any) -> Upload:
    """The file is put aside and nothing of it is used. Doing it twice is doing it once.

    Raises: NotAllowed, StaleState (over, not checked yet, or being published).
    """
    UPLOAD_POLICY.require(by, "abandon", upload)
    if upload.confirmed_at is not None:
        raise StaleState(f"providers.upload:{upload.pk} has been confirmed")
    if upload.is_being_checked:
        raise StaleState(f"providers.upload:{upload.pk} is being checked")
    with transaction.atomic():
        upload = _locked(upload)
        if upload.confirmed_at is not None:
            raise StaleState(f"providers.upload:{upload.pk} has been confirmed")
        upload.refusal = "It was put aside after it had been checked."
        end(upload, "abandon", by=by)
    return upload


def _locked(upload: Upload) -> Upload:
    return Upload.objects.select_for_update(of=("self",)).for_list().get(pk=upload.pk)


def _is_repeat(upload: Upload, seen: str, by: Any) -> bool:
    """The same person has confirmed the same already. Raises: StaleState where it was somebody else."""
    if upload.confirmed_at is None:
        return False
    if upload.confirmed_by_id == by.pk and upload.digest == seen:
        return True
    raise StaleState(f"providers.upload:{upload.pk} has been confirmed")
