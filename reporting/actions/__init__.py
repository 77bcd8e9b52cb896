"""Every change of data of this floor."""

from reporting.actions.cohorts import change_cohort, end_cohort, save_cohort
from reporting.actions.counting import add_up, reconcile, reconcile_due
from reporting.actions.freezes import freeze_figures, keep_day, keep_days
from reporting.actions.published import load_scorecard
from reporting.actions.statuses import change_status_words, load_statuses, record_status, take_back_status

__all__ = [
    "add_up",
    "change_cohort",
    "change_status_words",
    "end_cohort",
    "freeze_figures",
    "keep_day",
    "keep_days",
    "load_scorecard",
    "load_statuses",
    "reconcile",
    "reconcile_due",
    "record_status",
    "save_cohort",
    "take_back_status",
]
