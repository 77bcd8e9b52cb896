"""Several subjects at once: which providers have all of them, some of them, or one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from core.figures import Region, Venn, venn_of
from prospectus.queries.matching import Matching, matching
from prospectus.queries.requirements import in_words
from prospectus.queries.search import CourseQuery
from providers.models import Organisation

MOST_SUBJECTS = 8
DRAWN = (2, 3)  # with more circles no picture can show every overlap, so there is only the table

PROVIDERS = """
SELECT provider_id, count(DISTINCT course_id)::int FROM prospectus_coursesearch WHERE {where} GROUP BY 1
"""


@dataclass(frozen=True, kw_only=True)
class SubjectFound:
    """One of the subjects: what was asked, what it is called, and who has how many courses in it."""

    asked: str
    name: str
    found: Matching
    courses: dict[int, int]  # provider -> courses

    @property
    def corrected(self) -> str:
        """What was looked for instead of a misspelt word."""
        reading = self.found.finding.reading
        return reading.corrected_text if reading.corrections else ""

    @property
    def is_loosened(self) -> bool:
        return bool(self.courses) and self.found.finding.attempt.is_loosened


@dataclass(frozen=True, kw_only=True)
class ProviderFound:
    """A provider and how many courses it has in each subject, in the order of the subjects."""

    provider: Organisation
    courses: tuple[int, ...]

    @property
    def subjects(self) -> int:
        """How many of the subjects it has."""
        return sum(count > 0 for count in self.courses)

    @property
    def has_all(self) -> bool:
        return all(self.courses)


@dataclass(frozen=True, kw_only=True)
class RegionFound:
    """A part of the picture in words: who has exactly these subjects."""

    words: str
    providers: int
    is_drawn: bool


@dataclass(frozen=True, kw_only=True)
class Together:
    """The answer: subjects, providers with the most of them first, and the picture of two or three subjects."""

    subjects: list[SubjectFound]
    providers: list[ProviderFound]
    figure: Venn | None
    regions: list[RegionFound]

    @property
    def having_all(self) -> int:
        return sum(provider.has_all for provider in self.providers)


def subjects_together(query: CourseQuery, subjects: Sequence[tuple[str, str, CourseQuery]]) -> Together:
    """Who offers these subjects, each given as what was asked, its name and the question that it is.

    ``query`` says where: its place, areas and other filters hold for every subject. As many statements for each
    subject as a search has, and one for the names of providers.
    """
    found = [_subject(query, *subject) for subject in subjects[:MOST_SUBJECTS]]
    keys = set().union(*(subject.courses for subject in found)) if found else set()
    known = Organisation.objects.select_related("area").only("reference", "name", "area__name").in_bulk(keys)
    providers = [
        ProviderFound(provider=provider, courses=tuple(subject.courses.get(key, 0) for subject in found))
        for key, provider in known.items()
    ]
    providers.sort(key=lambda one: (-one.subjects, -sum(one.courses), one.provider.name, one.provider.pk))
    figure = venn_of([set(subject.courses) for subject in found]) if len(found) in DRAWN else None
    return Together(
        subjects=found,
        providers=providers,
        figure=figure,
        regions=[_region(region, found) for region in figure.regions] if figure else [],
    )


def _subject(query: CourseQuery, asked: str, name: str, own: CourseQuery) -> SubjectFound:
    found = matching(replace(query, text=own.text, filters={**query.filters, **own.filters}))
    courses = dict(found.rows(PROVIDERS)) if found.courses else {}
    return SubjectFound(asked=asked, name=name, found=found, courses=courses)


def _region(region: Region, subjects: list[SubjectFound]) -> RegionFound:
    """ "Maths and physics, not chemistry"."""
    inside = [subject.name for at, subject in enumerate(subjects, 1) if at in region.positions]
    outside = [subject.name for at, subject in enumerate(subjects, 1) if at not in region.positions]
    if not outside:
        words = _("%(names)s together") % {"names": in_words(inside)}
    elif len(inside) == 1:
        words = _("Only %(name)s") % {"name": inside[0]}
    else:
        words = _("%(names)s, not %(others)s") % {"names": in_words(inside), "others": in_words(outside)}
    return RegionFound(words=words, providers=region.size, is_drawn=region.x is not None)
