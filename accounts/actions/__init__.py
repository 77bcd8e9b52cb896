"""Every change of data on this floor, one function per verb."""

from accounts.actions.bounces import note_bounce, try_address_again
from accounts.actions.caseloads import (
    end_absence,
    end_duty,
    give_back_learner,
    hand_over_learners,
    hand_over_schools,
    set_absence,
    set_cover,
    set_duty,
)
from accounts.actions.codes import issue_codes, new_code, read_code
from accounts.actions.consents import answer_consent, word_consent
from accounts.actions.contacts import keep_contact
from accounts.actions.copies import ask_copy, fetch_copy, make_copy, remove_expired_copies
from accounts.actions.emails import (
    add_email,
    ask_recovery_link,
    confirm_email,
    make_confirm_link,
    make_recovery_links,
    recover_by_link,
    remove_email,
    remove_old_links,
)
from accounts.actions.erasure import agree_erasure, ask_erasure, carry_out_erasure, withdraw_erasure
from accounts.actions.factors import (
    add_app,
    add_passkey,
    make_recovery_codes,
    remove_factor,
    rename_factor,
    reset_factors,
    use_code,
)
from accounts.actions.identity_checks import add_identity_check, end_identity_check
from accounts.actions.joining import join_as, join_as_new
from accounts.actions.letters import fetch_letters, print_letters, remove_expired_letters, request_letters
from accounts.actions.mailing import choose_mail, hear_now, make_daily_mails, remove_old_daily_mails
from accounts.actions.merging import merge_learners
from accounts.actions.passwords import change_password, end_sessions
from accounts.actions.practice import make_practice_learner, practice_learners_of, remove_practice_learners
from accounts.actions.preferences import keep_display, keep_language
from accounts.actions.receipts import leave_receipts, leave_receipts_of_many
from accounts.actions.recovery import (
    agree_recovery,
    check_any_code,
    find_learner,
    issue_recovery,
    recover_account,
    set_recovery_limit,
    start_recovery,
    tell_of_recoveries,
)
from accounts.actions.registering import (
    answer_record_match,
    ask_about_registered,
    register_learner,
    separate_registered,
    tidy_registrations,
)
from accounts.actions.residence import set_residence, take_over_residence
from accounts.actions.retention import change_retention, run_retention
from accounts.actions.roll_states import RollRow
from accounts.actions.rolls import RollOutcome, apply_roll
from accounts.actions.sign_ons import (
    join_sign_on,
    note_trial,
    part_sign_on,
    require_own_address,
    secret_of,
    set_sign_on,
    switch_off,
    switch_on,
    use_identity,
)
from accounts.actions.supporters import (
    accept_supporter,
    change_supporter,
    check_supporter_code,
    end_supporter,
    invite_supporter,
    join_as_supporter,
    make_supporter_link,
)
from accounts.actions.systems import make_system_account
from accounts.actions.unlocking import check_code, remove_old_failures, unlock_account
from accounts.actions.unused import end_unused_roles
from accounts.actions.windows import end_window, open_window

__all__ = [
    "RollOutcome",
    "RollRow",
    "accept_supporter",
    "add_app",
    "add_email",
    "add_identity_check",
    "add_passkey",
    "agree_erasure",
    "agree_recovery",
    "answer_consent",
    "answer_record_match",
    "apply_roll",
    "ask_about_registered",
    "ask_copy",
    "ask_erasure",
    "ask_recovery_link",
    "carry_out_erasure",
    "change_password",
    "change_retention",
    "change_supporter",
    "check_any_code",
    "check_code",
    "check_supporter_code",
    "choose_mail",
    "confirm_email",
    "end_absence",
    "end_duty",
    "end_identity_check",
    "end_sessions",
    "end_supporter",
    "end_unused_roles",
    "end_window",
    "fetch_copy",
    "fetch_letters",
    "find_learner",
    "give_back_learner",
    "hand_over_learners",
    "hand_over_schools",
    "hear_now",
    "invite_supporter",
    "issue_codes",
    "issue_recovery",
    "join_as",
    "join_as_new",
    "join_as_supporter",
    "join_sign_on",
    "keep_contact",
    "keep_display",
    "keep_language",
    "leave_receipts",
    "leave_receipts_of_many",
    "make_confirm_link",
    "make_copy",
    "make_daily_mails",
    "make_practice_learner",
    "make_recovery_codes",
    "make_recovery_links",
    "make_supporter_link",
    "make_system_account",
    "merge_learners",
    "new_code",
    "note_bounce",
    "note_trial",
    "open_window",
    "part_sign_on",
    "practice_learners_of",
    "print_letters",
    "read_code",
    "recover_account",
    "recover_by_link",
    "register_learner",
    "remove_email",
    "remove_expired_copies",
    "remove_expired_letters",
    "remove_factor",
    "remove_old_daily_mails",
    "remove_old_failures",
    "remove_old_links",
    "remove_practice_learners",
    "rename_factor",
    "request_letters",
    "require_own_address",
    "reset_factors",
    "run_retention",
    "secret_of",
    "separate_registered",
    "set_absence",
    "set_cover",
    "set_duty",
    "set_recovery_limit",
    "set_residence",
    "set_sign_on",
    "start_recovery",
    "switch_off",
    "switch_on",
    "take_over_residence",
    "tell_of_recoveries",
    "tidy_registrations",
    "try_address_again",
    "unlock_account",
    "use_code",
    "use_identity",
    "withdraw_erasure",
    "word_consent",
]
