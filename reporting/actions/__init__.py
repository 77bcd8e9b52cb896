"""Every change of data of this floor."""

from reporting.actions.counting import add_up, reconcile, reconcile_due
from reporting.actions.published import load_scorecard
from reporting.actions.statuses import change_status_words, load_statuses, record_status, take_back_status

__all__ = [
    "add_up",
    "change_status_words",
    "load_scorecard",
    "load_statuses",
    "reconcile",
    "reconcile_due",
    "record_status",
    "take_back_status",
]
