from ilp.actions.attachments import check_attachment
from ilp.actions.contacts import record_contact
from ilp.actions.conversations import (
    begin_conversation,
    keep_message,
    mark_read,
    note_reader,
    pause_conversation,
    report_message,
    resume_conversation,
    send_message,
    welcome_learner,
)
from ilp.actions.flags import close_flag, take_flag
from ilp.actions.notices import remove_old_notices, send_notice, send_notices
from ilp.actions.plans import (
    add_entry,
    drop_draft,
    keep_draft,
    put_back_entry,
    revise_entry,
    start_plan,
    take_out_entry,
)
from ilp.actions.record import (
    confirm_current_activity,
    correct_current_activity,
    load_record_codes,
    set_fact,
    start_current_activity,
)
from ilp.actions.safety import add_phrase, load_concern_phrases, name_contact, set_rules, switch_phrase
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
    "add_phrase",
    "answer_entries",
    "begin_conversation",
    "check_attachment",
    "close_flag",
    "confirm_current_activity",
    "correct_current_activity",
    "drop_draft",
    "keep_draft",
    "keep_message",
    "load_concern_phrases",
    "load_record_codes",
    "mark_read",
    "name_contact",
    "note_reader",
    "pause_conversation",
    "put_back_entry",
    "record_contact",
    "remove_old_notices",
    "reply_to_entry",
    "report_message",
    "resume_conversation",
    "revise_entry",
    "send_message",
    "send_notice",
    "send_notices",
    "set_fact",
    "set_rules",
    "start_current_activity",
    "start_plan",
    "switch_phrase",
    "take_back_validation",
    "take_flag",
    "take_out_entry",
    "talk_about_entry",
    "validate_entry",
    "welcome_learner",
]
