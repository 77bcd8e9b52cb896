from typing import Any

from django.db import transaction

from accounts.models import Consent, ConsentKind, Learner
from accounts.policies import LEARNER_POLICY
from activity.actions import record


@transaction.atomic
def answer_consent(*, learner: Learner, kind: ConsentKind, is_given: bool, words: str, by: Any) -> Consent:
    """The learner's newest answer to this question, kept with the words they were shown. Earlier answers stay.

    Raises: NotAllowed (only the learner answers).
    """
    learner = Learner.objects.select_for_update(no_key=True).get(pk=learner.pk)
    LEARNER_POLICY.require(by, "answer_consent", learner)
    consent = Consent.objects.create(learner=learner, kind=kind, is_given=is_given, words=words, by=by)
    record("consent.answer", subject=consent, by=by, kind=kind.value, is_given=is_given)
    return consent
