from accounts.querysets.consent import ConsentQuerySet
from accounts.querysets.learner import LearnerContactQuerySet, LearnerQuerySet
from accounts.querysets.roll import CaseloadSchoolQuerySet, RollEntryQuerySet
from accounts.querysets.unlocking import LetterRunQuerySet, UnlockCodeQuerySet

__all__ = [
    "CaseloadSchoolQuerySet",
    "ConsentQuerySet",
    "LearnerContactQuerySet",
    "LearnerQuerySet",
    "LetterRunQuerySet",
    "RollEntryQuerySet",
    "UnlockCodeQuerySet",
]
