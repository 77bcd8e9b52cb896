"""The upload kind "paper-list": a list as a provider has it on paper, held against what is here. It changes nothing."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q, QuerySet

from prospectus import checks
from prospectus.actions.paper import keep_paper_lines
from prospectus.imports.findings import WARNING, Findings
from prospectus.imports.tables.applying import layout_of
from prospectus.imports.tables.matching import TITLE, Layout
from prospectus.imports.tables.values import ValueReader
from prospectus.models import PaperVerdict, StudyMode
from prospectus.queries.paper import OnPaper, hold_against
from prospectus.texts import tidy
from providers.models import Organisation, StaffRole, Upload
from providers.tables.kinds import is_xml
from providers.uploads import FileRefused, Progress, UploadKind, UploadResult

NAME = "paper-list"
MOST_LINES = 20_000
EVERY = 200
NO_TITLE = "It is not clear which column holds the titles. Call it “Course title” and hand the list over again."


def may_compare_for(user: Any) -> QuerySet:
    """The providers whose courses this person keeps, and all providers of the areas whose coordinator they are."""
    areas = StaffRole.objects.of(user, "help_desk").values("organisation__area")
    looked_after = Q(area__in=areas, is_provider=True, ended_on=None)
    return Organisation.objects.filter(Q(pk__in=Organisation.objects.editing_through(user).values("pk")) | looked_after)


def apply_paper_list(upload: Upload, progress: Progress) -> UploadResult:
    """Each line of the list is kept with what became of it. No course is changed.

    Raises: FileRefused for what is no list, or one without titles.
    """
    with upload.file.open("rb") as file:
        if is_xml(file):
            raise FileRefused(
                "This is a feed, and no list. Hand it over as Courses: you see there what it would change."
            )
        progress(done=0, doing="Looking through the file")
        layout = layout_of(file, upload.organisation)
        if TITLE not in layout.places or layout.is_unsure:
            raise FileRefused(NO_TITLE)
        findings = Findings()
        layout.note(findings)
        lines = list(_lines(layout, findings, progress))
    if not lines:
        raise FileRefused("There is no course on this list. Put each course on a row of its own.")
    progress(done=len(lines), of=len(lines), doing="Comparing with what is here")
    counts = keep_paper_lines(upload=upload, held=hold_against(upload.organisation, lines))
    every = {verdict: counts.get(verdict, 0) for verdict in PaperVerdict.values}
    return UploadResult(counts={"lines": len(lines), **every}, issues=findings.issues())


def _lines(layout: Layout, findings: Findings, progress: Progress) -> Iterator[OnPaper]:
    # What it finds is about publishing: that a start is in words is nothing to mend on a list.
    values = ValueReader(layout, Findings())
    read = 0
    for row, cells in layout.sheet.rows():
        course = values.course(row, cells)
        title = tidy(course.get("title", ""))[:255]
        if not title:
            findings.count(
                row, layout.heading(TITLE), "", code="PAPER_TITLE_MISSING", severity=WARNING,
                message="This row names no course, so it was not compared ({n rows}).",
            )  # fmt: skip
            continue
        read += 1
        if read > MOST_LINES:
            raise FileRefused(f"This list has more than {MOST_LINES:,} courses. Hand it over in parts.")
        if read % EVERY == 0:
            progress(done=read, doing="Reading the list")
        yield _line(row, title, course, values.run(row, cells), values.site(cells))


def _line(row: int, title: str, course: dict[str, Any], run: dict[str, Any], site: dict[str, str]) -> OnPaper:
    start_words = tidy(str(run.get("start_text") or ""))
    mode = run.get("study_mode", "")
    return OnPaper(
        row=row,
        title=title,
        code=tidy(course.get("provider_reference", "")),
        run_code=tidy(run.get("provider_reference", "")),
        levels=course.get("levels", []),
        level_words=tidy(course.get("level_text", "")) or ", ".join(f"Level {code}" for code in course["levels"]),
        site=tidy(site.get("name", "")),
        starts_on=run.get("starts_on"),
        start_words=start_words,
        # The reader keeps the words beside the date only where they are no whole date, such as a month.
        is_whole_month=bool(start_words) and not checks.names_a_day(start_words),
        study_mode="" if mode == "unknown" else mode,
        study_words=tidy(run.get("mode_text", "")) or _label(mode),
        cost_pence=run.get("cost_pence"),
    )


def _label(mode: str) -> str:

    return str(StudyMode(mode).label) if mode in StudyMode.values and mode != StudyMode.UNKNOWN else ""


PAPER_LIST = UploadKind(
    name=NAME,
    title="A paper list",
    organisations_for=may_compare_for,
    apply=apply_paper_list,
    intro="prospectus/_paper_intro.html",
    result="prospectus/_paper_result.html",
    used="Compared, nothing changed",
    labels={"lines": "Rows on the list", **{verdict.value: str(verdict.label) for verdict in PaperVerdict}},
)
