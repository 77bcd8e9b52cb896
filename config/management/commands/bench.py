import json
from argparse import ArgumentParser
from importlib import import_module
from typing import Any

from django.core.management.base import BaseCommand

from config.bench import NAMES


class Command(BaseCommand):
    help = "Measures one part of the portal against its peers and limits: one JSON line per metric."

    def add_arguments(self, parser: ArgumentParser) -> None:
        benches = parser.add_subparsers(dest="name", required=True, metavar="NAME", help=", ".join(NAMES))
        for name in NAMES:
            bench = benches.add_parser(name)
            if name == "load":
                bench.add_argument("--minutes", type=float, help="How long it counts: 10, at the peak 2.")
                bench.add_argument("--learners", type=int, default=500)
                bench.add_argument("--officers", type=int, default=50)
                bench.add_argument("--peak", action="store_true", help="Results day, when everybody comes at once.")
            if name == "reports":
                bench.add_argument("--learners", type=int, default=1_300_000, help="Fewer, to try it.")

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        said = {key: options[key] for key in ("minutes", "learners", "officers", "peak") if key in options}
        for line in import_module(f"config.bench.{name}").run(**said):
            self.stdout.write(json.dumps(line))
            self.stdout.flush()
