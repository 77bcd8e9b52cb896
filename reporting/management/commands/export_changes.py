"""What has been recorded since a day of learners who share, for an authority's caseload system, as a file."""

import datetime as dt
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import clock
from providers.models import Area
from reporting.management.commands.export_return import REFUSED, write_file
from reporting.models import ReturnForm
from reporting.returns.drawing import Asked


class Command(BaseCommand):
    help = (
        "Writes what has been recorded since a day of learners who share with the advice service, as the return is "
        "written, for the client caseload system. The same file when asked twice. Ends with 2 where it could not begin."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--area", required=True, metavar="CODE", help="The authority’s three digits.")
        parser.add_argument("--since", type=dt.date.fromisoformat, required=True, help="First day, like 2026-11-01.")
        parser.add_argument("--format", choices=ReturnForm.values, default=ReturnForm.CSV.value)
        parser.add_argument("--out", type=Path, required=True, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        code, since = options["area"], options["since"]
        if not Area.objects.filter(authority=code, is_practice=False).exists():
            raise CommandError(f"No area here is of authority {code}.", returncode=REFUSED)
        if since > clock.today():
            raise CommandError("That day is still to come.", returncode=REFUSED)
        asked = Asked((code,), clock.today(), code, since)
        people = write_file(asked, form=options["format"], path=options["out"], found=lambda _learner, _finding: None)
        self.stderr.write(f"{people} young people")
