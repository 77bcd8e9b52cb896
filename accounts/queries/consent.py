"""What learners answered, and who may be asked."""

import datetime as dt
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef

from accounts.models import (
    WORDS,
    Consent,
    ConsentKind,
    ConsentWording,
    Learner,
)
from core import clock
from providers.models import Area

OLD_ENOUGH = 13  # years: whoever is younger cannot consent to an online service. Source: Data Protection Act 2018, s. 9


def years_ago(years: int) -> dt.date:
    """The newest date of birth of somebody who is this old today."""
    today = clock.today()
    try:
        return today.replace(year=today.year - years)
    except ValueError:  # the 29th of February
        return today.replace(year=today.year - years, day=28)


def may_consent(learner: Learner) -> bool:
    """Whether the learner is old enough to be asked."""
    return learner.birth_on <= years_ago(OLD_ENOUGH)


def learners_without_answer(kind: ConsentKind) -> Any:
    """Learners who have unlocked their record, are old enough, and have not answered the question as it stands."""
    reworded = ConsentWording.objects.material().filter(kind=kind, area=OuterRef("learner__area"))
    answers = Consent.objects.filter(learner=OuterRef("pk"), kind=kind).exclude(
        Exists(reworded.filter(created_at__gt=OuterRef("at")))
    )
    return Learner.objects.exclude(user=None).filter(~Exists(answers), birth_on__lte=years_ago(OLD_ENOUGH))


def newest_answer(learner: Learner, kind: ConsentKind) -> Consent | None:
    """What the learner last answered, or None when they have not been asked."""
    return learner.consents.filter(kind=kind).order_by("-at", "-pk").first()


class Asked(NamedTuple):
    """A consent as one learner is asked for it: the words of today, and what they answered."""

    kind: ConsentKind
    words: str
    version: str  # which words these are: the wording's reference; empty for the portal's own
    answer: Consent | None
    is_asked_again: bool  # the words ask for something else than those that were answered

    @property
    def is_given(self) -> bool:
        """Whether it holds."""
        return self.answer is not None and self.answer.is_given and not self.is_asked_again


def asked(learner: Learner, kind: ConsentKind) -> Asked:
    """The question of this kind as this learner's area asks it now, and the newest answer."""
    wordings = list(ConsentWording.objects.filter(area=learner.area_id, kind=kind))
    answer = newest_answer(learner, kind)
    is_again = answer is not None and any(one.is_material and one.created_at > answer.at for one in wordings)
    newest = wordings[0] if wordings else None
    words = newest.words if newest else str(WORDS[kind])
    return Asked(kind, words, newest.reference if newest else "", answer, is_again)


def number_sharing(area: Area) -> int:
    """How many learners of the area share with the advice service today."""
    return Learner.objects.filter(area=area).sharing_with_advisers().count()
