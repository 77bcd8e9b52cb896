"""Files that come with messages are known by what is in them. What acts by itself, or hides something, is refused."""

import hashlib
import io
import re
import struct
import unicodedata
import zlib
from collections.abc import Callable
from typing import NamedTuple

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from core.errors import RuleBroken
from ilp.models import AttachmentKind
from providers.packed import check_packed
from providers.uploads import FileRefused

MOST_FILES = 3
MOST_BYTES = 5 * 2**20
MOST_PIXELS = 40_000_000  # a good phone's camera; more is a bomb, not a picture
MOST_UNPACKED = 60 * 2**20  # of a PDF's packed parts
PNG_SIGN, JPEG_SIGN = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # JPEG segments that say how large the picture is
# Names in a PDF that make it do something, carry other files, or ask for a password (ISO 32000-1, 12.6 and 7.11).
ACTIVE = (
    "JavaScript JS Launch EmbeddedFile EmbeddedFiles RichMedia XFA SubmitForm ImportData GoToE GoToR"
).split()  # fmt: skip
ACTIVE_NAMES = re.compile(rb"/(%s)(?![A-Za-z0-9])" % "|".join(ACTIVE).encode())
ENCRYPTED = re.compile(rb"/Encrypt(?![A-Za-z0-9])")
STREAM = re.compile(rb"stream\r?\n")
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
# A Word document that carries another program's file, or fetches its template from elsewhere.
CARRIES = ("embeddings/", "activex/", "vbaproject", "afchunk")
LOOKS_LIKE = (b"<!doctype", b"<html", b"<svg", b"<?xml", b"<script", b"%pdf", b"mz", b"pk\x03\x04", b"{\\rtf")


class CheckedFile(NamedTuple):
    """A file that may be kept."""

    name: str
    kind: str
    content: bytes
    sha256: str


def check_attachment(file: UploadedFile) -> CheckedFile:
    """What may be kept of a file somebody sends.

    Raises: RuleBroken ``file_empty``, ``file_large``, ``file_kind`` (not one of the five kinds, or not what its name
    says) and ``file_unsafe`` (it is damaged, locked, a bomb, or carries something that acts).
    """
    name = _name(file.name or "")
    if not file.size:
        raise RuleBroken(_("%(name)s is empty. Choose another file.") % {"name": name}, code="file_empty")
    if file.size > MOST_BYTES:
        raise RuleBroken(_("%(name)s is larger than 5 MB. Send a smaller one.") % {"name": name}, code="file_large")
    content = file.read(MOST_BYTES + 1)
    ending = name.rpartition(".")[2].lower().replace("jpeg", "jpg")
    kind = _kind(content)
    if kind is None or kind != ending:
        raise RuleBroken(
            _("%(name)s is not a PDF, PNG, JPEG, Word (.docx) or text file, or its name says something else.")
            % {"name": name},
            code="file_kind",
        )
    if not CHECKS[kind](content):
        raise RuleBroken(
            _(
                "%(name)s cannot be sent: it is damaged, locked with a password, or has something in it that acts by "
                "itself. Save it again as a plain PDF or picture."
            )
            % {"name": name},
            code="file_unsafe",
        )
    return CheckedFile(name, kind, content, hashlib.sha256(content).hexdigest())


def _name(name: str) -> str:
    """The last part of the name, without signs that do something in headers, paths or the direction of writing."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    stem, dot, ending = last.rpartition(".")
    stem = re.sub(r"[^\w .()-]", "", stem).strip(" .")[:80] or "file"
    return f"{stem}{dot}{re.sub(r'[^A-Za-z0-9]', '', ending)[:10]}"


def _kind(content: bytes) -> str | None:
    if content.startswith(b"%PDF-"):
        return AttachmentKind.PDF.value
    if content.startswith(PNG_SIGN):
        return AttachmentKind.PNG.value
    if content.startswith(JPEG_SIGN):
        return AttachmentKind.JPEG.value
    if content.startswith(b"PK\x03\x04"):
        return AttachmentKind.DOCX.value
    return AttachmentKind.TXT.value if _text(content) is not None else None


def _text(content: bytes) -> str | None:
    """The words of a plain text; None where it is something else."""
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(LOOKS_LIKE):
        return None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError:
            return None
    return text if not re.search(r"[\x00-\x08\x0e-\x1f]", text) else None


def _is_safe_png(content: bytes) -> bool:
    """Every part is whole, the picture is no bomb, and nothing follows its end."""
    at, pixels = len(PNG_SIGN), 0
    while at + 12 <= len(content):
        length, name = struct.unpack_from(">I4s", content, at)
        body = content[at + 4 : at + 8 + length]
        if len(body) != 4 + length or content[at + 8 + length : at + 12 + length] != struct.pack(
            ">I", zlib.crc32(body)
        ):
            return False
        if name == b"IHDR" and length == 13:
            width, height = struct.unpack_from(">II", body, 4)
            pixels = width * height
        at += 12 + length
        if name == b"IEND":
            return at == len(content) and 0 < pixels <= MOST_PIXELS
    return False


def _is_safe_jpeg(content: bytes) -> bool:
    """Its parts lead to a picture that is no bomb, and it ends as one."""
    at, pixels = 2, 0
    while at + 4 <= len(content):
        if content[at] != 0xFF:
            return False
        sign = content[at + 1]
        if sign == 0xFF:
            at += 1
            continue
        (length,) = struct.unpack_from(">H", content, at + 2)
        if sign in FRAMES and length >= 8:
            height, width = struct.unpack_from(">HH", content, at + 5)
            pixels = width * height
        if sign == 0xDA:  # the picture itself
            return 0 < pixels <= MOST_PIXELS and content.rstrip(b"\0").endswith(b"\xff\xd9")
        at += 2 + length
    return False


def _is_safe_pdf(content: bytes) -> bool:
    """Not locked, nothing in it acts or carries another file, packed parts too; and no packed part is a bomb."""
    if b"%%EOF" not in content[-2048:] or ENCRYPTED.search(_unescaped(content)) or _acts(content):
        return False
    left = MOST_UNPACKED
    for found in STREAM.finditer(content):
        unpacker = zlib.decompressobj()
        try:
            part = unpacker.decompress(content[found.end() :], left + 1)
        except zlib.error:
            continue  # not packed this way: it was looked at as it stands
        left -= len(part)
        if left < 0 or _acts(part):
            return False
    return True


def _acts(part: bytes) -> bool:
    return ACTIVE_NAMES.search(_unescaped(part)) is not None


def _unescaped(part: bytes) -> bytes:
    """A name may be written /J#61vaScript."""
    return ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), part)


def _is_safe_docx(content: bytes) -> bool:
    """A Word document without macros, other files, or parts fetched from elsewhere."""
    fetched: list[bytes] = []

    def watch(name: str, piece: bytes) -> None:
        if name.endswith("settings.xml.rels"):
            fetched.append(piece)

    try:
        names = check_packed(io.BytesIO(content), watch=watch)
    except FileRefused:
        return False
    lower = [name.lower() for name in names]
    if "word/document.xml" not in names or any(part in name for name in lower for part in CARRIES):
        return False
    return b'TargetMode="External"' not in b"".join(fetched)


CHECKS: dict[str, Callable[[bytes], bool]] = {
    AttachmentKind.PDF: _is_safe_pdf,
    AttachmentKind.PNG: _is_safe_png,
    AttachmentKind.JPEG: _is_safe_jpeg,
    AttachmentKind.DOCX: _is_safe_docx,
    AttachmentKind.TXT: lambda _content: True,
}
