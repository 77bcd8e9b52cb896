"""States of this floor, and the tables of their moves: entries of a plan, flags of messages."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.workflow import Flow


class EntryState(models.TextChoices):
    AWAITING = "awaiting", _("Waiting to be read")
    TALK = "talk", _("Let’s talk")
    VALIDATED = "validated", _("Validated")
    TAKEN_OUT = "taken_out", _("Taken out")


S = EntryState
ENTRY_FLOW = Flow(
    EntryState,
    start=S.AWAITING,
    moves={
        # verb        from                                  to
        "revise":     ({S.AWAITING, S.TALK, S.VALIDATED},   S.AWAITING),
        "validate":   ({S.AWAITING, S.TALK},                S.VALIDATED),
        "talk":       ({S.AWAITING, S.TALK, S.VALIDATED},   S.TALK),
        "reply":      ({S.TALK},                            S.TALK),
        "take_back":  ({S.VALIDATED},                       S.AWAITING),
        "take_out":   ({S.AWAITING, S.TALK, S.VALIDATED},   S.TAKEN_OUT),
        "put_back":   ({S.TAKEN_OUT},                       S.AWAITING),
    },
)  # fmt: skip

IN_PLAN = {S.AWAITING, S.TALK, S.VALIDATED}


class FlagState(models.TextChoices):
    NEW = "new", _("Nobody has taken it on")
    TAKEN = "taken", _("Somebody is dealing with it")
    CLOSED = "closed", _("Dealt with")


F = FlagState
OPEN_FLAGS = {F.NEW, F.TAKEN}
FLAG_FLOW = Flow(FlagState, start=F.NEW, moves={
    # verb     from                 to
    "take":    ({F.NEW},            F.TAKEN),
    "close":   ({F.NEW, F.TAKEN},   F.CLOSED),
})  # fmt: skip
