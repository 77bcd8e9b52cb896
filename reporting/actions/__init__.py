"""Every change of data of this floor."""

from reporting.actions.statuses import change_status_words, load_statuses, record_status, take_back_status

__all__ = ["change_status_words", "load_statuses", "record_status", "take_back_status"]
