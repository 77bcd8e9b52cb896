from accounts.forms.account import AccountForm, JoinForm
from accounts.forms.consent import ConsentForm
from accounts.forms.letters import LetterGroupForm, PrintForm
from accounts.forms.recovery import (
    AskLinkForm,
    EmailForm,
    FindLearnerForm,
    HelpForm,
    LimitForm,
    NewPasswordForm,
    ProblemForm,
    RecoverForm,
)
from accounts.forms.rights import ErasureReasonForm, MergeForm, OwnErasureForm, RetentionForm, TwoRecordsForm
from accounts.forms.sign_in import SignInForm
from accounts.forms.unlocking import UnlockForm
from accounts.forms.windows import WindowForm

__all__ = [
    "AccountForm",
    "AskLinkForm",
    "ConsentForm",
    "EmailForm",
    "ErasureReasonForm",
    "FindLearnerForm",
    "HelpForm",
    "JoinForm",
    "LetterGroupForm",
    "LimitForm",
    "MergeForm",
    "NewPasswordForm",
    "OwnErasureForm",
    "PrintForm",
    "ProblemForm",
    "RecoverForm",
    "RetentionForm",
    "SignInForm",
    "TwoRecordsForm",
    "UnlockForm",
    "WindowForm",
]
