"""An XML file somebody handed over: looked through whole before a word of it is used, then read course by course.

The parser is strict: one that repairs once turned half a file into "500 courses". Only white space before the XML
declaration is forgiven, because real feeds have it and nothing can be misread by it. Entities, document types and
the network are off, and memory does not grow with the file: each course is dropped once it has been read.
"""

import codecs
import io
import re
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import IO

from lxml import etree

from prospectus.texts import tidy
from prospectus.xcri import DC, MLO, ROW, XCRI_1_1, XCRI_1_2, XSI
from providers.uploads import FileRefused

VERSIONS = {XCRI_1_1: "1.1", XCRI_1_2: "1.2"}
DUBLIN_CORE = (DC, "http://purl.org/dc/terms/", "http://purl.org/dc/terms")
CREDIT = "http://purl.org/net/cm"
KNOWN_NAMESPACES = {*VERSIONS, *DUBLIN_CORE, MLO, CREDIT}
XSI_TYPE = f"{{{XSI}}}type"
UKPRN = re.compile(r"1\d{7}")
ENTRY_WORDS = re.compile(
    r"entry|requir|applicants?\b|candidates? (?:must|should)|of the following|grade|gcse|experience|interview"
    r"|equivalent",
    re.IGNORECASE,
)

MOST_BYTES = 64 * 2**20
MOST_MARKS = 3_000_000  # opening, closing and other marks: about 300 MB if a parser kept them all
MOST_RECORDS = 100_000
LONGEST_ROW = 9  # digits of a row's number
CHUNK = 2**18
NOT_XML = "This is not an XML file. Hand over the course feed as XCRI-CAP 1.1 or 1.2 (XML)."


@dataclass
class Provider:
    """One provider of a catalogue, as the file names it."""

    line: int
    name: str = ""
    ukprn: str = ""
    location: etree._Element | None = None
    courses: int = 0
    runs: int = 0


@dataclass
class Survey:
    """What a file holds, known before it is used."""

    version: str
    providers: list[Provider] = field(default_factory=list)
    postcodes: Counter[str] = field(default_factory=Counter)
    objectives: int = 0
    objectives_about_entry: int = 0
    prerequisites: int = 0
    is_of_rows: bool = False

    @property
    def spot(self) -> str:
        """What its places are called."""
        return "row" if self.is_of_rows else "line"

    @property
    def objective_is_entry(self) -> bool:
        """Whether this feed writes its entry requirements as "objective", as one college did throughout."""
        return not self.prerequisites and self.objectives_about_entry * 2 > self.objectives


class TrimmedFile:
    """The file without byte order mark, and with the white space in front of its XML declaration moved behind it.

    So the declaration is where it must be, and every line keeps its number.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        file.seek(0)
        head = file.read(CHUNK)
        if not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            head = head.removeprefix(codecs.BOM_UTF8)
            while head.isspace() and (more := file.read(CHUNK)):
                head += more
            trimmed = head.lstrip()
            if trimmed.startswith(b"<?xml") and b"?>" in trimmed:
                end = trimmed.index(b"?>") + 2
                lines = head[: len(head) - len(trimmed)].count(b"\n")
                head = trimmed[:end] + b"\n" * lines + trimmed[end:]
        self._head = head

    def read(self, size: int = CHUNK) -> bytes:
        if self._head:
            head, self._head = self._head[:size], self._head[size:]
            return head
        return self._file.read(size)


def look_through(file: IO[bytes]) -> Survey:
    """What the file holds, having read it to its end.

    Raises: FileRefused for whatever is not a whole, well-formed XCRI-CAP catalogue of bearable size.
    """
    _weigh(file)
    survey = Survey(version=_version(file))
    courses = runs = records = 0
    for element in _elements(file, ("course", "provider", "postcode", "objective", "prerequisite")):
        name = name_of(element)
        if name == "course" and is_course(element):
            courses += 1
            runs += len(presentations(element))
            survey.is_of_rows |= ROW in element.attrib
            _drop(element)
        elif name == "provider" and _is_top(element):
            survey.providers.append(_provider(element, courses=courses, runs=runs))
            records += courses + runs
            courses = runs = 0
            element.clear(keep_tail=True)
        elif name == "postcode" and element.text:
            survey.postcodes[tidy(element.text).upper()] += 1
        elif name == "prerequisite":
            survey.prerequisites += 1
        elif name == "objective":
            survey.objectives += 1
            survey.objectives_about_entry += bool(ENTRY_WORDS.search(" ".join(element.itertext())))
        if records + courses + runs > MOST_RECORDS:
            raise FileRefused(f"This file has more than {MOST_RECORDS:,} courses and runs. Hand it over in parts.")
    if not survey.providers:
        raise FileRefused("This catalogue has no provider in it, so there are no courses to use. Export it again.")
    return survey


def courses_of(file: IO[bytes], place: int) -> Iterator[etree._Element]:
    """The course elements of the provider at this place in the file, each gone once the next is asked for."""
    at = 0
    for element in _elements(file, ("course", "provider")):
        if is_course(element):
            if at == place:
                yield element
            _drop(element)
        elif _is_top(element):
            at += 1
            element.clear(keep_tail=True)


def name_of(element: etree._Element) -> str:
    """The name without its namespace; also of an element whose prefix nobody declared."""
    return element.tag.rpartition("}")[2]


def namespace_of(element: etree._Element) -> str:
    """The namespace of the name, or ""."""
    return element.tag[1:].partition("}")[0] if element.tag.startswith("{") else ""


def line_of(element: etree._Element) -> int:
    """Where people find it: its line in the file, or the row of the table that the file was written from."""
    at: etree._Element | None = element
    while at is not None and not (row := at.get(ROW, "")):
        at = at.getparent()
    return int(row) if at is not None and row.isdecimal() and len(row) < LONGEST_ROW else element.sourceline or 0


def is_course(element: etree._Element) -> bool:
    """Whether it is a course of the catalogue, not an element of another vocabulary with the same name."""
    parent = element.getparent()
    return name_of(element) == "course" and parent is not None and _is_top(parent)


def presentations(course: etree._Element) -> list[etree._Element]:
    """The course's presentations: what the portal calls runs."""
    return course.findall(f"{{{namespace_of(course)}}}presentation")


def _weigh(file: IO[bytes]) -> None:
    file.seek(0)
    size = marks = 0
    while chunk := file.read(CHUNK):
        size += len(chunk)
        marks += chunk.count(b"<")
        if size > MOST_BYTES:
            raise FileRefused(f"This file is larger than {MOST_BYTES // 2**20} MB. Hand it over in parts.")
        if marks > MOST_MARKS:
            raise FileRefused("This file has far more elements than a course feed needs. Export it again.")
    if not size:
        raise FileRefused("This file is empty. Export it again and check its size before you hand it over.")
    if not marks:
        raise FileRefused(NOT_XML)


def _version(file: IO[bytes]) -> str:
    """The version, by the namespace of the root. File names have been wrong about it."""
    source = TrimmedFile(file)
    try:
        _event, root = next(iter(_parser(source, events=("start",))))
    except (etree.XMLSyntaxError, StopIteration) as error:
        raise FileRefused(_why_not_xml(error, file)) from error
    if root.getroottree().docinfo.doctype:
        raise FileRefused(
            "This file has a document type definition, which course feeds must not have. Export it without one."
        )
    namespace, name = namespace_of(root), name_of(root)
    if namespace not in VERSIONS or name != "catalog":
        what = f"It starts with “{name}”" + (f" of {namespace}." if namespace else ".")
        raise FileRefused(f"This is XML, but not an XCRI-CAP 1.1 or 1.2 catalogue. {what}"[:300])
    return VERSIONS[namespace]


def _elements(file: IO[bytes], names: tuple[str, ...]) -> Iterator[etree._Element]:
    parser = _parser(TrimmedFile(file), events=("end",), tag=[f"{{*}}{name}" for name in names])
    try:
        for _event, element in parser:
            yield element
    except etree.XMLSyntaxError as error:
        raise FileRefused(_why_not_xml(error, file)) from error
    for error in parser.error_log:
        # The parser only remarks on it; every element with this prefix would be lost without a word.
        if error.type_name == "NS_ERR_UNDEFINED_NAMESPACE":
            raise FileRefused(
                f"{error.message} (line {error.line}). Declare it in the catalog element and export again."[:300]
            )


def _parser(source: TrimmedFile, **options: object) -> etree.iterparse:
    return etree.iterparse(
        source, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False,
        remove_comments=True, remove_pis=True, **options,
    )  # fmt: skip


def _why_not_xml(error: Exception, file: IO[bytes]) -> str:
    line = getattr(error, "lineno", None)
    text = str(getattr(error, "msg", error))
    where = f" (line {line})" if line else ""
    if not line or "Start tag expected" in text or "Document is empty" in text:
        return NOT_XML
    if "encoding" in text.lower() or "UTF-8" in text or "UTF-16" in text:
        return f"The characters of this file are not in the encoding it names{where}. Save it as UTF-8 and try again."
    if not _has_an_end(file):
        return f"This file stops in the middle{where}. Export it again and hand over the whole file."
    return f"This file is not well-formed XML{where}: {text}"[:280] + ". Export it again."


def _has_an_end(file: IO[bytes]) -> bool:
    file.seek(0, io.SEEK_END)
    file.seek(max(file.tell() - 400, 0))
    return b"catalog" in file.read().replace(b"\0", b"")[-100:]


def _is_top(element: etree._Element) -> bool:
    parent = element.getparent()
    return parent is not None and parent.getparent() is None


def _drop(element: etree._Element) -> None:
    """The course is out of memory. The parser may still need the element, so only the one before it is removed."""
    element.clear(keep_tail=True)
    previous, parent = element.getprevious(), element.getparent()
    if previous is not None and parent is not None and previous.tag == element.tag:
        parent.remove(previous)


def _provider(element: etree._Element, *, courses: int, runs: int) -> Provider:
    provider = Provider(line=element.sourceline or 0, courses=courses, runs=runs)
    for child in element:
        name = name_of(child)
        text = tidy(child.text or "")
        if name in ("title", "name") and not provider.name:
            provider.name = text
        elif (
            name == "identifier"
            and UKPRN.fullmatch(text)
            and (not provider.ukprn or "ukprn" in child.get(XSI_TYPE, "").lower())
        ):
            provider.ukprn = text
        elif name == "location":
            provider.location = deepcopy(child)
    if provider.location is None and element.find("{*}postcode") is not None:
        provider.location = deepcopy(element)  # 1.1 writes the address straight into the provider
    return provider
