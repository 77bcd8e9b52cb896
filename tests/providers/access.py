"""Who gets which status for the pages of this floor. Needs in the world: ``upload``, a published upload of kind
"courses" for the provider Amina applied to, handed over by its editor; ``checked_upload``, one that waits for somebody
to confirm it.

Coordinators may hand over rolls, editors courses; each sees only uploads of the kinds and organisations they act for.
"""

_STAFF_ONLY = {
    "anonymous": 302,
    "learner": 404,
    "other_learner": 404,
    "coordinator": 200,
    "other_coordinator": 200,
    "adviser": 404,
    "admissions": 404,
    "other_admissions": 404,
    "editor": 200,
    "officer": 404,
}
_EDITOR_ONLY = _STAFF_ONLY | {"coordinator": 404, "other_coordinator": 404}

ACCESS = {
    "providers:uploads": _STAFF_ONLY,
    "providers:upload-new": _EDITOR_ONLY,
    "providers:upload": _EDITOR_ONLY,
    "providers:upload-changes": _EDITOR_ONLY,
    "providers:upload-confirm": _EDITOR_ONLY,
    "providers:upload-abandon": _EDITOR_ONLY,
    "providers:upload-issues": _EDITOR_ONLY,
}
ARGS = {
    "providers:uploads": lambda world: [],
    "providers:upload-new": lambda world: ["courses"],
    "providers:upload": lambda world: [world.upload.reference],
    "providers:upload-changes": lambda world: [world.upload.reference],
    "providers:upload-confirm": lambda world: [world.checked_upload.reference],
    "providers:upload-abandon": lambda world: [world.checked_upload.reference],
    "providers:upload-issues": lambda world: [world.upload.reference],
}
