from accounts.views.invitations import InvitationView, OpenInvitationView
from accounts.views.letters import FetchLettersView, LetterRunView, LettersView, NewLettersView
from accounts.views.roll import RollView
from accounts.views.sign_in import CannotSignInView, ParentsView, SignInView, SignOutView, StartView
from accounts.views.unlocking import ConsentView, UnlockAccountView, UnlockView, WelcomeView
from accounts.views.windows import AreaWindowsView, UnlockingView, UnlockTriesView, WindowsView

__all__ = [
    "AreaWindowsView",
    "CannotSignInView",
    "ConsentView",
    "FetchLettersView",
    "InvitationView",
    "LetterRunView",
    "LettersView",
    "NewLettersView",
    "OpenInvitationView",
    "ParentsView",
    "RollView",
    "SignInView",
    "SignOutView",
    "StartView",
    "UnlockAccountView",
    "UnlockTriesView",
    "UnlockView",
    "UnlockingView",
    "WelcomeView",
    "WindowsView",
]
