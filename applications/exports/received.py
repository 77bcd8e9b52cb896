"""The list of a desk as a table for people's spreadsheet programs, with columns to answer in."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils import timezone

from applications.actions.by_file import CONDITIONS
from applications.models import Choice
from applications.queries.changes import mark_in_file
from applications.words import state_tag

CHUNK = 500  # applications in memory at a time


class Column(NamedTuple):
    """A heading, what stands under it, and where that comes from."""

    name: str
    meaning: str
    value: Callable[[Any], Any]


def _sent(choice: Any, part: str, name: str) -> Any:
    content = choice.snapshot.content
    return content[part][name] if content else ""


def _joined(values: Iterator[str]) -> str:
    return "; ".join(value for value in values if value)


COLUMNS = (
    Column("reference", "The application. Leave it as it is.", lambda c: c.reference),
    Column(
        "version", "How the application stood. Leave it as it is.", lambda c: mark_in_file(c.reference, c.changed_in)
    ),
    Column("state", "How it stands, as your page says.", lambda c: str(state_tag(c.status, audience="provider")[0])),
    Column("first name", "As it was sent.", lambda c: _sent(c, "learner", "given_name")),
    Column("last name", "As it was sent.", lambda c: _sent(c, "learner", "family_name")),
    Column("known as", "As it was sent; may be empty.", lambda c: _sent(c, "learner", "preferred_name")),
    Column("date of birth", "Year-month-day.", lambda c: _sent(c, "learner", "birth_on")),
    Column("school", "As it was sent.", lambda c: _sent(c, "school", "name")),
    Column("email", "As it was sent; may be empty.", lambda c: _sent(c, "contact", "email")),
    Column("phone", "As it was sent; may be empty.", lambda c: _sent(c, "contact", "phone")),
    Column("entry year", "The year of the start.", lambda c: c.application.cycle.entry_year),
    Column("courses", "What it is for.", lambda c: _joined(each.run.course.title for each in c.choice_runs.all())),
    Column(
        "course codes", "Your own codes; may be empty.",
        lambda c: _joined(each.run.provider_reference for each in c.choice_runs.all()),
    ),
    Column("sent on", "Year-month-day.", lambda c: timezone.localdate(c.sent_at).isoformat()),
    Column("answer due", "The last day of your time to answer.", lambda c: c.answer_due_on or ""),
    Column("decision", "You fill in: offer, refuse, reserve or enrol. Empty: nothing happens.", lambda _c: ""),
    Column("reason", "With refuse: one of the reasons.", lambda _c: ""),
    Column("words", "What the learner reads with it. Needed with the reason Something else.", lambda _c: ""),
    *(
        Column(f"condition {number}", "With offer: one condition, as the learner reads it.", lambda _c: "")
        for number in range(1, CONDITIONS + 1)
    ),
    Column("answer by", "With offer: the last day for the learner to answer. Empty: your area's time.", lambda _c: ""),
)  # fmt: skip
HEADINGS = [column.name for column in COLUMNS]


def rows_of(choices: QuerySet[Choice]) -> Iterator[list[Any]]:
    """One row each, in the order given, a few in memory at a time. ``choices`` are ones the person may see."""
    whole = choices.select_related("snapshot", "application__cycle").prefetch_related("choice_runs__run__course")
    for choice in whole.iterator(chunk_size=CHUNK):
        yield [column.value(choice) for column in COLUMNS]
