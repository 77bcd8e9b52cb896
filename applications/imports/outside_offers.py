"""The upload kind "outside offers": a list of offers made elsewhere, to learners of one school."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import IO, Any

from django.db.models import Q

from accounts.imports import cells, identifiers
from accounts.models import CaseloadSchool
from applications.actions.outside_offer_lists import (
    MISTAKE,
    OfferRow,
    bring_outside_offers,
    offer_undo_steps,
    undo_offers,
)
from applications.imports.lists import Layout, ReadList, look_at, open_list
from applications.models import OfferKind
from core import clock
from core.errors import RuleBroken
from providers.models import IssueSeverity, Organisation, Upload
from providers.tables.kinds import squeezed, words_of
from providers.tables.marked import marked_file
from providers.tables.sheet import Sheet
from providers.uploads import FileRefused, FoundChanges, MarkedFile, RowIssue, Said, UploadKind, UploadResult

KEEP_DAYS = 30  # then the file, and what it said, is removed; the offers stay
MOST_ROWS = 5_000  # a school has a few hundred
MOST_UNKNOWN, FEWEST_UNKNOWN = 0.2, 10
OTHER_FILE = "Save your list as a spreadsheet (.xlsx, .ods or .csv), with headings in the first rows."
LAYOUT = Layout(
    headings={
        "provider": ("provider", "college", "offerfrom", "organisation", "providername", "school", "employer"),
        "course": ("course", "coursetitle", "programme", "title"),
        "offered_on": ("offerdate", "date", "dateofoffer", "offeredon", "offered"),
        "kind": ("kind", "type", "kindofoffer", "offertype"),
    },
    needed=("provider",),
    missing=(
        "No columns were found that say who made an offer to whom. The list needs the provider, and the UPN or the "
        "ULN, or the surname, forename and date of birth, under headings in the first rows."
    ),
    other_file=OTHER_FILE,
)
KINDS = {
    "sixthform": OfferKind.SIXTH_FORM,
    "schoolsixthform": OfferKind.SIXTH_FORM,
    "school": OfferKind.SIXTH_FORM,
    "college": OfferKind.COLLEGE,
    "training": OfferKind.TRAINING,
    "trainingprovider": OfferKind.TRAINING,
    "apprenticeship": OfferKind.APPRENTICESHIP,
    "workwithstudy": OfferKind.WORK_WITH_STUDY,
    "workwithparttimestudy": OfferKind.WORK_WITH_STUDY,
}


def schools_of(user: Any) -> Any:
    """Schools for whose learners this person may record offers: those they coordinate, and those of their caseload."""
    coordinated = Organisation.objects.coordinating_through(user).values("pk")
    caseload = CaseloadSchool.objects.of(user).values("school")
    return Organisation.objects.filter(Q(pk__in=coordinated) | Q(pk__in=caseload))


def import_offers(upload: Upload, progress: Callable[..., None]) -> UploadResult:
    """The offers of the list stand. Raises: FileRefused."""
    with upload.file.open("rb") as file:
        reader = OfferReader(open_list(file, LAYOUT, corrections=upload.corrections))
        rows = reader.read()
    try:
        outcome = bring_outside_offers(
            school=upload.organisation, rows=rows, by=upload.by, upload=upload, progress=progress
        )
    except RuleBroken as rule:
        raise FileRefused(str(rule.message)) from rule
    upload.found_changes = outcome.changes  # type: ignore[attr-defined] - for the watch of the same run
    issues = sorted([*reader.issues, *outcome.issues], key=lambda each: each.row)
    return UploadResult(counts={"rows": reader.number, **outcome.counts}, issues=issues)


def look_at_offers(_upload: Upload, file: IO[bytes]) -> None:
    """Raises: FileRefused where nothing of the file could be used, before it is kept."""
    look_at(file, LAYOUT)


def table_of_offers(upload: Upload) -> Sheet:
    """The open file as rows with what was corrected here."""
    return open_list(upload.file.file, LAYOUT, corrections=upload.corrections).sheet


def mark_offers(upload: Upload, words: Mapping[int, str]) -> MarkedFile | None:
    """The open file with what is wrong beside each row."""
    return marked_file(table_of_offers(upload), upload, words, told=LAYOUT.told, page="Offers")


class OfferReader:
    """Reads every row and keeps what is wrong with any of them."""

    def __init__(self, source: ReadList) -> None:
        self.source = source
        self.today = clock.today()
        self.issues: list[RowIssue] = []
        self.number = 0

    def read(self) -> list[OfferRow]:
        """Every row that can be used. Raises: FileRefused."""
        rows = []
        for number, found in self.source.sheet.rows():
            if self.number >= MOST_ROWS:
                raise FileRefused(f"This file has more than {MOST_ROWS:,} rows. Hand it over in parts.")
            self.number += 1
            said = {thing: words_of(found[place]).strip() for thing, place in self.source.places.items()}
            if (row := self._row(number, said)) is not None:
                rows.append(row)
        if not self.number:
            raise FileRefused("There is nobody in this list. Export it again.")
        return rows

    def _row(self, number: int, said: dict[str, str]) -> OfferRow | None:
        provider = cells.read_text(said["provider"])
        offered_on = self._day(number, said, "offered_on") if said.get("offered_on") else self.today
        birth_on = self._day(number, said, "birth_on") if said.get("birth_on") else None
        kind = KINDS.get(squeezed(said.get("kind", "")), "")
        if said.get("kind") and not kind:
            words = f"This is not a kind of offer. Write one of: {', '.join(str(each.label) for each in OfferKind)}."
            self._issue(number, "kind", said["kind"], words)
        if not provider or len(provider) > 160:
            self._issue(number, "provider", provider[:40], "Enter who made the offer, in up to 160 letters.")
        elif offered_on is not None and offered_on > self.today:
            self._issue(number, "offered_on", said["offered_on"], "The offer cannot be dated in the future.")
        elif offered_on is not None:
            uln = cells.read_number(said.get("uln", ""))
            return OfferRow(
                row=number,
                provider=provider,
                course=cells.read_text(said.get("course", ""))[:160],
                offered_on=offered_on,
                kind=str(kind),
                upn=identifiers.read_upn(said.get("upn", "")),
                uln="" if uln == identifiers.NO_ULN_YET else uln,
                family_name=cells.read_text(said.get("family_name", "")),
                given_name=cells.read_text(said.get("given_name", "")),
                birth_on=birth_on,
            )
        return None

    def _day(self, number: int, said: dict[str, str], thing: str) -> dt.date | None:
        day = cells.read_date(said[thing], today=self.today)
        if day is None:
            self._issue(number, thing, said[thing], "This is not a date we can read. Write it like 2027-03-15.")
        return day

    def _issue(self, row: int, thing: str, value: str, message: str) -> None:
        column = self.source.names[self.source.places[thing]]
        self.issues.append(RowIssue(row, column, value, "OFFER_UNREADABLE", IssueSeverity.ERROR, message))


def why_offers_held(counts: Mapping[str, Any]) -> str:
    """The sentence for a list of which many rows are about nobody of the school; empty for another."""
    unknown, rows = counts["unknown"], counts["rows"]
    if unknown < FEWEST_UNKNOWN or unknown <= MOST_UNKNOWN * rows:
        return ""
    return f"Of {rows:,} rows {unknown:,} are about nobody whom you answer for at this school. Is it the right list?"


def say_offer_changes(changes: Sequence[Any]) -> list[list[Said]]:
    """Who made the offer, that it counts, and that the learner had called it a mistake."""
    return [
        [Said("Offer", *change.fields["offer"])]
        + [Said("Called a mistake by the learner", "yes", "no") for _mistake in change.fields.keys() & {MISTAKE}]
        for change in changes
    ]


OUTSIDE_OFFERS = UploadKind(
    name="outside_offers",
    title="Offers made elsewhere",
    organisations_for=schools_of,
    apply=import_offers,
    accepts=(".csv", ".txt", ".xlsx", ".xls", ".ods"),
    keep_days=KEEP_DAYS,
    intro="applications/_outside_offers_upload_intro.html",
    result="applications/_outside_offers_upload_result.html",
    labels={
        "rows": "Rows in the list",
        "added": "Offers added",
        "changed": "Offers that the learner had told of or called a mistake, confirmed",
        "unchanged": "Known already",
        "unknown": "About nobody whom you answer for",
    },
    handed_over_by=("coordinator", "adviser"),
    needs_confirmation=True,
    watch=FoundChanges,
    hold=why_offers_held,
    things={"offer": "Offer"},
    say=say_offer_changes,
    look=look_at_offers,
    table=table_of_offers,
    mark=mark_offers,
    undo_steps=offer_undo_steps,
    undo=undo_offers,
    publishing="The September Guarantee counts these offers a few seconds after you press the button.",
    undoing="Offers that the list added no longer stand. Those that it confirmed wait for an adult again.",
)
