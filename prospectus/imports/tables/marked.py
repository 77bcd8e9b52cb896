"""A spreadsheet of courses for people to work on: rows to correct on a page, or all of it with what is wrong beside
each row."""

from collections.abc import Mapping

from prospectus.headings import names
from prospectus.imports.tables.reading import open_table
from prospectus.queries.columns import answers_of
from providers.models import Upload
from providers.tables.kinds import is_xml
from providers.tables.marked import marked_file
from providers.tables.sheet import Sheet
from providers.uploads import MarkedFile


def sheet_of(upload: Upload) -> Sheet | None:
    """The table of the open file with what was corrected here; the old national file of several tables as one table.
    None for a feed."""
    file = upload.file.file
    if is_xml(file):
        return None
    return open_table(file, corrections=upload.corrections, known=answers_of(upload.organisation))


def mark_sheet(upload: Upload, words: Mapping[int, str]) -> MarkedFile | None:
    """The table of the open file with one more column, as ``marked_file``; None where it is no flat table."""
    sheet = sheet_of(upload)
    if sheet is None:
        return None
    return marked_file(sheet, upload, words, told={*names()}, page="Courses")
