from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Consent, ConsentKind, ConsentWording, Learner
from accounts.policies import AREA_POLICY, LEARNER_POLICY
from accounts.queries import may_consent
from activity.actions import record
from core.errors import RuleBroken
from providers.models import Area


@transaction.atomic
def answer_consent(*, learner: Learner, kind: ConsentKind, is_given: bool, words: str, by: Any) -> Consent:
    """The learner's newest answer to this question, kept with the words they were shown. Earlier answers stay.

    Raises: NotAllowed (only the learner answers), RuleBroken ``too_young``.
    """
    learner = Learner.objects.select_for_update(no_key=True).get(pk=learner.pk)
    LEARNER_POLICY.require(by, "answer_consent", learner)
    if not may_consent(learner):
        raise RuleBroken(_("You can answer this question from your 13th birthday."), code="too_young")
    consent = Consent.objects.create(learner=learner, kind=kind, is_given=is_given, words=words, by=by)
    record("consent.answer", subject=consent, by=by, kind=kind.value, is_given=is_given)
    return consent


@transaction.atomic
def word_consent(*, area: Area, kind: ConsentKind, words: str, is_material: bool, by: Any) -> ConsentWording:
    """From now on the area asks in these words. When they ask for something else, every older yes stops holding
    and everybody is asked again.

    Raises: NotAllowed, RuleBroken ``same_words``.
    """
    area = Area.objects.select_for_update(no_key=True).get(pk=area.pk)
    AREA_POLICY.require(by, "word_consent", area)
    newest = ConsentWording.objects.filter(area=area, kind=kind).first()
    if newest is not None and newest.words == words:
        raise RuleBroken(_("These are the words you use already."), code="same_words")
    wording = ConsentWording.objects.create(area=area, kind=kind, words=words, is_material=is_material, by=by)
    record("consent.word", subject=wording, by=by, area=area.pk, kind=kind.value, is_material=is_material)
    return wording
