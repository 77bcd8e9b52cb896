"""What this floor's tables say of a learner."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from accounts.models import Learner
from applications import personal_written
from applications.actions import merging
from applications.actions.by_file import UNCONFIRMED_DAYS, drop_unconfirmed
from applications.actions.deliveries import KEPT_DAYS, forget_deliveries
from applications.actions.enrolments import LOOKED_AT_DAYS, forget_unknown_enrolments
from applications.actions.practice import UNUSED_DAYS, empty_unused_sandboxes
from applications.models import (
    AnswerReminder,
    ApiCall,
    Application,
    BulkItem,
    Choice,
    ChoiceRun,
    ChooseReminder,
    ClearingInvitation,
    ClearingListing,
    DeskFilter,
    DeskNote,
    Enrolment,
    ExamResult,
    GoneChoice,
    Handling,
    Interview,
    InterviewReminder,
    Offer,
    OfferCondition,
    OutsideOffer,
    OwnRoute,
    Referral,
    Snapshot,
    StagedDecision,
)
from applications.workflow import FIRM, LIVE
from core import personal
from core.personal import Blank, Erase

FIGURES = _("How many applied, were offered a place and took it is part of the figures of the area and the provider.")
OF_CHOICE = "choice__application__learner"
OF_OFFER = "offer__choice__application__learner"


def register() -> None:
    """The list of this floor. Tables that others point to come first."""
    personal.register_tidying(
        personal.Tidying(
            "sandboxes",
            "Made-up applications in sandboxes",
            UNUSED_DAYS,
            "the last use of the sandbox",
            empty_unused_sandboxes,
        )
    )
    personal.register_tidying(
        personal.Tidying(
            "answer_files",
            "Answers by file that nobody confirmed",
            UNCONFIRMED_DAYS,
            "handing over",
            drop_unconfirmed,
        )
    )
    personal.register(
        Application,
        path="learner",
        title=_("Your applications"),
        shows={
            "cycle__entry_year": _("For entry in"),
            "statement": _("Why you are applying"),
            "needs": _("Support you asked for"),
            "created_at": _("Begun"),
        },
        erase=Blank(statement="", statement_from=None, needs=""),
        because=FIGURES,
        merge=merging.merge_applications,
    )
    personal.register(
        Choice,
        path="application__learner",
        title=_("Your choices"),
        shows={
            "rank": _("Rank"),
            "provider__name": _("Provider"),
            "status": _("Where it stands"),
            "status_at": _("Since"),
            "sent_at": _("Sent"),
            "endorsement_note": _("What your school said"),
            "refusal_reason": _("Why not"),
            "withdrawal_reason": _("Why you withdrew"),
            "reason_words": _("In words"),
            "left_on": _("Left early on"),
            "left_how": _("How that is known"),
        },
        erase=Blank(endorsement_note="", reason_words=""),
        because=FIGURES,
    )
    personal_written.register()
    personal.register(
        ChoiceRun,
        path=OF_CHOICE,
        title=_("Courses in your choices"),
        shows={"choice__rank": _("Choice"), "run__course__title": _("Course"), "run__starts_on": _("Starts")},
        erase=Erase.KEEP,
        because=FIGURES,
    )
    personal.register(
        Snapshot,
        path=OF_CHOICE,
        title=_("What was sent to providers"),
        shows={"choice__provider__name": _("Provider"), "made_at": _("Sent"), "content": _("What it said")},
        erase=Blank(content=None),
        because=_("That something was sent can still be proved, without what it said."),
    )
    personal.register(
        Offer,
        path=OF_CHOICE,
        title=_("Offers"),
        shows={
            "choice__provider__name": _("Provider"),
            "made_at": _("Made"),
            "answer_by_on": _("Answer by"),
            "message": _("Words"),
        },
        erase=Blank(message=""),
        because=FIGURES,
    )
    personal.register(
        OfferCondition,
        path=OF_OFFER,
        title=_("Conditions of offers"),
        shows={
            "offer__choice__provider__name": _("Provider"),
            "text": _("Condition"),
            "state": _("Met"),
            "decided_at": _("Said"),
        },
        erase=Blank(text="Erased", subject="", grade=""),
        because=FIGURES,
    )
    personal.register(
        AnswerReminder,
        path=OF_OFFER,
        title=_("Reminders to answer an offer"),
        shows={"offer__choice__provider__name": _("Provider"), "number": _("Number"), "made_at": _("Sent")},
        erase=Erase.KEEP,
        because=FIGURES,
    )
    personal.register(
        ApiCall,
        path=OF_CHOICE,
        title=_("Answers that a college's own system gave"),
        shows={"choice__provider__name": _("Provider"), "made_at": _("When"), "by_name": _("Who, as the college says")},
        erase=Erase.KEEP,
        because=_("Who answered for a college is part of what happened. It says nothing of the learner."),
    )
    personal.register(
        GoneChoice,
        path=OF_CHOICE,
        title=_("Partners you are placed with no more"),
        shows={"provider__name": _("Partner")},
        erase=Erase.KEEP,
        because=_("The partner's own system has still to hear it. It says nothing of the learner."),
    )
    personal.register(
        Interview,
        path=OF_CHOICE,
        title=_("Interviews"),
        shows={
            "choice__provider__name": _("Provider"),
            "starts_at": _("When"),
            "place": _("Where"),
            "note": _("What to bring"),
            "state": _("State"),
            "came": _("You came"),
            "learner_words": _("Why you gave the time back"),
        },
        erase=Blank(place="", note="", learner_words=""),
        because=FIGURES,
    )
    personal.register(
        InterviewReminder,
        path="interview__choice__application__learner",
        title=_("Reminders of interviews"),
        shows={"for_at": _("Of the interview at"), "sent_at": _("Sent")},
        erase=Erase.DELETE,
    )
    personal.register(
        ChooseReminder,
        path="interview__choice__application__learner",
        title=_("Reminders to choose a time for an interview"),
        shows={"number": _("Number"), "made_at": _("Sent")},
        erase=Erase.DELETE,
    )
    # Decided and not released yet, it is nobody's to read; released, it stands in choices and offers.
    personal.register(StagedDecision, path=OF_CHOICE, title=_("Answers that waited for their hour"), erase=Erase.DELETE)
    personal.register(
        Referral,
        path=OF_CHOICE,
        title=_("Other courses a provider proposed"),
        shows={
            "choice__provider__name": _("Provider"),
            "message": _("Words"),
            "state": _("State"),
            "made_at": _("When"),
        },
        erase=Blank(message=""),
        because=FIGURES,
    )
    _register_desk()
    personal.register(
        OutsideOffer,
        path="learner",
        title=_("Offers made elsewhere that somebody recorded for you"),
        shows={
            "provider_name": _("Provider"),
            "course_name": _("Course"),
            "offered_on": _("Offered"),
            "ended_on": _("No longer stands since"),
            "taken_back_at": _("You said that it was a mistake"),
        },
        erase=Blank(provider_name="Erased", course_name=""),
        because=_("The September Guarantee of past years counts it, without who made it or what of."),
        merge=merging.merge_outside_offers,
    )
    personal.register(
        OwnRoute,
        path="learner",
        title=_("Courses you looked at the provider’s own way to apply for"),
        shows={
            "run__course__title": _("Course"),
            "run__course__provider__name": _("Provider"),
            "state": _("Where it stands"),
            "began_at": _("When you first went there"),
            "said_at": _("When you last said how it stands"),
        },
        erase=Erase.DELETE,
        merge=merging.merge_own_routes,
    )
    personal.register(
        ClearingListing,
        path="application__learner",
        title=_("When you agreed to be shown to providers with places"),
        shows={"agreed_at": _("Agreed"), "ended_at": _("Taken back")},
        erase=Erase.DELETE,
    )
    personal.register(
        ClearingInvitation,
        path="listing__application__learner",
        title=_("Providers that asked you to apply for a place"),
        shows={
            "run__course__title": _("Course"),
            "run__course__provider__name": _("Provider"),
            "made_at": _("When"),
            "state": _("State"),
        },
        erase=Erase.DELETE,
    )
    personal.register(
        ExamResult,
        path="learner",
        title=_("Your results, as your school handed them over"),
        shows={
            "qualification": _("Qualification"),
            "subject": _("Subject"),
            "grade": _("Grade"),
            "school__name": _("Said by"),
            "said_at": _("When"),
            "ended_at": _("Corrected at"),
        },
        erase=Erase.DELETE,
        merge=merging.merge_results,
        tells=lambda rows: rows.told(),
    )
    personal.register(
        Enrolment,
        path="learner",
        title=_("Where you have started, as a college or training provider listed it"),
        shows={
            "provider__name": _("Where"),
            "course": _("What"),
            "started_on": _("From"),
            "left_on": _("Until"),
            "said_at": _("When they said so"),
        },
        erase=Blank(row_key="", given_name="", family_name="", birth_on=None),
        because=_("How many of a school’s learners started where is part of the figures."),
    )
    personal.register_tidying(
        personal.Tidying(
            "enrolments",
            "Names in enrolment lists of whom nobody said who they are",
            LOOKED_AT_DAYS,
            "the day the list was published",
            forget_unknown_enrolments,
        )
    )
    personal.register_tidying(
        personal.Tidying(
            "deliveries",
            "What providers' own systems were told of changes",
            KEPT_DAYS,
            "the day it was delivered or given up",
            forget_deliveries,
        )
    )
    personal.register_lock("applications", _lock)
    personal.register_hold("applications", _has_live_choices)
    personal.register_merge_hold("applications", _both_are_live)


def _register_desk() -> None:
    """How providers handle what they received."""
    personal.register(
        DeskNote,
        path=OF_CHOICE,
        title=_("What people at a provider wrote down about your application"),
        shows={"provider__name": _("Provider"), "words": _("Words"), "at": _("When")},
        erase=Blank(words=""),
        because=_("That a provider wrote something down, and when, can still be looked into."),
    )
    personal.register(
        Handling,
        path=OF_CHOICE,
        title=_("When a provider first looked at your application"),
        shows={"choice__provider__name": _("Provider"), "looked_at": _("First looked at"), "assigned_at": _("Given")},
        erase=Erase.KEEP,
        because=_("How long providers take is part of the figures of the area. It has no words about anybody."),
    )
    personal.register(
        BulkItem,
        path=OF_CHOICE,
        title=_("Where a provider answered several applications together"),
        shows={"choice__provider__name": _("Provider"), "run__created_at": _("When"), "state": _("State")},
        erase=Blank(said=None),
        because=_("How many were answered together is part of the figures. No words stay."),
    )
    personal.register_apart(DeskFilter, because=_("Only people who answer applications have them."))


def _lock(people: Sequence[Learner]) -> None:
    """Nobody sends, answers or withdraws anything of theirs meanwhile."""
    list(Application.objects.select_for_update().filter(learner__in=people).order_by("pk"))


def _cycles(learner: Learner, states: set[str]) -> set[int]:
    """Keys of the cycles in which the learner has a choice in one of these states."""
    choices = Choice.objects.filter(application__learner=learner, status__in=states, left_on=None)
    return set(choices.values_list("application__cycle", flat=True))


def _has_live_choices(learner: Learner) -> str:
    if _cycles(learner, LIVE):
        return "There are choices that still go on. They have to be withdrawn, or over, first."
    return ""


def _both_are_live(keep: Learner, other: Learner) -> str:
    if _cycles(keep, LIVE | FIRM) & _cycles(other, LIVE | FIRM):
        return "Both records have choices that still go on for the same year. They have to be withdrawn in one of them."
    return ""
