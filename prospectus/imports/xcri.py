"""XCRI-CAP 1.1 and 1.2: which element becomes which part of a course. What real feeds do decides."""

import html
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from prospectus.imports import feed, words
from prospectus.imports.details import course_details
from prospectus.imports.findings import NOTICE, WARNING, Findings
from prospectus.imports.records import CourseRecord, reference_of
from prospectus.imports.xcri_runs import RunReader
from prospectus.imports.xcri_text import local_type, rich_text, text_of
from prospectus.texts import as_html, clean_html, cut, first_paragraph, first_sentences, plain_text
from prospectus.xcri import HEADINGS, OURS

# Typed descriptions: where they go, and the heading they get when they are not alone there.
TEXTS = {
    "": ("what_you_do", ""),
    "aim": ("what_you_do", ""),
    "syllabus": ("what_you_do", "What you will study"),
    "topic": ("what_you_do", "What you will study"),
    "structure": ("what_you_do", "How it is organised"),
    "learningoutcome": ("what_you_do", "What you will learn"),
    "teachingstrategy": ("what_you_do", "How it is taught"),
    "targetaudience": ("who_it_is_for", ""),
    "entryprofile": ("entry_requirements", ""),
    "entryrequirements": ("entry_requirements", ""),
    "prerequisite": ("entry_requirements", ""),
    "prerequisites": ("entry_requirements", ""),
    "assessment": ("how_assessed", ""),
    "assessmentstrategy": ("how_assessed", ""),
    "leadsto": ("leads_to", ""),
    "careeroutcome": ("leads_to", "Careers"),
    "funding": ("costs_and_help", ""),
    "support": ("costs_and_help", "Help and support"),
}
TEXT_ELEMENTS = {
    "learningOutcome", "prerequisite", "entryProfile", "entryRequirements", "assessment", "applicationProcedure",
    "regulations", "engagement",
}  # fmt: skip
# What our own details say exactly needs no interpreting.
SAID_BETTER = {"abstract", "subject", "level", "type", "url"}
KEYWORD_TYPES = {"keyword", "keywords", "metadatakeywords"}
REPEATED = re.compile(r"(\S+)(?: \1)+")


@dataclass
class Draft:
    """What has been read of one course so far."""

    line: int
    identifiers: list[tuple[str, str]] = field(default_factory=list)  # (text, type)
    values: dict[str, Any] = field(default_factory=dict)
    texts: dict[str, list[tuple[str, str]]] = field(default_factory=dict)  # column or heading: (heading, raw text)
    subjects: list[str] = field(default_factory=list)
    keywords: list[str] = field(default_factory=list)
    levels: list[str] = field(default_factory=list)
    credits: list[str] = field(default_factory=list)
    is_scottish: bool = False


class CatalogueReader:
    """Reads the courses of one provider of one catalogue."""

    def __init__(
        self, *, survey: feed.Survey, findings: Findings, countries: Mapping[str, str], subjects: Mapping[str, str]
    ) -> None:
        """``countries`` of the postcodes in the file, and the portal's ``subjects``: small-letter names to codes."""
        self.survey = survey
        self.findings = findings
        self.countries = countries
        self.subjects = subjects
        self.runs = RunReader(findings)
        known: Counter[str] = Counter()
        for postcode, times in survey.postcodes.items():
            if postcode in countries:
                known[countries[postcode]] += times
        self.country = known.most_common(1)[0][0] if known else ""
        self._handlers = {
            "identifier": self._identifier,
            "title": self._title,
            "abstract": self._abstract,
            "description": self._description,
            "objective": self._objective,
            "subject": self._subject,
            "url": self._url,
            "level": self._level,
            "qualification": self._qualification,
            "credit": self._credit,
        }

    def read(self, element: etree._Element) -> CourseRecord:
        """The course as our columns name things, with its runs; what has no place is noted as a finding."""
        draft = Draft(line=feed.line_of(element))
        runs = []
        details = element.find(f"{{{OURS}}}details")
        for child in element:
            name = etree.QName(child)
            if details is not None and (child is details or name.localname in SAID_BETTER):
                continue
            if name.namespace not in feed.KNOWN_NAMESPACES:
                self._not_used(child, "course")
            elif name.localname == "presentation":
                runs.append(self.runs.read(child))
            elif name.localname in TEXT_ELEMENTS:
                self._text(draft, name.localname.lower(), child)
            elif handler := self._handlers.get(name.localname):
                handler(draft, child)
            else:
                self._not_used(child, "course")
        record = CourseRecord(line=draft.line, values=draft.values, runs=runs)
        self._choose_identifier(draft)
        self._compose_texts(draft)
        if details is None:
            self._interpret(draft, record)
        else:
            course_details(details, record)
        if not record.runs:
            self._note_no_runs(draft)
        self.runs.name_nameless(record)
        return record

    # One method per element.

    def _identifier(self, draft: Draft, element: etree._Element) -> None:
        if text := text_of(element):
            draft.identifiers.append((text, local_type(element)))

    def _title(self, draft: Draft, element: etree._Element) -> None:
        if not draft.values.get("title"):
            draft.values["title"] = text_of(element)

    def _abstract(self, draft: Draft, element: etree._Element) -> None:
        draft.values["summary"] = text_of(element)

    def _description(self, draft: Draft, element: etree._Element) -> None:
        kind = local_type(element)
        if kind in KEYWORD_TYPES:
            draft.keywords += [keyword.strip() for keyword in text_of(element).split(",")]
        else:
            self._text(draft, kind, element)

    def _objective(self, draft: Draft, element: etree._Element) -> None:
        if not self.survey.objective_is_entry:
            self._text(draft, "objective", element)
        elif text_of(element):
            self._text(draft, "prerequisite", element)
            self.findings.count(
                draft.line, "objective", "", code="COURSE_OBJECTIVE_ENTRY", severity=WARNING,
                message="This feed writes entry requirements as “objective” ({n courses}). They are shown as entry "
                "requirements; use “prerequisite” for them.",
            )  # fmt: skip

    def _text(self, draft: Draft, kind: str, element: etree._Element) -> None:
        raw = rich_text(element)
        if not raw:
            return
        column, heading = TEXTS.get(kind, ("", ""))
        if not column:
            # A text of a kind we have no place for keeps a heading of its own.
            own_words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", (local_type(element, keep_case=True) or kind)).capitalize()
            column, heading = "other", HEADINGS.get(kind) or own_words
        parts = draft.texts.setdefault(column, [])
        if (heading, raw) not in parts:
            parts.append((heading, raw))

    def _subject(self, draft: Draft, element: etree._Element) -> None:
        text = text_of(element)
        if text and local_type(element) in KEYWORD_TYPES:
            draft.keywords.append(text)
        elif text and text not in draft.subjects:
            draft.subjects.append(text)
        code = element.get("identifier", "")
        if "ssa" in local_type(element) and code in self.subjects.values():
            draft.values["subject"] = code

    def _url(self, draft: Draft, element: etree._Element) -> None:
        draft.values.setdefault("website", text_of(element))

    def _level(self, draft: Draft, element: etree._Element) -> None:
        text = text_of(element)
        if text and text not in draft.levels:
            draft.levels.append(text)
        draft.is_scottish |= "scqf" in local_type(element)

    def _qualification(self, draft: Draft, element: etree._Element) -> None:
        for child in element:
            name, text = etree.QName(child).localname, text_of(child)
            if not text:
                continue
            if name == "title":
                draft.values.setdefault("qualification_title", text)
                draft.is_scottish |= bool(words.SCOTTISH.search(text.replace("SVQ", "SVQ ")))
            elif name in ("level", "educationLevel"):
                self._level(draft, child)
            elif name in ("awardedBy", "accreditedBy"):
                draft.values.setdefault("awarding_organisation", text)
            elif name == "description":
                self._text(draft, "qualification", child)
            elif name == "abbr":
                draft.keywords.append(text)
            elif name != "identifier":
                self._not_used(child, "qualification")

    def _credit(self, draft: Draft, element: etree._Element) -> None:
        parts = {etree.QName(child).localname: text_of(child) for child in element}
        scheme, level, value = parts.get("scheme", ""), parts.get("level", ""), parts.get("value", "")
        said = [f"{scheme} level {level}".strip() if level else scheme, f"{value} credits" if value else ""]
        if any(said):
            draft.credits.append(", ".join(part for part in said if part))

    def _not_used(self, element: etree._Element, inside: str) -> None:
        name = etree.QName(element).localname
        if text_of(element) or element.get("href") or element.get("src"):
            self.findings.count(
                feed.line_of(element), name, "", code=f"{inside.upper()}_ELEMENT_NOT_USED", severity=NOTICE,
                message=f"The element “{name}” in a {inside} is not used ({{n times}}, the first on this line).",
            )  # fmt: skip

    # What only the whole course can tell.

    def _interpret(self, draft: Draft, record: CourseRecord) -> None:
        values = draft.values
        self._compose_summary(draft)
        values["qualification_type"] = words.read_qualification_type(values.get("qualification_title", ""))
        values["subject_words"] = draft.subjects
        values["search_words"] = ", ".join(dict.fromkeys(keyword for keyword in draft.keywords if keyword))
        values.setdefault(
            "subject", next((self.subjects[s.lower()] for s in draft.subjects if s.lower() in self.subjects), None)
        )
        draft.is_scottish |= self._is_in_scotland(record)
        self._read_levels(draft)

    def _note_no_runs(self, draft: Draft) -> None:
        self.findings.count(
            draft.line, "presentation", "", code="COURSE_RUNS_NONE", severity=NOTICE,
            message="Nothing says when and where a course runs: {n courses}, the first on this line. It can be "
            "found, but nobody can apply for it.",
        )  # fmt: skip

    def _choose_identifier(self, draft: Draft) -> None:
        """The provider's own code before any other, and a web address last: addresses change from year to year."""
        ranked = sorted(draft.identifiers, key=_rank)
        draft.values["provider_reference"] = ranked[0][0] if ranked else ""
        for text, _kind in ranked[1:]:
            if not _is_address(text):
                draft.keywords.append(text)
        if address := next((text for text, _kind in ranked if _is_address(text)), ""):
            draft.values.setdefault("website", address)
        title = draft.values.get("title", "")
        if not ranked and title:
            level = "-".join(draft.levels)
            draft.values["provider_reference"] = reference_of(title, level)
            self.findings.count(
                draft.line, "identifier", "", code="COURSE_IDENTIFIER_MISSING", severity=NOTICE,
                message="No identifier: {n courses}, the first on this line. They are told apart by title and level: "
                "a new title makes a new course. Give each course an identifier that never changes.",
            )  # fmt: skip

    def _compose_texts(self, draft: Draft) -> None:
        for column, parts in draft.texts.items():
            if column == "other":
                draft.values["other_texts"] = parts
            elif len(parts) == 1:
                draft.values[column] = parts[0][1]
            else:
                headed = sorted(parts, key=lambda part: bool(part[0]))  # what has no heading comes first
                draft.values[column] = "".join(
                    (f"<h3>{html.escape(heading)}</h3>" if heading else "") + _block(raw) for heading, raw in headed
                )

    def _compose_summary(self, draft: Draft) -> None:
        """The abstract; where it was cut off at 140 characters, or is missing, whole sentences of the description."""
        summary = draft.values.get("summary", "")
        is_cut_off = len(summary) >= 138 and summary[-1].isalnum()
        if is_cut_off or not summary:
            for _heading, raw in draft.texts.get("what_you_do", [])[:1]:
                clean = clean_html(raw)
                if not summary:
                    summary = first_sentences(first_paragraph(clean, at_least=40), limit=220)
                elif _squeezed(plain_text(clean)).startswith(_squeezed(summary)):
                    # Some abstracts are the description with its mark-up and its spaces taken out.
                    summary, is_cut_off = first_sentences(plain_text(clean), limit=220), False
        draft.values["summary"] = cut(f"{summary} …", len(summary)) if is_cut_off and summary else summary

    def _is_in_scotland(self, record: CourseRecord) -> bool:
        places = [run.venue.postcode for run in record.runs if run.venue]
        countries = {self.countries[postcode] for postcode in places if postcode in self.countries} or {self.country}
        return "SCT" in countries

    def _read_levels(self, draft: Draft) -> None:
        levels: list[str] = []
        shown = []
        for text in draft.levels:
            shown.append(f"SCQF level {text}" if draft.is_scottish and text.isdigit() else text)
            if REPEATED.fullmatch(text):
                self.findings.add(
                    draft.line, "level", text, code="COURSE_LEVEL_REPEATED", severity=WARNING,
                    message=f"The level of “{draft.values.get('title', '')[:80]}” is written twice in one. Its words "
                    "are shown, and the course cannot be found by level. Write one level.",
                )  # fmt: skip
            elif draft.is_scottish and text.lower() not in words.HIGHER:
                self.findings.count(
                    draft.line, "level", "", code="COURSE_LEVEL_SCOTTISH", severity=NOTICE,
                    message="A Scottish level is not an English one. It is shown in the provider's words, and the "
                    "course cannot be found by level ({n courses}, the first on this line).",
                )  # fmt: skip
            elif (found := words.read_levels(text)) is not None:
                levels += found
            else:
                self.findings.count(
                    draft.line, "level", text, code="COURSE_LEVEL_UNKNOWN", severity=NOTICE,
                    message="This names no level from Entry to 8. It is shown as it is, and the course cannot be found "
                    "by level ({n courses}).",
                )  # fmt: skip
        draft.values["levels"] = sorted(set(levels), key="E12345678".index)
        draft.values["level_text"] = "; ".join(shown + draft.credits)


def _rank(identifier: tuple[str, str]) -> tuple[bool, int]:
    text, kind = identifier
    order = 0 if kind == "internalid" else 1 if not kind else 2
    return _is_address(text), order


def _is_address(text: str) -> bool:
    return text.lower().startswith(("http://", "https://", "www."))


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _block(raw: str) -> str:
    """The text as HTML that can stand beside another."""
    text = as_html(raw)
    return text if text.startswith(("<p", "<div", "<ul", "<ol")) else f"<div>{text}</div>"
