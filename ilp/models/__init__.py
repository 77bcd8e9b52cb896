from ilp.models.contact import Contact, ContactKind
from ilp.models.plan import Draft, Entry, EntryKind, Plan, PlanRule, Remark, RemarkKind, Revision

__all__ = [
    "Contact",
    "ContactKind",
    "Draft",
    "Entry",
    "EntryKind",
    "Plan",
    "PlanRule",
    "Remark",
    "RemarkKind",
    "Revision",
]
