"""Answers that come back in a spreadsheet: picked row by row, confirmed together, carried out as a bulk run."""

import datetime as dt
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import leave_receipts_of_many
from activity.actions import record
from applications.actions.bulk import MOST_PICKED, states_for
from applications.models import BulkItem, BulkRun, Choice
from applications.policies import PROVIDER_POLICY
from applications.queries.changes import mark_in_file
from applications.words import state_tag
from core import clock
from core.errors import RuleBroken
from core.references import is_reference
from providers.models import Organisation, RoleKind

CONDITIONS = 5  # of one offer in a row
UNCONFIRMED_DAYS = 7
READ_AS = (RoleKind.ADMISSIONS, RoleKind.MANAGER)


class FileRow(NamedTuple):
    """One row with a decision in it. ``answers`` are those of the bulk verb; ``why``: it could not be read."""

    line: int  # as the spreadsheet shows it
    reference: str
    version: str
    verb: str = ""
    answers: dict[str, Any] = {}
    why: str = ""


@transaction.atomic
def take_list(*, providers: Iterable[Organisation], choices: Iterable[Choice], by: Any) -> int:
    """It is written down who took these applications away in a file, and each learner can see it. Returns how many.

    Raises: NotAllowed.
    """
    for provider in providers:
        PROVIDER_POLICY.require(by, "take_list", provider)
    taken = list(choices)
    looked_at = [(choice.application.learner_id, "application") for choice in taken]
    leave_receipts_of_many(looked_at=looked_at, by=by, roles=READ_AS)
    for provider in providers:
        number = sum(provider.pk in (choice.provider_id, choice.placed_with_id) for choice in taken)
        record("list.take", subject=provider, by=by, organisation=provider.pk, number=number)
    return len(taken)


@transaction.atomic
def pick_by_file(*, rows: Iterable[FileRow], by: Any) -> BulkRun:
    """What these rows decide stands as rows here, to be confirmed; those that cannot be done are named with why.

    Raises: RuleBroken ``nothing_in_file``, ``too_many_picked``.
    """
    asked = list(rows)
    if not asked:
        raise RuleBroken(_("There is no decision in this file. Fill in the column “decision”."), code="nothing_in_file")
    if len(asked) > MOST_PICKED:
        raise RuleBroken(
            _("At most %(most)s can be answered together: hand the file over in parts.") % {"most": f"{MOST_PICKED:,}"},
            code="too_many_picked",
        )
    received = Choice.objects.received_by(by).filter(reference__in={row.reference for row in asked})
    known = {choice.reference: choice for choice in received.only("pk", "reference", "status", "changed_in")}
    items: dict[str, BulkItem] = {}
    left_out = []
    run = BulkRun(by=by, verb=BulkRun.BY_FILE)
    for row in asked:
        choice = known.get(row.reference)
        if why := _why_not(row, choice, items):
            # What else stands in that column may be a name, and this stays.
            left_out.append([row.line, row.reference if is_reference(row.reference) else "", why])
        else:
            items[row.reference] = BulkItem(
                run=run, choice=choice, position=len(items), line=row.line, version=row.version,
                said={"verb": row.verb, "answers": row.answers},
            )  # fmt: skip
    run.left_out = left_out
    run.save()
    BulkItem.objects.bulk_create(items.values(), batch_size=1000)
    return run


def _why_not(row: FileRow, choice: Choice | None, items: dict[str, BulkItem]) -> str:
    """A sentence; empty where it can be done as things stand."""
    if row.why:
        return row.why
    if choice is None:
        return _("No application to you has this reference.")
    if row.reference in items:
        return _("It stands in row %(line)s already.") % {"line": items[row.reference].line}
    if choice.status not in states_for(row.verb):
        tag = state_tag(choice.status, audience="provider")[0]
        return _("It cannot be done from where it stands: %(state)s.") % {"state": tag}
    if row.version != mark_in_file(choice.reference, choice.changed_in):
        return _("It has changed since you took the list away.")
    return ""


def drop_unconfirmed() -> int:
    """Answers by file that nobody confirmed in a week are gone. Returns how many files."""
    before = clock.now() - dt.timedelta(days=UNCONFIRMED_DAYS)
    waiting = BulkRun.objects.filter(verb=BulkRun.BY_FILE, confirmed_at=None, created_at__lt=before)
    return waiting.delete()[1].get("applications.BulkRun", 0)
