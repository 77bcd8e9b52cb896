"""The levels and the names of qualifications, explained."""

from dataclasses import dataclass

from prospectus.models import Level, QualificationType

# The best known first; then whatever else is at the level.
BEST_KNOWN = (
    "gcse", "a_level", "t_level", "btec_l1", "btec_l2", "btec_l3", "apprenticeship_intermediate",
    "apprenticeship_advanced", "nvq", "functional_skills", "city_guilds", "entry_level_certificate",
)  # fmt: skip
MOST_EXAMPLES = 8


@dataclass(frozen=True, kw_only=True)
class ExplainedLevel:
    """A level with the kinds of qualification at it that are offered today."""

    level: Level
    examples: list[str]


@dataclass(frozen=True, kw_only=True)
class Explained:
    """All that the page of levels says."""

    levels: list[ExplainedLevel]
    types: list[QualificationType]  # offered today, with a sentence on each


def levels_explained() -> Explained:
    """Every level from the lowest up, and what the names of qualifications mean."""
    types = [kind for kind in QualificationType.objects.filter(is_current=True) if kind.plain_words]
    known = sorted(
        (kind for kind in types if kind.family != "other"),
        key=lambda kind: BEST_KNOWN.index(kind.code) if kind.code in BEST_KNOWN else len(BEST_KNOWN),
    )
    return Explained(
        levels=[
            ExplainedLevel(
                level=level, examples=[str(kind) for kind in known if level.code in kind.levels][:MOST_EXAMPLES]
            )
            for level in Level.objects.all()
        ],
        types=sorted(types, key=lambda kind: str(kind).casefold()),
    )
