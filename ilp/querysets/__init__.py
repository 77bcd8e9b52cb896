from ilp.querysets.contact import ContactQuerySet

__all__ = ["ContactQuerySet"]
