from ilp.querysets.contact import ContactQuerySet
from ilp.querysets.plan import DraftQuerySet, EntryQuerySet, PlanQuerySet, RevisionQuerySet

__all__ = ["ContactQuerySet", "DraftQuerySet", "EntryQuerySet", "PlanQuerySet", "RevisionQuerySet"]
