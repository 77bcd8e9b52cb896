"""What the desks of this floor say: the step each reason asks for, and how near a day is."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from reporting.queries.reasons import REASONS, Reason


class Step(NamedTuple):
    """What to do next: a link, or a button that begins something (``is_posted``)."""

    text: str
    url: str
    is_posted: bool = False


STEPS: dict[str, tuple[Any, str]] = {
    "write": (_("Write to them"), "ilp:conversation-open"),
    "contact": (_("Record a contact"), "ilp:contact-record"),
    "letter": (_("Help them in"), "accounts:recovery-new"),
    "record": (_("Open the client record"), "ilp:client-record"),
    "reviews": (_("Open their reviews"), "ilp:desk-learner-reviews"),
}
LISTS = {  # where the thing itself, and not the learner, has the page
    "flag": (_("Read what was flagged"), "ilp:flags"),
    "help": (_("Answer the request"), "ilp:help-waiting"),
}


def step_of(reason: Reason, learner: Any) -> Step:
    """The next step for this learner. Who cannot be written to here is spoken with."""
    if reason.step in LISTS:
        text, page = LISTS[reason.step]
        return Step(str(text), reverse(page))
    can_read = learner.user_id is not None and learner.is_shared
    name = "contact" if reason.step == "write" and not can_read else reason.step
    text, page = STEPS[name]
    return Step(str(text), reverse(page, args=[learner.reference]), is_posted=name == "write")


class Due(NamedTuple):
    """A day as people at a desk say it. ``is_late``: it is over."""

    words: str
    is_late: bool = False


def due_words(day: dt.date, *, today: dt.date, working_days: int) -> Due:
    """How near the last day of something is. ``working_days``: between the two."""
    if day == today:
        return Due(_t("today"))
    if day < today:
        late = ngettext("%(number)s working day late", "%(number)s working days late", working_days)
        return Due(late % {"number": working_days} if working_days else _t("late"), is_late=True)
    return Due(_t("by %(day)s") % {"day": date_format(day, "j M")})


class Said(NamedTuple):
    """One reason of one learner, as the row says it."""

    words: str
    when: str
    is_late: bool
    step: Step | None  # None: a reason above it asks for the same


def reasons_said(learner: Any, *, today: dt.date, working_days: Mapping[tuple[dt.date, dt.date], int]) -> list[Said]:
    """Every reason that holds for this learner, the most urgent first, with since when or by when."""
    said: list[Said] = []
    steps: set[Step] = set()
    for reason in REASONS:
        day = getattr(learner, reason.field, None)
        if day is None:
            continue
        if reason.is_deadline:
            due = due_words(day, today=today, working_days=working_days.get((day, today), 0))
        else:
            since = _t("since %(day)s") % {"day": date_format(day, "j M Y")}
            due = Due(f"{since}, {reason.hint}" if reason.hint else since)
        step = step_of(reason, learner)
        said.append(Said(str(reason.words), due.words, due.is_late, None if step in steps else step))
        steps.add(step)
    return said


def late_spans(learners: Any, *, today: dt.date) -> set[tuple[dt.date, dt.date]]:
    """The spans whose working days ``reasons_said`` needs."""
    days = (getattr(learner, reason.field, None) for learner in learners for reason in REASONS if reason.is_deadline)
    return {(day, today) for day in days if day is not None and day < today}
