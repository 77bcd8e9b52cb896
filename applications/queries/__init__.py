from applications.queries.alternatives import Alternative, alternatives_to, needs_others
from applications.queries.answers import (
    can_hold_another,
    choices_released_by,
    competing_choices,
    live_choices_on,
    runs_applied_for,
)
from applications.queries.checking import Finding, stops, warnings, warnings_before_sending
from applications.queries.consequences import Consequences, consequences_of
from applications.queries.desk import Asked, colleagues_of, facets, group_counts, in_order, may_answer, worklist
from applications.queries.endorsing import Destination, Waiting, endorsements_by_destination, waiting_of
from applications.queries.invariants import broken_invariants, state_properties
from applications.queries.questions import answer_words, answers_of_choice, drafts_concerned_by, questions_for
from applications.queries.sending import (
    cycle_for,
    goes_through_school,
    problems_before_sending,
    starts_during_the_year,
)
from applications.queries.snapshots import sha256_of, snapshot_content
from applications.queries.standing import NextStep, next_step, verbs_for, was_just_done
from applications.queries.timeline import TimelineEntry, timeline
from applications.queries.written import (
    entries_that_go,
    entries_that_may_go,
    has_newer_statement,
    is_done,
    number_of,
    school_grades_of,
    sections_of,
    statement_words,
    statements_of,
)

__all__ = [
    "Alternative",
    "Asked",
    "Consequences",
    "Destination",
    "Finding",
    "NextStep",
    "TimelineEntry",
    "Waiting",
    "alternatives_to",
    "answer_words",
    "answers_of_choice",
    "broken_invariants",
    "can_hold_another",
    "choices_released_by",
    "colleagues_of",
    "competing_choices",
    "consequences_of",
    "cycle_for",
    "drafts_concerned_by",
    "endorsements_by_destination",
    "entries_that_go",
    "entries_that_may_go",
    "facets",
    "goes_through_school",
    "group_counts",
    "has_newer_statement",
    "in_order",
    "is_done",
    "live_choices_on",
    "may_answer",
    "needs_others",
    "next_step",
    "number_of",
    "problems_before_sending",
    "questions_for",
    "runs_applied_for",
    "school_grades_of",
    "sections_of",
    "sha256_of",
    "snapshot_content",
    "starts_during_the_year",
    "state_properties",
    "statement_words",
    "statements_of",
    "stops",
    "timeline",
    "verbs_for",
    "waiting_of",
    "warnings",
    "warnings_before_sending",
    "was_just_done",
    "worklist",
]
