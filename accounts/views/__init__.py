from accounts.views.invitations import InvitationView, OpenInvitationView
from accounts.views.letters import FetchLettersView, LetterRunView, LettersView, NewLettersView
from accounts.views.roll import RollView
from accounts.views.sign_in import CannotSignInView, SignInView, SignOutView, StartView
from accounts.views.unlocking import ConsentView, UnlockAccountView, UnlockView, WelcomeView

__all__ = [
    "CannotSignInView",
    "ConsentView",
    "FetchLettersView",
    "InvitationView",
    "LetterRunView",
    "LettersView",
    "NewLettersView",
    "OpenInvitationView",
    "RollView",
    "SignInView",
    "SignOutView",
    "StartView",
    "UnlockAccountView",
    "UnlockView",
    "WelcomeView",
]
