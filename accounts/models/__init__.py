from accounts.models.consent import Consent, ConsentKind
from accounts.models.doubt import DoubtReason, LearnerDoubt
from accounts.models.facts import Attendance, Characteristics, GradeKind, SchoolGrade, SenProvision
from accounts.models.learner import Learner, LearnerContact
from accounts.models.people import User
from accounts.models.recovery import (
    IdentityCheck,
    LearnerSearch,
    Recovery,
    RecoveryAsk,
    RecoveryRule,
    SignInLink,
    SignInLinkKind,
)
from accounts.models.rights import DataCopy, Erasure, MergedLearner, RetentionRule, RetentionRun
from accounts.models.roll import CaseloadSchool, RollEntry
from accounts.models.roll_upload import RollHeading, RollImage
from accounts.models.sessions import Session
from accounts.models.unlocking import LetterForm, LetterRun, ParentsLanguage, UnlockCode, UnlockFailure
from accounts.models.windows import UnlockWindow

__all__ = [
    "Attendance",
    "CaseloadSchool",
    "Characteristics",
    "Consent",
    "ConsentKind",
    "DataCopy",
    "DoubtReason",
    "Erasure",
    "GradeKind",
    "IdentityCheck",
    "Learner",
    "LearnerContact",
    "LearnerDoubt",
    "LearnerSearch",
    "LetterForm",
    "LetterRun",
    "MergedLearner",
    "ParentsLanguage",
    "Recovery",
    "RecoveryAsk",
    "RecoveryRule",
    "RetentionRule",
    "RetentionRun",
    "RollEntry",
    "RollHeading",
    "RollImage",
    "SchoolGrade",
    "SenProvision",
    "Session",
    "SignInLink",
    "SignInLinkKind",
    "UnlockCode",
    "UnlockFailure",
    "UnlockWindow",
    "User",
]
