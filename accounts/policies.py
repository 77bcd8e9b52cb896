from typing import Any

from accounts.models import Learner, LetterRun
from core.policies import Policy, the_service
from providers.models import Organisation


def coordinator_of_school(user: Any, school: Organisation) -> bool:
    return Organisation.objects.coordinating_through(user).filter(pk=school.pk).exists()


def coordinator_of_letters(user: Any, letter_run: LetterRun) -> bool:
    return LetterRun.objects.visible_to(user).filter(pk=letter_run.pk).exists()


def own_learner(user: Any, learner: Learner) -> bool:
    return learner.user_id == user.pk


SCHOOL_POLICY = Policy(
    {
        "import_roll": coordinator_of_school,
        "load_roll": the_service,  # the command, run by whoever runs the server
        "request_letters": coordinator_of_school,
    }
)
LETTER_POLICY = Policy({"fetch": coordinator_of_letters, "print": the_service, "remove": the_service})
LEARNER_POLICY = Policy({"answer_consent": own_learner})
