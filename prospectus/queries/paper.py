"""A list on paper held against a provider's published courses: what is the same, what differs, what is missing where.

A line is a course's by its code, else by its title and level, whatever is said about the level where. Titles that are
only near each other are shown as perhaps the same; nothing is decided for anybody.
"""

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Count, Prefetch
from django.utils.formats import date_format

from prospectus.models import Course, CourseRun, PaperLine, PaperVerdict
from prospectus.models.course import price_words
from prospectus.queries.choices import site_name
from prospectus.queries.course_page import place_words, start_words
from providers.models import Organisation, Upload

NEAR = 0.45  # of 1, by trigrams: "Motor vehicle" and "Motor vehicle maintenance" are 0.6
MOST_NEAR = 500  # lines for which near titles are looked for
LEVEL_WORDS = re.compile(r"\b(?:entry level|levels? ?[e1-8](?:(?: ?[-/&,] ?| and | to )[1-8])*|l[1-8])\b")
SIGNS = re.compile(r"[^a-z0-9]+")
NEAREST = """
SELECT asked.at, here.id
FROM unnest(%(at)s::int[], %(titles)s::text[]) AS asked (at, title)
CROSS JOIN LATERAL (
    SELECT c.id, similarity(c.title, asked.title) AS alike
    FROM unnest(%(ids)s::bigint[], %(here)s::text[]) AS c (id, title)
    ORDER BY alike DESC, c.id LIMIT 1
) AS here
WHERE here.alike >= %(near)s
"""


@dataclass(kw_only=True)
class OnPaper:
    """What one line of the list says. What it does not say is empty, and is not compared."""

    row: int
    title: str
    code: str = ""
    run_code: str = ""
    levels: Sequence[str] = ()
    level_words: str = ""
    site: str = ""
    starts_on: dt.date | None = None
    start_words: str = ""
    is_whole_month: bool = False
    study_mode: str = ""
    study_words: str = ""
    cost_pence: int | None = None


@dataclass(frozen=True, kw_only=True)
class Held:
    """What became of one line, or of one thing that is not on paper."""

    verdict: PaperVerdict
    title: str
    row: int = 0
    course: int | None = None
    pairs: list[list[Any]] = field(default_factory=list)


def bare(title: str) -> str:
    """A title without its level, its signs and its capitals: what two ways of writing it have in common."""
    plain = title.casefold().replace("&", " and ").replace("’", "").replace("'", "")
    return " ".join(SIGNS.sub(" ", LEVEL_WORDS.sub(" ", plain)).split())


def hold_against(provider: Organisation, lines: Iterable[OnPaper]) -> Iterator[Held]:
    """Every line with what became of it, in the order of the list; then what is here and not on it, by title."""
    return _Comparison(provider).held(list(lines))


class _Comparison:
    def __init__(self, provider: Organisation) -> None:
        runs = CourseRun.objects.shown().to_come().select_related("site").order_by("starts_on", "pk")
        courses = Course.objects.published().filter(provider=provider)
        self.courses = list(courses.prefetch_related(Prefetch("runs", runs, to_attr="shown")).order_by("title", "pk"))
        self.by_code = {course.provider_reference.casefold(): course for course in self.courses}
        self.by_title: dict[str, list[Course]] = defaultdict(list)
        for course in self.courses:
            self.by_title[bare(course.title)].append(course)
        self.used_runs: set[int] = set()

    def held(self, lines: list[OnPaper]) -> Iterator[Held]:
        found = [self._course_of(line) for line in lines]
        matched = {course.pk for course in found if course}
        near = self._near(
            [(at, line.title) for at, (line, course) in enumerate(zip(lines, found, strict=True)) if course is None],
            [course for course in self.courses if course.pk not in matched],
        )
        results = [
            self._compared(line, course or near.get(at), is_sure=course is not None)
            for at, (line, course) in enumerate(zip(lines, found, strict=True))
        ]
        yield from results
        named = Counter(result.course for result in results if result.course)
        says_when = any(line.starts_on for line in lines)
        for course in self.courses:
            if not named[course.pk]:
                yield Held(
                    verdict=PaperVerdict.ONLY_HERE,
                    title=course.title,
                    course=course.pk,
                    pairs=_here(course, course.shown),
                )
                continue
            rest = [run for run in course.shown if run.pk not in self.used_runs]
            if rest and says_when and course.pk in matched:
                yield Held(
                    verdict=PaperVerdict.ONLY_HERE, title=course.title, course=course.pk, pairs=_here(None, rest)
                )

    def _course_of(self, line: OnPaper) -> Course | None:
        if line.code and (course := self.by_code.get(line.code.casefold())):
            return course
        alike = self.by_title.get(bare(line.title), [])
        levels = line.levels or _levels_in(line.title)
        of_level = [course for course in alike if set(course.levels) == set(levels)] if levels else alike
        if len(of_level) == 1:
            return of_level[0]
        # One title here, at another level: the same course, of which somebody is wrong about the level.
        return alike[0] if len(alike) == 1 else None

    def _near(self, asked: list[tuple[int, str]], here: list[Course]) -> dict[int, Course]:
        """For lines that no title fits, the course that comes nearest among those that no line fits."""
        asked = asked[:MOST_NEAR]
        if not asked or not here:
            return {}
        by_pk = {course.pk: course for course in here}
        values = {
            "at": [at for at, _title in asked],
            "titles": [bare(title) for _at, title in asked],
            "ids": list(by_pk),
            "here": [bare(course.title) for course in here],
            "near": NEAR,
        }
        with connection.cursor() as cursor:
            cursor.execute(NEAREST, values)
            return {at: by_pk[pk] for at, pk in cursor.fetchall()}

    def _compared(self, line: OnPaper, course: Course | None, *, is_sure: bool) -> Held:
        if course is None:
            return Held(verdict=PaperVerdict.ONLY_PAPER, title=line.title, row=line.row, pairs=_on_paper(line))
        run = self._run_of(line, course)
        if run and is_sure:
            self.used_runs.add(run.pk)
        pairs = _pairs(line, course, run)
        differs = PaperVerdict.DIFFERS if any(pair[3] for pair in pairs) else PaperVerdict.SAME
        verdict = differs if is_sure else PaperVerdict.PERHAPS
        return Held(verdict=verdict, title=line.title, row=line.row, course=course.pk, pairs=pairs)

    def _run_of(self, line: OnPaper, course: Course) -> CourseRun | None:
        """The run that fits the line best, one that no line before it has where there is a choice."""
        runs: list[CourseRun] = course.shown
        if not runs:
            return None

        def fit(run: CourseRun) -> tuple[Any, ...]:
            return (
                bool(line.run_code) and run.provider_reference.casefold() == line.run_code.casefold(),
                _is_start(line, run),
                bool(line.site) and _is_site(line, run),
                bool(line.study_mode) and run.study_mode == line.study_mode,
                run.pk not in self.used_runs,
            )

        return max(runs, key=fit)  # the first, and so the soonest, of those that fit alike


def _levels_in(title: str) -> list[str]:
    found = LEVEL_WORDS.search(title.casefold())
    return (["E"] if found[0].startswith("entry") else re.findall(r"[1-8]", found[0])) if found else []


def _is_start(line: OnPaper, run: CourseRun) -> bool:
    if line.starts_on is None or run.starts_on is None:
        return False
    if line.is_whole_month:
        return (line.starts_on.year, line.starts_on.month) == (run.starts_on.year, run.starts_on.month)
    return line.starts_on == run.starts_on


def _is_site(line: OnPaper, run: CourseRun) -> bool:
    return run.site is not None and site_name(run.site.name) == site_name(line.site)


def _pairs(line: OnPaper, course: Course, run: CourseRun | None) -> list[list[Any]]:
    """[what, on paper, here, whether they differ] of everything that the line says."""
    is_other = line.title.casefold().split() != course.title.casefold().split() and bare(line.title) != bare(
        course.title
    )
    pairs = [["Title", line.title, course.title, is_other]]
    if line.levels or line.level_words:
        here = ", ".join(course.level_names) or course.level_text
        differs = (
            set(line.levels) != set(course.levels) if line.levels else line.level_words.casefold() != here.casefold()
        )
        pairs.append(["Level", line.level_words, here, differs])
    if line.site:
        pairs.append(["Site", line.site, place_words(run) if run else "", run is None or not _is_site(line, run)])
    if line.starts_on:
        pairs.append(["Start", _start_on_paper(line), _start_here(run), run is None or not _is_start(line, run)])
    elif line.start_words and run:
        pairs.append(["Start", line.start_words, _start_here(run), False])
    if line.study_mode:
        here = run.get_study_mode_display() if run else ""
        pairs.append(["Full or part time", line.study_words, here, run is None or run.study_mode != line.study_mode])
    if line.cost_pence is not None:
        is_known = run is not None and run.cost_pence is not None
        here = price_words(run.cost_pence) if is_known else (run.cost_text if run else "")  # type: ignore[union-attr]
        differs = is_known and run.cost_pence != line.cost_pence  # type: ignore[union-attr]
        pairs.append(["Cost", price_words(line.cost_pence), here, differs])
    return pairs


def _start_on_paper(line: OnPaper) -> str:
    return line.start_words or (date_format(line.starts_on, "j F Y") if line.starts_on else "")


def _start_here(run: CourseRun | None) -> str:
    return start_words(run) if run else ""


def _on_paper(line: OnPaper) -> list[list[Any]]:
    said = {
        "Code": line.code, "Level": line.level_words, "Site": line.site, "Start": _start_on_paper(line),
        "Full or part time": line.study_words,
    }  # fmt: skip
    return [["Title", line.title, "", True], *([what, words, "", True] for what, words in said.items() if words)]


def _here(course: Course | None, runs: Sequence[CourseRun]) -> list[list[Any]]:
    """What is not on paper: the course, or only some of its starts."""
    pairs = [["Level", "", ", ".join(course.level_names), True]] if course and course.levels else []
    starts = [", ".join(filter(None, (start_words(run), place_words(run)))) for run in runs]
    return [*pairs, *(["Start", "", words, True] for words in list(dict.fromkeys(starts))[:5])]


# What was found, for its page


def lines_by_verdict(upload: Upload) -> dict[str, int]:
    """How many lines of each verdict there are, what needs a look first, none left out."""
    counted = dict(PaperLine.objects.filter(upload=upload).order_by().values_list("verdict").annotate(Count("pk")))
    return {verdict: counted.get(verdict, 0) for verdict in PaperVerdict.values}
