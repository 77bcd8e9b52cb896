from applications.forms.answers import AnswerForm, ReferralForm, WithdrawForm
from applications.forms.desk import AnswersForm
from applications.forms.interviews import (
    AttendanceForm,
    ChangeSessionForm,
    GiveBackInterviewForm,
    InterviewForm,
    SessionForm,
)
from applications.forms.learner import ChoiceForm
from applications.forms.outside import OutsideOfferForm
from applications.forms.provider import (
    FailConditionsForm,
    MarkConditionsForm,
    OfferForm,
    RefuseForm,
    SuggestForm,
    UsualConditionsForm,
    WithdrawForLearnerForm,
    run_label,
)
from applications.forms.school import EndorseForm, EndorseManyForm, GiveBackForm
from applications.forms.tokens import SandboxForm, TokenForm
from applications.forms.webhooks import WebhookForm

__all__ = [
    "AnswerForm",
    "AnswersForm",
    "AttendanceForm",
    "ChangeSessionForm",
    "ChoiceForm",
    "EndorseForm",
    "EndorseManyForm",
    "FailConditionsForm",
    "GiveBackForm",
    "GiveBackInterviewForm",
    "InterviewForm",
    "MarkConditionsForm",
    "OfferForm",
    "OutsideOfferForm",
    "ReferralForm",
    "RefuseForm",
    "SandboxForm",
    "SessionForm",
    "SuggestForm",
    "TokenForm",
    "UsualConditionsForm",
    "WebhookForm",
    "WithdrawForLearnerForm",
    "WithdrawForm",
    "run_label",
]
