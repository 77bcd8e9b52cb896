"""Which column of a sheet is what: by its name, by a near name where only one thing can be meant, or by asking."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from prospectus.headings import BY_KEY, COURSE, PASSED_BY, RUN, SITE, names, squeezed
from prospectus.imports.findings import NOTICE, WARNING, Findings
from providers.tables.sheet import Sheet

TITLE = "course.title"
SITE_NAME = "site.name"
NOT_USED = ""  # an answer: nothing of ours stands in this column
NEAR = 0.86  # as alike as "Entry requirments" and "Entry requirements"
SHORTEST_NEAR = 5  # letters; shorter names are like too many others
SURE_TITLES = 2  # aliases so exact that another column called "Name" or "Course" raises no doubt
NATIONAL = {"whothiscourseisfor", "whatyouwilllearn"}  # headings of the national directory's file of today


@dataclass
class Layout:
    """Where everything stands. ``places`` are {key of a heading: place of the column}."""

    sheet: Sheet
    places: dict[str, int] = field(default_factory=dict)
    near: dict[int, str] = field(default_factory=dict)
    unused: list[int] = field(default_factory=list)
    is_unsure: bool = False  # more than one column may hold the title

    @property
    def is_of_sites(self) -> bool:
        """A file of venues alone: it says nothing about courses."""
        of = {BY_KEY[key].of for key in self.places}
        return SITE_NAME in self.places and not of & {COURSE, RUN} and not self.is_unsure

    @property
    def is_national(self) -> bool:
        """The national directory's file: one row a run, and its code is the run's, not the course's."""
        return {squeezed(heading) for heading in self.sheet.headings} >= NATIONAL

    @property
    def must_ask(self) -> bool:
        return not self.is_of_sites and (TITLE not in self.places or self.is_unsure)

    def has(self, *keys: str) -> bool:
        return any(key in self.places for key in keys)

    def heading(self, key: str) -> str:
        """What the file calls it; our words where the file does not have it."""
        return self.sheet.headings[self.places[key]] if key in self.places else BY_KEY[key].words

    def columns_of(self, of: str) -> list[tuple[str, int]]:
        """Our names for the columns of a course, a run or a site, and where they stand."""
        return [(BY_KEY[key].name, place) for key, place in self.places.items() if BY_KEY[key].of == of]

    def note(self, findings: Findings) -> None:
        """What was taken for what without being sure, and what is not used, are findings."""
        row = self.sheet.heading_row
        for place, key in self.near.items():
            heading = self.sheet.headings[place]
            findings.add(
                row, heading, heading, code="FILE_COLUMN_NEAR", severity=WARNING,
                message=f"This column is taken for “{BY_KEY[key].words}”, because the names are alike. Call it that.",
            )  # fmt: skip
        for place in self.unused:
            heading = self.sheet.headings[place]
            if heading and squeezed(heading) not in PASSED_BY:
                findings.add(
                    row, heading, heading, code="FILE_COLUMN_NOT_USED", severity=NOTICE,
                    message="This column is not used: it is not one the portal knows, or another column says the same.",
                )  # fmt: skip


def match(sheet: Sheet, known: Mapping[str, str]) -> Layout:
    """``known`` are the provider's own answers: {heading, squeezed: key, or NOT_USED}. They count before all else."""
    layout = Layout(sheet)
    ranked: dict[str, tuple[int, int]] = {}
    open_places = []
    titles = []
    for place, heading in enumerate(sheet.headings):
        name = squeezed(heading)
        if name in known:
            if known[name] in BY_KEY:
                ranked.setdefault(known[name], (-1, place))
        elif name in names():
            meant, rank = names()[name]
            rank = _of_the_old_file(sheet, name, rank)
            titles += [rank] if meant.key == TITLE else []
            if meant.key not in ranked or rank < ranked[meant.key][0]:
                ranked[meant.key] = (rank, place)
        else:
            open_places.append(place)
    layout.places = {key: place for key, (_rank, place) in ranked.items()}
    rank = ranked.get(TITLE, (0, 0))[0]
    layout.is_unsure = len(titles) > 1 and rank > SURE_TITLES
    _match_near(layout, open_places)
    layout.places = dict(sorted(layout.places.items(), key=lambda item: item[1]))
    used = set(layout.places.values())
    layout.unused = [place for place in range(len(sheet.headings)) if place not in used]
    return layout


def _of_the_old_file(sheet: Sheet, name: str, rank: int) -> int:
    """In the old sectioned file rows find each other by the file's own ids, so these are the codes."""
    return -1 if sheet.shape == "sections" and name in ("courseid", "venueid") else rank


def _match_near(layout: Layout, open_places: list[int]) -> None:
    """A near name counts where one column is like one thing only. The title is never guessed: it is asked for."""
    alike: dict[int, set[str]] = {}
    for place in open_places:
        name = squeezed(layout.sheet.headings[place])
        if len(name) < SHORTEST_NEAR or name in PASSED_BY:
            continue
        found = {meant.heading.key for known, meant in names().items() if _are_alike(name, known)}
        if found:
            alike[place] = found
    for place, found in alike.items():
        others = set().union(*(keys for at, keys in alike.items() if at != place))
        if len(found) == 1 and not found & others and not found & ({TITLE} | layout.places.keys()):
            (key,) = found
            layout.places[key] = place
            layout.near[place] = key


def _are_alike(name: str, known: str) -> bool:
    if abs(len(name) - len(known)) > 2 or len(known) < SHORTEST_NEAR:
        return False
    matcher = SequenceMatcher(None, name, known, autojunk=False)
    return matcher.quick_ratio() >= NEAR and matcher.ratio() >= NEAR


__all__ = ["NOT_USED", "SITE", "SITE_NAME", "TITLE", "Layout", "match"]
