"""Every change of data on this floor, one function per verb."""

from accounts.actions.codes import issue_codes, new_code, read_code
from accounts.actions.consents import answer_consent
from accounts.actions.joining import join_as, join_as_new
from accounts.actions.letters import fetch_letters, print_letters, remove_expired_letters, request_letters
from accounts.actions.preferences import keep_display, keep_language
from accounts.actions.roll_states import RollRow
from accounts.actions.rolls import RollOutcome, apply_roll
from accounts.actions.unlocking import check_code, remove_old_failures, unlock_account
from accounts.actions.windows import end_window, open_window

__all__ = [
    "RollOutcome",
    "RollRow",
    "answer_consent",
    "apply_roll",
    "check_code",
    "end_window",
    "fetch_letters",
    "issue_codes",
    "join_as",
    "join_as_new",
    "keep_display",
    "keep_language",
    "new_code",
    "open_window",
    "print_letters",
    "read_code",
    "remove_expired_letters",
    "remove_old_failures",
    "request_letters",
    "unlock_account",
]
