"""A spreadsheet of courses, or of sites alone, is carried out."""

from itertools import islice
from typing import IO

from prospectus.actions.courses import publish_catalogue, publish_sites
from prospectus.actions.staged import Called
from prospectus.headings import squeezed
from prospectus.imports.columns import COURSE_COLUMNS, RUN_COLUMNS
from prospectus.imports.findings import Findings
from prospectus.imports.results import result_of
from prospectus.imports.tables.catalogue import TableCatalogue
from prospectus.imports.tables.cells import words_of
from prospectus.imports.tables.matching import Layout, match
from prospectus.imports.tables.reading import open_table
from prospectus.queries.columns import answers_of
from prospectus.texts import cut, tidy
from providers.models import Organisation, Upload
from providers.tables.sheet import Corrections
from providers.uploads import FileRefused, Progress, UploadResult

CALLED = ("course.provider_reference", "run.provider_reference", "course.consortium", "course.parts", "site.name")
EXAMPLES = 3  # cells of a column shown to somebody who is asked what it holds
LONGEST = 18  # characters of each: no wider than a telephone, if it is one word
WHICH = (
    "It is not clear which column holds the title of each course. Say which one it is, once: the file is then checked "
    "by itself, and so is the next one like it."
)
NO_COURSE = "There is no course in this file, so nothing was changed. Put each course on a row of its own."


def layout_of(file: IO[bytes], organisation: Organisation, corrections: Corrections | None = None) -> Layout:
    """The sheet of the file and what its columns are, as far as names and earlier answers say. Raises: FileRefused."""
    known = answers_of(organisation)
    return match(open_table(file, corrections=corrections or {}, known=known), known)


def columns_to_choose_from(layout: Layout) -> list[list[str]]:
    """The columns that may be the one asked for, each with a few of its cells: those that have a name of their own."""
    headings = layout.sheet.headings
    rows = [cells for _row, cells in islice(layout.sheet.rows(), EXAMPLES)]
    named = {squeezed(headings[place]): place for place in reversed(range(len(headings)))}
    places = sorted(place for name, place in named.items() if name)
    return [
        [headings[place], *(shown for cells in rows if (shown := cut(tidy(words_of(cells[place])), LONGEST)))]
        for place in places
    ]


def apply_table(file: IO[bytes], upload: Upload, progress: Progress) -> UploadResult:
    """The catalogue is what the sheet says, and what it does not speak of stays.

    Raises: FileRefused, with ``asks`` where somebody has to say which column is which.
    """
    layout = layout_of(file, upload.organisation, upload.corrections)
    if layout.must_ask:
        raise FileRefused(WHICH, asks={"columns": columns_to_choose_from(layout)})
    findings = Findings()
    layout.note(findings)
    catalogue = TableCatalogue(layout, organisation=upload.organisation, findings=findings, progress=progress)
    if layout.is_of_sites:
        return _apply_sites(catalogue, upload)
    published = publish_catalogue(
        provider=upload.organisation,
        upload=upload,
        course_columns=COURSE_COLUMNS,
        run_columns=RUN_COLUMNS,
        courses=catalogue.courses(),
        places=catalogue.places,
        broken=catalogue.broken,
        by=upload.by,
        kept=catalogue.kept,
        spot=catalogue.spot,
        called=Called(*map(layout.heading, CALLED)),
    )
    if not catalogue.number:
        raise FileRefused(catalogue.why_empty or NO_COURSE)
    return result_of(published, findings, courses=catalogue.number, runs=catalogue.runs)


def _apply_sites(catalogue: TableCatalogue, upload: Upload) -> UploadResult:
    for _course in catalogue.courses():  # there is none: only the places are read
        pass
    if not catalogue.places:
        raise FileRefused(catalogue.why_empty or "There is no site in this file, so nothing was changed.")
    number = publish_sites(provider=upload.organisation, upload=upload, places=catalogue.places, by=upload.by)
    counts = {"sites": len(catalogue.places), "changed": number, "unchanged": len(catalogue.places) - number}
    return UploadResult(counts=counts, issues=catalogue.findings.issues())
