"""What the API of applications asks and answers. Every field is in its description, which is where programmers look."""

import datetime as dt
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from applications import actions
from applications.models import (
    ConditionKind,
    ConditionState,
    InterviewState,
    LeftHow,
    RefusalReason,
    WebhookEvent,
    WithdrawalReason,
)
from applications.workflow import ChoiceState

MOST_CHOICES = 100
Reference = Annotated[str, Field(pattern=r"^[A-Z0-9]+$", max_length=12)]
Key = Annotated[str, Field(pattern=r"^[!-~]+$", min_length=8, max_length=100)]
CLEAN = r"^[^\x00]*$"
Line = Annotated[str, StringConstraints(strip_whitespace=True, pattern=CLEAN, min_length=1, max_length=200)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, pattern=CLEAN, max_length=200)]
Name = Annotated[str, Field(pattern=r"^[^\x00-\x1f]*[^\x00-\x20][^\x00-\x1f]*$", min_length=1, max_length=120)]
Words = Annotated[str, Field(pattern=CLEAN, max_length=4000)]


def _within_calendars(moment: dt.datetime) -> dt.datetime:
    if not 2000 <= moment.year <= 2200:
        raise ValueError("Give a moment in this century.")
    return moment.astimezone(dt.UTC)  # the database knows fewer zones than a programmer can write


Moment = Annotated[AwareDatetime, AfterValidator(_within_calendars)]
State = Literal[tuple(ChoiceState.values)]  # type: ignore[valid-type]


class Problem(Schema):
    """Why not, in a sentence for people and a code for programs (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str = Field(description="The sentence that a person reads on the page.")
    code: str = Field(description="Stays the same for ever.")


# What comes back


class RunOut(Schema):
    reference: str = Field(description="As in the API of courses.")
    provider_code: str = Field(description="Your own code for it; may be empty.")
    course: str
    starts_on: dt.date | None


class ChoiceRow(Schema):
    """An application to you, without anything of the learner."""

    reference: str
    state: State
    state_words: str
    version: str = Field(description="Another one whenever anything of it has changed. Also its ETag.")
    entry_year: int
    sent_at: dt.datetime
    answer_due_on: dt.date | None = Field(description="Last day of your time to answer.")
    is_late: bool = Field(description="Your time to answer is over.")
    runs: list[RunOut]


class ChoicePage(Schema):
    """Some applications in the order of their last change."""

    items: list[ChoiceRow]
    gone: list[str] = Field(
        description="References of applications that are yours no more: they were placed with another partner. "
        "Nothing else of them is told."
    )
    since: str = Field(description="Ask with this next time, now or tomorrow: nothing is missed.")
    has_more: bool = Field(description="There is more to fetch at once.")


class ConditionOut(Schema):
    number: int = Field(description="To name it by when it is not met.")
    kind: Literal[tuple(ConditionKind.values)]  # type: ignore[valid-type]
    text: str = Field(description="As the learner reads it.")
    subject: str = Field(description="Of the kind grade; else empty.")
    grade: str = Field(description="The lowest that is enough; may be empty.")
    at_least: int | None = Field(description="How many grades (kind grades); percent of days (kind attendance).")
    state: Literal[tuple(ConditionState.values)]  # type: ignore[valid-type]
    decided_at: dt.datetime | None = Field(description="When it was last said to be met, not met or waived.")
    decided_by: str = Field(description="Who of you said so, or which of your systems; may be empty.")


class OfferOut(Schema):
    made_at: dt.datetime
    answer_by_on: dt.date
    message: str
    conditions: list[ConditionOut]


class InterviewOut(Schema):
    starts_at: dt.datetime | None = Field(description="Null: the learner has still to choose one of your times.")
    ends_at: dt.datetime | None = Field(description="Of a time the learner chose from a session.")
    place: str
    note: str
    state: Literal[tuple(InterviewState.values)]  # type: ignore[valid-type]
    slot: str | None = Field(description="Reference of the time the learner chose. Null: it is of no session.")
    session: str | None = Field(description="Reference of the session the time belongs to.")


class EventOut(Schema):
    at: dt.datetime
    by: str
    sentence: str
    details: list[str]


class ChoiceOut(ChoiceRow):
    """One application whole. Reading it counts as looking at it: the learner sees that you have."""

    may: list[str] = Field(description="What can be done with it now.")
    sent: dict[str, Any] | None = Field(description="What the learner sent, as it was then. Null: erased.")
    sha256: str = Field(description="Of what was sent, as canonical JSON: never changes.")
    is_endorsed: bool | None = Field(description="By the home school. Null: it is not asked.")
    endorsement_note: str
    reason_words: str = Field(description="The last reason given by either side.")
    offer: OfferOut | None = Field(description="The one that stands.")
    interview: InterviewOut | None = Field(description="The one that is planned.")
    has_open_suggestion: bool = Field(description="You suggested another course and the learner has not answered.")
    timeline: list[EventOut] = Field(description="What happened since it came to you, newest first.")


class DoneOut(Schema):
    """It is done. Nothing of the learner: fetch the application for more."""

    reference: str
    done: str
    state: State
    state_words: str
    version: str


class ChangedEvent(Schema):
    """What an address of yours is told, which a manager adds beside the tokens: that something changed, and nothing of
    a learner. Fetch it with your token. Sent again until your system answers 2xx, under the same id."""

    id: str = Field(description="Of this delivery, the same however often it is sent. Also the header webhook-id.")
    type: Literal[tuple(WebhookEvent.values)]  # type: ignore[valid-type]
    timestamp: dt.datetime = Field(description="When it was written down.")
    provider: str = Field(description="Reference of the provider: you.")
    since: str = Field(description="Ask for what changed since this, and all of it is there. Empty: a test.")
    changed: list[str] = Field(description="References of applications that changed, 100 at most.")
    gone: list[str] = Field(description="References of applications that are yours no more.")


# What is asked


class By(Schema):
    """Who answers for the college. Kept with what is done, and shown to your colleagues on its page."""

    name: Name
    job_title: Name


class Said(Schema):
    by: By


class ConditionIn(Schema):
    kind: Literal[tuple(ConditionKind.values)] = ConditionKind.RESULTS.value  # type: ignore[valid-type]
    text: Text = Field(
        "", description="The learner reads it: Grade 4 or above in English. Left out: it is made from the rest."
    )
    subject: Annotated[str, StringConstraints(strip_whitespace=True, pattern=CLEAN, max_length=80)] = ""
    grade: Annotated[str, StringConstraints(strip_whitespace=True, pattern=CLEAN, max_length=20)] = Field(
        "", description="The lowest that is enough."
    )
    at_least: int | None = Field(None, ge=1, le=100, description="How many grades; percent of days at school.")


class OfferIn(Said):
    conditions: list[ConditionIn] = Field([], max_length=20)
    answer_by_on: dt.date | None = Field(None, description="Left out: as late as your area's rules say.")
    message: Words = Field("", description="The learner reads it.")


class RefuseIn(Said):
    reason: Literal[tuple(RefusalReason.values)]  # type: ignore[valid-type]
    words: Words = Field("", description="The learner reads it. Needed with the reason other.")


class WordsIn(Said):
    words: Words = Field("", description="The learner reads it.")


class WithdrawIn(Said):
    """Only at the learner's word."""

    reason: Literal[tuple(WithdrawalReason.values)]  # type: ignore[valid-type]
    words: Words = ""


class LeaveIn(Said):
    """Started, and left before the end."""

    left_on: dt.date = Field(description="The last day.")
    how: Literal[tuple(LeftHow.values)]  # type: ignore[valid-type]


class InviteIn(Said):
    starts_at: Moment
    place: Line
    note: Words = Field("", description="What to bring, whom to ask for.")


class FailIn(Said):
    not_met: list[int] = Field([], max_length=20, description="Numbers of conditions. Empty: all that are open.")


class ReferIn(Said):
    runs: list[Reference] = Field(max_length=20, description="References of course runs of your own.")
    message: Words = Field("", description="The learner reads it.")


# Of sandboxes


class TestDataIn(Schema):
    number: int = Field(1, ge=1, le=100, description="How many made-up learners, each with one application.")
    state: Literal[tuple(actions.PRACTICE_STATES)] = "sent"  # type: ignore[valid-type]


class TestDataOut(Schema):
    """What was made. You hear of each under changes, as of real ones."""

    references: list[str]


class ActIn(Schema):
    act: Literal[tuple(actions.PRACTICE_ACTS)] = Field(description="What the made-up learner does.")  # type: ignore[valid-type]


class ClearedOut(Schema):
    removed: int = Field(description="How many made-up learners are gone, with their applications.")
