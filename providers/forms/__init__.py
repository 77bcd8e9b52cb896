from providers.forms.staff import ActForForm, EndRoleForm, GiveRoleForm, InviteForm
from providers.forms.uploads import AbandonUploadForm, ConfirmUploadForm, UndoUploadForm, UploadForm

__all__ = [
    "AbandonUploadForm",
    "ActForForm",
    "ConfirmUploadForm",
    "EndRoleForm",
    "GiveRoleForm",
    "InviteForm",
    "UndoUploadForm",
    "UploadForm",
]
