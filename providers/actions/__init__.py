from providers.actions.confirming import abandon_upload, confirm_upload
from providers.actions.fixing import RowChanged, check_again, fix_rows
from providers.actions.forgetting import forget_files
from providers.actions.picking import pick_changes
from providers.actions.practice import cycle_of_practice, open_sandbox
from providers.actions.reference import load_local_authorities, load_outcodes
from providers.actions.staff import (
    accept_invitation,
    act_for,
    end_role,
    give_role,
    hash_of,
    invite_staff,
    make_link,
    name_manager,
    resend_invitation,
    step_in,
    tidy_staff,
    withdraw_invitation,
)
from providers.actions.systems import let_system_in, put_system_out
from providers.actions.undoing import undo_upload
from providers.actions.unused import invite_again, lapse_role, warn_unused
from providers.actions.uploads import fail_upload, hand_over_again, read_now, receive_upload, run_upload

__all__ = [
    "RowChanged",
    "abandon_upload",
    "accept_invitation",
    "act_for",
    "check_again",
    "confirm_upload",
    "cycle_of_practice",
    "end_role",
    "fail_upload",
    "fix_rows",
    "forget_files",
    "give_role",
    "hand_over_again",
    "hash_of",
    "invite_again",
    "invite_staff",
    "lapse_role",
    "let_system_in",
    "load_local_authorities",
    "load_outcodes",
    "make_link",
    "name_manager",
    "open_sandbox",
    "pick_changes",
    "put_system_out",
    "read_now",
    "receive_upload",
    "resend_invitation",
    "run_upload",
    "step_in",
    "tidy_staff",
    "undo_upload",
    "warn_unused",
    "withdraw_invitation",
]
