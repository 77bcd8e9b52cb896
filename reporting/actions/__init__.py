"""Every change of data of this floor."""

from reporting.actions.cohorts import change_cohort, end_cohort, save_cohort
from reporting.actions.counting import add_up, reconcile, reconcile_due
from reporting.actions.freezes import freeze_figures, keep_day, keep_days
from reporting.actions.published import load_scorecard
from reporting.actions.reports import ask_report, fetch_report, make_report, remove_expired_reports, take_figures
from reporting.actions.returns import ask_changes, ask_return, fetch_return, make_return, remove_expired_returns
from reporting.actions.schedules import (
    end_schedule,
    make_due_reports,
    pause_schedule,
    resume_schedule,
    schedule_report,
    take_over_schedule,
)
from reporting.actions.statuses import change_status_words, load_statuses, record_status, take_back_status
from reporting.actions.use import count_page, fold_use

__all__ = [
    "add_up",
    "ask_changes",
    "ask_report",
    "ask_return",
    "change_cohort",
    "change_status_words",
    "count_page",
    "end_cohort",
    "end_schedule",
    "fetch_report",
    "fetch_return",
    "fold_use",
    "freeze_figures",
    "keep_day",
    "keep_days",
    "load_scorecard",
    "load_statuses",
    "make_due_reports",
    "make_report",
    "make_return",
    "pause_schedule",
    "reconcile",
    "reconcile_due",
    "record_status",
    "remove_expired_reports",
    "remove_expired_returns",
    "resume_schedule",
    "save_cohort",
    "schedule_report",
    "take_back_status",
    "take_figures",
    "take_over_schedule",
]
