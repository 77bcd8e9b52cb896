"""The upload kind "courses": a provider's catalogue, as a feed or a spreadsheet, becomes courses, runs and sites."""

from collections.abc import Iterator
from pathlib import Path
from typing import IO

from django.urls import reverse

from prospectus.actions.courses import publish_catalogue
from prospectus.actions.staged import StagedCourse
from prospectus.actions.undoing import undo_catalogue
from prospectus.actions.watching import CatalogueWatch
from prospectus.imports import feed
from prospectus.imports.columns import COURSE_COLUMNS, RUN_COLUMNS
from prospectus.imports.findings import WARNING, Findings
from prospectus.imports.results import result_of
from prospectus.imports.staging import Stager
from prospectus.imports.tables.applying import apply_table
from prospectus.imports.tables.door import look
from prospectus.imports.tables.marked import mark_sheet, sheet_of
from prospectus.imports.tables.reading import open_table
from prospectus.imports.xcri import CatalogueReader
from prospectus.queries.changes import news_since, say_changes, why_held
from prospectus.queries.feeds import catalogues_of
from prospectus.queries.undo import undo_steps
from providers.models import Organisation, Outcode, Upload
from providers.queries import outcode_of
from providers.tables.kinds import is_xml
from providers.tables.sheet import Sheet
from providers.uploads import FileRefused, Progress, UploadKind, UploadResult

EVERY = 50  # courses between two reports of progress


def look_at(path: Path) -> feed.Survey | Sheet:
    """What a file holds, before anything is done with it. Raises: FileRefused."""
    with path.open("rb") as file:
        return feed.look_through(file) if is_xml(file) else open_table(file)


def apply_courses(upload: Upload, progress: Progress) -> UploadResult:
    """The catalogue in the file is the provider's. Everything the file says is used, or is among the issues."""
    with upload.file.open("rb") as file:
        progress(done=0, doing="Looking through the file")
        return _apply_feed(file, upload, progress) if is_xml(file) else apply_table(file, upload, progress)


def _apply_feed(file: IO[bytes], upload: Upload, progress: Progress) -> UploadResult:
    findings = Findings()
    survey = feed.look_through(file)
    place = choose_provider(survey, upload.organisation, findings)
    catalogue = Catalogue(
        file,
        survey=survey,
        place=place,
        organisation=upload.organisation,
        findings=findings,
        progress=progress,
    )
    published = publish_catalogue(
        provider=upload.organisation,
        upload=upload,
        course_columns=COURSE_COLUMNS,
        run_columns=RUN_COLUMNS,
        courses=catalogue.courses(),
        places=catalogue.places,
        broken=catalogue.broken,
        by=upload.by,
        spot=survey.spot,
    )
    provider = survey.providers[place]
    return result_of(published, findings, courses=provider.courses, runs=provider.runs)


def choose_provider(survey: feed.Survey, organisation: Organisation, findings: Findings) -> int:
    """The place in the file of the provider it is handed over for.

    Raises: FileRefused when the file is another provider's, or does not say which of several is meant.
    """
    providers = survey.providers
    ours = [
        place for place, provider in enumerate(providers) if provider.ukprn and provider.ukprn == organisation.ukprn
    ]
    if not ours and len(providers) == 1:
        if (ukprn := providers[0].ukprn) and organisation.ukprn:
            raise FileRefused(
                f"This file is from {providers[0].name[:80] or 'a provider'} (UKPRN {ukprn}), not from {organisation} "
                f"(UKPRN {organisation.ukprn}). Hand it over for that provider."
            )
        ours = [0]
    if not ours:
        raise FileRefused(
            f"This file has {len(providers)} providers, none of them with the UKPRN of {organisation}. "
            "Add it as an identifier of the provider."
        )
    chosen = ours[0]
    for place, provider in enumerate(providers):
        if place != chosen:
            whose = provider.name[:80] or "another provider"
            findings.add(
                provider.line, "provider", provider.ukprn or provider.name, code="PROVIDER_NOT_USED", severity=WARNING,
                message=f"The courses of {whose} are not used: the file was handed over for {organisation}.",
            )  # fmt: skip
    if not providers[chosen].courses:
        raise FileRefused("There is no course in this file, so nothing was changed. Export it again with its courses.")
    return chosen


class Catalogue(Stager):
    """One provider's part of a feed, read and checked course by course."""

    def __init__(
        self,
        file: IO[bytes],
        *,
        survey: feed.Survey,
        place: int,
        organisation: Organisation,
        findings: Findings,
        progress: Progress,
    ) -> None:
        super().__init__(organisation=organisation, findings=findings)
        self.file = file
        self.place = place
        self.provider = survey.providers[place]
        self.progress = progress
        self.reader = CatalogueReader(
            survey=survey, findings=findings, countries=_countries(survey), subjects=self.subjects
        )
        location = self.provider.location
        self.own_place = self.reader.runs.read_venue(location, name=organisation.name) if location is not None else None

    def courses(self) -> Iterator[StagedCourse]:
        """Every course that can be used, with its runs that can be used."""
        for number, element in enumerate(feed.courses_of(self.file, self.place)):
            if number % EVERY == 0:
                self.progress(done=number, of=self.provider.courses, doing="Checking courses")
            if course := self.staged(self.reader.read(element)):
                yield course
        self.progress(done=self.provider.courses, of=self.provider.courses, doing="Comparing with what is here")


def _countries(survey: feed.Survey) -> dict[str, str]:
    """The country of each postcode in the file that is known."""
    outcodes = {postcode: outcode_of(postcode) for postcode in survey.postcodes}
    countries = dict(Outcode.objects.filter(pk__in=set(outcodes.values())).values_list("pk", "country"))
    return {postcode: countries[outcode] for postcode, outcode in outcodes.items() if outcode in countries}


def where_to_answer(upload: Upload) -> str:
    """The page that asks which column is which, where that is what a file was refused for."""
    return reverse("prospectus:columns-explain", args=[upload.reference]) if upload.counts.get("asks") else ""


COURSES = UploadKind(
    name="courses",
    title="Courses",
    organisations_for=catalogues_of,
    apply=apply_courses,
    accepts=(".xlsx", ".xls", ".ods", ".csv", ".tsv", ".txt", ".docx", ".xml"),
    max_bytes=feed.MOST_BYTES,
    intro="prospectus/_upload_intro.html",
    labels={
        "sites": "Sites in the file",
        "courses": "Courses in the file",
        "runs": "Course runs in the file",
        "added": "Added",
        "changed": "Changed",
        "ended": "Ended",
        "unchanged": "Unchanged",
    },
    found_at="prospectus:desk-feeds",
    needs_confirmation=True,
    has_modes=True,
    watch=CatalogueWatch,
    hold=why_held,
    news=news_since,
    things={"course": "Course", "run": "Date", "site": "Site"},
    say=say_changes,
    look=look,
    ask=where_to_answer,
    table=sheet_of,
    mark=mark_sheet,
    undo_steps=undo_steps,
    undo=undo_catalogue,
)
