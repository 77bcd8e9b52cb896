import json
from argparse import ArgumentParser
from importlib import import_module
from typing import Any

from django.core.management.base import BaseCommand

from config.bench import NAMES


class Command(BaseCommand):
    help = "Measures one part of the portal against its peers and limits: one JSON line per metric."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", choices=NAMES, help="What to measure.")

    def handle(self, *args: Any, **options: Any) -> None:
        for line in import_module(f"config.bench.{options['name']}").run():
            self.stdout.write(json.dumps(line))
            self.stdout.flush()
