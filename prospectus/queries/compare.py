"""Courses side by side: the same facts of each, and which of them differ."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from prospectus.models import Course, CourseRun
from prospectus.queries.places import Place
from prospectus.queries.requirements import requirement_words
from prospectus.texts import cut, plain_text, tidy

MOST_COMPARED = 4
MOST_LINES = 3  # of one kind, such as starts; the course's own page has them all
LONGEST = 240  # characters of a provider's text


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One row: what it is about, and for each course the lines that say it."""

    name: str
    cells: list[list[str]]

    @property
    def differs(self) -> bool:
        return any(cell != self.cells[0] for cell in self.cells)


@dataclass(frozen=True, kw_only=True)
class Comparison:
    courses: list[Course]
    facts: list[Fact]

    @property
    def same(self) -> int:
        """How many facts are equal for all."""
        return sum(not fact.differs for fact in self.facts)


def compare(references: Sequence[str], *, place: Place | None = None) -> Comparison:
    """The published courses among the first four references, in their order. Three questions to the database."""
    wanted = list(dict.fromkeys(references))[:MOST_COMPARED]
    courses = (
        Course.objects.published()
        .filter(reference__in=wanted)
        .select_related("provider__area", "qualification_type")
        .prefetch_related("requirements__qualification_type", "requirements__level")
    )
    known = {course.reference: course for course in courses}
    found = [known[reference] for reference in wanted if reference in known]
    runs: dict[int, list[CourseRun]] = {course.pk: [] for course in found}
    if found:
        of_these = CourseRun.objects.shown().filter(course__in=found).select_related("site")
        for run in of_these.order_by("starts_on", "pk"):
            runs[run.course_id].append(run)
    miles = dict(place.sites) if place else {}
    facts = [
        Fact(name=name, cells=[_lines(says(course, _coming(runs[course.pk]), miles)) for course in found])
        for name, says in FACTS.items()
    ]
    # What nobody says anything about is no row.
    return Comparison(courses=found, facts=[fact for fact in facts if any(fact.cells)])


def _coming(runs: list[CourseRun]) -> list[CourseRun]:
    """Those that can still be started; where all have, the last that did."""
    return [run for run in runs if not run.has_started] or runs[-1:]


def _lines(said: Sequence[str]) -> list[str]:
    lines = [line for line in dict.fromkeys(said) if line]
    more = len(lines) - MOST_LINES
    return [*lines[:MOST_LINES], _("and %(number)s more") % {"number": more}] if more > 0 else lines


def _text(text: str) -> list[str]:
    return [cut(tidy(plain_text(text)), LONGEST)] if text else []


def _level(course: Course, _runs: list[CourseRun], _miles: dict[int, float]) -> list[str]:
    names = ", ".join(course.level_names) or course.level_text
    return [names, str(course.qualification_type or "")]


def _needs(course: Course, _runs: list[CourseRun], _miles: dict[int, float]) -> list[str]:
    needed = requirement_words(one for one in course.requirements.all() if one.is_essential)
    return needed or _text(course.entry_requirements)


def _where(_course: Course, runs: list[CourseRun], miles: dict[int, float]) -> list[str]:
    return [_place_words(run, miles) for run in runs]


def _place_words(run: CourseRun, miles: dict[int, float]) -> str:
    if run.site is None:
        return _("Online or at home") if run.delivery == "online" else ""
    words = _joined(run.site.name, run.site.town)
    if run.site_id not in miles:
        return words
    away = miles[run.site_id]
    if away < 1:
        return f"{words} ({_('under a mile')})"
    miles_away = 1 if away < 1.5 else int(f"{away:.0f}")
    about = ngettext("about %(miles)s mile", "about %(miles)s miles", miles_away) % {"miles": miles_away}
    return f"{words} ({about})"


def _how(_course: Course, runs: list[CourseRun], _miles: dict[int, float]) -> list[str]:
    return [_joined(_known(run, "study_mode"), _known(run, "pattern"), run.duration_text) for run in runs]


def _known(run: CourseRun, name: str) -> str:
    return "" if getattr(run, name) == "unknown" else getattr(run, f"get_{name}_display")()


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _cost(_course: Course, runs: list[CourseRun], _miles: dict[int, float]) -> list[str]:
    return [
        _joined(
            run.cost_words or cut(tidy(run.cost_text), 80),
            _("and %(cost)s for kit, books and trips") % {"cost": run.extra_cost_words} if run.extra_cost_words else "",
        )
        for run in runs
    ]


def _places(_course: Course, runs: list[CourseRun], _miles: dict[int, float]) -> list[str]:
    left = [run.places_left for run in runs if run.places_left is not None]
    if not left:
        return []
    return [_("%(number)s left") % {"number": sum(left)} if sum(left) else _("Full. Ask about a waiting list")]


Says = Callable[[Course, list[CourseRun], dict[int, float]], Sequence[str]]
FACTS: dict[Any, Says] = {
    gettext_lazy("College or provider"): lambda course, _runs, _miles: [
        str(course.provider),
        str(course.provider.area),
    ],
    gettext_lazy("Level"): _level,
    gettext_lazy("What you do"): lambda course, _runs, _miles: _text(course.summary or course.what_you_do),
    gettext_lazy("What you need to get in"): _needs,
    gettext_lazy("How you are assessed"): lambda course, _runs, _miles: _text(course.how_assessed),
    gettext_lazy("Where"): _where,
    gettext_lazy("When"): lambda _course, runs, _miles: [run.start_words for run in runs],
    gettext_lazy("How"): _how,
    gettext_lazy("Cost"): _cost,
    gettext_lazy("Places"): _places,
    gettext_lazy("What it can lead to"): lambda course, _runs, _miles: _text(course.leads_to),
}
