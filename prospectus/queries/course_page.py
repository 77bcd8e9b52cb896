"""What the page of a course says: the facts somebody asks first, in plain words, and its parts by what it is."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q
from django.db.models.functions import JSONObject
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from core import clock
from prospectus.models import (
    ConsortiumPartner,
    Course,
    CoursePart,
    CourseRun,
    Delivery,
    Level,
    ProvisionKind,
    Stage,
)
from prospectus.models.course import in_pounds, price_words
from prospectus.queries.course_words import AT_SCHOOL, WORDS, Words
from prospectus.queries.experience_words import experience_words
from prospectus.queries.freshness import Freshness, freshness
from prospectus.queries.requirements import requirement_words
from prospectus.texts import BLOCK_END, cut, first_sentences, plain_text
from providers.models import Organisation

RUNS_SHOWN = 10  # more are one press away
SHORT = 80  # characters of the provider's own words among the facts


# "Free" is said of many things: only a sentence that begins with the course itself, or with the young, is believed.
UNDER_19 = r"(?:under[- ]?19s?|under the age of 19|(?:aged? )?16 ?(?:-|–|to) ?18)(?:[- ]year[- ]olds?)?"
IT = r"(?:this|the|our|all|your|course|courses|it|it[’']s|is|are|costs?|price|fees?|tuition|training|study)"
FREE_UNDER_19 = re.compile(
    rf"(?:^|[.;!?] )(?:{IT}:? )*(?:free|fully funded|no (?:course |tuition )?fees?)(?: of charge| tuition)?[,:]?"
    rf" (?:if|for|to|when|while)\b[^.;!?]{{0,30}}?\b{UNDER_19}\b"
    rf"|(?:^|[.;!?] )(?:if you are |for |learners |students |young people )*{UNDER_19}\b[^.;!?]{{0,30}}?"
    r"\bfree(?: of charge)?(?=[.;!?,)]|$)",
    re.IGNORECASE,
)
NEGATED = re.compile(r"\b(?:not|never|unless|except|without)\b|n[’']t\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class CoursePage:
    """One course as its page tells it. ``runs`` are all that this person may see, in the order of the page."""

    course: Course
    runs: Sequence[CourseRun]
    levels: Sequence[Level]
    partners: Sequence[Organisation]  # without the provider itself, which leads
    needs: Sequence[str]
    helps: Sequence[str]
    shared_parts: Sequence[Mapping[str, Any]] = ()  # of a course taught together: which, who, where, when in the week
    shows_all: bool = False

    # --- its words

    @cached_property
    def words(self) -> Words:
        return WORDS[ProvisionKind(self.course.kind)].spoken()

    @property
    def kind_name(self) -> str:
        """What it is, where that is not an ordinary course."""
        return "" if self.course.kind == ProvisionKind.COURSE else self.course.get_kind_display()

    @property
    def first_words(self) -> list[str]:
        at_school = gettext(AT_SCHOOL) if self.course.stage == Stage.KEY_STAGE_4 else ""
        return [words for words in (self.words.first, at_school) if words]

    @property
    def help_words(self) -> str:
        """What is true of help with money in general. Schools, not colleges, help those who are still at school."""
        return "" if self.course.stage == Stage.KEY_STAGE_4 else self.words.help

    @property
    def parts(self) -> list[tuple[str, str]]:
        """(heading, clean HTML) of the provider's texts that come before what one needs."""
        course, words = self.course, self.words
        parts = [
            (words.what_you_do, course.what_you_do),
            (words.who_it_is_for, course.who_it_is_for),
            (words.how_assessed, course.how_assessed),
        ]
        return [(heading, text) for heading, text in parts if text]

    @property
    def says_nothing(self) -> bool:
        return not (self.course.summary or self.parts)

    @property
    def description(self) -> str:
        """One or two sentences without mark-up, for those who only see the link."""
        text = self.course.summary or plain_text(self.course.what_you_do)
        return (
            first_sentences(text, limit=200)
            if text
            else gettext("%(course)s at %(provider)s") % {"course": self.course.title, "provider": self.course.provider}
        )

    # --- its runs

    @cached_property
    def offered(self) -> list[CourseRun]:
        """Published runs that can still be started: what the facts are about. Before any is published, the drafts."""
        coming = [run for run in self.runs if not run.has_started]
        return [run for run in coming if run.state == "published"] or coming

    @property
    def published(self) -> list[CourseRun]:
        return [run for run in self.runs if run.state == "published"]

    @property
    def has_drafts(self) -> bool:
        return any(run.state == "draft" for run in self.runs)

    @property
    def runs_shown(self) -> Sequence[CourseRun]:
        return self.runs if self.shows_all else self.runs[:RUNS_SHOWN]

    @property
    def has_more_runs(self) -> bool:
        return len(self.runs_shown) < len(self.runs)

    # --- the facts

    @property
    def level_lines(self) -> list[tuple[str, str]]:
        """(name, what it compares to) of each level: ("Level 3", "like A levels")."""
        lines = [(level.name, level.plain_words.split(". ")[0].rstrip(".")) for level in self.levels]
        return [(name, words[:1].lower() + words[1:]) for name, words in lines]

    @property
    def own_level_words(self) -> str:
        """The provider's words for the level, where they are not ours."""
        return "" if self.course.level_text in self.course.level_names else self.course.level_text

    @property
    def qualification(self) -> str:
        """What one has at the end; empty where the title of the course says it."""
        title = self.course.qualification_title
        if title and title.casefold() != self.course.title.casefold():
            return title
        return str(self.course.qualification_type or "")

    @property
    def duration(self) -> str:
        return _either(
            [run.duration_text for run in self.offered], many=gettext("It depends on which start you choose")
        )

    @property
    def how(self) -> str:
        """At what pace and time of the week."""
        modes = [run.get_study_mode_display().lower() for run in self.offered if run.study_mode != "unknown"]
        patterns = [run.get_pattern_display().lower() for run in self.offered if run.pattern != "unknown"]
        said = [
            _either(modes, many=gettext("full time or part time")),
            _either(patterns, many=gettext("at several times of the week")),
        ]
        words = ", ".join(part for part in said if part)
        return words[:1].upper() + words[1:]

    @property
    def where(self) -> str:
        places = [place_words(run) for run in self.offered]
        return _either(places, many=gettext("At %(number)s places") % {"number": len(set(places) - {""})})

    @property
    def start(self) -> str:
        """When the next one starts."""
        if self.offered:
            return start_words(self.offered[0])
        started = [run.starts_on for run in self.runs if run.starts_on]
        if started:
            return gettext("No new start yet. The last one was %(day)s.") % {"day": date_format(max(started), "j F Y")}
        return gettext("No dates yet")

    @property
    def more_starts(self) -> int:
        return max(len(self.offered) - 1, 0)

    @property
    def cost(self) -> str:
        """What it costs in one line. That it is free for the young is said only where the provider says it."""
        runs = self.offered
        if any(_is_free_under_19(text) for text in (*(run.cost_text for run in runs), self.course.costs_and_help)):
            cost = gettext("Free if you are under 19")
        elif known := {run.cost_pence for run in runs if run.cost_pence is not None}:
            cost = gettext(" to ").join(price_words(pence) for pence in sorted({min(known), max(known)}))
        elif self.course.kind == ProvisionKind.APPRENTICESHIP:
            cost = gettext("You are paid. You do not pay for the training.")
        else:
            cost = _either(
                [cut(run.cost_text, SHORT) for run in runs], many=gettext("It depends on which start you choose")
            )
        extra = {run.extra_cost_pence for run in runs if run.extra_cost_pence}
        if cost and extra:
            cost = gettext("%(cost)s, plus about %(extra)s for kit, books and trips") % {
                "cost": cost,
                "extra": in_pounds(max(extra)),
            }
        return cost or (
            gettext("The provider says what it costs") if self.course.costs_and_help else gettext("Ask the provider")
        )

    @property
    def cost_sentence(self) -> str:
        return self.cost if self.cost.endswith((".", "!", "?", "…")) else f"{self.cost}."

    @property
    def places(self) -> str:
        """Whether there is room; empty where nobody has said."""
        left = [run.places_left for run in self.offered]
        known = [number for number in left if number is not None]
        if not known:
            return ""
        if max(known) == 0:
            return gettext("Full. Ask the provider if a place may come free.") if len(known) == len(left) else ""
        if len(left) == 1:
            return ngettext("%(number)s place left", "%(number)s places left", known[0]) % {"number": known[0]}
        return gettext("Places left on every start") if all(left) else gettext("Places left on some starts")

    @property
    def apply(self) -> str:
        """How one gets a place."""
        here = [run for run in self.offered if run.takes_applications and self.course.provider.takes_applications]
        open_now = [run for run in here if run.is_in_time and run.opens_here_on is None]
        if open_now:
            last = min((run.apply_until_on for run in open_now if run.apply_until_on), default=None)
            by = [gettext("Apply by %(day)s.") % {"day": date_format(last, "j F Y")}] if last else []
            return " ".join([gettext("Here, with your one application."), *by])
        if later := [day for run in here if not run.is_too_late and (day := run.opens_here_on)]:
            return gettext("Here, from %(day)s") % {"day": date_format(min(later), "j F Y")}
        if linked := [run for run in self.offered if run.apply_url]:
            if all(run.is_on_apprenticeship_service for run in linked):
                return gettext("On the government’s Find an apprenticeship service")
            return gettext("On the provider’s own site")
        if here:
            return gettext("It is too late to apply here. Ask the provider.")
        return gettext("Ask the provider")

    @property
    def checked(self) -> str:
        """When the provider last said that the page is right; empty where it never did."""
        return how_long_ago(self.course.checked_on) if self.course.checked_on else ""

    @property
    def is_old(self) -> bool:
        """Checked too long ago to be relied on, as its area counts."""
        fresh_days = self.course.provider.area.fresh_days
        return freshness(self.course.checked_on, fresh_days=fresh_days) == Freshness.OLD


def course_page(course: Course, user: Any, *, shows_all: bool = False) -> CoursePage:
    """The page of a course that this person may see, with the runs that they may see."""
    partners, parts = taught_together(course)
    requirements = list(course.requirements.select_related("qualification_type", "level"))
    tried = getattr(course, "experience_requirement", None)
    return CoursePage(
        course=course,
        runs=runs_of(course, user),
        levels=list(Level.objects.filter(code__in=course.levels)),
        partners=partners,
        needs=requirement_words(row for row in requirements if row.is_essential)
        + (experience_words(tried) if tried is not None else []),
        helps=requirement_words(row for row in requirements if not row.is_essential),
        shared_parts=parts,
        shows_all=shows_all,
    )


def runs_of(course: Course, user: Any) -> list[CourseRun]:
    """The runs of a course, soonest first, those whose start has passed last. Drafts only for those who keep them."""
    runs = CourseRun.objects.visible_to(user).filter(course=course, ended_on=None).select_related("site")
    found = sorted(runs, key=lambda run: (run.has_started, run.starts_on is None, run.starts_on, run.pk))
    for run in found:
        run.course = course
    return found


def taught_together(course: Course) -> tuple[list[Organisation], list[dict[str, Any]]]:
    """Of a course that a consortium teaches today: the partners of its provider, and its parts in order, each with
    who teaches it and where. One question; none, and nothing, of any other course.

    Who has left, or has not said yes, is not named, and neither is the part without its teacher.
    """
    together = course.consortium
    if together is None or (together.ended_on and together.ended_on < clock.today()):
        return [], []
    joined = ConsortiumPartner.objects.current().filter(consortium=together)
    parts = CoursePart.objects.filter(course=course, provider=OuterRef("pk")).order_by("position")
    told = JSONObject(position="position", name="name", days="days", site="site__name", town="site__town")
    teachers = Organisation.objects.providers().filter(Q(pk=course.provider_id) | Q(pk__in=joined.values("provider")))
    teachers = list(teachers.annotate(told_parts=ArraySubquery(parts.values(part=told))).order_by("name", "pk"))
    taught = [
        part | {"provider": teacher.name, "reference": teacher.reference}
        for teacher in teachers
        for part in teacher.told_parts
    ]
    partners = [teacher for teacher in teachers if teacher.pk != course.provider_id]
    return partners, sorted(taught, key=lambda part: part["position"])


def how_long_ago(day: dt.date) -> str:
    """A day up to today as people say it."""
    days = (clock.today() - day).days
    if days < 1:
        return gettext("today")
    if days == 1:
        return gettext("yesterday")
    if days < 14:
        return ngettext("%(number)s day ago", "%(number)s days ago", days) % {"number": days}
    if days < 61:
        return ngettext("%(number)s week ago", "%(number)s weeks ago", days // 7) % {"number": days // 7}
    if days < 365:
        return ngettext("%(number)s month ago", "%(number)s months ago", days // 30) % {"number": days // 30}
    return gettext("more than a year ago")


def _either(words: Sequence[str], *, many: str) -> str:
    """What all say, or up to three things that some say; else ``many``."""
    said = list(dict.fromkeys(word for word in words if word))
    if len(said) > 3 or sum(map(len, said)) > 2 * SHORT:
        return many if len(said) > 1 else cut(said[0], SHORT)
    return gettext(" or ").join(said)


def place_words(run: CourseRun) -> str:
    if run.site:
        town = run.site.town if run.site.town not in run.site.name else ""
        return ", ".join(part for part in (run.site.name, town) if part)
    return str(Delivery.ONLINE.label) if run.delivery == Delivery.ONLINE else ""


def start_words(run: CourseRun) -> str:
    if run.is_flexible_start:
        return gettext("Any time")
    if run.starts_on is None:
        return cut(run.start_text, SHORT) or gettext("Ask the provider")
    return date_format(run.starts_on, "j F Y")


def _is_free_under_19(text: str) -> bool:
    blocks = (plain_text(block) for block in BLOCK_END.split(text))
    said = (match[0] for block in blocks for match in FREE_UNDER_19.finditer(block))
    return any(not NEGATED.search(words) for words in said)
