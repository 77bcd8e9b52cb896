from accounts.models.consent import Consent, ConsentKind
from accounts.models.learner import Learner, LearnerContact
from accounts.models.people import User
from accounts.models.roll import CaseloadSchool, RollEntry
from accounts.models.unlocking import LetterRun, UnlockCode, UnlockFailure

__all__ = [
    "CaseloadSchool",
    "Consent",
    "ConsentKind",
    "Learner",
    "LearnerContact",
    "LetterRun",
    "RollEntry",
    "UnlockCode",
    "UnlockFailure",
    "User",
]
