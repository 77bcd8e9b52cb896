"""What is said of a file of courses before it is kept: whether it can be one at all."""

import io
from typing import IO

from prospectus.imports.tables.reading import open_table
from prospectus.queries.columns import answers_of
from providers.models import Upload
from providers.tables.kinds import HEAD, NOTHING, is_xml, kind_of_file
from providers.uploads import FileRefused

SMALL = 2 * 2**20  # bytes of a workbook that somebody can wait for; a larger one is opened by the worker only


def look(upload: Upload, file: IO[bytes]) -> None:
    """Raises: FileRefused where nothing of the file could be used, whoever confirmed it."""
    if is_xml(file):
        if not file.read(HEAD).strip():
            raise FileRefused(NOTHING)
        return  # feeds are looked through by the worker
    kind = kind_of_file(file)
    file.seek(0, io.SEEK_END)
    if kind == "text" or file.tell() <= SMALL:
        sheet = open_table(file, known=answers_of(upload.organisation))
        for _row in sheet.rows():  # to its end: there may be too many
            pass
    file.seek(0)
