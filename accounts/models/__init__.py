from accounts.models.caseload import Absence, CaseloadLearner, CaseloadSchool, Duty
from accounts.models.consent import WORDS, Consent, ConsentKind, ConsentWording
from accounts.models.doubt import DoubtReason, LearnerDoubt
from accounts.models.facts import Attendance, Characteristics, GradeKind, SchoolGrade, SenProvision
from accounts.models.learner import Learner, LearnerContact
from accounts.models.mailing import DailyItem, DailyMail, MailChoice
from accounts.models.people import User
from accounts.models.receipt import Receipt, ReceiptSection
from accounts.models.recovery import (
    IdentityCheck,
    LearnerSearch,
    Recovery,
    RecoveryAsk,
    RecoveryRule,
    SignInLink,
    SignInLinkKind,
)
from accounts.models.registration import Attends, Registration
from accounts.models.rights import DataCopy, Erasure, MergedLearner, RetentionRule, RetentionRun
from accounts.models.roll import RollEntry
from accounts.models.roll_upload import RollHeading, RollImage
from accounts.models.sessions import Session
from accounts.models.sign_on import SignOn, SignOnDomain, SignOnIdentity
from accounts.models.supporter import SharedSection, Supporter, SupporterKind
from accounts.models.unlocking import LetterForm, LetterRun, ParentsLanguage, UnlockCode, UnlockFailure
from accounts.models.windows import UnlockWindow

__all__ = [
    "WORDS",
    "Absence",
    "Attendance",
    "Attends",
    "CaseloadLearner",
    "CaseloadSchool",
    "Characteristics",
    "Consent",
    "ConsentKind",
    "ConsentWording",
    "DailyItem",
    "DailyMail",
    "DataCopy",
    "DoubtReason",
    "Duty",
    "Erasure",
    "GradeKind",
    "IdentityCheck",
    "Learner",
    "LearnerContact",
    "LearnerDoubt",
    "LearnerSearch",
    "LetterForm",
    "LetterRun",
    "MailChoice",
    "MergedLearner",
    "ParentsLanguage",
    "Receipt",
    "ReceiptSection",
    "Recovery",
    "RecoveryAsk",
    "RecoveryRule",
    "Registration",
    "RetentionRule",
    "RetentionRun",
    "RollEntry",
    "RollHeading",
    "RollImage",
    "SchoolGrade",
    "SenProvision",
    "Session",
    "SharedSection",
    "SignInLink",
    "SignInLinkKind",
    "SignOn",
    "SignOnDomain",
    "SignOnIdentity",
    "Supporter",
    "SupporterKind",
    "UnlockCode",
    "UnlockFailure",
    "UnlockWindow",
    "User",
]
