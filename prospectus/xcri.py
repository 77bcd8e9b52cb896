"""The names of XCRI-CAP and of our own additions to it, shared by what reads feeds and what writes them."""

from prospectus.models import Delivery, Pattern, StudyMode

XCRI_1_1 = "http://xcri.org/profiles/catalog"
XCRI_1_2 = "http://xcri.org/profiles/1.2/catalog"
TERMS = "http://xcri.org/profiles/1.2/catalog/terms"
DC = "http://purl.org/dc/elements/1.1/"
MLO = "http://purl.org/net/mlo"
XHTML = "http://www.w3.org/1999/xhtml"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
# What XCRI-CAP has no place for. docs/course-feeds.md lists it; a new meaning needs a new number.
OURS = "urn:next-step:courses:1"
# The row of the table that a course or presentation was written from, where the file was one.
ROW = f"{{{OURS}}}row"

# Headings of texts without a column of their own, by the small-letter name of their type.
HEADINGS = {
    "objective": "What it aims at",
    "specialfeature": "What is special about it",
    "contacthours": "Hours of teaching",
    "contactpattern": "Pattern of teaching",
    "studyhours": "Hours of study",
    "events": "Open days and events",
    "indicativeresource": "Books and materials",
    "providedresource": "What you will be given",
    "requiredresource": "What you will need to bring",
    "policy": "Rules",
    "applicationprocedure": "How to apply",
    "regulations": "Regulations",
    "engagement": "How you take part",
}
# The types of description that the terms of XCRI-CAP 1.2 define and that such a heading can be written as.
TYPED = {
    HEADINGS[name.lower()]: name
    for name in (
        "specialFeature", "contactHours", "contactPattern", "studyHours", "events", "indicativeResource",
        "providedResource", "requiredResource", "policy",
    )
}  # fmt: skip

# The vocabularies' codes and captions.
STUDY_MODES = {
    StudyMode.FULL_TIME: ("FT", "Full time"),
    StudyMode.PART_TIME: ("PT", "Part time"),
    StudyMode.PART_OF_PROGRAMME: ("PF", "Part of a full time programme"),
    StudyMode.FLEXIBLE: ("FL", "Flexible"),
    StudyMode.UNKNOWN: ("NK", "Not known"),
}
ATTENDANCE_MODES = {
    Delivery.CLASSROOM: ("CM", "Campus"),
    Delivery.WORKPLACE: ("WB", "Work-based"),
    Delivery.ONLINE: ("ON", "Online (no attendance)"),
    Delivery.BLENDED: ("MM", "Mixed mode"),
    Delivery.OUTREACH: ("NC", "Face-to-face non-campus"),
}
ATTENDANCE_PATTERNS = {
    Pattern.DAYTIME: ("DT", "Daytime"),
    Pattern.EVENING: ("EV", "Evening"),
    Pattern.WEEKEND: ("WE", "Weekend"),
    Pattern.BLOCK_RELEASE: ("DR", "Day/Block release"),
    Pattern.FLEXIBLE: ("CS", "Customised"),
}

# Columns that only our own additions can say exactly. A file with them says all of them; a file without says nothing
# about kind, stage, consortium, requirements, option block and extra cost, and what the portal has of those stays.
COURSE_DETAILS = ("kind", "stage", "summary", "qualification_type", "level_text", "subject", "search_words", "website")
RUN_DETAILS = (
    "start_text", "study_mode", "delivery", "pattern", "mode_text", "cost_pence", "cost_text",
    "option_block", "extra_cost_pence",
)  # fmt: skip
