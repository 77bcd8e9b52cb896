"""What reviews, targets, action plans and requests for help say of a learner."""

import datetime as dt

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner
from core import clock, personal
from core.personal import Blank, Erase
from ilp.models import AgreedAction, HelpRequest, Review, ReviewDraft, ReviewReminder, ReviewWords, Target, TargetChange
from ilp.workflow import OPEN_HELP, HelpState, ReviewState

REMINDERS_KEPT = dt.timedelta(days=400)  # longer than anything is planned to be late
FIGURES = _("How many reviews there were, and what came of targets, is part of the figures. No words stay.")


def register() -> None:
    """The list of these tables. Tables that others point to come first."""
    personal.register(
        Review,
        path="learner",
        title=_("Your reviews"),
        shows={
            "on": _("Day"),
            "kind": _("Kind"),
            "state": _("How it stands"),
            "lead__user__name": _("With"),
            "who_else": _("Who else was there"),
            "place": _("Where"),
            "reason": _("Why it was called off"),
        },
        erase=Blank(place="", who_else="", reason=""),
        because=FIGURES,
        merge=_merge_reviews,
    )
    personal.register(
        ReviewWords,
        path="review__learner",
        title=_("What you and others said in your reviews"),
        shows={
            "review__on": _("Review of"),
            "kind": _("What"),
            "is_from_learner": _("Written by you"),
            "by__name": _("By"),
            "role__kind": _("As"),
            "text": _("Words"),
            "at": _("When"),
        },
        erase=Blank(text=""),
        because=FIGURES,
    )
    personal.register(
        # An adult's half-written words are theirs until they show them: not in a copy, and gone with an erasure.
        ReviewDraft,
        path="review__learner",
        title=_("What somebody began to write for a review and has not shown"),
        erase=Erase.DELETE,
    )
    personal.register(
        Target,
        path="learner",
        title=_("Your targets"),
        shows={
            "what": _("What"),
            "how_known": _("How people will know"),
            "helped_by": _("Who helps"),
            "due_on": _("By"),
            "state": _("How it stands"),
            "created_at": _("Set"),
        },
        erase=Blank(what="", how_known="", helped_by=""),
        because=FIGURES,
    )
    personal.register(
        TargetChange,
        path="target__learner",
        title=_("What happened to your targets"),
        shows={
            "target__what": _("Target"),
            "kind": _("What"),
            "from_on": _("Due before"),
            "to_on": _("Due since"),
            "reason": _("Why"),
            "by__name": _("By"),
            "at": _("When"),
        },
        erase=Blank(reason=""),
        because=FIGURES,
    )
    personal.register(
        AgreedAction,
        path="learner",
        title=_("What you and others will do, as agreed in reviews"),
        shows={
            "what": _("What"),
            "owner_role__user__name": _("Who does it, if not you"),
            "due_on": _("By"),
            "state": _("How it stands"),
            "note": _("What came of it"),
        },
        erase=Blank(what="", note=""),
        because=FIGURES,
    )
    personal.register(
        HelpRequest,
        path="learner",
        title=_("What you asked for help with"),
        shows={
            "asked_at": _("When"),
            "topic": _("With"),
            "words": _("In your words"),
            "state": _("How it stands"),
            "taken_by__name": _("Who helped"),
            "outcome": _("What was done"),
        },
        erase=Blank(words="", outcome=""),
        because=_("How many young people asked for help, and with what, is part of the figures. No words stay."),
        merge=_merge_help,
    )
    personal.register(
        ReviewReminder,
        path="user__learner",
        title=_("E-mails that reminded you of a review, of a booking or of something to do"),
        shows={"for_on": _("For the day"), "sent_at": _("When")},
        erase=Erase.DELETE,
    )
    personal.register_tidying(
        personal.Tidying(
            "review_reminders",
            "Notes that somebody was reminded of a review",
            REMINDERS_KEPT.days,
            "the e-mail",
            remove_old_reminders,
        )
    )
    personal.register_retention(
        personal.Retention(
            name="review_drafts",
            title=_("What people began to write for reviews and left"),
            days=365,
            least_days=90,
            source=_("A school year: by then the review it was for is over."),
            due=_left_drafts,
            remove=_delete,
        )
    )


def remove_old_reminders() -> int:
    """What was due so long ago is not reminded of again."""
    return ReviewReminder.objects.filter(sent_at__lt=clock.now() - REMINDERS_KEPT).delete()[0]


def _left_drafts(before: dt.date) -> QuerySet:
    return ReviewDraft.objects.filter(saved_at__date__lt=before)


def _delete(rows: QuerySet) -> int:
    return rows.delete()[0]


def _merge_reviews(keep: Learner, other: Learner) -> None:
    """All reviews of both. Of two of one kind planned for one day, that of the record that goes is called off."""
    theirs = Review.objects.filter(learner=other)
    for review in theirs.planned():
        if Review.objects.planned().filter(learner=keep, kind=review.kind, on=review.on).exists():
            review.state = ReviewState.CALLED_OFF
            review.save(update_fields=["state"])
    theirs.update(learner=keep)


def _merge_help(keep: Learner, other: Learner) -> None:
    """Of two that ask for the same, the one of the record that is kept goes on."""
    theirs = HelpRequest.objects.filter(learner=other)
    asked = HelpRequest.objects.open().filter(learner=keep).values("topic")
    for request in theirs.filter(state__in=sorted(OPEN_HELP), topic__in=asked):
        request.state, request.closed_at = HelpState.TAKEN_BACK, request.asked_at
        request.save(update_fields=["state", "closed_at"])
    theirs.update(learner=keep)
