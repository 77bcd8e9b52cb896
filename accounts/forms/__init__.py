from accounts.forms.account import AccountForm, JoinForm
from accounts.forms.caseloads import AbsenceForm, CoverForm, DutyForm, HandOverLearnerForm, HandOverSchoolsForm
from accounts.forms.consent import ConsentForm
from accounts.forms.factors import AppForm, CodeForm, ConfirmForm, KeyForm, NameForm, PasskeyForm, ResetFactorsForm
from accounts.forms.identity_checks import IdentityCheckForm
from accounts.forms.letters import LetterGroupForm, PrintForm
from accounts.forms.mailing import MailChoicesForm
from accounts.forms.password import PasswordForm
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
from accounts.forms.registration import RegisterForm
from accounts.forms.residence import ResidenceForm
from accounts.forms.rights import ErasureReasonForm, MergeForm, OwnErasureForm, RetentionForm, TwoRecordsForm
from accounts.forms.sign_in import SignInForm
from accounts.forms.sign_on import FindSignOnForm, SignOnForm
from accounts.forms.supporter import InviteSupporterForm, SharingForm, SupporterCodeForm
from accounts.forms.unlocking import UnlockForm
from accounts.forms.windows import WindowForm
from accounts.forms.wording import ConsentWordsForm

__all__ = [
    "AbsenceForm",
    "AccountForm",
    "AppForm",
    "AskLinkForm",
    "CodeForm",
    "ConfirmForm",
    "ConsentForm",
    "ConsentWordsForm",
    "CoverForm",
    "DutyForm",
    "EmailForm",
    "ErasureReasonForm",
    "FindLearnerForm",
    "FindSignOnForm",
    "HandOverLearnerForm",
    "HandOverSchoolsForm",
    "HelpForm",
    "IdentityCheckForm",
    "InviteSupporterForm",
    "JoinForm",
    "KeyForm",
    "LetterGroupForm",
    "LimitForm",
    "MailChoicesForm",
    "MergeForm",
    "NameForm",
    "NewPasswordForm",
    "OwnErasureForm",
    "PasskeyForm",
    "PasswordForm",
    "PrintForm",
    "ProblemForm",
    "RecoverForm",
    "RegisterForm",
    "ResetFactorsForm",
    "ResidenceForm",
    "RetentionForm",
    "SharingForm",
    "SignInForm",
    "SignOnForm",
    "SupporterCodeForm",
    "TwoRecordsForm",
    "UnlockForm",
    "WindowForm",
]
