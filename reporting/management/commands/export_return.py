"""The portal's own return of one or several authorities, as a file. What the rules find is printed as JSON lines."""

import datetime as dt
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from activity.actions import record
from core import clock
from providers.models import Area
from reporting.models import ReturnForm
from reporting.returns.checking import Finding
from reporting.returns.drawing import Asked
from reporting.returns.leaving import Found, send_out

FOUND, REFUSED = 1, 2


class Command(BaseCommand):
    help = (
        "Writes the client return of one or several authorities. Prints a JSON object for each thing the Department’s "
        "rules find, as check_return does. Ends with 0 where nothing is found, 1 where something is, 2 where it could "
        "not begin."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--area", action="append", required=True, metavar="CODE", help="Three digits; may repeat.")
        parser.add_argument("--period", type=dt.date.fromisoformat, required=True, help="Last day, like 2026-09-30.")
        parser.add_argument("--format", choices=ReturnForm.values, default=ReturnForm.XML.value)
        parser.add_argument("--out", type=Path, required=True, metavar="FILE")
        parser.add_argument("--database", help="The caseload database's number; the first area's code if not said.")

    def handle(self, *args: Any, **options: Any) -> None:
        codes = tuple(dict.fromkeys(options["area"]))
        known = set(Area.objects.filter(authority__in=codes, is_practice=False).values_list("authority", flat=True))
        if missing := [code for code in codes if code not in known]:
            raise CommandError(f"No area here is of authority {missing[0]}.", returncode=REFUSED)
        if options["period"] > clock.today():
            raise CommandError("That day is still to come.", returncode=REFUSED)
        asked = Asked(codes, options["period"], options["database"] or codes[0])
        if len(asked.database) != 3 or not asked.database.isdigit():
            raise CommandError("The database’s number is three digits.", returncode=REFUSED)
        if self._write(asked, options["format"], options["out"]):
            sys.exit(FOUND)

    def _write(self, asked: Asked, form: str, path: Path) -> int:
        """The file is there whole or not at all. Returns how many things were found."""
        number = 0

        def found(_learner: int, finding: Finding) -> None:
            nonlocal number
            number += 1
            self.stdout.write(json.dumps(finding._asdict(), ensure_ascii=False))

        people = write_file(asked, form=form, path=path, found=found)
        self.stderr.write(f"{people} young people, {number} findings")
        return number


def write_file(asked: Asked, *, form: str, path: Path, found: Found) -> int:
    """The file is there whole or not at all, and the history of each area says so. Returns how many are in it.

    Raises: CommandError.
    """
    since = {"since": asked.since.isoformat()} if asked.since else {}
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            unfinished = Path(file.name)
            try:
                people = send_out(asked, form=form, out=file, found=found, progress=lambda **_: None)
                for area in Area.objects.filter(authority__in=asked.authorities, is_practice=False).order_by("pk"):
                    record("return.export", subject=area, by=None, period_end=asked.period_end.isoformat(), **since)
                file.close()  # what is still buffered can fail, too
                unfinished.replace(path)
            finally:
                unfinished.unlink(missing_ok=True)
    except OSError as fault:
        raise CommandError(f"{path}: {fault.strerror}", returncode=REFUSED) from fault
    return people
