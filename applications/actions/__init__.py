from applications.actions.answers import accept_offer, hold_offer, turn_down_offer
from applications.actions.decisions import (
    cancel_interview,
    decline_referral,
    invite_to_interview,
    put_on_reserve,
    refer_choice,
    refuse_choice,
    take_referral,
)
from applications.actions.drafts import add_run, rank_choice, remove_run, start_application, write_profile
from applications.actions.endings import close_choice, withdraw_choice
from applications.actions.offers import (
    Condition,
    change_offer,
    lapse_offer,
    make_offer,
    remind_to_answer,
    withdraw_offer,
)
from applications.actions.outcomes import confirm_place, enrol, fail_conditions, record_no_show
from applications.actions.outside_offers import end_outside_offer, record_outside_offer
from applications.actions.sending import endorse_choice, give_back_choice, send_choice, send_unendorsed

__all__ = [
    "Condition",
    "accept_offer",
    "add_run",
    "cancel_interview",
    "change_offer",
    "close_choice",
    "confirm_place",
    "decline_referral",
    "end_outside_offer",
    "endorse_choice",
    "enrol",
    "fail_conditions",
    "give_back_choice",
    "hold_offer",
    "invite_to_interview",
    "lapse_offer",
    "make_offer",
    "put_on_reserve",
    "rank_choice",
    "record_no_show",
    "record_outside_offer",
    "refer_choice",
    "refuse_choice",
    "remind_to_answer",
    "remove_run",
    "send_choice",
    "send_unendorsed",
    "start_application",
    "take_referral",
    "turn_down_offer",
    "withdraw_choice",
    "withdraw_offer",
    "write_profile",
]
