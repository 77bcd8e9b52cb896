"""States of this floor, and the tables of their moves."""

from django.db import models

from core.workflow import Flow


class DoubtState(models.TextChoices):
    OPEN = "open", "To answer"
    ASKED = "asked", "With the area"
    SAME = "same", "The same learner"
    DIFFERENT = "different", "Two learners"


D = DoubtState
OPEN_DOUBTS = {D.OPEN, D.ASKED}
DOUBT_FLOW = Flow(DoubtState, start=D.OPEN, moves={
    # verb        from                  to
    "ask":        ({D.OPEN},            D.ASKED),
    "join":       ({D.OPEN, D.ASKED},   D.SAME),
    "keep_apart": ({D.OPEN, D.ASKED},   D.DIFFERENT),
})  # fmt: skip
