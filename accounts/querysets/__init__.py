from accounts.querysets.caseload import (
    AbsenceQuerySet,
    CaseloadLearnerQuerySet,
    CaseloadSchoolQuerySet,
    DutyQuerySet,
)
from accounts.querysets.consent import ConsentQuerySet, ConsentWordingQuerySet
from accounts.querysets.doubt import LearnerDoubtQuerySet
from accounts.querysets.facts import AttendanceQuerySet, CharacteristicsQuerySet, SchoolGradeQuerySet
from accounts.querysets.learner import LearnerContactQuerySet, LearnerQuerySet
from accounts.querysets.receipt import ReceiptQuerySet
from accounts.querysets.recovery import RecoveryQuerySet, SignInLinkQuerySet
from accounts.querysets.registration import RegistrationQuerySet
from accounts.querysets.rights import DataCopyQuerySet, ErasureQuerySet, RetentionRunQuerySet
from accounts.querysets.roll import RollEntryQuerySet
from accounts.querysets.sessions import SessionQuerySet
from accounts.querysets.sign_on import SignOnIdentityQuerySet, SignOnQuerySet
from accounts.querysets.supporter import SupporterQuerySet
from accounts.querysets.unlocking import LetterRunQuerySet, UnlockCodeQuerySet
from accounts.querysets.windows import UnlockWindowQuerySet

__all__ = [
    "AbsenceQuerySet",
    "AttendanceQuerySet",
    "CaseloadLearnerQuerySet",
    "CaseloadSchoolQuerySet",
    "CharacteristicsQuerySet",
    "ConsentQuerySet",
    "ConsentWordingQuerySet",
    "DataCopyQuerySet",
    "DutyQuerySet",
    "ErasureQuerySet",
    "LearnerContactQuerySet",
    "LearnerDoubtQuerySet",
    "LearnerQuerySet",
    "LetterRunQuerySet",
    "ReceiptQuerySet",
    "RecoveryQuerySet",
    "RegistrationQuerySet",
    "RetentionRunQuerySet",
    "RollEntryQuerySet",
    "SchoolGradeQuerySet",
    "SessionQuerySet",
    "SignInLinkQuerySet",
    "SignOnIdentityQuerySet",
    "SignOnQuerySet",
    "SupporterQuerySet",
    "UnlockCodeQuerySet",
    "UnlockWindowQuerySet",
]
