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
    "ConfirmUploadView",
    "NewUploadView",
    "UploadChangesView",
    "UploadIssuesView",
    "UploadView",
    "UploadsView",
]
