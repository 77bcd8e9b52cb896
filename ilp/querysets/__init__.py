from ilp.querysets.contact import ContactQuerySet
from ilp.querysets.conversation import (
    AttachmentQuerySet,
    ConversationQuerySet,
    MessageQuerySet,
    MessageRunQuerySet,
    NoticeQuerySet,
)
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
from ilp.querysets.template import (
    AnswerQuerySet,
    ContributionQuerySet,
    QuestionQuerySet,
    SectionAskQuerySet,
    SectionQuerySet,
    TemplateQuerySet,
    TemplateVersionQuerySet,
)

__all__ = [
    "AgreedActionQuerySet",
    "AnswerQuerySet",
    "AttachmentQuerySet",
    "BookingQuerySet",
    "ConcernPhraseQuerySet",
    "ContactQuerySet",
    "ContributionQuerySet",
    "ConversationQuerySet",
    "CurrentActivityQuerySet",
    "DocumentQuerySet",
    "DraftQuerySet",
    "EntryQuerySet",
    "ExperienceQuerySet",
    "FlagQuerySet",
    "HelpRequestQuerySet",
    "MessageQuerySet",
    "MessageRunQuerySet",
    "NoticeQuerySet",
    "PlanQuerySet",
    "QuestionQuerySet",
    "RecordCodeQuerySet",
    "RecordFactQuerySet",
    "ReviewDraftQuerySet",
    "ReviewQuerySet",
    "RevisionQuerySet",
    "SafeguardingContactQuerySet",
    "SectionAskQuerySet",
    "SectionQuerySet",
    "TargetQuerySet",
    "TemplateQuerySet",
    "TemplateVersionQuerySet",
    "learners_recorded_for",
]
