from applications.models.application import Application
from applications.models.choice import Choice, ChoiceRun, RefusalReason, Snapshot, WithdrawalReason
from applications.models.interview import Interview, InterviewState
from applications.models.offer import AnswerReminder, ConditionKind, ConditionState, Offer, OfferCondition
from applications.models.outside import OutsideOffer
from applications.models.referral import Referral, ReferralState
from applications.models.state import StateProperty

__all__ = [
    "AnswerReminder",
    "Application",
    "Choice",
    "ChoiceRun",
    "ConditionKind",
    "ConditionState",
    "Interview",
    "InterviewState",
    "Offer",
    "OfferCondition",
    "OutsideOffer",
    "Referral",
    "ReferralState",
    "RefusalReason",
    "Snapshot",
    "StateProperty",
    "WithdrawalReason",
]
