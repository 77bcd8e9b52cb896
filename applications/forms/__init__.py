from applications.forms.answers import AnswerForm, ReferralForm, WithdrawForm
from applications.forms.learner import ChoiceForm
from applications.forms.outside import OutsideOfferForm
from applications.forms.provider import (
    FailConditionsForm,
    InterviewForm,
    OfferForm,
    ReasonForm,
    RefuseForm,
    SuggestForm,
    run_label,
)
from applications.forms.school import EndorseForm, EndorseManyForm, GiveBackForm
from applications.forms.tokens import TokenForm

__all__ = [
    "AnswerForm",
    "ChoiceForm",
    "EndorseForm",
    "EndorseManyForm",
    "FailConditionsForm",
    "GiveBackForm",
    "InterviewForm",
    "OfferForm",
    "OutsideOfferForm",
    "ReasonForm",
    "ReferralForm",
    "RefuseForm",
    "SuggestForm",
    "TokenForm",
    "WithdrawForm",
    "run_label",
]
