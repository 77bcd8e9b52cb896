"""Every kind of file there is of a report."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from django.utils.translation import gettext_lazy as _

from reporting.exports.pictures import write_png, write_svg
from reporting.exports.tables import write_csv
from reporting.exports.workbook import write_workbook
from reporting.queries.reports import Report, Row


class Out(Protocol):
    """Whatever bytes can be written to."""

    def write(self, data: bytes, /) -> Any: ...


class Format(NamedTuple):
    """A kind of file."""

    words: Any
    content_type: str
    write: Callable[..., None]
    is_picture: bool = False


FORMATS = {
    "csv": Format("CSV", "text/csv; charset=utf-8", write_csv),
    "xlsx": Format("Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write_workbook),
    "svg": Format(_("picture (SVG)"), "image/svg+xml", write_svg, is_picture=True),
    "png": Format(_("picture (PNG)"), "image/png", write_png, is_picture=True),
}


def formats_of(report: Report) -> dict[str, Format]:
    """Those there are of this report: one without a picture has none as a file, either."""
    return {name: each for name, each in FORMATS.items() if report.drawn is not None or not each.is_picture}


def write_file(
    form: str,
    report: Report,
    rows: Sequence[Row],
    *,
    asked: Mapping[str, str],
    said: Sequence[tuple[str, str]],
    whose: str,
    on: dt.date,
    out: Out,
) -> None:
    """The file is written to ``out``. ``asked`` is what was chosen, ``said`` the same in words; ``whose`` says whom
    the figures are of, ``on`` of which day they are."""
    FORMATS[form].write(report, rows, asked=asked, said=said, whose=whose, on=on, out=out)
