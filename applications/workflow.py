"""The choice as a table: SPEC section 5; below it, what tells other systems. Whoever asks about states asks here."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.workflow import STAYS, Flow


class ChoiceState(models.TextChoices):
    DRAFT = "draft", _("Not sent yet")
    WITH_SCHOOL = "with_school", _("With your school")
    SENT = "sent", _("With the provider")
    INTERVIEWING = "interviewing", _("Interview")
    RESERVE_LIST = "reserve_list", _("On the reserve list")
    OFFERED = "offered", _("Offer made")
    ACCEPTED = "accepted", _("Accepted, with conditions")
    HELD = "held", _("Kept as a back-up")
    CONFIRMED = "confirmed", _("Place confirmed")
    ENROLLED = "enrolled", _("Started")
    UNSUCCESSFUL = "unsuccessful", _("Not successful")
    OFFER_WITHDRAWN = "offer_withdrawn", _("Offer withdrawn")
    TURNED_DOWN = "turned_down", _("Turned down")
    LAPSED = "lapsed", _("Offer ran out")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    CONDITIONS_NOT_MET = "conditions_not_met", _("Conditions not met")
    DID_NOT_START = "did_not_start", _("Did not start")
    NOT_SENT = "not_sent", _("Never sent")


S = ChoiceState
CHOICE_FLOW = Flow(
    ChoiceState,
    start=S.DRAFT,
    moves={
        # verb               from                                                          to
        "send":              ({S.DRAFT},                                                   {S.SENT, S.WITH_SCHOOL}),
        "endorse":           ({S.WITH_SCHOOL},                                             S.SENT),
        "give_back":         ({S.WITH_SCHOOL},                                             S.DRAFT),
        "send_unendorsed":   ({S.WITH_SCHOOL},                                             S.SENT),
        "invite":            ({S.SENT, S.RESERVE_LIST},                                    S.INTERVIEWING),
        "cancel_interview":  ({S.INTERVIEWING},                                            S.SENT),
        "put_on_reserve":    ({S.SENT, S.INTERVIEWING},                                    S.RESERVE_LIST),
        "offer":             ({S.SENT, S.INTERVIEWING, S.RESERVE_LIST, S.UNSUCCESSFUL},    S.OFFERED),
        "change_offer":      ({S.OFFERED},                                                 S.OFFERED),
        "refer":             ({S.SENT, S.INTERVIEWING, S.RESERVE_LIST},                    STAYS),
        "take_referral":     ({S.SENT, S.INTERVIEWING, S.RESERVE_LIST},                    STAYS),
        "decline_referral":  ({S.SENT, S.INTERVIEWING, S.RESERVE_LIST},                    STAYS),
        "refuse":            ({S.SENT, S.INTERVIEWING, S.RESERVE_LIST},                    S.UNSUCCESSFUL),
        "withdraw_offer":    ({S.OFFERED, S.ACCEPTED, S.HELD},                             S.OFFER_WITHDRAWN),
        "accept":            ({S.OFFERED, S.HELD},                                         {S.ACCEPTED, S.CONFIRMED}),
        "hold":              ({S.OFFERED},                                                 S.HELD),
        "turn_down":         ({S.OFFERED, S.HELD, S.ACCEPTED},                             S.TURNED_DOWN),
        "lapse":             ({S.OFFERED},                                                 S.LAPSED),
        "confirm":           ({S.ACCEPTED, S.HELD},                                        S.CONFIRMED),
        "fail_conditions":   ({S.ACCEPTED, S.HELD},                                        S.CONDITIONS_NOT_MET),
        "enrol":             ({S.CONFIRMED, S.ACCEPTED},                                   S.ENROLLED),
        "no_show":           ({S.CONFIRMED, S.ACCEPTED},                                   S.DID_NOT_START),
        "leave":             ({S.ENROLLED},                                                STAYS),
        "withdraw":          ({S.DRAFT, S.WITH_SCHOOL, S.SENT, S.INTERVIEWING, S.RESERVE_LIST, S.OFFERED, S.ACCEPTED,
                               S.HELD, S.CONFIRMED},                                       S.WITHDRAWN),
        "close":             [({S.DRAFT, S.WITH_SCHOOL},                                   S.NOT_SENT),
                              ({S.SENT, S.INTERVIEWING, S.RESERVE_LIST},                   S.UNSUCCESSFUL),
                              ({S.HELD},                                                   S.TURNED_DOWN)],
    },
)  # fmt: skip

# What is true of a state. Each set is named for the question it answers; applications.StateProperty is made from it,
# so that SQL joins the same table.
LIVE = {S.WITH_SCHOOL, S.SENT, S.INTERVIEWING, S.RESERVE_LIST, S.OFFERED, S.ACCEPTED, S.HELD, S.CONFIRMED}
WITH_PROVIDER = {S.SENT, S.INTERVIEWING, S.RESERVE_LIST}
OFFER_IN_HAND = {S.OFFERED, S.ACCEPTED, S.HELD, S.CONFIRMED, S.ENROLLED}
PLACE_TAKEN = {S.OFFERED, S.ACCEPTED, S.HELD, S.CONFIRMED, S.ENROLLED}
FIRM = {S.ACCEPTED, S.CONFIRMED, S.ENROLLED}
OVER = set(ChoiceState) - LIVE - {S.DRAFT}
# Ended without a place and not by the learner's own leaving: other courses are shown.
ENDED_WITHOUT_A_PLACE = {
    S.UNSUCCESSFUL,
    S.OFFER_WITHDRAWN,
    S.TURNED_DOWN,
    S.LAPSED,
    S.CONDITIONS_NOT_MET,
    S.DID_NOT_START,
}
PROPERTIES = {
    "is_live": LIVE,
    "is_with_provider": WITH_PROVIDER,
    "has_offer_in_hand": OFFER_IN_HAND,
    "is_place_taken": PLACE_TAKEN,
    "is_firm": FIRM,
    "is_over": OVER,
}
# Not true any more once the learner left early (``Choice.left_on``), although the state stays: that they started is so.
ENDED_BY_LEAVING = {"has_offer_in_hand", "is_place_taken", "is_firm"}


class WebhookState(models.TextChoices):
    ON = "on", _("Switched on")
    OFF = "off", _("Switched off")
    STOPPED = "stopped", _("Stopped")
    ENDED = "ended", _("Ended")


W = WebhookState
WEBHOOK_FLOW = Flow(WebhookState, start=W.ON, moves={
    # verb         from                      to
    "switch_off": ({W.ON},                   W.OFF),
    "stop":       ({W.ON},                   W.STOPPED),
    "switch_on":  ({W.OFF, W.STOPPED},       W.ON),
    "test":       ({W.ON, W.OFF, W.STOPPED}, STAYS),
    "new_secret": ({W.ON, W.OFF, W.STOPPED}, STAYS),
    "end":        ({W.ON, W.OFF, W.STOPPED}, W.ENDED),
})  # fmt: skip


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Given up")


D = DeliveryState
DELIVERY_FLOW = Flow(DeliveryState, start=D.WAITING, moves={
    # verb      from           to
    "deliver": ({D.WAITING},   D.DELIVERED),
    "hasten":  ({D.WAITING},   STAYS),
    "give_up": ({D.WAITING},   D.FAILED),
    "resume":  ({D.FAILED},    D.WAITING),
})  # fmt: skip
