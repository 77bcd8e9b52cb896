"""Who gets which status for the pages of this floor. Needs in the world: ``upload``, a published upload of kind
"courses" for the provider Amina applied to, handed over by its editor; ``checked_upload``, one that waits for somebody
to confirm it.

Coordinators may hand over rolls, editors courses; each sees only uploads of the kinds and organisations they act for.
"""

from typing import Any


def _role_of_editor(world: Any) -> str:
    return world.people["editor"].staff_roles.get().reference


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
    "officer": 200,  # results of the schools of their area
}
_EDITOR_ONLY = _STAFF_ONLY | {"coordinator": 404, "other_coordinator": 404, "officer": 404}

_NOBODY = _STAFF_ONLY | dict.fromkeys(("coordinator", "other_coordinator", "editor", "officer"), 404)
# Colleagues know each other; who changes anything is a manager, or the help desk (tests/providers/test_staff_pages.py).
_COLLEAGUES = _NOBODY | {"admissions": 200, "editor": 200}
_NOT_THEIRS = _NOBODY | {"admissions": 403, "editor": 403}

ACCESS = {
    "providers:staff": _NOBODY | {"admissions": 302, "other_admissions": 302, "editor": 302},  # each has only one
    "providers:staff-act-for": {
        person: {"anonymous": 302, "learner": 404, "other_learner": 404}.get(person, 200) for person in _STAFF_ONLY
    },
    "providers:staff-of": _COLLEAGUES,
    "providers:staff-invite": _NOT_THEIRS,
    "providers:staff-step-in": _NOT_THEIRS,
    "providers:role-end": _NOT_THEIRS,
    "providers:role-give": _NOT_THEIRS,
    "providers:role-invite-again": _NOBODY,  # managers and help desks: tests/accounts/test_unused.py
    "providers:invitation-resend": _NOT_THEIRS,
    "providers:invitation-withdraw": _NOT_THEIRS,
    # An adviser hands over offers made elsewhere, for the schools of the caseload; admissions who has started.
    "providers:uploads": _STAFF_ONLY | {"adviser": 200, "admissions": 200, "other_admissions": 200},
    "providers:upload-new": _EDITOR_ONLY,
    "providers:upload": _EDITOR_ONLY,
    "providers:upload-changes": _EDITOR_ONLY,
    "providers:upload-confirm": _EDITOR_ONLY,
    "providers:upload-abandon": _EDITOR_ONLY,
    "providers:upload-fix": _EDITOR_ONLY | {"editor": 302},
    "providers:upload-check-again": _EDITOR_ONLY | {"editor": 302},
    "providers:upload-pick": _EDITOR_ONLY | {"editor": 302},  # nothing is ticked
    "providers:upload-marked": _EDITOR_ONLY | {"editor": 404},
    "providers:upload-undo": _EDITOR_ONLY,
    "providers:upload-undone": _EDITOR_ONLY,
    "providers:upload-issues": _EDITOR_ONLY,
}
ARGS = {
    "providers:staff-of": lambda world: [world.northfield.reference],
    "providers:staff-invite": lambda world: [world.northfield.reference],
    "providers:staff-step-in": lambda world: [world.northfield.reference],
    "providers:role-end": lambda world: [_role_of_editor(world)],
    "providers:role-give": lambda world: [_role_of_editor(world)],
    "providers:role-invite-again": lambda world: [_role_of_editor(world)],
    "providers:invitation-resend": lambda world: [world.invitation.reference],
    "providers:invitation-withdraw": lambda world: [world.invitation.reference],
    "providers:uploads": lambda world: [],
    "providers:upload-new": lambda world: ["courses"],
    "providers:upload": lambda world: [world.upload.reference],
    "providers:upload-changes": lambda world: [world.upload.reference],
    "providers:upload-confirm": lambda world: [world.checked_upload.reference],
    "providers:upload-abandon": lambda world: [world.checked_upload.reference],
    "providers:upload-fix": lambda world: [world.checked_upload.reference],
    "providers:upload-check-again": lambda world: [world.checked_upload.reference],
    "providers:upload-pick": lambda world: [world.checked_upload.reference],
    "providers:upload-marked": lambda world: [world.upload.reference],
    "providers:upload-undo": lambda world: [world.upload.reference],
    "providers:upload-undone": lambda world: [world.upload.reference],
    "providers:upload-issues": lambda world: [world.upload.reference],
}
POSTED = {
    "providers:invitation-resend",
    "providers:invitation-withdraw",
    "providers:upload-check-again",
    "providers:upload-pick",
}
