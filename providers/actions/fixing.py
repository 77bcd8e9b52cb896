"""Cells of a checked file that people correct here, before it is checked again.

The file stays as it came. A correction is a row of its own, laid over the file by whoever reads it, so that the next
check and the publishing see the same.
"""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from activity.actions import enqueue
from core import clock
from core.errors import RuleBroken, StaleState
from providers.actions.ending import JOB_KIND, move
from providers.models import Upload, UploadFix, UploadRow
from providers.policies import UPLOAD_POLICY
from providers.queries.fixing import RowToFix, rows_to_fix
from providers.workflow import UPLOAD_FLOW

MOST_IN_A_CELL = 32_767  # characters: what a spreadsheet program can hold


class RowChanged(RuleBroken):
    """Somebody else has corrected a row since. Nothing was written; ``now`` is how it stands."""

    def __init__(self, now: RowToFix) -> None:
        super().__init__(
            _(
                "%(who)s has corrected row %(row)s since you opened the page. Nothing of yours was saved: what it says "
                "now is beside each cell. Save again to use your words."
            )
            % {"who": now.fixed_by or _("Somebody"), "row": now.row},
            code="row_changed",
        )
        self.now = now


def fix_rows(*, upload: Upload, cells: Mapping[int, Mapping[int, str]], seen: Mapping[int, str], by: Any) -> int:
    """These cells, by the row and the place of their heading, are taken to say this from the next check on: all of
    them or, where one is refused, none.

    ``seen`` are the digests of the rows as they were on the page. Returns how many cells changed. Raises: NotAllowed,
    StaleState (over, being checked, or confirmed), RowChanged, RuleBroken ``cell_too_long`` or ``row_unknown``.
    """
    UPLOAD_POLICY.require(by, "fix", upload)
    with transaction.atomic():
        upload = _locked(upload, "fix")
        held = list(UploadRow.objects.filter(upload=upload, row__in=cells))
        if len(held) < len(cells) or not upload.is_fixable:
            raise RuleBroken(_("This row cannot be corrected here. Correct it in the file."), code="row_unknown")
        fixes = []
        for now in rows_to_fix(upload, held):
            wanted = _wanted(cells[now.row], now)
            if wanted and now.digest != seen.get(now.row):
                raise RowChanged(now)
            fixes += [
                UploadFix(upload=upload, row=now.row, column=place, value=text, by=by, at=clock.now())
                for place, text in wanted.items()
            ]
        if fixes:
            UploadFix.objects.bulk_create(
                fixes,
                update_conflicts=True,
                unique_fields=["upload", "row", "column"],
                update_fields=["value", "by", "at"],
            )
            upload.fixes_to_check += len(fixes)
            move(upload, "fix", by=by)
    return len(fixes)


def _wanted(typed: Mapping[int, str], now: RowToFix) -> dict[int, str]:
    """What was typed that the row does not say already, by place."""
    wanted = {
        place: _clean(text)
        for place, text in typed.items()
        if 0 <= place < len(now.cells) and _clean(text) != now.cells[place]
    }
    if any(len(text) > MOST_IN_A_CELL for text in wanted.values()):
        raise RuleBroken(
            _("A cell holds %(most_in_a_cell)s characters. Shorten it.") % {"most_in_a_cell": f"{MOST_IN_A_CELL:,}"},
            code="cell_too_long",
        )
    return wanted


def check_again(*, upload: Upload, by: Any) -> Upload:
    """A worker checks the file with its corrections anew. Asking while it does is asking once.

    Raises: NotAllowed, StaleState (over, or confirmed).
    """
    UPLOAD_POLICY.require(by, "check_again", upload)
    if upload.is_being_checked:  # without waiting for the worker
        return upload
    with transaction.atomic():
        upload = Upload.objects.select_for_update(of=("self",)).for_list().get(pk=upload.pk)
        if upload.is_being_checked:
            return upload
        _require_open(upload, "check_again")
        upload.checks += 1
        upload.job = enqueue(JOB_KIND, key=f"upload:{upload.pk}:check:{upload.checks}", by=by, upload_id=upload.pk)
        move(upload, "check_again", by=by)
    return upload


def _locked(upload: Upload, verb: str) -> Upload:
    if upload.is_being_checked:  # a worker has it, for as long as it takes
        raise StaleState(f"providers.upload:{upload.pk} is being checked")
    upload = Upload.objects.select_for_update(of=("self",)).for_list().get(pk=upload.pk)
    _require_open(upload, verb)
    if upload.is_being_checked:
        raise StaleState(f"providers.upload:{upload.pk} is being checked")
    return upload


def _require_open(upload: Upload, verb: str) -> None:
    UPLOAD_FLOW.target(upload.state, verb)
    if upload.confirmed_at is not None:
        raise StaleState(f"providers.upload:{upload.pk} has been confirmed")


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\0", "").strip()
