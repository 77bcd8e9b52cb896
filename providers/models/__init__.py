from providers.models.areas import Area, AreaHolding, Closure, Cycle, LocalAuthority, Outcode
from providers.models.organisations import Organisation, OrganisationKind, RoleKind, Site, StaffRole
from providers.models.uploads import UPLOAD_COLOURS, IssueSeverity, Upload, UploadChange, UploadIssue, UploadReversal

__all__ = [
    "UPLOAD_COLOURS",
    "Area",
    "AreaHolding",
    "Closure",
    "Cycle",
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
