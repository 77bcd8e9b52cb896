"""From the record of a course, whichever file it came from, to what can be merged: checked, converted, in its place."""

from prospectus import checks
from prospectus.actions.staged import StagedCourse, StagedRun
from prospectus.imports import words
from prospectus.imports.columns import Converter, CourseResource, RunResource
from prospectus.imports.findings import ERROR, NOTICE, WARNING, Findings
from prospectus.imports.records import CourseRecord, RunRecord, Venue
from prospectus.imports.requirements import RequirementReader
from prospectus.models import CourseState, Delivery, Level, QualificationType, Subject
from prospectus.part_words import PartWords
from prospectus.queries.readiness import are_above
from prospectus.texts import cut
from providers.models import Organisation


class Stager:
    """Checks records one by one. ``places`` and ``broken`` are complete once every record has been staged."""

    spot = "line"  # what the file's places are called
    columns: dict[str, dict[str, str]] = {}  # of COURSE and RUN: our name for a column, and the file's where it differs

    def __init__(self, *, organisation: Organisation, findings: Findings) -> None:
        self.findings = findings
        self.highest = organisation.area.highest_level
        self.places: dict[str, Venue] = {}
        self.broken: set[str] = set()
        self.own_place: Venue | None = None
        # Where two have one name, the broad one counts.
        self.subjects = {
            name.lower(): code for code, name in Subject.objects.order_by("-code").values_list("code", "name")
        }
        self.families = dict(QualificationType.objects.values_list("code", "family"))
        self.types = set(self.families)
        codes = {"subject": set(self.subjects.values()), "qualification_type": self.types}
        self.to_course = Converter(CourseResource, "COURSE", findings, codes, shown=self.columns.get("COURSE"))
        self.to_run = Converter(RunResource, "RUN", findings, shown=self.columns.get("RUN"))
        self.to_requirement = RequirementReader(
            findings, types=self.families, levels=set(Level.objects.values_list("code", flat=True))
        )

    def staged(self, record: CourseRecord) -> StagedCourse | None:
        """The course with those of its runs that can be used; None where it cannot be, its reference then broken."""
        title = record.values.get("title", "")
        called = f"“{title[:60]}”" if title else "A course without a title"
        if record.values["qualification_type"] not in self.types:
            record.values["qualification_type"] = None  # the reference tables of this portal do not have it
        if not record.says_all and not record.values.get("kind"):
            record.values["kind"] = words.kind_of(self.families.get(record.values["qualification_type"] or "", ""))
        values = self.to_course(record.line, record.values, called)
        if values is None:
            self.broken.add(record.values.get("provider_reference", ""))
            self.note_runs_not_used(record, called)
            return None
        state = CourseState.PUBLISHED
        if are_above(record.values["levels"], highest=self.highest):
            state = CourseState.DRAFT
            self.findings.count(
                record.line, "level", "", code="COURSE_LEVEL_TOO_HIGH", severity=NOTICE,
                message=f"Above Level {self.highest}: {{n courses}}, the first on this {self.spot}. Such a course is "
                f"kept and not published: your area’s prospectus holds courses up to Level {self.highest}.",
            )  # fmt: skip
        runs = [staged for run in record.runs if (staged := self.staged_run(run, called))]
        requirements = [
            staged for said in record.requirements if (staged := self.to_requirement(record.line, said, called))
        ]
        consortium = cut(checks.check_text(record.consortium), 160)
        parts = record.parts and [PartWords(*(checks.check_text(words) for words in part)) for part in record.parts]
        return StagedCourse(record.line, values, state, runs, record.says_all, consortium, requirements, parts)

    def note_runs_not_used(self, record: CourseRecord, called: str) -> None:
        if record.runs:
            message = f"{called}: its runs ({len(record.runs)}) are not used either. Correct the course first."
            self.findings.add(
                record.line, "presentation", "", code="COURSE_RUNS_NOT_USED", severity=ERROR, message=message
            )

    def staged_run(self, run: RunRecord, called: str) -> StagedRun | None:
        values = run.values
        if values.get("ends_on") and values.get("starts_on") and values["ends_on"] < values["starts_on"]:
            message = f"{called}: the end is before the start, so it is left out. Correct one of them."
            self.findings.add(
                run.line, self.to_run.shown.get("ends_on", "end"), str(values["ends_on"]), code="RUN_END_BEFORE_START",
                severity=WARNING, message=message,
            )  # fmt: skip
            values["ends_on"] = None
        converted = self.to_run(run.line, values, called)
        if converted is None:
            return None
        venue = run.venue or self.usual_place(run)
        if venue:
            self.places.setdefault(venue.key, venue)
        return StagedRun(run.line, converted, venue.key if venue else "", run.says_all)

    def usual_place(self, run: RunRecord) -> Venue | None:
        """Where a run without a venue takes place: the provider's own address, unless it is studied online."""
        if run.values["delivery"] == Delivery.ONLINE:
            return None
        if self.own_place:
            self.findings.count(
                run.line, "venue", "", code="RUN_VENUE_ASSUMED", severity=NOTICE,
                message=f"No venue is named: {{n runs}}, the first on this {self.spot}. The provider's own address is "
                "shown.",
            )  # fmt: skip
            return self.own_place
        self.findings.count(
            run.line, "venue", "", code="RUN_VENUE_MISSING", severity=NOTICE,
            message=f"No venue is named: {{n runs}}, the first on this {self.spot}. Such a run cannot be found by "
            "distance.",
        )  # fmt: skip
        return None
