import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.actions import note_bounce
from accounts.imports.bounce import read_bounce
from accounts.mail import went_to

MOST_BYTES = 2_000_000


class Command(BaseCommand):
    help = (
        "Reads one returned e-mail (RFC 3464) and keeps which addresses cannot be reached, so that their people are "
        "told on their pages. The mail server pipes what comes to the address in PORTAL_BOUNCES_TO into this."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        message_id, failed = read_bounce(sys.stdin.buffer.read(MOST_BYTES))
        was_sent_to = went_to(message_id)
        if was_sent_to is None:
            raise CommandError("This is not an e-mail of this portal that came back. Nothing has changed.")
        # Whoever got a mail of ours knows its Message-ID: it says of no address but those it went to that it failed.
        failed = [address for address in failed if was_sent_to(address)]
        noted = sum(note_bounce(address=address) for address in failed)
        self.stdout.write(f"Addresses that failed: {len(failed)}. Where they stand here: {noted}.")
