"""Our own additions to XCRI-CAP, as prospectus.exports writes them: what was interpreted elsewhere is said exactly."""

from lxml import etree

from prospectus.imports.records import CourseRecord, RunRecord
from prospectus.part_words import PartWords
from prospectus.xcri import COURSE_DETAILS, OURS, RUN_DETAILS


def course_details(details: etree._Element, record: CourseRecord) -> None:
    """The record is as the details say; what they leave out is empty. Nothing is checked yet."""
    values = record.values
    for name in COURSE_DETAILS:
        values[name] = details.get(name, "")
    values["levels"] = details.get("levels", "").split()
    values["subject_words"] = [part.text or "" for part in details.iterfind(f"{{{OURS}}}subject_words")]
    values["other_texts"] = [(part.get("heading", ""), part.text or "") for part in details.iterfind(f"{{{OURS}}}text")]
    record.consortium = details.get("consortium", "")
    record.requirements = [dict(part.attrib) for part in details.iterfind(f"{{{OURS}}}requirement")]
    if "parts" in details.attrib:
        said = details.iterfind(f"{{{OURS}}}part")
        record.parts = [PartWords(*(part.get(name, "") for name in PartWords._fields)) for part in said]
    record.says_all = True


def run_details(details: etree._Element, run: RunRecord) -> None:
    """The run is as the details say; what they leave out is empty. Nothing is checked yet."""
    for name in RUN_DETAILS:
        run.values[name] = details.get(name, "")
    run.values["is_flexible_start"] = details.get("is_flexible_start") == "yes"
    run.says_all = True
