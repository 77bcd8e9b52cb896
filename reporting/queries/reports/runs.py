"""M6: every course run there is, one by one: of an area, or of all."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, overload

from django.db import connection
from django.db.models import CharField, F, Func, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from core.sheets import FORMULA_STARTS
from prospectus.models import CourseRun
from reporting.queries.reports.kinds import Column, Filter, Report, Row, Scope, Sort, of_area
from reporting.queries.reports.supply import PROSPECTUS

CHUNK = 2**16
BATCH = 2000


class Listing(Sequence[Row]):
    """Rows that stay in the database: counted, cut into pages, passed on one by one or as CSV, never all at once."""

    def __init__(self, rows: QuerySet, columns: Sequence[Column]) -> None:
        self.rows, self.columns = rows, columns

    def __len__(self) -> int:
        return self.rows.count()

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Row]: ...
    def __getitem__(self, at: Any) -> Any:
        return self.rows[at] if isinstance(at, int) else list(self.rows[at])

    def __iter__(self) -> Iterator[Row]:
        return self.rows.iterator(chunk_size=BATCH)

    def as_csv(self) -> Iterator[bytes]:
        """The lines without headings, as PostgreSQL writes them. Text that looks like a formula is made harmless."""
        statement, values = self.rows.query.sql_with_params()
        names = [f"c{place}" for place in range(len(self.columns))]
        starts = ", ".join(f"chr({ord(sign)})" for sign in FORMULA_STARTS)
        cells = ", ".join(
            f"CASE WHEN left(ltrim({name}, ''''), 1) IN ({starts}) THEN '''' || {name} ELSE {name} END"
            if column.sort is Sort.TEXT
            else name
            for name, column in zip(names, self.columns, strict=True)
        )
        copy = f"COPY (SELECT {cells} FROM ({statement}) AS listed ({', '.join(names)})) TO STDOUT WITH (FORMAT csv)"
        waiting = bytearray()
        with connection.cursor() as cursor, cursor.copy(copy, values) as lines:
            for line in lines:
                waiting += line
                if len(waiting) >= CHUNK:
                    yield bytes(waiting)
                    waiting.clear()
        yield bytes(waiting)


def rows(scope: Scope, asked: Mapping[str, str]) -> Listing:
    """A line for each course run, by area, provider and course. All of it is public."""
    runs = CourseRun.objects.visible_to(scope.user).on_offer()
    if asked["of"] == "own":
        runs = runs.filter(course__provider__area=scope.organisation.area_id)
    if asked["when"] == "to_come":
        runs = runs.to_come()
    levels = Func(F("course__levels"), Value(" "), function="array_to_string", output_field=CharField())
    ordered = runs.order_by(
        "course__provider__area__name", "course__provider__name", "course__provider_id", "course__title", "pk"
    )
    return Listing(
        ordered.values_list(
            "course__provider__area__name", "course__provider__name", "course__title",
            Coalesce("course__subject__parent__name", "course__subject__name", Value("")), levels,
            Coalesce("course__qualification_type__name", Value("")), "study_mode", "delivery",
            Coalesce("site__town", Value("")), "starts_on", "places", "reference",
        ),
        RUNS.columns,
    )  # fmt: skip


def _when(scope: Scope) -> list[tuple[str, Any]]:
    return [("to_come", _("With a start to come")), ("all", _("All that are published"))]


RUNS = Report(
    name="course-runs",
    title=_("Every course run"),
    about=_("What is offered, run by run, by area, level, subject and provider, to reckon on with."),
    roles=("officer",),
    filters=(
        Filter("of", _("Area"), lambda scope: [("own", scope.organisation.area), ("each", _("Every area"))]),
        Filter("when", _("Which"), _when),
    ),
    columns=(
        Column(_("Area"), _("The area of the provider."), PROSPECTUS, Sort.TEXT),
        Column(_("Provider"), _("Who has the course."), PROSPECTUS, Sort.TEXT),
        Column(_("Course"), _("What it is called."), PROSPECTUS, Sort.TEXT),
        Column(_("Subject"), _("The broad sector subject area."), PROSPECTUS, Sort.TEXT),
        Column(_("Levels"), _("E for Entry and 1 to 8, with a space between."), PROSPECTUS, Sort.TEXT),
        Column(_("Qualification"), _("What kind it ends with."), PROSPECTUS, Sort.TEXT),
        Column(_("Study mode"), _("full_time, part_time, part_of_programme, flexible or unknown."), PROSPECTUS,
               Sort.TEXT),
        Column(_("Delivery"), _("classroom, workplace, online, blended, outreach or unknown."), PROSPECTUS, Sort.TEXT),
        Column(_("Town"), _("Where it takes place."), PROSPECTUS, Sort.TEXT),
        Column(_("Starts"), _("The first day; empty where it is not known or any day will do."), PROSPECTUS, Sort.DATE),
        Column(_("Places"), _("How many in all; empty where the provider does not say."), PROSPECTUS),
        Column(_("Run"), _("The portal’s own code for it."), PROSPECTUS, Sort.TEXT),
    ),
    rows=rows,
    drawn=None,
    whose=of_area(_("Published courses of the area’s providers, or of all.")),
)  # fmt: skip
