from typing import Any

from django.core.management.base import BaseCommand

from core import loading
from prospectus.actions import load_prospectus_reference
from providers.actions import load_local_authorities, load_outcodes


class Command(BaseCommand):
    help = "Load the reference tables: authorities, outcodes, subjects, levels, qualification types, search words..."

    def handle(self, *args: Any, **options: Any) -> None:
        loaded = {
            "local_authorities": load_local_authorities(),
            "outcodes": load_outcodes(),
            **load_prospectus_reference(),
            **{name: load() for name, load in loading.LOADERS.items()},
        }
        for name, number in loaded.items():
            self.stdout.write(f"{name}: {number}")
