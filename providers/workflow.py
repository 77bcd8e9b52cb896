from django.db import models
from django.utils.translation import gettext_lazy as _

from core.workflow import STAYS, Flow


class UploadState(models.TextChoices):
    RECEIVED = "received", _("Being read")
    CHECKED = "checked", _("Waiting for you to confirm")
    HELD = "held", _("Held: look at it again")
    PUBLISHED = "published", _("Published")
    ABANDONED = "abandoned", _("Not used: put aside")
    UNDONE = "undone", _("Published, then undone")
    REFUSED = "refused", _("Could not be used")


class UploadMode(models.TextChoices):
    """What becomes of things that are not in the file."""

    REPLACE = "replace", _("It is everything: what is not in the file is ended")
    MERGE = "merge", _("It is some of it: what is not in the file stays as it is")


class ChangeAction(models.TextChoices):
    ADDED = "added", _("Added")
    CHANGED = "changed", _("Changed")
    ENDED = "ended", _("Ended")


class ReversalAction(models.TextChoices):
    """What undoing an upload does with one thing that the upload touched."""

    RESTORED = "restored", _("Put back")
    TAKEN_OUT = "taken_out", _("Taken out again")
    KEPT = "kept", _("Stays as it is now")


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
