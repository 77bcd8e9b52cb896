from providers.actions.reference import load_local_authorities, load_outcodes
from providers.actions.uploads import fail_upload, read_now, receive_upload, run_upload

__all__ = ["fail_upload", "load_local_authorities", "load_outcodes", "read_now", "receive_upload", "run_upload"]
