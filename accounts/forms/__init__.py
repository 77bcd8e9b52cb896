from accounts.forms.account import AccountForm, JoinForm
from accounts.forms.consent import ConsentForm
from accounts.forms.letters import LetterGroupForm, PrintForm
from accounts.forms.sign_in import SignInForm
from accounts.forms.unlocking import UnlockForm
from accounts.forms.windows import WindowForm

__all__ = [
    "AccountForm",
    "ConsentForm",
    "JoinForm",
    "LetterGroupForm",
    "PrintForm",
    "SignInForm",
    "UnlockForm",
    "WindowForm",
]
