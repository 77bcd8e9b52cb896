"""The upload kind "results": a school's results become rows here."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q

from applications.actions.results import result_undo_steps, undo_results
from applications.imports.results import import_results, look_at_results, mark_results, table_of
from providers.models import Organisation, StaffRole
from providers.uploads import FoundChanges, Said, UploadKind

KEEP_DAYS = 30  # then the file, and what it said, is removed; the results stay
# A file that would change more than this share of what stands, and no fewer than this many, is held: one column off.
MOST_CHANGED = 0.2
FEWEST_CHANGED = 10


def schools_of(user: Any) -> Any:
    """Schools whose results this person may hand over: those they coordinate, and all of an area they look after."""
    areas = StaffRole.objects.over_areas(user).values("organisation__area")
    mine = Organisation.objects.coordinating_through(user)
    return Organisation.objects.filter(Q(pk__in=mine.values("pk")) | Q(area__in=areas, kind="school", ended_on=None))


def why_results_held(counts: Mapping[str, Any]) -> str:
    """The sentence for a file that would change a large share of what stands; empty for another."""
    changed, stood = counts["changed"], counts["stood"]
    if changed < FEWEST_CHANGED or changed <= MOST_CHANGED * stood:
        return ""
    return (
        f"This file would change {changed:,} of the {stood:,} results that stand. Have the columns slipped? Look at "
        "some of the changes before you go on."
    )


def say_result_changes(changes: Sequence[Any]) -> list[list[Said]]:
    """The grade before and the grade after."""
    return [[Said("Grade", *change.fields["grade"])] for change in changes]


RESULTS = UploadKind(
    name="results",
    title="Exam results",
    organisations_for=schools_of,
    apply=import_results,
    accepts=(".csv", ".txt", ".xlsx", ".xls", ".ods"),
    keep_days=KEEP_DAYS,
    intro="applications/_results_upload_intro.html",
    result="applications/_results_upload_result.html",
    labels={
        "rows": "Rows in the file",
        "learners": "Learners with results in it",
        "added": "Results added",
        "changed": "Grades corrected",
        "unchanged": "Unchanged",
    },
    handed_over_by=("coordinator", "officer", "help_desk"),
    needs_confirmation=True,
    watch=FoundChanges,
    hold=why_results_held,
    things={"result": "Result"},
    say=say_result_changes,
    look=look_at_results,
    table=table_of,
    mark=mark_results,
    undo_steps=result_undo_steps,
    undo=undo_results,
    publishing=(
        "Your learners see their results, and colleges what their conditions ask, a few seconds after you press the "
        "button. Where your area has set an hour for results day, learners see them from that hour."
    ),
    undoing="Results that the file added are removed, and grades that it corrected are as they were before.",
)
