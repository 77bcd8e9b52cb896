from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from accounts.actions import run_retention
from core.personal import RETENTIONS


class Command(BaseCommand):
    help = "Removes what has been kept long enough, as every night does. --dry-run only counts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Remove nothing; say what would go.")

    def handle(self, *args: Any, **options: Any) -> None:
        run = run_retention(is_rehearsal=options["dry_run"])
        for name, number in run.counts.items():
            self.stdout.write(f"{number:>8}  {RETENTIONS[name].title}")
