from ilp.views.contacts import RecordContactView

__all__ = ["RecordContactView"]
