from applications.queries.answers import (
    can_hold_another,
    choices_released_by,
    competing_choices,
    live_choices_on,
    runs_applied_for,
)
from applications.queries.consequences import Consequences, consequences_of
from applications.queries.desk import GROUPS, group_counts, worklist
from applications.queries.invariants import broken_invariants, state_properties
from applications.queries.sending import (
    cycle_for,
    problems_before_sending,
    sha256_of,
    snapshot_content,
    starts_during_the_year,
    warnings_before_sending,
)
from applications.queries.standing import NextStep, TimelineEntry, next_step, timeline, verbs_for, was_just_done

__all__ = [
    "GROUPS",
    "Consequences",
    "NextStep",
    "TimelineEntry",
    "broken_invariants",
    "can_hold_another",
    "choices_released_by",
    "competing_choices",
    "consequences_of",
    "cycle_for",
    "group_counts",
    "live_choices_on",
    "next_step",
    "problems_before_sending",
    "runs_applied_for",
    "sha256_of",
    "snapshot_content",
    "starts_during_the_year",
    "state_properties",
    "timeline",
    "verbs_for",
    "warnings_before_sending",
    "was_just_done",
    "worklist",
]
