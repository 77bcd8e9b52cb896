from accounts.views.doubts import DoubtsView, DoubtView
from accounts.views.helping import FindLearnerView, NewRecoveryView, RecoveriesView, RecoveryView
from accounts.views.invitations import InvitationView, OpenInvitationView
from accounts.views.letters import FetchLettersView, LetterRunView, LettersView, NewLettersView
from accounts.views.record import RecordView, RollLearnerView
from accounts.views.recovery import (
    CannotSignInView,
    ConfirmEmailView,
    EmailView,
    OpenLinkView,
    RecoverAccountView,
    RecoverEmailView,
    RecoverView,
)
from accounts.views.rights import (
    AgreeErasureView,
    AskCopyView,
    AskErasureView,
    AskOwnErasureView,
    ChangeRetentionView,
    ErasuresView,
    ErasureVerbView,
    FetchCopyView,
    MergeLearnersView,
    RetentionView,
    YourDataView,
)
from accounts.views.roll import RollView
from accounts.views.roll_uploads import RollHeadingsView
from accounts.views.sign_in import ParentsView, SignedOutView, SignInView, SignOutView, StartView
from accounts.views.unlocking import ConsentView, UnlockAccountView, UnlockView, WelcomeView
from accounts.views.windows import AreaWindowsView, UnlockingView, UnlockTriesView, WindowsView

__all__ = [
    "AgreeErasureView",
    "AreaWindowsView",
    "AskCopyView",
    "AskErasureView",
    "AskOwnErasureView",
    "CannotSignInView",
    "ChangeRetentionView",
    "ConfirmEmailView",
    "ConsentView",
    "DoubtView",
    "DoubtsView",
    "EmailView",
    "ErasureVerbView",
    "ErasuresView",
    "FetchCopyView",
    "FetchLettersView",
    "FindLearnerView",
    "InvitationView",
    "LetterRunView",
    "LettersView",
    "MergeLearnersView",
    "NewLettersView",
    "NewRecoveryView",
    "OpenInvitationView",
    "OpenLinkView",
    "ParentsView",
    "RecordView",
    "RecoverAccountView",
    "RecoverEmailView",
    "RecoverView",
    "RecoveriesView",
    "RecoveryView",
    "RetentionView",
    "RollHeadingsView",
    "RollLearnerView",
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
    "YourDataView",
]
