from typing import Any

from accounts.models import Learner
from core.policies import Policy


def adviser_of_learner(user: Any, learner: Learner) -> bool:
    return Learner.objects.on_caseload_of(user).filter(pk=learner.pk).exists()


CONTACT_POLICY = Policy({"record": adviser_of_learner})
