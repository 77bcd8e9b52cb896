"""What XCRI-CAP has no place for, said in our own additions: the kind of provision, requirements one by one, partners."""

from lxml import etree
from lxml.builder import ElementMaker

from config.demo.kinds import Kind
from config.demo.offerings import Offering, Run
from prospectus.xcri import OURS

MAKE = ElementMaker(namespace=OURS, nsmap={"next": OURS})
PLAIN_KINDS = ("course", "apprenticeship")  # the importer tells these by themselves
GCSE = {"qualification_type": "gcse"}
ENGLISH_AND_MATHS = (
    {**GCSE, "grade": "4", "subject_words": "English"},
    {**GCSE, "grade": "4", "subject_words": "maths"},
)
# What a learner needs for a course of a kind, one thing at a time; "{name}" is the subject.
REQUIREMENTS: dict[str, tuple[dict[str, str], ...]] = {
    "a_level": (
        {**GCSE, "how_many": "5", "grade": "4"}, *ENGLISH_AND_MATHS,
        {**GCSE, "grade": "5", "subject_words": "{name}", "essential": "no"},
    ),
    "as_level": ({**GCSE, "how_many": "5", "grade": "4"},),
    "btec_3": ({**GCSE, "how_many": "4", "grade": "4"},),
    "t_level": ({**GCSE, "how_many": "5", "grade": "4"}, *ENGLISH_AND_MATHS),
    "btec_2": ({**GCSE, "how_many": "3", "grade": "3"},),
    "diploma_2": ({**GCSE, "how_many": "2", "grade": "3"},),
    "higher": ({**GCSE, "how_many": "3", "grade": "3"},),
    "advanced": ({**GCSE, "how_many": "5", "grade": "4"}, *ENGLISH_AND_MATHS),
    "guilds_3": ({"qualification_type": "city_guilds", "level": "2", "subject_words": "{name}"},),
    "apprenticeship_2": ({**GCSE, "grade": "3", "subject_words": "English"}, {**GCSE, "grade": "3", "subject_words": "maths"}),
    "apprenticeship_3": ({**GCSE, "how_many": "5", "grade": "4", "essential": "no"}, *ENGLISH_AND_MATHS),
}  # fmt: skip
MODES = {"FT": "full_time", "PT": "part_time", "FL": "flexible"}
PATTERNS = {"DT": "daytime", "EV": "evening", "TW": "evening", "WE": "weekend", "DR": "block_release", "CS": "flexible"}
DELIVERIES = {"CM": "classroom", "WB": "workplace", "ON": "online", "MM": "blended", "NC": "outreach"}


def is_exact(offering: Offering) -> bool:
    """Whether the provider's system says more than XCRI-CAP can: for odd provision, partners, and tidy providers."""
    kind = offering.kind
    is_odd = kind.provision not in PLAIN_KINDS or kind.stage != "post_16"
    is_tidy = offering.provider.style in ("plain", "formal") and kind.code in REQUIREMENTS
    return is_odd or bool(offering.consortium) or is_tidy


def course_details(offering: Offering) -> list[etree._Element]:
    """The element of our own, or nothing."""
    if not is_exact(offering):
        return []
    kind, words, subject = offering.kind, offering.words, offering.subject
    says_subject = offering.provider.style in ("plain", "formal", "long")
    said = {
        "kind": kind.provision,
        "stage": kind.stage,
        "summary": words.summary,
        "qualification_type": _type(kind),
        "levels": " ".join(kind.levels) if offering.level else "",
        "level_text": offering.level,
        "subject": subject.ssa if says_subject else "",
        "search_words": ", ".join(words.keywords),
        "website": f"https://{offering.provider.ukprn}.example.org/courses/{offering.code}",
        "consortium": offering.consortium,
    }
    parts = [MAKE.subject_words(words.subject_words)] if words.subject_words else []
    parts += [
        MAKE.requirement({name: text.format(name=subject.name) for name, text in needed.items()})
        for needed in REQUIREMENTS.get(kind.code, ())
    ]
    return [MAKE.details({name: text for name, text in said.items() if text}, *parts)]


def _type(kind: Kind) -> str:
    return "" if kind.type == "none" else kind.type


def run_details(run: Run) -> list[etree._Element]:
    """The element of our own where a run has a cost besides its fee, or nothing."""
    if run.extra_pence is None:
        return []
    said = {
        "start_text": run.start_text,
        "is_flexible_start": "" if run.starts_on or not run.is_any_time else "yes",
        "study_mode": MODES.get(run.mode[0], "unknown"),
        "mode_text": run.mode[1],
        "delivery": DELIVERIES.get(run.delivery[0], "unknown"),
        "pattern": PATTERNS.get(run.pattern[0], "unknown"),
        "cost_text": run.cost,
        "extra_cost_pence": str(run.extra_pence),
    }
    return [MAKE.details({name: text for name, text in said.items() if text})]
