from providers.models.areas import Area, AreaHolding, Closure, Cycle, LocalAuthority, Outcode
from providers.models.organisations import Organisation, OrganisationKind, Site
from providers.models.staff import PROVIDER_ROLES, Invitation, RoleKind, StaffRole
from providers.models.uploads import UPLOAD_COLOURS, IssueSeverity, Upload, UploadChange, UploadIssue, UploadReversal

__all__ = [
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
    "RoleKind",
    "Site",
    "StaffRole",
    "Upload",
    "UploadChange",
    "UploadIssue",
    "UploadReversal",
]
