"""A return as a file, XML or a table, read one record at a time: people leave memory as soon as the next one comes."""

import re
from collections.abc import Iterator
from itertools import chain
from typing import IO, Any, NamedTuple

from lxml import etree

from reporting.returns import tables
from reporting.returns.checking import Finding
from reporting.returns.record import (
    ACTIVITY,
    CHARACTERISTIC,
    DESTINATION,
    GUARANTEE,
    NEED,
    PERSONAL,
    Guarantee,
    Header,
    YoungPerson,
)
from reporting.returns.rules.base import day

CHUNK = 2**16
# An ampersand that begins none of XML's own references: of a shop in an address, or an entity of the file's own making.
BARE = re.compile(rb"&(?!(?:amp|lt|gt|apos|quot|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)")
LONGEST_REFERENCE = 10
LONGEST_RECORD = 2**20  # bytes, with whatever stands before it: what is not given back yet is kept in memory
RECORD, HEADER = "YoungPersonsRecord", "FileHeader"
DIGITS = re.compile(r"[0-9]{3}")
NODES = {
    node: {element: name for name, element in names.items()}
    for node, names in (
        ("PersonalDetails", PERSONAL),
        ("LevelOfNeed", NEED),
        ("Cohort", ACTIVITY),
        ("IntendedDestination", DESTINATION),
    )
}
GUARANTEES = {"Year11": "year_11", "Year12": "year_12"}
BREAKS_OFF = "The file breaks off or is damaged"
AMPERSANDS = "There are ampersands that are not written &amp;. The Department cannot read the file like this."


class Return(NamedTuple):
    """A file that is being read. ``people`` can be gone through once; ``faults`` is whole only after that."""

    header: Header
    people: Iterator[YoungPerson]
    faults: list[Finding]


def fault(message: str) -> Finding:
    """What keeps a file, or a part of it, from being read: of the first priority, and no rule's."""
    return Finding("", None, 1, message)


def said_columns(file: IO[bytes]) -> frozenset[str] | None:
    """What a table has columns for; None for XML, in which whatever is not said is not so. Raises: NotATable."""
    return None if _is_xml(file) else tables.columns_of(file)


def _is_xml(file: IO[bytes]) -> bool:
    file.seek(0)
    return file.read(CHUNK).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def read_return(file: IO[bytes], *, asked: Header, authorities: frozenset[str], most: int | None = None) -> Return:
    """The header and the people of a file, whichever of the two forms it has. What ``asked`` says goes before what the
    file says. The file must be able to go back to its beginning.

    Raises: NotATable for what is neither; TooMany, as its people are gone through too, beyond so many records.
    """
    if not _is_xml(file):
        header = tables.read_header(file, asked=asked, most=most)
        return Return(header, tables.read_people(file, most=most), [])
    file.seek(0)
    faults: list[Finding] = []
    elements = _elements(file, faults, most=most)
    first = [element for element in (next(elements, None),) if element is not None]
    header = Header()
    if first and _name(first[0]) == HEADER:
        header = _header(first.pop(), faults, authorities)
    else:
        faults.append(fault("The file has no FileHeader, or it does not come first."))
    header = Header(
        databases=asked.databases or header.databases,
        authorities=asked.authorities or header.authorities,
        sent_on=asked.sent_on or header.sent_on,
        period_end=asked.period_end or header.period_end,
        supplier=header.supplier,
    )
    return Return(header, _people(chain(first, elements), faults), faults)


def _elements(file: IO[bytes], faults: list[Finding], *, most: int | None = None) -> Iterator[Any]:
    """Header and records, each gone once the next one is asked for, with all that stood before it. A file that breaks
    off is a fault, and so is one without a record for longer than any record is. Raises: TooMany."""
    source = _Repaired(file)
    read = 0
    try:
        for _event, element in etree.iterparse(
            source, events=("end",), tag=(f"{{*}}{HEADER}", f"{{*}}{RECORD}"), resolve_entities=False, no_network=True,
            load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True,
        ):  # fmt: skip
            source.since = 0
            read += 1
            if most is not None and read > most + 1:  # and a header
                raise tables.TooMany
            yield element
            element.clear()
            for each in chain([element], element.iterancestors()):
                while each.getprevious() is not None:
                    del each.getparent()[0]
    except etree.XMLSyntaxError as broken:
        faults.append(fault(f"{BREAKS_OFF} at line {broken.lineno}. Nothing after it was read."))
    if source.repaired:
        faults.append(fault(AMPERSANDS))


class _Repaired:
    """A file whose bare ampersands are written as they should be. So no entity of the file's own making is ever one.
    It ends where it goes on too long ``since`` somebody found a record."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.kept, self.repaired, self.since = file, b"", 0, 0

    def read(self, _size: int = -1) -> bytes:
        piece = self.file.read(CHUNK) if self.since < LONGEST_RECORD else b""
        self.since += len(piece)
        data = self.kept + piece
        last = data.rfind(b"&", max(0, len(data) - LONGEST_REFERENCE))
        # A reference that the end of a piece cuts in two is looked at with the next piece.
        cut = last if piece and last >= 0 and b";" not in data[last:] else len(data)
        self.kept = data[cut:]
        whole, repaired = BARE.subn(b"&amp;", data[:cut])
        self.repaired += repaired
        return whole or (self.read() if piece else b"")


def _header(element: Any, faults: list[Finding], authorities: frozenset[str]) -> Header:
    said: dict[str, list[str]] = {}
    for child in element.iter("{*}*"):
        said.setdefault(_name(child), []).append(_text(child))
    databases, codes = said.get("DatabaseID", []), said.get("LEACode", [])
    if not databases or not all(map(DIGITS.fullmatch, databases)):
        faults.append(fault("The header has no DatabaseID of three digits."))
    if not codes or not set(codes) <= authorities:
        faults.append(fault("The header names no authority, or one that there is not."))
    days = {name: day("".join(said.get(name, [])[:1])) for name in ("DateOfSend", "PeriodEnd")}
    faults.extend(fault(f"The header’s {name} is no day written CCYY-MM-DD.") for name in days if days[name] is None)
    supplier = "".join(said.get("SupplierName", [])[:1])
    return Header(tuple(databases), tuple(codes), days["DateOfSend"], days["PeriodEnd"], supplier)


def _people(elements: Iterator[Any], faults: list[Finding]) -> Iterator[YoungPerson]:
    for element in elements:
        if _name(element) == HEADER:
            faults.append(fault("The file has more than one FileHeader."))
            continue
        it = _person(element)
        if it is None:
            faults.append(fault(f"The record that ends before line {element.sourceline} has no PersonalDetails."))
        else:
            yield it


def _person(element: Any) -> YoungPerson | None:
    """The record; None where it says of nobody."""
    it = YoungPerson(has_activities=False)
    has_details = False
    for node in element.iter("{*}*"):
        name = _name(node)
        if name in GUARANTEES:
            said = {_name(child): _text(child) for child in node}
            setattr(it, GUARANTEES[name], Guarantee(*(said.get(each, "") for each in GUARANTEE.values())))
        elif name == CHARACTERISTIC:
            it.characteristics += filter(None, [_text(node)])
        elif name == "Activities":
            it.has_activities = True
        elif name in NODES:
            has_details |= name == "PersonalDetails"
            for child in node:
                if column := NODES[name].get(_name(child)):
                    setattr(it, column, _text(child))
    return it if has_details else None


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _text(element: Any) -> str:
    return (element.text or "").strip()
