from providers.forms.uploads import AbandonUploadForm, ConfirmUploadForm, UploadForm

__all__ = [
    "AbandonUploadForm",
    "ConfirmUploadForm",
    "UploadForm",
]
