from applications.models.api import ApiCall, ApiScope, ApiToken, GoneChoice
from applications.models.application import Application
from applications.models.assisting import Assistance, EnteredHow
from applications.models.choice import Choice, ChoiceRun, LeftHow, RefusalReason, Snapshot, WithdrawalReason
from applications.models.clearing import ClearingInvitation, ClearingListing, InvitationState
from applications.models.desk import BulkItem, BulkRun, DeskFilter, DeskNote, Handling
from applications.models.enrolment import Enrolment, MatchedHow
from applications.models.interview import (
    CAME,
    DID_NOT_COME,
    ChooseReminder,
    Interview,
    InterviewReminder,
    InterviewSession,
    InterviewSlot,
    InterviewState,
)
from applications.models.offer import (
    SETTLED,
    AnswerReminder,
    ConditionKind,
    ConditionState,
    Offer,
    OfferCondition,
    UsualCondition,
)
from applications.models.outside import OfferKind, OutsideOffer, OwnRoute, OwnRouteState
from applications.models.question import ProviderAnswer, ProviderQuestion, QuestionKind
from applications.models.referral import Referral, ReferralState
from applications.models.rehearsal import ResultsRehearsal
from applications.models.release import Release, StagedDecision, StagedOutcome
from applications.models.result import ExamResult
from applications.models.state import StateProperty
from applications.models.webhook import Webhook, WebhookDelivery, WebhookEvent, WebhookTry
from applications.models.written import FormSection, Grade, LeftOutEntry, SectionDraft, SectionMark

__all__ = [
    "CAME",
    "DID_NOT_COME",
    "SETTLED",
    "AnswerReminder",
    "ApiCall",
    "ApiScope",
    "ApiToken",
    "Application",
    "Assistance",
    "BulkItem",
    "BulkRun",
    "Choice",
    "ChoiceRun",
    "ChooseReminder",
    "ClearingInvitation",
    "ClearingListing",
    "ConditionKind",
    "ConditionState",
    "DeskFilter",
    "DeskNote",
    "Enrolment",
    "EnteredHow",
    "ExamResult",
    "FormSection",
    "GoneChoice",
    "Grade",
    "Handling",
    "Interview",
    "InterviewReminder",
    "InterviewSession",
    "InterviewSlot",
    "InterviewState",
    "InvitationState",
    "LeftHow",
    "LeftOutEntry",
    "MatchedHow",
    "Offer",
    "OfferCondition",
    "OfferKind",
    "OutsideOffer",
    "OwnRoute",
    "OwnRouteState",
    "ProviderAnswer",
    "ProviderQuestion",
    "QuestionKind",
    "Referral",
    "ReferralState",
    "RefusalReason",
    "Release",
    "ResultsRehearsal",
    "SectionDraft",
    "SectionMark",
    "Snapshot",
    "StagedDecision",
    "StagedOutcome",
    "StateProperty",
    "UsualCondition",
    "Webhook",
    "WebhookDelivery",
    "WebhookEvent",
    "WebhookTry",
    "WithdrawalReason",
]
