"""Take-up against the same date a year before."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from core.sheets import csv_response
from reporting.actions import take_figures
from reporting.forms import YearGroupForm
from reporting.queries.take_up import MEASURES, Line, TakeUp, Week, take_up_of
from reporting.views.cohorts import ReaderMixin

NOT_SHOWN = "not shown"


class TakeUpMixin(ReaderMixin):
    request: HttpRequest

    def ask(self) -> TakeUp:
        self.form = YearGroupForm(self.request.GET)
        kind, schools = self.reader.kind, self.reader.schools
        is_exact, shares_only = kind == "coordinator", kind == "adviser"
        return take_up_of(schools, year_group=self.form.chosen, is_exact=is_exact, shares_only=shares_only)


class TakeUpView(TakeUpMixin, TemplateView):
    """How many are on the roll, unlocked, planned and applied: today, and on this date last year."""

    template_name = "reporting/take_up.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = self.ask()
        return super().get_context_data(
            reader=self.reader,
            form=self.form,
            year_group=self.form.chosen,
            found=found,
            measures=list(MEASURES.values()),
            lines=[(line.name, _cells(line)) for line in (*found.schools, found.whole)],
            charts=[_chart(name, words, found) for name, words in list(MEASURES.items())[1:]],
            weeks=[(week.on, _percents(week)) for week in found.weeks],
            is_exact=self.reader.kind == "coordinator",
            **kwargs,
        )


def _cells(line: Line) -> list[dict[str, Any]]:
    """Each measure with its number and percent, on both days."""
    return [
        {
            "words": words,
            "days": [(getattr(numbers, name), numbers.percent(name)) for numbers in (line.now, line.before)],
            "has_percent": name != "eligible",
        }
        for name, words in MEASURES.items()
    ]


def _percents(week: Week) -> list[tuple[Any, list[int | None]]]:
    """Each measure with its percent on both days."""
    return [
        (words, [numbers.percent(name) for numbers in (week.now, week.before)])
        for name, words in list(MEASURES.items())[1:]
    ]


def _chart(name: str, words: Any, found: TakeUp) -> dict[str, Any]:
    """How a measure went since the school year began, as percent, beside the year before; in a sentence, how it stands.

    Of numbers that are not shown there are no percents either.
    """
    now, then = found.whole.now.percent(name), found.whole.before.percent(name)
    facts = {"day": date_format(found.on, "j F Y"), "now": _said(now), "then": _said(then)}
    return {
        "name": name,
        "caption": words,
        "summary": _("%(now)s on %(day)s, and %(then)s on the same date a year before.") % facts,
        "labels": [date_format(week.on, "j M") for week in found.weeks],
        "series": [
            (_("This year"), [week.now.percent(name) for week in found.weeks]),
            (_("Last year"), [week.before.percent(name) for week in found.weeks]),
        ],
    }


def _said(percent: int | None) -> str:
    return _("not shown") if percent is None else f"{percent}%"


class TakeUpDownloadView(TakeUpMixin, TemplateView):
    """The same as a file."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found = self.ask()
        days = (found.on, found.before_on)
        headings = ["School", "Year group", *(f"{words}, {day}" for day in days for words in MEASURES.values())]
        rows = [
            [
                line.name or "All schools",
                self.form.chosen,
                *(NOT_SHOWN if number is None else number for numbers in (line.now, line.before) for number in numbers),
            ]
            for line in (*found.schools, found.whole)
        ]
        take_figures(what="take-up", organisation=self.reader.organisation, by=self.request.user)
        return csv_response(f"take-up-{found.on}.csv", headings, rows)
