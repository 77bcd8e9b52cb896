from ilp.querysets.contact import ContactQuerySet
from ilp.querysets.conversation import AttachmentQuerySet, ConversationQuerySet, MessageQuerySet, NoticeQuerySet
from ilp.querysets.document import DocumentQuerySet
from ilp.querysets.experience import BookingQuerySet, ExperienceQuerySet
from ilp.querysets.plan import DraftQuerySet, EntryQuerySet, PlanQuerySet, RevisionQuerySet
from ilp.querysets.record import CurrentActivityQuerySet, RecordCodeQuerySet, RecordFactQuerySet, learners_recorded_for
from ilp.querysets.review import (
    AgreedActionQuerySet,
    HelpRequestQuerySet,
    ReviewDraftQuerySet,
    ReviewQuerySet,
    TargetQuerySet,
)
from ilp.querysets.safety import ConcernPhraseQuerySet, FlagQuerySet, SafeguardingContactQuerySet

__all__ = [
    "AgreedActionQuerySet",
    "AttachmentQuerySet",
    "BookingQuerySet",
    "ConcernPhraseQuerySet",
    "ContactQuerySet",
    "ConversationQuerySet",
    "CurrentActivityQuerySet",
    "DocumentQuerySet",
    "DraftQuerySet",
    "EntryQuerySet",
    "ExperienceQuerySet",
    "FlagQuerySet",
    "HelpRequestQuerySet",
    "MessageQuerySet",
    "NoticeQuerySet",
    "PlanQuerySet",
    "RecordCodeQuerySet",
    "RecordFactQuerySet",
    "ReviewDraftQuerySet",
    "ReviewQuerySet",
    "RevisionQuerySet",
    "SafeguardingContactQuerySet",
    "TargetQuerySet",
    "learners_recorded_for",
]
