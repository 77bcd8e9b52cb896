"""XCRI-CAP presentations, which the portal calls course runs, and their venues."""

import datetime as dt
import re
from typing import Any

from django.core.exceptions import ValidationError
from lxml import etree

from prospectus import checks
from prospectus.imports import feed, words
from prospectus.imports.details import run_details
from prospectus.imports.findings import NOTICE, WARNING, Findings
from prospectus.imports.records import CourseRecord, RunRecord, Venue
from prospectus.imports.xcri_text import local_type, text_of
from prospectus.xcri import OURS

ANY_DAY = re.compile(r"any ?time|any day|roll[- ]?on|flexible|throughout the year|start when|ongoing", re.IGNORECASE)
PLACEHOLDER = re.compile(r"(?:1[0-8]\d\d|19[0-8]\d|9999)-")  # dates programs write for "none"
ZERO = re.compile(r"£?0+(?:\.0+)?")
DIMENSIONS = {
    # Where to look for each first: feeds put evening courses under study mode, and full time under attendance.
    "study_mode": ("studyMode", "attendanceMode", "attendancePattern"),
    "delivery": ("attendanceMode", "studyMode", "attendancePattern"),
    "pattern": ("attendancePattern", "attendanceMode", "studyMode"),
}
DATES = {"end": "ends_on", "applyFrom": "apply_from_on", "applyUntil": "apply_until_on"}
MOST_VENUES = 1000  # remembered at once, so that memory stays bounded
# What our own details say exactly needs no interpreting.
SAID_BETTER = {"studyMode", "attendanceMode", "attendancePattern", "cost"}
QUIET = {"identifier", "title"}  # titles of runs repeat the course's


class RunReader:
    """Reads presentations; what has no place is noted as a finding."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self._venues: dict[bytes, Venue | None] = {}

    def read(self, element: etree._Element) -> RunRecord:
        run = RunRecord(line=feed.line_of(element))
        study: dict[str, tuple[str, str]] = {}
        details = element.find(f"{{{OURS}}}details")
        for child in element:
            name = etree.QName(child)
            if details is not None and (child is details or name.localname in SAID_BETTER):
                continue
            text = "" if details is not None and name.localname == "start" else text_of(child)
            if name.localname == "venue" and name.namespace in feed.VERSIONS:
                run.venue = run.venue or self._venue(child)
            elif name.namespace not in feed.KNOWN_NAMESPACES:
                self._not_used(child, text)
            elif name.localname in ("studyMode", "attendanceMode", "attendancePattern"):
                study.setdefault(name.localname, (text, child.get("identifier", "")))
            elif name.localname in DATES:
                self._date(run, child, text)
            else:
                self._other(run, child, name.localname, text)
        if details is None:
            self._study(run, study)
        else:
            run_details(details, run)
        return run

    def _other(self, run: RunRecord, element: etree._Element, name: str, text: str) -> None:
        if name == "identifier":
            self._identifier(run, text, local_type(element))
        elif name == "start":
            self._start(run, element, text)
        elif name == "duration":
            run.values["duration_text"] = text or element.get("interval", "")
        elif name == "cost":
            self._cost(run, text)
        elif name in ("places", "placesAvailable"):
            run.values["places"] = text
        elif name == "applyTo":
            self._apply_to(run, element, text)
        elif name in ("languageOfInstruction", "languageOfAssessment") and text.lower()[:2] == "en":
            return
        elif name not in QUIET:
            self._not_used(element, text)

    def _identifier(self, run: RunRecord, text: str, kind: str) -> None:
        if text and (kind == "internalid" or not run.values.get("provider_reference")):
            run.values["provider_reference"] = text

    def _start(self, run: RunRecord, element: etree._Element, text: str) -> None:
        date = self._read_date(run, "start", element.get("dtf") or text, is_sentence_fine=True)
        if date:
            run.values["starts_on"] = date
        is_said_by_date = date and checks.names_a_day(text)
        if not is_said_by_date and not PLACEHOLDER.match(text):
            run.values["start_text"] = text
        run.values["is_flexible_start"] = bool(ANY_DAY.search(text)) and date is None

    def _date(self, run: RunRecord, element: etree._Element, text: str) -> None:
        name = etree.QName(element).localname
        date = self._read_date(run, name, element.get("dtf") or text, at_end=name != "applyFrom")
        if date:
            run.values[DATES[name]] = date

    def _read_date(
        self, run: RunRecord, name: str, text: str, *, at_end: bool = False, is_sentence_fine: bool = False
    ) -> dt.date | None:
        try:
            return checks.check_date(text, at_end=at_end)
        except ValidationError as error:
            if error.code == "not_a_date" and is_sentence_fine:
                self.findings.count(
                    run.line, name, text, code=f"RUN_{name.upper()}_IN_WORDS", severity=NOTICE,
                    message="The start is in words: {n runs}. The words are shown; such a run cannot be found by date.",
                )  # fmt: skip
                return None
            is_shown = name == "start" and not PLACEHOLDER.match(text)
            kept = " Its words are shown." if is_shown else " It is left out."
            code = f"RUN_{name.upper()}_{error.code.upper()}"
            self.findings.add(run.line, name, text, code=code, severity=WARNING, message=f"{error.message}{kept}")
            return None

    def _cost(self, run: RunRecord, text: str) -> None:
        if not text:
            return
        if ZERO.fullmatch(text):
            # Feeds write 0.0000 for "not entered": in one, the same run was 0.0000 one year and had a price the next.
            self.findings.count(
                run.line, "cost", text, code="RUN_COST_ZERO", severity=NOTICE,
                message="This is the cost of {n runs}. Feeds write it when no cost is known, so none is shown. Write "
                "“free” for a course that costs nothing.",
            )  # fmt: skip
            return
        try:
            run.values["cost_pence"] = checks.check_pence(text)
        except ValidationError:
            run.values["cost_text"] = text

    def _apply_to(self, run: RunRecord, element: etree._Element, text: str) -> None:
        address = element.get("href") or text
        if address.lower().startswith(("http://", "https://", "www.")):
            run.values["apply_url"] = address
        else:
            self._not_used(element, text)

    def _study(self, run: RunRecord, study: dict[str, tuple[str, str]]) -> None:
        meanings: dict[str, words.StudyWords] = {}
        for name, (text, code) in study.items():
            meaning = (words.look_up_study(code) if code else None) or (words.look_up_study(text) if text else None)
            if meaning:
                meanings[name] = meaning
            elif text or code:
                self.findings.count(
                    run.line, name, text or code, code=f"RUN_{name.upper()}_UNKNOWN", severity=NOTICE,
                    message="The portal does not know what this says about how a course is studied. It is shown in the "
                    "provider's words ({n runs}).",
                )  # fmt: skip
        for dimension, places in DIMENSIONS.items():
            found = (getattr(meanings[place], dimension) for place in places if place in meanings)
            run.values[dimension] = next((value for value in found if value), "unknown")
        run.values["mode_text"] = ", ".join(dict.fromkeys(text for text, _code in study.values() if text))

    def _not_used(self, element: etree._Element, text: str) -> None:
        name = etree.QName(element).localname
        if text or element.get("href") or element.get("src"):
            self.findings.count(
                feed.line_of(element), name, "", code="RUN_ELEMENT_NOT_USED", severity=NOTICE,
                message=f"The element “{name}” in a presentation is not used ({{n times}}, the first on this line).",
            )  # fmt: skip

    def _venue(self, element: etree._Element) -> Venue | None:
        """The venue, worked out once for all runs that write it alike: most of a feed's runs share a few."""
        written = etree.tostring(element, with_tail=False)
        if written not in self._venues:
            if len(self._venues) > MOST_VENUES:
                self._venues.clear()
            self._venues[written] = self.read_venue(element)
        return self._venues[written]

    def read_venue(self, element: etree._Element, *, name: str = "") -> Venue | None:
        """The place an element describes; None where it says too little to find it."""
        parts: dict[str, Any] = {"address": []}
        for child in element.iterdescendants():
            local, text, kind = etree.QName(child).localname, text_of(child), local_type(child)
            if not text or len(child):
                continue
            if local == "address" and kind in ("lat", "long"):
                parts[kind] = text
            elif local in ("address", "street"):
                if text not in parts["address"]:
                    parts["address"].append(text)
            elif local in ("identifier", "title", "name", "town", "postcode"):
                parts.setdefault(local, text)
        postcode = parts.get("postcode", "").upper()
        if len(postcode) > 8:
            self.findings.count(
                feed.line_of(element), "postcode", postcode, code="VENUE_POSTCODE_NOT_A_POSTCODE", severity=WARNING,
                message="This is not a postcode, so the place is on no map. Write it like KY1 1EX.",
            )  # fmt: skip
            postcode = ""
        title = name or parts.get("title") or parts.get("name") or parts.get("town") or postcode
        if not title:
            return None
        latitude, longitude = _coordinates(parts.get("lat"), parts.get("long"))
        return Venue(
            reference=parts.get("identifier", "")[:120],
            name=title[:250],
            address=", ".join(parts["address"])[:300],
            town=parts.get("town", "")[:75],
            postcode=postcode,
            latitude=latitude,
            longitude=longitude,
        )

    def name_nameless(self, record: CourseRecord) -> None:
        """Runs without an identifier get one made of start, place and mode, the same every time."""
        taken: dict[str, int] = {}
        for run in record.runs:
            if run.values.get("provider_reference"):
                continue
            start = run.values.get("starts_on") or run.values.get("start_text", "")[:60]
            place = run.venue.key if run.venue else ""
            key = re.sub(r"[^a-z0-9]+", "-", f"{start}-{place}-{run.values.get('mode_text', '')}".lower()).strip("-")[
                :200
            ]
            taken[key] = taken.get(key, 0) + 1
            run.values["provider_reference"] = f"run:{key}" + (f":{taken[key]}" if taken[key] > 1 else "")
            self.findings.count(
                run.line, "identifier", "", code="RUN_IDENTIFIER_MISSING", severity=NOTICE,
                message="No identifier: {n presentations}, the first here. Start, place and mode tell them apart.",
            )  # fmt: skip


def _coordinates(latitude: Any, longitude: Any) -> tuple[float | None, float | None]:
    """Both numbers where both are sensible for these islands, otherwise neither."""
    try:
        north, east = float(latitude), float(longitude)
    except (TypeError, ValueError):
        return None, None
    return (north, east) if 49 <= north <= 61 and -9 <= east <= 2.5 else (None, None)
