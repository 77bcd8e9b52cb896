"""Single changes of a checked file that people want or leave, before they confirm it."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import RuleBroken, StaleState
from providers.actions.ending import move
from providers.models import Upload, UploadChange
from providers.policies import UPLOAD_POLICY
from providers.queries import as_picked
from providers.uploads import KINDS


@transaction.atomic
def pick_changes(*, upload: Upload, picks: Mapping[str, bool | str], by: Any) -> Upload:
    """These changes of the file, by ``pick_key``, are carried out or left, or their question has this answer, "" for
    none, from the next check on; until then the file cannot be confirmed. What was picked before and is not named
    stays. A change that stood like that anyway is no pick: the next check may find otherwise.

    Raises: NotAllowed, StaleState (over, being checked, or confirmed), RuleBroken ``pick_unknown``.
    """
    UPLOAD_POLICY.require(by, "fix", upload)
    if upload.is_being_checked:  # without waiting for the worker
        raise StaleState(f"providers.upload:{upload.pk} is being checked")
    upload = Upload.objects.select_for_update(of=("self",)).for_list().get(pk=upload.pk)
    if not upload.is_waiting:
        raise StaleState(f"providers.upload:{upload.pk} does not wait any more")
    known = {change.pick_key: change for change in _asked(upload, picks)}
    if any(key not in known or not _is_answer(upload, known[key], said) for key, said in picks.items()):
        raise RuleBroken(
            _("These changes are not the ones of this file any more. Look at what it would do now."),
            code="pick_unknown",
        )
    turned = {key: said for key, said in picks.items() if said != _stands(upload, known[key], said)}
    if turned:
        upload.picks = {key: said for key, said in (upload.picks | turned).items() if said != ""}
        upload.fixes_to_check += len(turned)
        move(upload, "fix", by=by)
    return upload


def _asked(upload: Upload, picks: Mapping[str, bool | str]) -> Any:
    things = [key.rpartition(":") for key in picks]
    keys = [int(key) for _thing, _colon, key in things if key.isdecimal() and len(key) < 19]
    return UploadChange.objects.filter(upload=upload, thing_key__in=keys)


def _stands(upload: Upload, change: UploadChange, said: bool | str) -> bool | str | None:
    return as_picked(upload, change) if isinstance(said, bool) else upload.picks.get(change.pick_key, "")


def _is_answer(upload: Upload, change: UploadChange, said: bool | str) -> bool:
    if isinstance(said, bool):
        return change.is_picked is not None
    find = KINDS[upload.kind].options
    options = find([change])[0] if find else []
    return bool(options) and said in {"", *(option.value for option in options)}
