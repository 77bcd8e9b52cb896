from accounts.querysets.consent import ConsentQuerySet
from accounts.querysets.doubt import LearnerDoubtQuerySet
from accounts.querysets.facts import AttendanceQuerySet, CharacteristicsQuerySet, SchoolGradeQuerySet
from accounts.querysets.learner import LearnerContactQuerySet, LearnerQuerySet
from accounts.querysets.recovery import RecoveryQuerySet, SignInLinkQuerySet
from accounts.querysets.rights import DataCopyQuerySet, ErasureQuerySet, RetentionRunQuerySet
from accounts.querysets.roll import CaseloadSchoolQuerySet, RollEntryQuerySet
from accounts.querysets.sessions import SessionQuerySet
from accounts.querysets.unlocking import LetterRunQuerySet, UnlockCodeQuerySet
from accounts.querysets.windows import UnlockWindowQuerySet

__all__ = [
    "AttendanceQuerySet",
    "CaseloadSchoolQuerySet",
    "CharacteristicsQuerySet",
    "ConsentQuerySet",
    "DataCopyQuerySet",
    "ErasureQuerySet",
    "LearnerContactQuerySet",
    "LearnerDoubtQuerySet",
    "LearnerQuerySet",
    "LetterRunQuerySet",
    "RecoveryQuerySet",
    "RetentionRunQuerySet",
    "RollEntryQuerySet",
    "SchoolGradeQuerySet",
    "SessionQuerySet",
    "SignInLinkQuerySet",
    "UnlockCodeQuerySet",
    "UnlockWindowQuerySet",
]
