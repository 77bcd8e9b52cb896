"""The rows of a sheet become courses with their runs and places, a course at a time.

Only codes and digests are remembered while a sheet is read: a later row of a course brings further runs of it.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from prospectus import checks
from prospectus.actions.staged import StagedCourse
from prospectus.headings import COURSE, RUN, SITE
from prospectus.imports.columns import COURSE_COLUMNS, RUN_COLUMNS
from prospectus.imports.findings import ERROR, NOTICE, WARNING, Findings
from prospectus.imports.records import CourseRecord, RunRecord, Venue, reference_of
from prospectus.imports.staging import Stager
from prospectus.imports.tables import cells as read
from prospectus.imports.tables.matching import Layout
from prospectus.imports.tables.values import STUDY, ValueReader
from prospectus.queries.sites import partner_sites
from prospectus.texts import cut
from providers.models import Organisation, Site
from providers.tables.kinds import Cell, is_blank
from providers.uploads import Progress

EVERY = 200  # rows between two reports of progress
POSTCODE = 8  # characters
# A column that is made of another, where the file has that one.
MADE_OF = {
    "level_text": "levels", "qualification_type": "qualification_title", "subject_words": "subject",
    "what_you_do": "how_you_learn", "other_texts": "what_to_bring", "start_text": "starts_on",
    "duration_text": "duration", "cost_text": "cost_pence",
}  # fmt: skip


@dataclass(slots=True)
class Known:
    """A course some row has named: where, and what that row said about it."""

    row: int
    said: int
    has_runs: bool = False


class TableCatalogue(Stager):
    """One sheet, read and checked row by row. The counts and the places are complete once it has been read."""

    spot = "row"

    def __init__(self, layout: Layout, *, organisation: Organisation, findings: Findings, progress: Progress) -> None:
        self.columns = {
            thing: {name: layout.sheet.headings[at] for name, at in layout.columns_of(of)}
            for thing, of in {"COURSE": COURSE, "RUN": RUN}.items()
        }
        super().__init__(organisation=organisation, findings=findings)
        self.layout = layout
        self.progress = progress
        self.ukprn = organisation.ukprn
        self.values = ValueReader(layout, findings)
        self.number = self.runs = 0
        self.others = 0
        self._course_at = [at for _name, at in layout.columns_of(COURSE)]
        self._run_at = [at for _name, at in layout.columns_of(RUN)]
        self._site_at = [at for _name, at in layout.columns_of(SITE)]
        self._code_at = layout.places.get("course.provider_reference")
        self._whose_at = layout.places.get("provider.ukprn")
        self._code_is_of_run = layout.is_national
        self._shared: frozenset[str] = frozenset()  # the codes of several rows: of a course, then, and of no run
        self._known: dict[str, Known] = {}
        self._by_words: dict[int, str] = {}  # what a row said about a course without a code: the code it got
        self._run_codes: dict[tuple[str, str], int] = {}
        self._rows: set[int] = set()
        self._venues: dict[tuple[Cell, ...], Venue | None] = {}
        self._held = _held_sites(organisation)

    @property
    def kept(self) -> set[str]:
        """The columns, as in the database, about which the sheet says nothing."""
        layout = self.layout
        said = {name for name, _at in (*layout.columns_of(COURSE), *layout.columns_of(RUN))}
        said |= {name for name, source in MADE_OF.items() if source in said}
        if said & STUDY.keys():
            said |= {*STUDY, "mode_text"}
        kept = {name for name in (*COURSE_COLUMNS, *RUN_COLUMNS) if name not in said} - {"provider_reference"}
        if "consortium" not in said:
            kept.add("consortium_id")
        if not self._site_at:
            kept.add("site_id")
        return {f"{name}_id" if name in ("subject", "qualification_type") else name for name in kept}

    def courses(self) -> Iterator[StagedCourse]:
        """Every course that can be used with its runs that can be used, in the order of the rows."""
        record: CourseRecord | None = None
        if self._code_is_of_run:
            self._shared = self._codes_of_several_rows()
        for read_so_far, (row, cells) in enumerate(self.layout.sheet.rows()):
            if read_so_far % EVERY == 0:
                self.progress(done=read_so_far, doing="Checking rows")
            if not self._is_ours(row, cells):
                continue
            about = [cells[at] for at in self._course_at]
            if all(is_blank(cell) for cell in about):
                self._place_only(row, cells)
                continue
            code, is_new = self._course_of(row, cells, about)
            if record is None or is_new or record.values["provider_reference"] != code:
                if record:
                    yield from self._finished(record)
                record = self._begun(row, cells, code, is_new=is_new)
            self._add_run(record, row, cells)
        if record:
            yield from self._finished(record)
        self._note_without_runs()
        self.progress(done=self.number, of=self.number, doing="Comparing with what is here")

    @property
    def why_empty(self) -> str:
        """Why nothing of the file can be used, where that is known; asked once it has been read."""
        if self.others and not self.number:
            return f"All {self.others:,} rows of this file are other providers’: none has the UKPRN {self.ukprn}."
        return ""

    # Whose row it is, and of which course

    def _is_ours(self, row: int, cells: list[Cell]) -> bool:
        if self._whose_at is None or not self.ukprn:
            return True
        whose = read.words_of(cells[self._whose_at]).strip()
        if whose in ("", self.ukprn):
            return True
        self.others += 1
        self.findings.count(
            row, self.layout.heading("provider.ukprn"), whose, code="PROVIDER_NOT_USED", severity=WARNING,
            message="This is another provider’s number, so {n rows} are not used.",
        )  # fmt: skip
        return False

    def _course_of(self, row: int, cells: list[Cell], about: list[Cell]) -> tuple[str, bool]:
        """The code of the row's course, and whether the row says something about it that no row has said before."""
        code = self._code(cells)
        said = hash(tuple(about))
        if self._code_is_of_run:
            said = hash(tuple(cells[at] for at in self._course_at if at != self._code_at))
            if said in self._by_words:
                return self._by_words[said], False
        elif not code and said in self._by_words:
            return self._by_words[said], False
        is_coded = bool(code)
        code = code or self._code_of_words(row, cells) or f"row:{row}"
        if self._code_is_of_run or not is_coded:
            self._by_words[said] = code
        known = self._known.get(code)
        if known and (known.said == said or self._only_names(cells)):
            return code, False
        self._known.setdefault(code, Known(row, said))
        return code, True

    def _code(self, cells: list[Cell]) -> str:
        return read.words_of(cells[self._code_at]).strip() if self._code_at is not None else ""

    def _codes_of_several_rows(self) -> frozenset[str]:
        """In the national directory's file a code is the provider's own: some number their runs, some their courses."""
        rows = Counter(self._code(cells) for _row, cells in self.layout.sheet.rows())
        return frozenset(code for code, number in rows.items() if number > 1)

    def _only_names(self, cells: list[Cell]) -> bool:
        """Whether the row only names a course that another row describes."""
        return all(is_blank(cells[at]) for at in self._course_at if at != self._code_at)

    def _code_of_words(self, row: int, cells: list[Cell]) -> str:
        """A code for a course without one: its title and level, and a number where another has these too."""
        said = {name: read.words_of(cells[at]) for name, at in self.layout.columns_of(COURSE)}
        if not said.get("title", "").strip():
            return ""
        code = plain = reference_of(said["title"], said.get("level_text") or said.get("levels", ""))
        number = 1
        while code in self._known:
            number += 1
            code = f"{plain}:{number}"
        self.findings.count(
            row, self.layout.heading("course.provider_reference"), "", code="COURSE_IDENTIFIER_MISSING",
            severity=NOTICE,
            message="No course code: {n courses}, the first on this row. Rows with the same words about a course are "
            "one course; a new title makes a new one. Give each course a code that never changes.",
        )  # fmt: skip
        return code

    # One course

    def _begun(self, row: int, cells: list[Cell], code: str, *, is_new: bool) -> CourseRecord:
        if not is_new:
            return CourseRecord(line=row, values={"provider_reference": code})
        values = self.values.course(row, cells)
        values["provider_reference"] = code
        self.number = len(self._known)
        parts = values.pop("parts", []) if self.layout.has("course.parts") else None
        return CourseRecord(line=row, values=values, consortium=values.pop("consortium", ""), parts=parts)

    def _finished(self, record: CourseRecord) -> Iterator[StagedCourse]:
        code = record.values["provider_reference"]
        if record.runs and code in self._known:
            self._known[code].has_runs = True
        if "levels" in record.values:  # the row that describes it
            if staged := self.staged(record):
                yield staged
        elif code in self.broken:
            self.note_runs_not_used(record, f"Course {code[:60]}")
        else:
            runs = [staged for run in record.runs if (staged := self.staged_run(run, f"Course {code[:60]}"))]
            if runs:
                yield StagedCourse(record.line, [checks.check_text(code)], "", runs, is_more=True)

    def _note_without_runs(self) -> None:
        if not (self._run_at or self._site_at):
            # The sheet does not speak of dates at all: those that are here stay.
            self.broken.update(self._known)
            return
        for code, known in self._known.items():
            if not known.has_runs and code not in self.broken:
                self.findings.count(
                    known.row, self.layout.heading("run.starts_on"), "", code="COURSE_RUNS_NONE", severity=NOTICE,
                    message="Nothing says when and where a course runs: {n courses}, the first on this row. It can be "
                    "found, but nobody can apply for it.",
                )  # fmt: skip

    # One run, one place

    def _add_run(self, record: CourseRecord, row: int, cells: list[Cell]) -> None:
        when = tuple(cells[at] for at in self._run_at)
        where = tuple(cells[at] for at in self._site_at)
        if all(is_blank(cell) for cell in (*when, *where)):
            return
        code = record.values["provider_reference"]
        said = hash((code, when, where, cells[self._code_at] if self._code_at is not None else ""))
        if said in self._rows:
            self.findings.add(
                row, self.layout.heading("course.title"), "", code="ROW_REPEATED", severity=WARNING,
                message="Another row says exactly the same, so this one is not used. Delete it.",
            )  # fmt: skip
            return
        self._rows.add(said)
        values = self.values.run(row, cells)
        if self._code_is_of_run and (own := self._code(cells)) not in self._shared:
            values.setdefault("provider_reference", own)
        venue = self._venue(row, cells, where)
        if not values.get("provider_reference"):
            values["provider_reference"] = self._run_code(row, code, values, venue)
        self.runs += 1
        record.runs.append(RunRecord(line=row, values=values, venue=venue))

    def _run_code(self, row: int, course: str, values: dict[str, Any], venue: Venue | None) -> str:
        """Made of start, place and mode, the same every time."""
        start = values.get("starts_on") or values.get("start_text", "")[:60]
        how = values.get("mode_text") or "-".join(value for name in STUDY if (value := values[name]) != "unknown")
        key = re.sub(r"[^a-z0-9]+", "-", f"{start}-{venue.key if venue else ''}-{how}".lower()).strip("-")[:200]
        number = self._run_codes[course, key] = self._run_codes.get((course, key), 0) + 1
        self.findings.count(
            row, self.layout.heading("run.provider_reference"), "", code="RUN_IDENTIFIER_MISSING", severity=NOTICE,
            message="No code for a date: {n rows}, the first here. Start, place and mode tell them apart.",
        )  # fmt: skip
        return f"run:{key}" + (f":{number}" if number > 1 else "")

    def _place_only(self, row: int, cells: list[Cell]) -> None:
        where = tuple(cells[at] for at in self._site_at)
        if any(not is_blank(cells[at]) for at in self._run_at):
            self.findings.add(
                row, self.layout.heading("course.title"), "", code="RUN_COURSE_REQUIRED", severity=ERROR,
                message="This row says when, but of no course, so it is not used. Repeat the course’s title and code.",
            )  # fmt: skip
        elif venue := self._venue(row, cells, where):
            self.places.setdefault(venue.key, venue)

    def usual_place(self, run: RunRecord) -> Venue | None:
        """Nowhere where the sheet has no places: what is here stays."""
        return super().usual_place(run) if self._site_at else None

    def _venue(self, row: int, cells: list[Cell], where: tuple[Cell, ...]) -> Venue | None:
        """The place a row names, worked out once for all rows that name it alike."""
        if where not in self._venues:
            is_named = any(not is_blank(cell) for cell in where)
            self._venues[where] = self._read_venue(row, self.values.site(cells)) if is_named else None
        return self._venues[where]

    def _read_venue(self, row: int, said: dict[str, str]) -> Venue | None:
        reference = checks.check_text(said.get("reference"))[:120]
        name = cut(checks.check_text(said.get("name")), 250)
        postcode = checks.check_text(said.get("postcode")).upper()
        if len(postcode) > POSTCODE:
            self.findings.add(
                row, self.layout.heading("site.postcode"), postcode, code="VENUE_POSTCODE_NOT_A_POSTCODE",
                severity=WARNING, message="This is not a postcode, so the place is on no map. Write it like KY1 1EX.",
            )  # fmt: skip
            postcode = ""
        if not postcode and (known := self._same_place(reference, name)):
            return known
        town = cut(checks.check_text(said.get("town")), 75)
        name = name or town or postcode
        if not name:
            self.findings.add(
                row, self.layout.heading("site.reference"), reference, code="VENUE_NOT_KNOWN", severity=WARNING,
                message="There is no site with this code yet, so the run has no place. Add its name and postcode.",
            )  # fmt: skip
            return None
        if not postcode:
            self.findings.count(
                row, self.layout.heading("site.postcode"), name, code="VENUE_POSTCODE_MISSING", severity=NOTICE,
                message="There is no site of this name yet, and no postcode is given, so it is on no map ({n times}).",
            )  # fmt: skip
        address = ", ".join(filter(None, (checks.check_text(said.get(part)) for part in ("address", "address_2"))))
        latitude, longitude = _coordinates(said)
        venue = Venue(reference, name, cut(address, 300), town, postcode, latitude, longitude)
        if reference:
            self._held["code", reference] = venue
        self._held.setdefault(("name", name.lower()), venue)
        return venue

    def _same_place(self, reference: str, name: str) -> Venue | None:
        """A place that the file or the portal has under this code or, where there is one only, this name."""
        return self._held.get(("code", reference) if reference else ("name", name.lower()))


def _held_sites(organisation: Organisation) -> dict[tuple[str, str], Venue | None]:
    """The provider's sites by code and by name, those of its partners by name; None for a name that several have."""
    found: dict[tuple[str, str], Venue | None] = {}
    for site in Site.objects.filter(organisation=organisation, ended_on=None).order_by("pk"):
        venue = Venue(site.provider_reference, site.name, postcode=site.postcode)
        if site.provider_reference:
            found["code", site.provider_reference] = venue
        key = ("name", site.name.lower())
        found[key] = None if key in found else venue
    of_partners: dict[tuple[str, str], Venue | None] = {}
    for site in partner_sites(organisation, closed_too=True).order_by("pk"):
        key = ("name", site.name.lower())
        of_partners[key] = None if key in of_partners else Venue("", site.name, postcode=site.postcode)
    return of_partners | found  # a name of one's own comes first


def _coordinates(said: dict[str, str]) -> tuple[float | None, float | None]:
    try:
        north, east = float(said.get("latitude", "")), float(said.get("longitude", ""))
    except ValueError:
        return None, None
    return (north, east) if 49 <= north <= 61 and -9 <= east <= 2.5 else (None, None)
