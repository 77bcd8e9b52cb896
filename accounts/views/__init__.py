from accounts.views.helping import FindLearnerView, NewRecoveryView, RecoveriesView, RecoveryView
from accounts.views.invitations import InvitationView, OpenInvitationView
from accounts.views.letters import FetchLettersView, LetterRunView, LettersView, NewLettersView
from accounts.views.recovery import (
    CannotSignInView,
    ConfirmEmailView,
    EmailView,
    OpenLinkView,
    RecoverAccountView,
    RecoverEmailView,
    RecoverView,
)
from accounts.views.roll import RollView
from accounts.views.sign_in import ParentsView, SignedOutView, SignInView, SignOutView, StartView
from accounts.views.unlocking import ConsentView, UnlockAccountView, UnlockView, WelcomeView
from accounts.views.windows import AreaWindowsView, UnlockingView, UnlockTriesView, WindowsView

__all__ = [
    "AreaWindowsView",
    "CannotSignInView",
    "ConfirmEmailView",
    "ConsentView",
    "EmailView",
    "FetchLettersView",
    "FindLearnerView",
    "InvitationView",
    "LetterRunView",
    "LettersView",
    "NewLettersView",
    "NewRecoveryView",
    "OpenInvitationView",
    "OpenLinkView",
    "ParentsView",
    "RecoverAccountView",
    "RecoverEmailView",
    "RecoverView",
    "RecoveriesView",
    "RecoveryView",
    "RollView",
    "SignInView",
    "SignOutView",
    "SignedOutView",
    "StartView",
    "UnlockAccountView",
    "UnlockTriesView",
    "UnlockView",
    "UnlockingView",
    "WelcomeView",
    "WindowsView",
]
