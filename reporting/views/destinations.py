"""Where schools' former learners are, as figures, as a file and, for who follows them, by name."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from accounts.actions import leave_receipts_of_many
from accounts.models import Learner
from applications.models import Enrolment
from core.sheets import csv_response
from reporting.actions import take_figures
from reporting.forms import DestinationForm
from reporting.queries.destinations import (
    KNOWN_BY,
    STARTED,
    Kind,
    Leaver,
    Place,
    SchoolLine,
    coverage_of,
    last_day,
    leavers_of,
    place_key,
    places_of,
    reads_names,
    school_lines,
)
from reporting.views.cohorts import ReaderMixin
from reporting.views.take_up import NOT_SHOWN

LINES = 50
OTHERS = "All others together"
# What the columns of a school's line lead to: the kinds of which each is the sum.
COLUMNS = {
    "started": (_("Started"), STARTED),
    "neither": (_("Neither learning nor working"), (Kind.NEITHER, Kind.OTHER)),
    "not_known": (_("Not known"), (Kind.NOT_KNOWN,)),
}


class DestinationsMixin(ReaderMixin):
    request: HttpRequest

    def ask(self) -> None:
        self.form = DestinationForm(self.request.GET, reader=self.reader)
        self.year, self.year_group, self.school = self.form.chosen
        self.is_exact = reads_names(self.reader)
        everybody = leavers_of(self.reader, year=self.year, year_group=self.year_group)
        self.lines = school_lines(self.form.schools.values(), everybody, is_exact=self.is_exact)
        self.leavers = [one for one in everybody if self.school is None or one.school_id == self.school.pk]
        # For who may not read names, places are shown of one school: those of several would be taken from each other.
        is_one = self.school is not None or len(self.lines) == 1
        found = [one.destination for one in self.leavers]
        self.places = places_of(found, is_exact=self.is_exact) if self.is_exact or is_one else []


class DestinationsView(DestinationsMixin, TemplateView):
    """How many of each school's former learners have started, and where; of how many nobody knows."""

    template_name = "reporting/destinations.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self.ask()
        asked = {"year": self.year, "year_group": self.year_group}
        page = Paginator(self.lines, LINES).get_page(self.request.GET.get("page"))
        waiting = Enrolment.objects.visible_to(self.request.user).waiting() if self.reader.kind == "officer" else None
        return super().get_context_data(
            reader=self.reader,
            form=self.form,
            year=self.year,
            year_group=self.year_group,
            school=self.school,
            day=last_day(self.year),
            is_exact=self.is_exact,
            coverage=coverage_of(self.reader, year=self.year),
            sources=[source.label for source in KNOWN_BY],
            page_obj=page,
            columns=[words for words, _kinds in COLUMNS.values()],
            lines=[
                (line, self._cells(line, asked), [*zip((s.label for s in KNOWN_BY), line.by_source, strict=True)])
                for line in page
            ],
            total=len(self.leavers),
            places=[(place, self._address(place, asked)) for place in self.places[:LINES]],
            others=len(self.places[LINES:]),
            waiting=waiting.count() if waiting is not None else 0,
            **kwargs,
        )

    def _names(self, **asked: Any) -> str:
        return f"{reverse('reporting:destination-names')}?{urlencode(asked)}" if self.is_exact else ""

    def _cells(self, line: SchoolLine, asked: dict[str, Any]) -> list[tuple[Any, int | None, int | None, str]]:
        """(words, number, percent, address of the names) of each column."""
        cells = []
        for name, (words, _kinds) in COLUMNS.items():
            number = getattr(line, name)
            url = self._names(**asked, school=line.reference, reached=name) if number else ""
            cells.append((words, number, line.percent(number), url))
        return cells

    def _address(self, place: Place, asked: dict[str, Any]) -> str:
        school = {"school": self.school.reference} if self.school else {}
        return self._names(**asked, **school, place=place.key)


class DestinationsDownloadView(DestinationsMixin, TemplateView):
    """The same as a file: a line for each school, or for the places of one."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.ask()
        basis = f"Year {self.year_group} on {last_day(self.year)}"

        def said(number: int | None) -> Any:
            return NOT_SHOWN if number is None else number

        if self.school is not None:
            headings = ["School", "Counted", "What", "Where", "Level", "Learners"]
            rows = [
                [self.school.name, basis, place.kind.label if place.kind else OTHERS, *place[1:]]
                for place in self.places
            ]
        else:
            headings = [
                "School",
                "Counted",
                "Learners",
                "Started",
                "Neither",
                "Not known",
                *(s.label for s in KNOWN_BY),
            ]
            rows = [
                [
                    line.name, basis, line.cohort,
                    *map(said, (line.started, line.neither, line.not_known, *line.by_source)),
                ]
                for line in self.lines
            ]  # fmt: skip
        take_figures(what="destinations", organisation=self.reader.organisation, by=self.request.user)
        return csv_response(f"destinations-{self.year}.csv", headings, rows)


class DestinationNamesView(DestinationsMixin, TemplateView):
    """Former learners by name, with what each does and how that is known. That they were read leaves receipts."""

    template_name = "reporting/destination_names.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if not reads_names(self.reader):
            raise Http404
        self.ask()
        asked = {"year": self.year, "year_group": self.year_group}
        found = {leaver.learner_id: leaver.destination for leaver in self._asked()}
        learners = Learner.objects.visible_to(self.request.user).filter(pk__in=found)
        paginator = Paginator(learners.order_by("family_name", "given_name", "pk"), LINES)
        paginator.count = len(found)  # known already: they are visible, or would not have been counted
        page = paginator.get_page(self.request.GET.get("page"))
        leave_receipts_of_many(
            looked_at=[(learner.pk, "record") for learner in page], by=self.request.user, roles=(self.reader.kind,)
        )
        return super().get_context_data(
            year=self.year,
            year_group=self.year_group,
            school=self.school,
            day=last_day(self.year),
            page_obj=page,
            rows=[(learner, found[learner.pk]) for learner in page],
            back_url=f"{reverse('reporting:destinations')}?{urlencode(asked)}",
            **kwargs,
        )

    def _asked(self) -> list[Leaver]:
        """Of the leavers those that a number of the page counts: a column of a school's line, or one place."""
        asked = self.request.GET
        _words, kinds = COLUMNS.get(asked.get("reached", ""), ("", tuple(Kind)))
        found = [one for one in self.leavers if one.destination.kind in kinds]
        if place := asked.get("place", ""):
            found = [one for one in found if place_key(*_place_of(one)) == place]
        return found


def _place_of(leaver: Leaver) -> tuple[Kind, str, str]:
    return leaver.destination.kind, leaver.destination.provider, leaver.destination.level
