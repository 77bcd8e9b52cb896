from ilp.actions.contacts import record_contact

__all__ = ["record_contact"]
