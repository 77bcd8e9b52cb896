"""What cannot be an upload of courses is refused at the door: one sentence, and nothing is kept."""

import io
import struct
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.errors import RuleBroken
from providers.actions import receive_upload
from providers.models import Upload
from tests.factories import ProviderFactory, StaffRoleFactory
from tests.prospectus.feeds import catalogue, course
from tests.prospectus.sheets import MAIN, docx, ods, packed, sheet_xml, text, xlsx

pytestmark = pytest.mark.django_db

ROWS = [["Course code", "Course title", "Starts on"], ["C1", "Plumbing", "2027-09-06"]]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture
def editor(reference):
    return StaffRoleFactory(organisation=ProviderFactory(name="Northfield College"), kind="editor")


def hand_over(role, content, name="ours.xlsx"):
    file = SimpleUploadedFile(name, content)
    return receive_upload(kind="courses", organisation=role.organisation, file=file, file_name=name, by=role.user)


def stream(name):
    """An older Office file with one stream of this name in it."""
    return OLE + name.encode("utf-16-le") + b"\0" * 400


def lying():
    """A workbook whose directory says that a part of a megabyte has ten bytes."""
    content = bytearray(xlsx(ROWS, more={"xl/media/a.xml": b" " * 2**20}))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        at = archive.start_dir
    entry = content.index(b"xl/media/a.xml", at) - 46
    content[entry + 24 : entry + 28] = struct.pack("<L", 10)
    return bytes(content)


def locked():
    content = bytearray(xlsx(ROWS))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        at = archive.start_dir
    content[at + 8] |= 1
    return bytes(content)


FAR = (
    f'<?xml version="1.0"?><worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1" t="inlineStr">'
    '<is><t>Course title</t></is></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    "</sheetData></worksheet>"
)
MILLION = '<table:table-row table:number-rows-repeated="1000000"><table:table-cell table:number-columns-repeated="900" '
MILLION += 'office:value-type="float" office:value="1"/></table:table-row>'
TWICE = '<!DOCTYPE x [<!ENTITY a "ha">]>'
REFUSED = {
    "a PDF called a workbook": (b"%PDF-1.7 " + b"x" * 600, "This is a PDF."),
    "a picture": (b"\x89PNG\r\n" + b"\0" * 600, "This is a picture."),
    "bytes": (bytes(range(256)), "This is not a spreadsheet."),
    "words": (b"Dear Priya, here are our courses.", "No row of this file has headings that are known here"),
    "JSON": (b'{"courses": [{"title": "Art"}]}', "No row of this file has headings that are known here"),
    "a list of people": (text([["Name", "Postcode", "Level"], ["A", "NR1 1AA", "2"]]), "No row of this file has"),
    "blank": (b"  \r\n ", "There is nothing in this file."),
    "empty": (b"", "The file is empty."),
    "a zip of anything": (packed({"a.csv": "Course title"}), "This zipped file is no spreadsheet."),
    "half a workbook": (xlsx(ROWS)[:700], "The file is damaged"),
    "a bomb": (xlsx(ROWS, more={"xl/media/a.xml": b"0" * (60 * 2**20)}), "Unpacked, this file would be far larger"),
    "many parts": (xlsx(ROWS, more={f"a/{at}.xml": "" for at in range(2_001)}), "Unpacked, this file would be far"),
    "a part that lies about its size": (lying(), "The file is damaged"),
    "macros": (xlsx(ROWS, more={"xl/vbaProject.bin": b"x"}), "This file has macros in it."),
    "older macros": (xlsx(ROWS, more={"xl/macrosheets/sheet1.xml": "<x/>"}), "This file has macros in it."),
    "macros of LibreOffice": (packed({"mimetype": "", "content.xml": "<x/>", "Basic/script.xml": ""}), "has macros"),
    "entities": (xlsx(ROWS, more={"xl/sharedStrings.xml": f"{TWICE}<sst/>"}), "has a document type or entities"),
    "entities in UTF-16": (
        xlsx(ROWS, more={"xl/worksheets/sheet1.xml": f"{TWICE}<x/>".encode("utf-16")}), "document type or entities",
    ),
    "entities in a document": (packed({"word/document.xml": f"{TWICE}<x>&a;</x>"}), "has a document type or entities"),
    "a password": (locked(), "protected with a password"),
    "a password of Excel": (stream("EncryptedPackage"), "protected with a password"),
    "older macros of Excel": (stream("Workbook") + "_VBA_PROJECT".encode("utf-16-le"), "has macros in it"),
    "an older document": (stream("WordDocument"), "older Word document"),
    "a binary workbook": (packed({"xl/workbook.bin": "x"}), "binary Excel workbook"),
    "a cell far out": (xlsx(ROWS, more={"xl/worksheets/sheet1.xml": FAR}), "far larger than a list of courses"),
    "a cell far out, written otherwise": (
        xlsx(ROWS, more={"xl/worksheets/sheet1.xml": FAR.replace('r="XFD1048576"', "\tr = 'xfd1048576'")}),
        "far larger than a list of courses",
    ),
    "a million times the same": (ods([], inside=MILLION), "far larger than a list of courses"),
    "a document without a table": (docx(), "There is no table in this document."),
    "too many rows": (text([*ROWS, *([["C1", "Art", ""]] * 200_000)]), "more than 200,000 rows"),
    "a cell without an end": (b'Course title,Starts on\nArt,"' + b"x" * 200_000, "Row 2 cannot be read"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "sentence"), REFUSED.values(), ids=list(REFUSED))
def test_it_is_refused_with_one_sentence_and_nothing_is_kept(editor, media, content, sentence):
    with pytest.raises(RuleBroken) as refused:
        hand_over(editor, content)

    assert sentence in refused.value.message
    assert "\n" not in refused.value.message
    assert len(refused.value.message) < 200
    assert not Upload.objects.exists()
    assert not media.exists() or not [path for path in media.rglob("*") if path.is_file()]


TAKEN = {
    "a workbook": xlsx(ROWS), "a LibreOffice sheet": ods(ROWS), "a document": docx(ROWS), "text": text(ROWS),
    "a feed": catalogue(course()).encode(),
}  # fmt: skip


@pytest.mark.parametrize("content", TAKEN.values(), ids=list(TAKEN))
@pytest.mark.parametrize("name", ["ours.xlsx", "OURS.CSV", "ours"])
def test_what_a_file_is_called_does_not_matter(editor, content, name):
    assert hand_over(editor, content, name).state == "received"


def test_a_workbook_that_says_the_same_in_a_hundred_thousand_rows_is_no_bomb(editor):
    rows = [*ROWS, *([["C1", "Plumbing and heating for beginners", "2027-09-06"]] * 60_000)]
    content = xlsx(ROWS, more={"xl/worksheets/sheet1.xml": sheet_xml(rows)})

    assert hand_over(editor, content).state == "received"


SST = f'<?xml version="1.0"?><sst xmlns="{MAIN}" uniqueCount=%s><si><t>Plumbing</t></si></sst>'


@pytest.mark.parametrize(
    "more",
    [
        {"xl/sharedStrings.xml": SST % '"99999999999"'},
        {"xl/sharedStrings.xml": SST % '  \n "&#57;9999999999"'},
        {"xl/worksheets/sheet1.xml": sheet_xml(ROWS).replace('r="B2"', 'r="ZZZZ2"')},
        {"xl/worksheets/sheet1.xml": sheet_xml(ROWS).replace('r="A2"', 'r="A00000001048576"')},
        {"xl/worksheets/sheet1.xml": sheet_xml(ROWS).replace('r="B2"', f'r={" " * 600_000}"XFD900000"')},
    ],
    ids=["texts", "texts-otherwise", "four-letters", "zeros", "far-apart"],
)
def test_a_size_that_is_only_said_asks_for_no_memory(editor, more):
    """Without this the first two end the process, which nobody can catch, and the others fill the memory."""
    with pytest.raises(RuleBroken, match="far larger than a list of courses"):
        hand_over(editor, xlsx(ROWS, more=more))

    assert not Upload.objects.exists()


def test_as_many_texts_as_a_list_can_have_are_read(editor):
    assert hand_over(editor, xlsx(ROWS, more={"xl/sharedStrings.xml": SST % '"9999999"'})).state == "received"
