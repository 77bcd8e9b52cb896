"""States of this floor, and the tables of their moves."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.workflow import Flow


class DoubtState(models.TextChoices):
    OPEN = "open", _("To answer")
    ASKED = "asked", _("With the area")
    SAME = "same", _("The same learner")
    DIFFERENT = "different", _("Two learners")


D = DoubtState
OPEN_DOUBTS = {D.OPEN, D.ASKED}
DOUBT_FLOW = Flow(DoubtState, start=D.OPEN, moves={
    # verb        from                  to
    "ask":        ({D.OPEN},            D.ASKED),
    "join":       ({D.OPEN, D.ASKED},   D.SAME),
    "keep_apart": ({D.OPEN, D.ASKED},   D.DIFFERENT),
})  # fmt: skip


class ErasureState(models.TextChoices):
    ASKED = "asked", _("Waiting for a second officer")
    AGREED = "agreed", _("Will be carried out")
    DONE = "done", _("Carried out")
    WITHDRAWN = "withdrawn", _("Withdrawn")


E = ErasureState
ERASURE_FLOW = Flow(
    ErasureState,
    start=E.ASKED,
    moves={
        # verb       from                  to
        "agree":     ({E.ASKED},            {E.AGREED}),
        "withdraw":  ({E.ASKED, E.AGREED},  {E.WITHDRAWN}),
        "carry_out": ({E.AGREED},           {E.DONE}),
    },
)  # fmt: skip
ERASURES_OPEN = {E.ASKED, E.AGREED}
