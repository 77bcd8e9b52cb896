from providers.queries.calendar import add_working_days, is_working_day, working_days_between
from providers.queries.people import (
    ActsFor,
    acts_for,
    may_upload,
    role_kinds,
    roles_today,
    staffed_organisations,
    waiting_invitations,
)
from providers.queries.places import OUTCODE, POSTCODE, Place, locate, normalise_postcode, outcode_of
from providers.queries.uploads import (
    ChangeInWords,
    changes_by_action,
    in_words,
    issues_by_severity,
    uploadable_by,
    usual_mode,
)

__all__ = [
    "OUTCODE",
    "POSTCODE",
    "ActsFor",
    "ChangeInWords",
    "Place",
    "acts_for",
    "add_working_days",
    "changes_by_action",
    "in_words",
    "is_working_day",
    "issues_by_severity",
    "locate",
    "may_upload",
    "normalise_postcode",
    "outcode_of",
    "role_kinds",
    "roles_today",
    "staffed_organisations",
    "uploadable_by",
    "usual_mode",
    "waiting_invitations",
    "working_days_between",
]
