from providers.models.areas import Area, AreaHolding, Closure, Cycle, LocalAuthority, Outcode, Phase
from providers.models.organisations import Organisation, OrganisationKind, Site
from providers.models.staff import PROVIDER_ROLES, Invitation, RoleKind, StaffRole
from providers.models.uploads import (
    MOST_FIXABLE,
    UPLOAD_COLOURS,
    IssueSeverity,
    Upload,
    UploadChange,
    UploadFix,
    UploadIssue,
    UploadReversal,
    UploadRow,
)

__all__ = [
    "MOST_FIXABLE",
    "PROVIDER_ROLES",
    "UPLOAD_COLOURS",
    "Area",
    "AreaHolding",
    "Closure",
    "Cycle",
    "Invitation",
    "IssueSeverity",
    "LocalAuthority",
    "Organisation",
    "OrganisationKind",
    "Outcode",
    "Phase",
    "RoleKind",
    "Site",
    "StaffRole",
    "Upload",
    "UploadChange",
    "UploadFix",
    "UploadIssue",
    "UploadReversal",
    "UploadRow",
]
