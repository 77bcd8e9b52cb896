from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config import words


class Command(BaseCommand):
    help = "Brings the catalogues in locale/ up to date with the code and compiles them. --check only compares."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="Write nothing; fail where a word is missing.")

    def handle(self, *args: Any, **options: Any) -> None:
        everything = words.found()
        wrong = []
        for code in words.languages():
            if options["check"]:
                faults = words.faults(code, everything)
                fresh = words.written(words.update(code, everything))
                if not faults and fresh != words.path_of(code).read_bytes():
                    faults = ["the file is not as ./portal words writes it"]
                wrong += [f"{code}: {fault}" for fault in faults]
            else:
                catalogue = words.update(code, everything)
                words.path_of(code).write_bytes(words.written(catalogue))
                missing = sum(1 for message in catalogue if message.id and not message.string)
                self.stdout.write(f"{code}: {len(catalogue)} messages, {missing} to translate")
        if wrong:
            raise CommandError("\n".join([*wrong, "Run ./portal words and translate what is empty."]))
        if not options["check"]:
            words.compile_all()
