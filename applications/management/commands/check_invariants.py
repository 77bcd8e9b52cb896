from typing import Any

from django.core.management.base import BaseCommand, CommandError

from applications.queries import broken_invariants


class Command(BaseCommand):
    help = (
        "Looks for what can never be true: accepted without an offer, places taken by nobody. Exit code 1 when found."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        broken = broken_invariants()
        for line in broken:
            self.stdout.write(line)
        if broken:
            raise CommandError(f"{len(broken)} impossible things found.")
        self.stdout.write("Nothing impossible found.")
