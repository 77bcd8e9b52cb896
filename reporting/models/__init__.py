"""What this floor keeps: everything else it derives from the floors below each time."""

from reporting.models.cohorts import SavedCohort
from reporting.models.counters import (
    CountedArea,
    Reconciliation,
    Standing,
    StandingChange,
    StandingCount,
    StandingNote,
)
from reporting.models.freezes import DailyCount, DailyFigure, Freeze, FrozenFigure, FrozenLearner
from reporting.models.published import Level, PublishedFigure
from reporting.models.reports import ReportPart, ReportRun
from reporting.models.returns import ReturnFinding, ReturnForm, ReturnPart, ReturnRun
from reporting.models.schedules import ReportSchedule, Rhythm
from reporting.models.statuses import Category, GuaranteeStatus, RecordedStatus
from reporting.models.use import DaySalt, PageKind, PageShown, ReaderKind, SiteUse

__all__ = [
    "Category",
    "CountedArea",
    "DailyCount",
    "DailyFigure",
    "DaySalt",
    "Freeze",
    "FrozenFigure",
    "FrozenLearner",
    "GuaranteeStatus",
    "Level",
    "PageKind",
    "PageShown",
    "PublishedFigure",
    "ReaderKind",
    "Reconciliation",
    "RecordedStatus",
    "ReportPart",
    "ReportRun",
    "ReportSchedule",
    "ReturnFinding",
    "ReturnForm",
    "ReturnPart",
    "ReturnRun",
    "Rhythm",
    "SavedCohort",
    "SiteUse",
    "Standing",
    "StandingChange",
    "StandingCount",
    "StandingNote",
]
