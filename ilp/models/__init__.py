from ilp.models.contact import Contact, ContactKind

__all__ = ["Contact", "ContactKind"]
