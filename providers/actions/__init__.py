from providers.actions.confirming import abandon_upload, confirm_upload
from providers.actions.reference import load_local_authorities, load_outcodes
from providers.actions.uploads import fail_upload, read_now, receive_upload, run_upload

__all__ = [
    "abandon_upload",
    "confirm_upload",
    "fail_upload",
    "load_local_authorities",
    "load_outcodes",
    "read_now",
    "receive_upload",
    "run_upload",
]
