from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.demo.town import SIZES, build
from config.demo.year import STAGES


class Command(BaseCommand):
    help = "Builds the invented town of Northmoor through the real actions, as it stands at a stage of the year."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--stage", choices=sorted(STAGES), default="october", help="The time of year.")
        parser.add_argument("--size", choices=sorted(SIZES), default="small", help="How much of the town.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo town has known passwords: it is built only where settings.DEMO is on.")
        town = build(stage=options["stage"], size=options["size"], say=self.stdout.write)
        self.stdout.write(f"{town.runs} course runs, {town.learners} learners, at the stage {options['stage']}")
