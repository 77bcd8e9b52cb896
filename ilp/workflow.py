"""An entry of a plan as a table: a conversation between the learner and the adults who stand behind it."""

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
