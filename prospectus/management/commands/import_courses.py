import json
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from core.errors import RuleBroken
from prospectus.imports import look_at
from providers.actions import read_now
from providers.actions.organisations import create_area, create_provider
from providers.models import Area, Organisation, Upload
from providers.uploads import FileRefused

FIRST_AREA = "Our area"
KEYS = ("courses", "runs", "added", "changed", "ended", "unchanged", "issues")


class Command(BaseCommand):
    """Publishes the course feed of one provider, as its upload page would.

    Each thing that could not be used, or was used with a doubt, is one line on the error output. The last line of the
    standard output is one JSON object. "courses" and "runs" count what is in the file; "added", "changed", "ended" and
    "unchanged" count courses and runs together; "issues" counts the lines.
    """

    help = "Makes a feed (XCRI-CAP 1.1 or 1.2) or a spreadsheet the catalogue of a provider."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", type=Path, metavar="FILE", help="XCRI-CAP, or a spreadsheet: XLSX, XLS, ODS, CSV or a Word table."
        )
        parser.add_argument("--provider", required=True, metavar="UKPRN", help="The provider's UKPRN, eight digits.")
        parser.add_argument("--create-provider", metavar="NAME", help="Make the provider with this name if new.")
        parser.add_argument("--area", metavar="SLUG", help="The area of a new provider, where there are several.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            upload = self._import(options)
        except (RuleBroken, FileRefused) as refusal:
            raise CommandError(getattr(refusal, "message", str(refusal))) from refusal
        for issue in upload.issues.all().iterator():
            shown = f" “{issue.value}”" if issue.value else ""
            where = f"line {issue.row}" + (f", {issue.column}{shown}" if issue.column else "")
            self.stderr.write(f"{issue.severity}: {where}: {issue.message} [{issue.code}]")
        self.stdout.write(json.dumps({key: upload.counts[key] for key in KEYS}))

    def _import(self, options: dict[str, Any]) -> Upload:
        file, ukprn = options["file"], options["provider"]
        provider = Organisation.objects.filter(ukprn=ukprn).first()
        if provider is not None:
            return read_now(kind="courses", organisation=provider, path=file)
        if not options["create_provider"]:
            raise CommandError(
                f"There is no provider with the UKPRN {ukprn}. "
                "Check the number, or add --create-provider NAME to make it."
            )
        if file.is_file():
            look_at(file)  # a file that cannot be used must not leave a provider behind
        with transaction.atomic():
            provider = self._create(options["create_provider"], ukprn, options["area"])
            return read_now(kind="courses", organisation=provider, path=file)

    def _create(self, name: str, ukprn: str, slug: str | None) -> Organisation:
        try:
            return create_provider(name=name, ukprn=ukprn, area=self._area(slug), by=None)
        except ValidationError as error:
            raise CommandError(f"The provider cannot be made. {' '.join(error.messages)}") from error

    def _area(self, slug: str | None) -> Area:
        areas = {area.slug: area for area in Area.objects.all()}
        if slug and slug in areas:
            return areas[slug]
        if slug:
            raise CommandError(f"There is no area {slug}. There are: {', '.join(areas) or 'none'}.")
        if len(areas) > 1:
            raise CommandError(f"Say which area the provider is in: --area with one of {', '.join(areas)}.")
        if areas:
            return next(iter(areas.values()))
        self.stderr.write(f"There was no area yet, so “{FIRST_AREA}” was made.")
        return create_area(name=FIRST_AREA, by=None)
