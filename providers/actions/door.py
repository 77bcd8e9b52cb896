"""What can be said about a file before anybody reads it."""

from pathlib import PurePosixPath, PureWindowsPath
from typing import IO

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import RuleBroken
from providers.models import Upload
from providers.uploads import FileRefused, UploadKind

HEAD_BYTES = 512
# How files begin that people hand over by mistake, and what to call them.
SIGNATURES = {
    b"%PDF": gettext_lazy("a PDF"),
    b"PK\x03\x04": gettext_lazy("an Excel workbook or another zipped file"),
    b"\xd0\xcf\x11\xe0": gettext_lazy("an older Excel or Word file"),
    b"\x1f\x8b": gettext_lazy("a compressed file"),
    b"\x89PNG": gettext_lazy("a picture"),
    b"\xff\xd8\xff": gettext_lazy("a picture"),
    b"GIF8": gettext_lazy("a picture"),
    b"MZ": gettext_lazy("a program"),
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
        raise RuleBroken(_("The file is empty. Choose the file that has your records in it."), code="upload_empty")
    if size > kind.max_bytes:
        raise RuleBroken(
            _("The file is %(size)s. It must be %(max_bytes)s or smaller.")
            % {"size": filesizeformat(size), "max_bytes": filesizeformat(kind.max_bytes)},
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
        raise RuleBroken(
            _("Choose a file that ends in %(accepts)s.") % {"accepts": _listed(kind.accepts)}, code="upload_wrong_type"
        )
    if ending in SIGNATURE_OF:
        is_right, found = head.startswith(SIGNATURE_OF[ending]), _("something else")
    else:
        # What is left are text formats: anything but another format's beginning, or bytes no text has.
        found = next((str(words) for mark, words in SIGNATURES.items() if head.startswith(mark)), "")
        if not found and b"\0" in head and not head.startswith(UTF_16_MARKS) and not _is_plain_utf_16(head):
            found = _("not a text file")
        is_right = not found
    if not is_right:
        raise RuleBroken(
            _("The name ends in %(ending)s, but the file inside is %(found)s. Save or export it again as %(ending)s.")
            % {"ending": ending, "found": found},
            code="upload_wrong_type",
        )


def _is_plain_utf_16(head: bytes) -> bool:
    """UTF-16 without its mark: every other byte of Latin text is zero."""
    return not any(head[1::2]) or not any(head[0::2])


def _listed(endings: tuple[str, ...]) -> str:
    *most, last = endings
    return _("%(others)s or %(last)s") % {"others": ", ".join(most), "last": last} if most else last
