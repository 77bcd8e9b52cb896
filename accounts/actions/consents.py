from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import Consent, ConsentKind, ConsentWording, Learner
from accounts.policies import AREA_POLICY, LEARNER_POLICY
from accounts.queries import asked, may_consent
from accounts.registry import unlocked
from activity.actions import record
from core.errors import RuleBroken
from providers.models import Area


@transaction.atomic
def answer_consent(
    *, learner: Learner, kind: ConsentKind, is_given: bool, words: str, by: Any, version: str | None = None
) -> Consent:
    """The learner's newest answer to this question, kept with the words they were shown. Earlier answers stay.

    ``version`` says which words those were, where they came from a page: the reference of the area's wording, or empty.
    Raises: NotAllowed (only the learner answers), RuleBroken ``too_young`` and ``words_changed`` (the area asks for
    something else since the page was opened: a yes to the old words must not hold for the new ones).
    """
    _hold_words(learner.area_id)
    learner = Learner.objects.select_for_update(no_key=True).get(pk=learner.pk)
    LEARNER_POLICY.require(by, "answer_consent", learner)
    if not may_consent(learner):
        raise RuleBroken(_("You can answer this question from your 13th birthday."), code="too_young")
    if version is not None and version != asked(learner, kind).version:
        raise RuleBroken(
            _("The question has changed since you opened this page. Read it again and answer."), code="words_changed"
        )
    consent = Consent.objects.create(learner=learner, kind=kind, is_given=is_given, words=words, by=by)
    record("consent.answer", subject=consent, by=by, kind=kind.value, is_given=is_given)
    if is_given and kind == ConsentKind.ADVICE_SERVICE:
        unlocked(learner)
    return consent


@transaction.atomic
def word_consent(*, area: Area, kind: ConsentKind, words: str, is_material: bool, by: Any) -> ConsentWording:
    """From now on the area asks in these words. When they ask for something else, every older yes stops holding
    and everybody is asked again.

    Raises: NotAllowed, RuleBroken ``same_words``.
    """
    # The whole row, so that nobody is answering the old words meanwhile.
    area = Area.objects.select_for_update().get(pk=area.pk)
    AREA_POLICY.require(by, "word_consent", area)
    newest = ConsentWording.objects.filter(area=area, kind=kind).first()
    if newest is not None and newest.words == words:
        raise RuleBroken(_("These are the words you use already."), code="same_words")
    wording = ConsentWording.objects.create(area=area, kind=kind, words=words, is_material=is_material, by=by)
    record("consent.word", subject=wording, by=by, area=area.pk, kind=kind.value, is_material=is_material)
    return wording


def _hold_words(area_id: int) -> None:
    """Until the end of this transaction the area asks in the words it asks in now.

    A shared lock, as a row that points to the area takes it: a class of learners answers at once, and a roll that is
    being read, which holds the area for longer, keeps nobody waiting.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {Area._meta.db_table} WHERE id = %s FOR KEY SHARE", [area_id])
