"""States of this floor, and the tables of their moves: entries, reviews, what is agreed in them, help, flags,
experiences, bookings and versions of templates."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.workflow import STAYS, Flow


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


class VersionState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("In use")
    REPLACED = "replaced", _("Replaced")
    DROPPED = "dropped", _("Thrown away")


V = VersionState
VERSION_FLOW = Flow(VersionState, start=V.DRAFT, moves={
    # verb       from             to
    "edit":     ({V.DRAFT},      V.DRAFT),
    "publish":  ({V.DRAFT},      V.PUBLISHED),
    "drop":     ({V.DRAFT},      V.DROPPED),
    "replace":  ({V.PUBLISHED},  V.REPLACED),
})  # fmt: skip


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


class ReviewState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    FINISHED = "finished", _("Finished")
    CALLED_OFF = "called_off", _("Called off")


R = ReviewState
REVIEW_FLOW = Flow(
    ReviewState,
    start=R.PLANNED,
    moves={
        # verb       from            to
        "move":      ({R.PLANNED},   R.PLANNED),
        "write":     ({R.PLANNED},   R.PLANNED),
        "agree":     ({R.PLANNED},   R.PLANNED),  # targets and actions
        "finish":    ({R.PLANNED},   R.FINISHED),
        "call_off":  ({R.PLANNED},   R.CALLED_OFF),
        "answer":    ({R.FINISHED},  R.FINISHED),
        "add":       ({R.FINISHED},  R.FINISHED),
    },
)  # fmt: skip


class TargetState(models.TextChoices):
    OPEN = "open", _("Open")
    MET = "met", _("Met")
    NOT_MET = "not_met", _("Not met")
    DROPPED = "dropped", _("Dropped")


T = TargetState
TARGET_FLOW = Flow(
    TargetState,
    start=T.OPEN,
    moves={
        # verb     from                              to
        "move":    ({T.OPEN},                        T.OPEN),
        "meet":    ({T.OPEN},                        T.MET),
        "miss":    ({T.OPEN},                        T.NOT_MET),
        "drop":    ({T.OPEN},                        T.DROPPED),
        "reopen":  ({T.MET, T.NOT_MET, T.DROPPED},   T.OPEN),
    },
)  # fmt: skip


class AgreedActionState(models.TextChoices):
    OPEN = "open", _("To do")
    DONE = "done", _("Done")
    DROPPED = "dropped", _("Dropped")


A = AgreedActionState
AGREED_ACTION_FLOW = Flow(AgreedActionState, start=A.OPEN, moves={
    # verb       from                   to
    "do":        ({A.OPEN},             A.DONE),
    "drop":      ({A.OPEN},             A.DROPPED),
    "pass_on":   ({A.OPEN},             A.OPEN),
    "reopen":    ({A.DONE, A.DROPPED},  A.OPEN),
})  # fmt: skip


class HelpState(models.TextChoices):
    ASKED = "asked", _("Nobody has taken it on")
    TAKEN = "taken", _("Somebody is helping")
    CLOSED = "closed", _("Dealt with")
    TAKEN_BACK = "taken_back", _("Taken back")


H = HelpState
OPEN_HELP = {H.ASKED, H.TAKEN}
HELP_FLOW = Flow(HelpState, start=H.ASKED, moves={
    # verb        from                   to
    "take":       ({H.ASKED, H.TAKEN},   H.TAKEN),
    "close":      ({H.ASKED, H.TAKEN},   H.CLOSED),
    "take_back":  ({H.ASKED, H.TAKEN},   H.TAKEN_BACK),
})  # fmt: skip


class ExperienceState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    CANCELLED = "cancelled", _("Cancelled")


X = ExperienceState
EXPERIENCE_FLOW = Flow(ExperienceState, start=X.DRAFT, moves={
    # verb       from                       to
    "change":    ({X.DRAFT, X.PUBLISHED},   STAYS),
    "publish":   ({X.DRAFT},                X.PUBLISHED),
    "cancel":    ({X.DRAFT, X.PUBLISHED},   X.CANCELLED),
})  # fmt: skip


class BookingState(models.TextChoices):
    WAITING = "waiting", _("On the waiting list")
    BOOKED = "booked", _("Booked")
    GIVEN_BACK = "given_back", _("Given back")
    REFUSED = "refused", _("Your school said no")
    CALLED_OFF = "called_off", _("It was cancelled")
    CAME = "came", _("You were there")
    MISSED = "missed", _("You were not there")


B = BookingState
BOOKING_FLOW = Flow(BookingState, start=B.WAITING, moves={
    # verb          from                                to
    "take_place":   ({B.WAITING},                       B.BOOKED),
    "give_back":    ({B.WAITING, B.BOOKED},             B.GIVEN_BACK),
    "agree":        ({B.WAITING, B.BOOKED},             STAYS),
    "refuse":       ({B.WAITING, B.BOOKED},             B.REFUSED),
    "allow":        ({B.REFUSED},                       B.WAITING),
    "call_off":     ({B.WAITING, B.BOOKED},             B.CALLED_OFF),
    "mark_came":    ({B.BOOKED, B.CAME, B.MISSED},      B.CAME),
    "mark_missed":  ({B.BOOKED, B.CAME, B.MISSED},      B.MISSED),
    "write_up":     ({B.CAME},                          STAYS),
})  # fmt: skip

OPEN_BOOKINGS = {B.WAITING, B.BOOKED}
TAKES_A_PLACE = {B.BOOKED, B.CAME, B.MISSED}
