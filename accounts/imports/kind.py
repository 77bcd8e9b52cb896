"""The upload kind "roll": a school's own list of its learners becomes the roll here."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.formats import date_format

from accounts.actions.roll_undo import forget_roll, roll_undo_steps, undo_roll
from accounts.imports.roll import import_roll, look_at_roll, mark_roll, table_of, where_to_explain
from providers.models import LocalAuthority, Organisation
from providers.uploads import FoundChanges, Said, UploadKind

KEEP_DAYS = 30  # then the file, and what it said, is removed; until then the last roll can be undone
# A roll that would take off more than this share of the school, and no fewer than this many, is held. Learners of a
# last year who came into it in an earlier school year are not counted: leaving is what they do.
MOST_GONE = 0.2
FEWEST_GONE = 5
RESIDENCE = "residence_authority_id"
WORDS = {
    "given_name": "First name", "family_name": "Family name", "preferred_name": "Known as", "birth_on": "Date of birth",
    "upn": "UPN", "uln": "ULN", "school": "School", "year_group": "Year group", "tutor_group": "Tutor group",
    "local_id": "Admission number", "email": "E-mail", "phone": "Phone", "address": "Address", "postcode": "Postcode",
    RESIDENCE: "Lives in",
    "grades": "Grades", "attendance": "Attendance", "traits": "Support and background",
}  # fmt: skip
SCHOOLS = {"other": "Another school", "here": "Yours", "": ""}


def why_roll_held(counts: Mapping[str, Any]) -> str:
    """The sentence for a file that would take off a large share of the roll; empty for another."""
    gone, stood = counts["gone"], counts["stood"]
    if gone < FEWEST_GONE or gone <= MOST_GONE * stood:
        return ""
    return (
        f"This file would take {gone:,} of your {stood:,} learners off the roll, beside those who have finished "
        "school. Is anything missing from it? They would lose nothing, but your school would no longer see them."
    )


def say_roll_changes(changes: Sequence[Any]) -> list[list[Said]]:
    """The fields of each change in words. Characteristics are only said to have changed."""
    lived = any(RESIDENCE in change.fields for change in changes)
    authorities = dict(LocalAuthority.objects.values_list("code", "name")) if lived else {}
    return [
        [Said(WORDS[name], *_say(name, *change.fields[name], authorities)) for name in WORDS if name in change.fields]
        for change in changes
    ]


def _say(name: str, old: str, new: str, authorities: Mapping[str, str]) -> tuple[str, str]:
    if name == RESIDENCE:
        return authorities.get(old, old), authorities.get(new, new)
    if name == "school":
        return SCHOOLS[old], SCHOOLS[new]
    if name in ("attendance", "traits"):
        return "", "Brought up to date"
    if name == "grades":
        return f"{old or 'None'}", f"{new} grades"
    if name == "birth_on":
        return _day(old), _day(new)
    return old, new


def _day(text: str) -> str:
    day = parse_date(text)
    return date_format(day, "j F Y") if day else text


ROLL = UploadKind(
    name="roll",
    title="School roll",
    organisations_for=Organisation.objects.coordinating_through,
    apply=import_roll,
    accepts=(".csv", ".txt", ".xml", ".xlsx", ".xls", ".ods"),
    keep_days=KEEP_DAYS,
    intro="accounts/_roll_upload_intro.html",
    result="accounts/_roll_upload_result.html",
    labels={
        "learners": "Learners in the file",
        "added": "Added",
        "changed": "Changed",
        "moved": "Moved to this school or to another group",
        "ended": "Taken off the roll",
        "unchanged": "Unchanged",
    },
    needs_confirmation=True,
    watch=FoundChanges,
    hold=why_roll_held,
    things={"learner": "Learner"},
    say=say_roll_changes,
    look=look_at_roll,
    ask=where_to_explain,
    table=table_of,
    mark=mark_roll,
    undo_steps=roll_undo_steps,
    undo=undo_roll,
    forget=forget_roll,
    publishing="The roll is as in the file a few seconds after you press the button.",
    undoing="Learners whom the file added, and about whom nothing has been written down since, are removed.",
)
