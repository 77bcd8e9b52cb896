from ilp.actions.contacts import record_contact
from ilp.actions.plans import (
    add_entry,
    drop_draft,
    keep_draft,
    put_back_entry,
    revise_entry,
    start_plan,
    take_out_entry,
)
from ilp.actions.validating import (
    Answer,
    Answered,
    answer_entries,
    reply_to_entry,
    take_back_validation,
    talk_about_entry,
    validate_entry,
)

__all__ = [
    "Answer",
    "Answered",
    "add_entry",
    "answer_entries",
    "drop_draft",
    "keep_draft",
    "put_back_entry",
    "record_contact",
    "reply_to_entry",
    "revise_entry",
    "start_plan",
    "take_back_validation",
    "take_out_entry",
    "talk_about_entry",
    "validate_entry",
]
