"""Structured entry requirements, as our own additions to a feed say them."""

from collections.abc import Collection, Mapping

from django.core.exceptions import ValidationError

from prospectus import checks
from prospectus.actions.staged import StagedRequirement
from prospectus.imports.findings import WARNING, Findings

MOST = 50  # "how many such qualifications"


class RequirementReader:
    """Checks what is said of one requirement against the reference tables, which are asked once per file."""

    def __init__(self, findings: Findings, *, types: Collection[str], levels: Collection[str]) -> None:
        self.findings = findings
        self.types = types
        self.levels = levels

    def __call__(self, line: int, said: Mapping[str, str], called: str) -> StagedRequirement | None:
        """The requirement ready to be staged, or None with a finding where it cannot be used."""
        kind, level = said.get("qualification_type") or None, said.get("level") or None
        try:
            if (kind and kind not in self.types) or (level and level not in self.levels):
                raise ValidationError("It names a kind of qualification or a level that the portal does not know.")
            grade = checks.check_text(said.get("grade"), max_length=20)
            subject_words = checks.check_text(said.get("subject_words"), max_length=80)
            if not (kind or level or grade or subject_words):
                raise ValidationError("It asks for nothing.")
            how_many = checks.check_whole_number(said.get("how_many") or 1, most=MOST) or 1
        except ValidationError as error:
            self.findings.add(
                line, "requirement", kind or level or "", code="COURSE_REQUIREMENT_NOT_USED", severity=WARNING,
                message=f"{called}: an entry requirement is left out. {error.message}",
            )  # fmt: skip
            return None
        return StagedRequirement(how_many, kind, level, grade, subject_words, said.get("essential") != "no")
