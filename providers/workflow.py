from django.db import models

from core.workflow import STAYS, Flow


class UploadState(models.TextChoices):
    RECEIVED = "received", "Being read"
    CHECKED = "checked", "Waiting for you to confirm"
    HELD = "held", "Held: look at it again"
    PUBLISHED = "published", "Published"
    ABANDONED = "abandoned", "Not used: put aside"
    UNDONE = "undone", "Published, then undone"
    REFUSED = "refused", "Could not be used"


class UploadMode(models.TextChoices):
    """What becomes of things that are not in the file."""

    REPLACE = "replace", "It is everything: what is not in the file is ended"
    MERGE = "merge", "It is some of it: what is not in the file stays as it is"


class ChangeAction(models.TextChoices):
    ADDED = "added", "Added"
    CHANGED = "changed", "Changed"
    ENDED = "ended", "Ended"


class ReversalAction(models.TextChoices):
    """What undoing an upload does with one thing that the upload touched."""

    RESTORED = "restored", "Put back"
    TAKEN_OUT = "taken_out", "Taken out again"
    KEPT = "kept", "Stays as it is now"


S = UploadState
WAITING = {S.CHECKED, S.HELD}  # for somebody to confirm
OPEN = {S.RECEIVED, *WAITING}
# Waiting for a worker and running are states of the upload's job. A confirmed file is checked again where the world has
# changed; where it has not, it is published.
UPLOAD_FLOW = Flow(UploadState, start=S.RECEIVED, moves={
    # verb         from           to
    "check":       (OPEN,         S.CHECKED),
    "hold":        (OPEN,         S.HELD),
    "fix":         (WAITING,      STAYS),
    "check_again": (WAITING,      STAYS),
    "confirm":     (WAITING,      STAYS),
    "abandon":     (WAITING,      S.ABANDONED),
    "publish":     (OPEN,         S.PUBLISHED),
    "refuse":      (OPEN,         S.REFUSED),
    "ask_undo":    (S.PUBLISHED,  STAYS),
    "undo":        (S.PUBLISHED,  S.UNDONE),
})  # fmt: skip
