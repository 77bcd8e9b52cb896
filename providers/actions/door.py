"""What can be said about a file before anybody reads it."""

from pathlib import PurePosixPath, PureWindowsPath
from typing import IO

from django.template.defaultfilters import filesizeformat

from core.errors import RuleBroken
from providers.models import Upload
from providers.uploads import FileRefused, UploadKind

HEAD_BYTES = 512
# How files begin that people hand over by mistake, and what to call them.
SIGNATURES = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "an Excel workbook or another zipped file",
    b"\xd0\xcf\x11\xe0": "an older Excel or Word file",
    b"\x1f\x8b": "a compressed file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"MZ": "a program",
}
SIGNATURE_OF = {".xlsx": b"PK\x03\x04", ".zip": b"PK\x03\x04", ".xls": b"\xd0\xcf\x11\xe0"}
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def last_name(file_name: str) -> str:
    """The name without the folders that some browsers send along, shortened to what a row holds."""
    return PurePosixPath(PureWindowsPath(file_name).name).name[-255:] or "file"


def extension(file_name: str) -> str:
    return PurePosixPath(file_name).suffix.lower()


def check_size(kind: UploadKind, size: int) -> None:
    """Raises: RuleBroken ``upload_empty``, ``upload_too_big``."""
    if not size:
        raise RuleBroken("The file is empty. Choose the file that has your records in it.", code="upload_empty")
    if size > kind.max_bytes:
        raise RuleBroken(
            f"The file is {filesizeformat(size)}. It must be {filesizeformat(kind.max_bytes)} or smaller.",
            code="upload_too_big",
        )


def check_content(kind: UploadKind, upload: Upload, file: IO[bytes]) -> None:
    """The file can be one of the kind's: as the kind itself says, where it knows its files by what is in them.

    Raises: RuleBroken ``upload_wrong_type``, ``upload_refused``.
    """
    file.seek(0)
    if kind.look is None:
        check_type(kind, upload.file_name, file.read(HEAD_BYTES))
        return
    try:
        kind.look(upload, file)
    except FileRefused as refusal:
        raise RuleBroken(str(refusal), code="upload_refused") from refusal


def check_type(kind: UploadKind, file_name: str, head: bytes) -> None:
    """The name's ending is one of the kind's, and the file begins as such files do.

    Raises: RuleBroken ``upload_wrong_type``.
    """
    if not kind.accepts:
        return
    ending = extension(file_name)
    if ending not in kind.accepts:
        raise RuleBroken(f"Choose a file that ends in {_listed(kind.accepts)}.", code="upload_wrong_type")
    if ending in SIGNATURE_OF:
        is_right, found = head.startswith(SIGNATURE_OF[ending]), "something else"
    else:
        # What is left are text formats: anything but another format's beginning, or bytes no text has.
        found = next((words for mark, words in SIGNATURES.items() if head.startswith(mark)), "")
        if not found and b"\0" in head and not head.startswith(UTF_16_MARKS) and not _is_plain_utf_16(head):
            found = "not a text file"
        is_right = not found
    if not is_right:
        raise RuleBroken(
            f"The name ends in {ending}, but the file inside is {found}. Save or export it again as {ending}.",
            code="upload_wrong_type",
        )


def _is_plain_utf_16(head: bytes) -> bool:
    """UTF-16 without its mark: every other byte of Latin text is zero."""
    return not any(head[1::2]) or not any(head[0::2])


def _listed(endings: tuple[str, ...]) -> str:
    *most, last = endings
    return f"{', '.join(most)} or {last}" if most else last
