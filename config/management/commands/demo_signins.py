from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.demo.signins import PASSWORD, SIGN_INS


class Command(BaseCommand):
    help = "Prints one sign-in per role of the demonstration."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Only a demonstration has sign-ins to print.")
        width = max(len(sign_in.username) for sign_in in SIGN_INS)
        for sign_in in SIGN_INS:
            self.stdout.write(f"  {sign_in.username:<{width}}  {sign_in.role}: {sign_in.shows}")
        self.stdout.write(f"The password of all of them is {PASSWORD}")
