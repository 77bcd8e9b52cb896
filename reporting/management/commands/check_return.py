"""Anybody's return against the Department's rules: one JSON object for each finding, on its own line."""

import datetime as dt
import json
import sys
from itertools import chain
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reporting.returns.checking import findings_of
from reporting.returns.codes import codes_of, known_authorities
from reporting.returns.reading import read_return
from reporting.returns.record import Header
from reporting.returns.rules import Against
from reporting.returns.tables import NotATable

FOUND, UNREADABLE = 1, 2


class Command(BaseCommand):
    help = (
        "Checks a client return (XML, or a table as CSV). Prints a JSON object for each finding, with record, rule, "
        "priority and message. Ends with 0 where nothing is found, 1 where something is, 2 where FILE is no return."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--period", type=dt.date.fromisoformat, help="Last day of the period, if not the file's.")
        parser.add_argument("--area", action="append", default=[], help="An authority it is of, if not the file's.")

    def handle(self, *args: Any, **options: Any) -> None:
        authorities = known_authorities()
        if not authorities:
            raise CommandError("No authority is known yet. Run load_reference first.", returncode=UNREADABLE)
        asked = Header(authorities=tuple(options["area"]), period_end=options["period"])
        number = 0
        try:
            with options["file"].open("rb") as file:
                read = read_return(file, asked=asked, authorities=authorities)
                period_end = read.header.period_end
                if period_end is None:
                    self.stderr.write(
                        "Nothing says of when this is: rules that need a period say nothing. Use --period."
                    )
                at = Against(read.header, codes_of(period_end, authorities=authorities), period_end)
                for finding in chain(findings_of(read.people, at), read.faults):
                    number += 1
                    self.stdout.write(json.dumps(finding._asdict(), ensure_ascii=False))
        except OSError as fault:
            raise CommandError(f"{options['file']}: {fault.strerror}", returncode=UNREADABLE) from fault
        except NotATable as fault:
            raise CommandError(
                f"{options['file']}: neither XML nor a table with the headings of a return", returncode=UNREADABLE
            ) from fault
        if number:
            sys.exit(FOUND)
