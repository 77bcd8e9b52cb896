from django.db import models

from core.workflow import Flow


class UploadState(models.TextChoices):
    RECEIVED = "received", "Being read"
    PUBLISHED = "published", "Published"
    REFUSED = "refused", "Could not be used"


S = UploadState
# Waiting and running are states of the upload's job; reading the file and ending the upload are one transaction.
UPLOAD_FLOW = Flow(UploadState, start=S.RECEIVED, moves={
    # verb      from           to
    "publish": ({S.RECEIVED}, S.PUBLISHED),
    "refuse":  ({S.RECEIVED}, S.REFUSED),
})  # fmt: skip
