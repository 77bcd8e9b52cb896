"""A return as a file, written record by record: XML as the Department reads it, and the flat table beside it.

Source of the structure: the sample return of 2019-20, element by element and column by column.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol
from xml.sax.saxutils import escape

from core.sheets import harmless
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


class Out(Protocol):
    """Where a file goes, piece by piece."""

    def write(self, data: bytes, /) -> Any: ...


SUPPLIER, VERSION, SCHEMA = "Next Step", "1.0", "1.0"
# What XML 1.0 cannot hold, however it is written.
NOT_XML = dict.fromkeys([*(number for number in range(32) if chr(number) not in "\t\n\r"), 0xFFFE, 0xFFFF])
NOT_IN_TABLE = ("middle_name",)
FIELDS = {
    name: element for name, element in (PERSONAL | NEED | ACTIVITY | DESTINATION).items() if name not in NOT_IN_TABLE
}
OTHER_NAMES = {"FamilyName": "Surname", "NEETStartDate": "NeetStartDate"}
# The order of the sample's columns. Two are called GuaranteeStatus and two LEACode: Year 11's, then Year 12's.
ORDER = (
    "person_id", "cohort_status", "given_name", "family_name", "gender", "birth", "address_1", "address_2",
    "address_3", "address_4", "town", "county", "postcode", "ethnicity", "lead_authority", "educated_authority",
    "transferred_to", "year_11_authority", "uln", "upn", "is_guaranteed", "previous_id", *NEED, *ACTIVITY, *DESTINATION,
)  # fmt: skip


def write_xml(out: Out, header: Header, people: Iterable[YoungPerson]) -> None:
    """The whole file, in UTF-8."""
    out.write(_beginning(header).encode())
    for it in people:
        out.write(_record(it).encode())
    out.write(b"</NCCIS>\n")


def write_table(out: Out, header: Header, people: Iterable[YoungPerson]) -> None:
    """The whole table, in UTF-8. It has no header: whose it is and of when its name says."""
    table = csv.writer(_Encoded(out), lineterminator="\n")
    columns = [OTHER_NAMES.get(FIELDS[name], FIELDS[name]) for name in ORDER]
    table.writerow([*columns, CHARACTERISTIC, *GUARANTEE.values(), *GUARANTEE.values()])
    for it in people:
        said = [getattr(it, name) for name in ORDER]
        nodes = (it.year_11.status, it.year_11.authority, it.year_12.status, it.year_12.authority)
        table.writerow([harmless(each) for each in (*said, " ".join(it.characteristics), *nodes)])


class _Encoded:
    """Takes text and hands it on in UTF-8."""

    def __init__(self, out: Out) -> None:
        self.out = out

    def write(self, text: str) -> None:
        self.out.write(text.encode())


WRITERS: dict[str, Callable[[Out, Header, Iterable[YoungPerson]], None]] = {"xml": write_xml, "csv": write_table}


def _beginning(header: Header) -> str:
    if header.sent_on is None or header.period_end is None:
        raise ValueError("A return says when it is sent and of when it is")
    edition = header.period_end.year - (header.period_end.month < 4)
    return "\n".join((
        '<?xml version="1.0" standalone="no"?>', f"<!DOCTYPE NCCIS{edition}>", "<NCCIS>", "<FileHeader>",
        "  <Databases>", *(f"    {_leaf('DatabaseID', each)}" for each in header.databases), "  </Databases>",
        "  <SourceLEAs>", *(f"    {_leaf('LEACode', each)}" for each in header.authorities), "  </SourceLEAs>",
        f"  {_leaf('DateOfSend', header.sent_on.isoformat())}",
        f"  {_leaf('PeriodEnd', header.period_end.isoformat())}",
        f"  {_leaf('SupplierName', header.supplier or SUPPLIER)}", f"  {_leaf('SupplierXMLVersion', VERSION)}",
        f"  {_leaf('XMLSchemaVersion', SCHEMA)}", "</FileHeader>", "",
    ))  # fmt: skip


def _record(it: YoungPerson) -> str:
    return "\n".join((
        "  <YoungPersonsRecord>",
        *_node("PersonalDetails", _leaves(it, PERSONAL)),
        *_node("SeptemberGuarantee", (*_guarantee("Year11", it.year_11), *_guarantee("Year12", it.year_12))),
        *_node("LevelOfNeed", (*_leaves(it, NEED), *_characteristics(it))),
        *_node("Activities", _node("Cohort", _leaves(it, ACTIVITY))),
        *_node("IntendedDestination", _leaves(it, DESTINATION)),
        "  </YoungPersonsRecord>\n",
    ))  # fmt: skip


def _node(name: str, within: Iterable[str]) -> Iterator[str]:
    yield f"    <{name}>"
    yield from within
    yield f"    </{name}>"


def _leaves(it: YoungPerson, names: Mapping[str, str]) -> Iterator[str]:
    return (_leaf(element, getattr(it, name)) for name, element in names.items())


def _guarantee(name: str, node: Guarantee) -> Iterator[str]:
    if node.status or node.authority:
        yield from _node(name, (_leaf(element, getattr(node, part)) for part, element in GUARANTEE.items()))


def _characteristics(it: YoungPerson) -> Iterator[str]:
    if it.characteristics:
        yield from _node("Characteristics", (_leaf(CHARACTERISTIC, code) for code in it.characteristics))


def _leaf(name: str, text: str) -> str:
    return f"<{name}>{escape(text.translate(NOT_XML))}</{name}>"
