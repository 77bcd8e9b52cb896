from ilp.querysets.contact import ContactQuerySet
from ilp.querysets.conversation import AttachmentQuerySet, ConversationQuerySet, MessageQuerySet, NoticeQuerySet
from ilp.querysets.plan import DraftQuerySet, EntryQuerySet, PlanQuerySet, RevisionQuerySet
from ilp.querysets.record import CurrentActivityQuerySet, RecordCodeQuerySet, RecordFactQuerySet, learners_recorded_for
from ilp.querysets.safety import ConcernPhraseQuerySet, FlagQuerySet, SafeguardingContactQuerySet

__all__ = [
    "AttachmentQuerySet",
    "ConcernPhraseQuerySet",
    "ContactQuerySet",
    "ConversationQuerySet",
    "CurrentActivityQuerySet",
    "DraftQuerySet",
    "EntryQuerySet",
    "FlagQuerySet",
    "MessageQuerySet",
    "NoticeQuerySet",
    "PlanQuerySet",
    "RecordCodeQuerySet",
    "RecordFactQuerySet",
    "RevisionQuerySet",
    "SafeguardingContactQuerySet",
    "learners_recorded_for",
]
