"""A school's roll from a file, through the same pipeline as the page. The last line is one JSON object."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.errors import RuleBroken
from providers.actions import read_now
from providers.models import Organisation

COUNTS = ("learners", "added", "changed", "moved", "ended", "unchanged", "issues")


class Command(BaseCommand):
    help = "Import a school's roll (CSV as school systems export it)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--school", required=True, metavar="URN", help="The school's unique reference number.")

    def handle(self, *args: Any, **options: Any) -> None:
        school = Organisation.objects.filter(urn=options["school"]).first()
        if school is None:
            raise CommandError(f"No school has the URN {options['school']}.")
        try:
            upload = read_now(kind="roll", organisation=school, path=options["file"], by=None)
        except RuleBroken as refusal:
            raise CommandError(refusal.message) from None
        for issue in upload.issues.all().iterator():
            place = f"row {issue.row}" if issue.row else "file"
            column = f", {issue.column}" if issue.column else ""
            self.stdout.write(f"{place}{column}: {issue.get_severity_display()}: {issue.message} [{issue.code}]")
        self.stdout.write(json.dumps({name: upload.counts.get(name, 0) for name in COUNTS}))
