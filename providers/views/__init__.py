from providers.views.fixing import CheckAgainView, FixRowView, FixUploadView, MarkedUploadView
from providers.views.staff import (
    ActForView,
    EndRoleView,
    GiveRoleView,
    InviteAgainView,
    InviteStaffView,
    ResendInvitationView,
    StaffOfView,
    StaffView,
    StepInView,
    WithdrawInvitationView,
)
from providers.views.undoing import UndoneUploadView, UndoUploadView
from providers.views.uploads import (
    AbandonUploadView,
    ConfirmUploadView,
    NewUploadView,
    UploadChangesView,
    UploadIssuesView,
    UploadsView,
    UploadView,
)

__all__ = [
    "AbandonUploadView",
    "ActForView",
    "CheckAgainView",
    "ConfirmUploadView",
    "EndRoleView",
    "FixRowView",
    "FixUploadView",
    "GiveRoleView",
    "InviteAgainView",
    "InviteStaffView",
    "MarkedUploadView",
    "NewUploadView",
    "ResendInvitationView",
    "StaffOfView",
    "StaffView",
    "StepInView",
    "UndoUploadView",
    "UndoneUploadView",
    "UploadChangesView",
    "UploadIssuesView",
    "UploadView",
    "UploadsView",
    "WithdrawInvitationView",
]
