"""One file of several providers, divided into one XCRI-CAP file for each of those that are wanted.

As XCRI-CAP it is divided element by element. As the open-data table of this portal, its lines are written as XCRI-CAP
with our own details, so that one reader knows how a course is read, whatever it came as. Each keeps the number of its
row, so that people who are told what is wrong find it in the table that they have.
"""

import csv
import hashlib
import io
import re
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack
from tempfile import SpooledTemporaryFile
from typing import IO, Any, NamedTuple

from lxml import etree

from core.sheets import FORMULA_STARTS
from prospectus.imports import feed
from prospectus.part_words import from_lines
from prospectus.texts import tidy, without_controls
from prospectus.xcri import DC, MLO, OURS, ROW, XCRI_1_2, XSI
from providers.uploads import FileRefused

IN_MEMORY = 2**20  # bytes of a provider's part before it goes to the disk
ROWS = re.compile(rb' portal:row="\d+"')
MARK = b"\xef\xbb\xbf"
TABLE_BEGINS = b"course_reference,"
NEEDED = ("course_reference", "provider", "provider_ukprn", "title")
NAMESPACES = {None: XCRI_1_2, "dc": DC, "mlo": MLO, "xsi": XSI, "portal": OURS}
XSI_TYPE = f"{{{XSI}}}type"
# Columns of the open-data table that our own details hold under the same or another name.
COURSE_DETAILS = {
    "kind": "kind", "stage": "stage", "summary": "summary", "levels": "levels", "subject_code": "subject",
    "qualification_type": "qualification_type", "course_website": "website", "taught_with": "consortium",
}  # fmt: skip
RUN_DETAILS = {
    "start_words": "start_text", "study_mode": "study_mode", "delivery": "delivery", "pattern": "pattern",
    "cost_words": "cost_text",
}  # fmt: skip
PENCE = {"cost_pounds": "cost_pence", "extra_cost_pounds": "extra_cost_pence"}
PLAIN = {"duration": "duration", "places": "places"}
DATES = {"starts_on": "start", "ends_on": "end", "apply_from_on": "applyFrom", "apply_until_on": "applyUntil"}
FIRST_ROW = 2  # as a spreadsheet shows it: the headings are row 1
AT = "row of the table"  # what no column can be called: it has small letters and no spaces
PLACE = ("site", "site_address", "site_town", "site_postcode", "site_latitude", "site_longitude")

Row = dict[str, str]


class Named(NamedTuple):
    """A provider in the file. Without a UKPRN nobody can say who it is."""

    name: str
    ukprn: str


class Dataset(ABC):
    """A file of several providers, looked through; ``providers`` are in its order, each once."""

    providers: list[Named]

    @abstractmethod
    def divided(self, wanted: Collection[str], *, within: ExitStack) -> Mapping[str, IO[bytes]]:
        """The part of each provider with one of these UKPRNs as an XCRI-CAP file, open until ``within`` ends.

        Raises: FileRefused.
        """


def is_open_data(file: IO[bytes]) -> bool:
    """Whether it begins as the open-data table of this portal does."""
    file.seek(0)
    return file.read(100).removeprefix(MARK).replace(b'"', b"").startswith(TABLE_BEGINS)


def look_through_dataset(file: IO[bytes]) -> Dataset:
    """The file, read to its end. Raises: FileRefused for what is neither XCRI-CAP nor our open-data table."""
    if is_open_data(file):
        return TableDataset(file)
    file.seek(0)
    if not file.read(1000).replace(b"\0", b"").removeprefix(MARK).lstrip(b"\xff\xfe \t\r\n").startswith(b"<"):
        raise FileRefused(
            "This is neither an XCRI-CAP feed nor the open-data table of a portal like this one. Ask the other side "
            "for one of them."
        )
    return XcriDataset(file)


class XcriDataset(Dataset):
    """XCRI-CAP 1.1 or 1.2."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.survey = feed.look_through(file)
        named = (Named(provider.name, provider.ukprn) for provider in self.survey.providers)
        self.providers = _each_once(named)

    def divided(self, wanted: Collection[str], *, within: ExitStack) -> Mapping[str, IO[bytes]]:
        with ExitStack() as stack:
            division = _Division(self.survey, wanted, stack, within)
            for event, element in self._events():
                if event == "start":
                    division.begin(element)
                else:
                    division.end(element)
            return division.parts

    def _events(self) -> Iterator[tuple[str, Any]]:
        # As strict as the reading itself, which has been through the whole file.
        return etree.iterparse(
            feed.TrimmedFile(self.file), events=("start", "end"), resolve_entities=False, no_network=True,
            load_dtd=False, huge_tree=False, recover=False, remove_comments=True, remove_pis=True,
        )  # fmt: skip


class _Division:
    """Where in the file we are, and the files that are being written."""

    def __init__(self, survey: feed.Survey, wanted: Collection[str], stack: ExitStack, within: ExitStack) -> None:
        """What is written ends with ``stack``; the files stay open until ``within`` does."""
        self.survey, self.wanted, self.stack, self.within = survey, wanted, stack, within
        self.parts: dict[str, IO[bytes]] = {}
        self.writers: dict[str, Any] = {}
        self.root: Any = None
        self.writer: Any = None
        self.is_first = False
        self.place = self.depth = 0

    def begin(self, element: Any) -> None:
        self.depth += 1
        if self.depth == 1:
            self.root = element
        elif self.depth == 2 and feed.name_of(element) == "provider":
            ukprn = self.survey.providers[self.place].ukprn
            self.is_first = ukprn not in self.writers
            if ukprn in self.wanted and self.is_first:
                self.parts[ukprn] = self.within.enter_context(_spool())
                self.writers[ukprn] = _catalog(self.stack, self.parts[ukprn], self.root, element)
            self.writer = self.writers.get(ukprn)

    def end(self, element: Any) -> None:
        self.depth -= 1
        if self.depth == 2:
            # Of a provider that stands in the file twice, the second time only the courses.
            if self.writer is not None and (self.is_first or feed.name_of(element) == "course"):
                self.writer.write(element, with_tail=False)
                self.writer.write("\n")
            _forget(element)
        elif self.depth == 1:
            self.place += feed.name_of(element) == "provider"
            self.writer = None
            _forget(element)


class TableDataset(Dataset):
    """The open-data table of a portal like this one."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.providers = _each_once(Named(row["provider"], row["provider_ukprn"]) for row in self._rows())
        if not self.providers:
            raise FileRefused("This table has no course in it, so there is nothing to use.")

    def divided(self, wanted: Collection[str], *, within: ExitStack) -> Mapping[str, IO[bytes]]:
        courses: dict[str, dict[str, list[Row]]] = {}
        for row in self._rows():
            if row["provider_ukprn"] in wanted:
                courses.setdefault(row["provider_ukprn"], {}).setdefault(row["course_reference"], []).append(row)
        parts: dict[str, IO[bytes]] = {}
        for ukprn in list(courses):
            parts[ukprn] = within.enter_context(_spool())
            _write_catalogue(parts[ukprn], courses.pop(ukprn))
        return parts

    def _rows(self) -> Iterator[Row]:
        """The lines as {column: text}. Raises: FileRefused."""
        self.file.seek(0)
        text = io.TextIOWrapper(self.file, encoding="utf-8-sig", newline="")  # type: ignore[type-var]
        try:
            reader = csv.DictReader(text, strict=True, restval="")
            if missing := [name for name in NEEDED if name not in (reader.fieldnames or ())]:
                raise FileRefused(f"This table has no column {missing[0]}, so it is not a whole open-data table.")
            for number, row in enumerate(reader):
                if number == feed.MOST_RECORDS:
                    raise FileRefused(f"This table has more than {number:,} lines. Hand it over in parts.")
                if None in row:
                    raise FileRefused(f"Line {reader.line_num} of this table has more cells than there are columns.")
                yield {name: _said(value) for name, value in row.items()} | {AT: str(number + FIRST_ROW)}
        except UnicodeDecodeError:
            raise FileRefused(
                "The characters of this table are not UTF-8. Hand it over as it was downloaded."
            ) from None
        except csv.Error as error:
            raise FileRefused(f"This table is broken about line {reader.line_num + 1}: {error}.") from None
        finally:
            text.detach()


def digest_of(part: IO[bytes]) -> str:
    """The same for the same courses, on whatever rows of a table they stood."""
    part.seek(0)
    digest = hashlib.sha256()
    for line in part:
        digest.update(ROWS.sub(b"", line))
    return digest.hexdigest()


def _said(value: str) -> str:
    """The text as it was before it was made safe for spreadsheets."""
    value = without_controls(value)
    return value[1:] if value[:1] == "'" and value[1:2] in FORMULA_STARTS and value[1:2] else value


def _each_once(named: Iterable[Named]) -> list[Named]:
    """By UKPRN; those without one by name."""
    found: dict[str, Named] = {}
    for each in named:
        found.setdefault(each.ukprn or f"name {tidy(each.name)}", each)
    return list(found.values())


def _spool() -> IO[bytes]:
    return SpooledTemporaryFile(IN_MEMORY)


def _catalog(stack: ExitStack, part: IO[bytes], root: Any, provider: Any) -> Any:
    """A catalogue that stays open until the stack ends. Nothing of when it was made: equal courses are equal bytes."""
    writer = stack.enter_context(etree.xmlfile(part, encoding="utf-8"))
    writer.write_declaration()
    stack.enter_context(writer.element(root.tag, nsmap=root.nsmap))
    stack.enter_context(writer.element(provider.tag, nsmap=provider.nsmap, attrib=dict(provider.attrib)))
    writer.write("\n")
    return writer


def _forget(element: Any) -> None:
    """Out of memory, and whatever stood before it."""
    element.clear(keep_tail=True)
    parent = element.getparent()
    while parent is not None and (before := element.getprevious()) is not None:
        parent.remove(before)


# The table as XCRI-CAP


def _write_catalogue(part: IO[bytes], courses: Mapping[str, list[Row]]) -> None:
    with etree.xmlfile(part, encoding="utf-8") as writer:
        writer.write_declaration()
        with (
            writer.element(f"{{{XCRI_1_2}}}catalog", nsmap=NAMESPACES),
            writer.element(f"{{{XCRI_1_2}}}provider"),
        ):
            first = next(iter(courses.values()))[0]
            _identify(writer, first["provider_ukprn"], kind="portal:ukprn")
            _write(writer, DC, "title", first["provider"])
            if website := first.get("provider_website"):
                _write(writer, MLO, "url", website)
            # The table is in no particular order; equal courses are to be equal bytes.
            for reference in sorted(courses):
                writer.write(_course(courses[reference]))
                writer.write("\n")


def _identify(writer: Any, text: str, *, kind: str) -> None:
    element = etree.Element(f"{{{DC}}}identifier", {XSI_TYPE: kind}, nsmap=NAMESPACES)
    element.text = text
    writer.write(element)


def _write(writer: Any, namespace: str, name: str, text: str) -> None:
    element = etree.Element(f"{{{namespace}}}{name}", nsmap=NAMESPACES)
    element.text = text
    writer.write(element)


def _course(rows: list[Row]) -> Any:
    row = rows[0]
    element = etree.Element(f"{{{XCRI_1_2}}}course", {ROW: row[AT]}, nsmap=NAMESPACES)
    code = row.get("provider_course_code") or row["course_reference"]
    _add(element, DC, "identifier", code).set(XSI_TYPE, "portal:internalID")
    _add(element, DC, "title", row["title"])
    if row.get("qualification_title") or row.get("awarding_organisation"):
        qualification = _add(element, MLO, "qualification")
        if title := row.get("qualification_title"):
            _add(qualification, DC, "title", title)
        if awarding := row.get("awarding_organisation"):
            _add(qualification, XCRI_1_2, "awardedBy", awarding)
    runs = sorted((run for run in rows if run.get("run_reference")), key=lambda run: run["run_reference"])
    for run in runs:
        _presentation(element, run)
    details = _add(element, OURS, "details")
    for column, name in COURSE_DETAILS.items():
        if value := row.get(column):
            details.set(name, value)
    if row.get("taught_with") and "parts" in row:
        parts = from_lines(row["parts"])
        details.set("parts", str(len(parts)))
        for part in parts:
            etree.SubElement(details, f"{{{OURS}}}part", {name: text for name, text in part._asdict().items() if text})
    return element


def _presentation(course: Any, row: Row) -> None:
    element = _add(course, XCRI_1_2, "presentation")
    element.set(ROW, row[AT])
    code = row.get("provider_run_code") or row["run_reference"]
    _add(element, DC, "identifier", code).set(XSI_TYPE, "portal:internalID")
    for column, name in DATES.items():
        if date := row.get(column):
            _add(element, MLO if name == "start" else XCRI_1_2, name, date).set("dtf", date)
    for column, name in PLAIN.items():
        if text := row.get(column):
            _add(element, MLO, name, text)
    if row.get("site"):
        _venue(element, row)
    details = _add(element, OURS, "details")
    said = {name: row.get(column, "") for column, name in RUN_DETAILS.items()}
    said |= {name: _pence(row.get(column, "")) for column, name in PENCE.items()}
    said["is_flexible_start"] = "yes" if row.get("starts_any_day") == "yes" else ""
    for name, value in said.items():
        if value:
            details.set(name, value)


def _venue(presentation: Any, row: Row) -> None:
    provider = _add(_add(presentation, XCRI_1_2, "venue"), XCRI_1_2, "provider")
    _add(provider, DC, "title", row["site"])
    location = _add(provider, MLO, "location")
    for name in ("town", "postcode", "address"):
        if text := row.get(f"site_{name}"):
            _add(location, MLO, name, text)
    for column, kind in (("site_latitude", "portal:lat"), ("site_longitude", "portal:long")):
        if number := row.get(column):
            _add(location, MLO, "address", number).set(XSI_TYPE, kind)


def _pence(pounds: str) -> str:
    """Pounds as the table writes them (12.50) in pence. What is no such number is left for the checks to name."""
    whole, dot, rest = pounds.partition(".")
    return (
        str(int(whole) * 100 + int(rest))
        if whole.isdecimal() and dot and rest.isdecimal() and len(rest) == 2
        else pounds
    )


def _add(parent: Any, namespace: str, name: str, text: str = "") -> Any:
    element = etree.SubElement(parent, f"{{{namespace}}}{name}")
    element.text = text or None
    return element
