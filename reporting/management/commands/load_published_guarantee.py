from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.errors import RuleBroken
from reporting.actions import load_scorecard


class Command(BaseCommand):
    help = "Loads the Department's scorecards by local authority, beside which the areas' own figures stand."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="A scorecard as CSV, one a year.")

    def handle(self, *args: Any, **options: Any) -> None:
        for file in options["files"]:
            try:
                with file.open(encoding="utf-8-sig", newline="") as lines:
                    loaded = load_scorecard(lines=lines)
            except (OSError, UnicodeDecodeError) as fault:
                raise CommandError(f"{file} cannot be read: {fault}") from fault
            except RuleBroken as rule:
                raise CommandError(f"{file}: {rule.message}") from rule
            self.stdout.write(f"{file.name}: {loaded.figures} figures, {loaded.without} rows without one")
