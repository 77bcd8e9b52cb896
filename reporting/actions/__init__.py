"""Every change of data of this floor."""

from reporting.actions.cohorts import change_cohort, end_cohort, save_cohort
from reporting.actions.counting import add_up, reconcile, reconcile_due
from reporting.actions.freezes import freeze_figures, keep_day, keep_days
from reporting.actions.published import load_scorecard
from reporting.actions.reports import ask_report, fetch_report, make_report, remove_expired_reports
from reporting.actions.statuses import change_status_words, load_statuses, record_status, take_back_status

__all__ = [
    "add_up",
    "ask_report",
    "change_cohort",
    "change_status_words",
    "end_cohort",
    "fetch_report",
    "freeze_figures",
    "keep_day",
    "keep_days",
    "load_scorecard",
    "load_statuses",
    "make_report",
    "reconcile",
    "reconcile_due",
    "record_status",
    "remove_expired_reports",
    "save_cohort",
    "take_back_status",
]
