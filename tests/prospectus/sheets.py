"""Spreadsheets for tests, made here, small and our own: workbooks, LibreOffice sheets, documents and text."""

import csv
import datetime as dt
import io
import zipfile
from xml.sax.saxutils import escape

from providers.actions import read_now

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
ODF = "urn:oasis:names:tc:opendocument:xmlns:"
DAY_ZERO = dt.date(1899, 12, 30)


def packed(parts):
    """A zipped file of these parts, by name."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return whole.getvalue()


def letters(place):
    """A, B … AA of a column's place from 0."""
    return (letters(place // 26 - 1) if place >= 26 else "") + chr(65 + place % 26)


def _excel_cell(row, place, value):
    at = f'r="{letters(place)}{row}"'
    if isinstance(value, bool):
        return f'<c {at} t="b"><v>{int(value)}</v></c>'
    if isinstance(value, dt.date):
        return f'<c {at} s="1"><v>{(value - DAY_ZERO).days}</v></c>'
    if isinstance(value, int | float):
        return f"<c {at}><v>{value}</v></c>"
    return f'<c {at} t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>' if value else ""


def sheet_xml(rows, first=1):
    inner = "".join(
        f'<row r="{number}">{"".join(_excel_cell(number, at, cell) for at, cell in enumerate(row))}</row>'
        for number, row in enumerate(rows, start=first)
    )
    return f'<?xml version="1.0"?><worksheet xmlns="{MAIN}"><sheetData>{inner}</sheetData></worksheet>'


def xlsx(*sheets, more=None, **named):
    """A workbook; each sheet is a list of rows. ``more`` are further parts, or others in place of the usual ones."""
    numbers = range(1, len(sheets) + 1)
    parts = {
        "[Content_Types].xml": '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        'content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<?xml version="1.0"?><Relationships xmlns="{RELATIONS}"><Relationship Id="r1" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<?xml version="1.0"?><workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        + "".join(f'<sheet name="Sheet{number}" sheetId="{number}" r:id="r{number}"/>' for number in numbers)
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<?xml version="1.0"?><Relationships xmlns="{RELATIONS}">'
        + "".join(
            f'<Relationship Id="r{number}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>'
            for number in numbers
        )
        + f'<Relationship Id="s" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<?xml version="1.0"?><styleSheet xmlns="{MAIN}"><cellXfs count="2"><xf numFmtId="0"/>'
        '<xf numFmtId="14"/></cellXfs></styleSheet>',
        **{f"xl/worksheets/sheet{at}.xml": sheet_xml(rows) for at, rows in enumerate(sheets, start=1)},
    }
    return packed({**parts, **(more or {})})


def _ods_cell(value):
    if isinstance(value, bool):
        return f'<table:table-cell office:value-type="boolean" office:boolean-value="{str(value).lower()}"/>'
    if isinstance(value, dt.date):
        return f'<table:table-cell office:value-type="date" office:date-value="{value.isoformat()}"/>'
    if isinstance(value, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
    return (
        f'<table:table-cell office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'
        if value
        else "<table:table-cell/>"
    )


def ods(rows, inside=None):
    """A LibreOffice sheet; ``inside`` in place of its rows as XML."""
    inner = inside or "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
    names = "".join(f' xmlns:{name}="{ODF}{name}:1.0"' for name in ("office", "table", "text"))
    content = (
        f'<?xml version="1.0"?><office:document-content{names}><office:body><office:spreadsheet>'
        f'<table:table table:name="A">{inner}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = f'<?xml version="1.0"?><manifest:manifest xmlns:manifest="{ODF}manifest:1.0"/>'
    return packed(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content,
            "META-INF/manifest.xml": manifest,
        }
    )


def docx(*tables, before="Our courses"):
    """A document with tables; a cell's lines are paragraphs."""

    def cell(value):
        return (
            "<w:tc>"
            + "".join(f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in value.split("\n"))
            + "</w:tc>"
        )

    inner = "".join(
        "<w:tbl>" + "".join(f"<w:tr>{''.join(map(cell, row))}</w:tr>" for row in table) + "</w:tbl>" for table in tables
    )
    body = f"<w:p><w:r><w:t>{before}</w:t></w:r></w:p>{inner}"
    return packed({"word/document.xml": f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'})


def text(rows, *, delimiter=",", encoding="utf-8"):
    """A CSV file, as bytes."""
    whole = io.StringIO()
    csv.writer(whole, delimiter=delimiter).writerows(rows)
    return whole.getvalue().encode(encoding)


def take_in_file(provider, folder, content, name="ours.csv"):
    """The upload of this file, given by this provider."""
    path = folder / name
    path.write_bytes(content)
    return read_now(kind="courses", organisation=provider, path=path)
