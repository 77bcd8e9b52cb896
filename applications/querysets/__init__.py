from applications.querysets.choice import (
    ApplicationQuerySet,
    ChoiceQuerySet,
    GoneChoiceQuerySet,
    assisted_by,
    what_hangs_on_a_choice,
)
from applications.querysets.clearing import ClearingInvitationQuerySet, ClearingListingQuerySet
from applications.querysets.desk import BulkRunQuerySet, DeskFilterQuerySet, DeskNoteQuerySet
from applications.querysets.enrolment import EnrolmentQuerySet
from applications.querysets.interview import InterviewSessionQuerySet, InterviewSlotQuerySet
from applications.querysets.outside import OutsideOfferQuerySet, OwnRouteQuerySet
from applications.querysets.release import ReleaseQuerySet, StagedDecisionQuerySet
from applications.querysets.result import ExamResultQuerySet, ResultsRehearsalQuerySet
from applications.querysets.system import ApiTokenQuerySet, WebhookDeliveryQuerySet, WebhookQuerySet
from applications.querysets.written import ProviderQuestionQuerySet, SectionDraftQuerySet

__all__ = [
    "ApiTokenQuerySet",
    "ApplicationQuerySet",
    "BulkRunQuerySet",
    "ChoiceQuerySet",
    "ClearingInvitationQuerySet",
    "ClearingListingQuerySet",
    "DeskFilterQuerySet",
    "DeskNoteQuerySet",
    "EnrolmentQuerySet",
    "ExamResultQuerySet",
    "GoneChoiceQuerySet",
    "InterviewSessionQuerySet",
    "InterviewSlotQuerySet",
    "OutsideOfferQuerySet",
    "OwnRouteQuerySet",
    "ProviderQuestionQuerySet",
    "ReleaseQuerySet",
    "ResultsRehearsalQuerySet",
    "SectionDraftQuerySet",
    "StagedDecisionQuerySet",
    "WebhookDeliveryQuerySet",
    "WebhookQuerySet",
    "assisted_by",
    "what_hangs_on_a_choice",
]
