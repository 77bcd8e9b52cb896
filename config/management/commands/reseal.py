from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.sealing import reseal


class Command(BaseCommand):
    help = "Seals secrets of older secret keys with the present one. Run it before an old key is dropped."

    def handle(self, *args: Any, **options: Any) -> None:
        lost = 0
        for name, counts in reseal().items():
            self.stdout.write(f"{name}: {counts.anew} sealed anew, {counts.current} were, {counts.lost} lost")
            lost += counts.lost
        if lost:
            raise CommandError(
                f"{lost} were sealed with a key that is not given. Put it into PORTAL_OLD_SECRET_KEYS and run this "
                "again, or have them set up anew."
            )
