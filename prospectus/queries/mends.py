"""What setting one thing for many courses would do to each of them: the page shows it, the action does it."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from prospectus.models import Course, CourseRun, Subject, WebLink
from prospectus.models.course import level_name
from prospectus.queries.health import Problem
from prospectus.texts import addresses_in, cut, plain_text, without_addresses

TEXTS = {
    "summary": _("In one or two sentences"),
    "what_you_do": _("What you do"),
    "who_it_is_for": _("Who it is for"),
    "entry_requirements": _("What you need to get in"),
    "how_assessed": _("How you are assessed"),
    "leads_to": _("What it can lead to"),
    "costs_and_help": _("Costs and help with money"),
}
NEEDED_TEXTS = ("what_you_do", "how_assessed", "entry_requirements")
SHOWN = 160  # characters of a text, before and after
NOT_SECURE, SECURE = "http:", "https:"


def dead_links_of(courses: Iterable[Course]) -> frozenset[str]:
    """The addresses of these courses (``with_runs``) at which nothing was there, night after night."""
    known = {course.website for course in courses}
    known |= {run.apply_url for course in courses for run in course.shown_runs}  # type: ignore[attr-defined]
    known |= {address for course in courses for text in _texts_of(course) for address in addresses_in(text)}
    return frozenset(WebLink.objects.filter(is_dead=True, address__in=known).values_list("address", flat=True))


class Difference(NamedTuple):
    """One field of a course as it is and as it would be, in words."""

    label: str
    before: str
    after: str


class Proposal(NamedTuple):
    """What would be written to one course, to some of its runs, or which verb it would go through instead."""

    course: Course
    differences: list[Difference]
    values: Mapping[str, Any] = {}
    runs: Sequence[tuple[CourseRun, dict[str, Any]]] = ()
    verb: str = "edit"


Mend = Callable[[Course, Mapping[str, Any]], Proposal]


def with_runs(courses: QuerySet) -> QuerySet:
    """The courses with what a proposal reads of them: three more questions, however many there are."""
    shown = CourseRun.objects.shown().select_related("site").order_by("starts_on", "pk")
    runs = Prefetch("runs", shown, to_attr="shown_runs")
    return courses.select_related("subject", "provider").prefetch_related(runs, "requirements")


def propose(problem: Problem, courses: Iterable[Course], answers: Mapping[str, Any]) -> list[Proposal]:
    """What these answers would do to each of the courses (``with_runs``), in their order."""
    return [MENDS[problem](course, answers) for course in courses]


def _level(course: Course, answers: Mapping[str, Any]) -> Proposal:
    now, then = course.levels, answers["levels"]
    said = [", ".join(level_name(code) for code in codes) for codes in (now, then)]
    return _of(course, {"levels": then}, [Difference("Level", *said)] if now != then else [])


def _subject(course: Course, answers: Mapping[str, Any]) -> Proposal:
    then: Subject = answers["subject"]
    differs = course.subject_id != then.pk
    return _of(course, {"subject": then}, [Difference("Subject", str(course.subject or ""), str(then))] * differs)


def _title(course: Course, answers: Mapping[str, Any]) -> Proposal:
    then = answers["title"]
    return _of(course, {"title": then}, [Difference("Title", course.title, then)] if course.title != then else [])


def _texts(course: Course, answers: Mapping[str, Any]) -> Proposal:
    """Only where there is nothing: what somebody wrote about one course is not written over by words for many."""
    has_rows = bool(course.requirements.all())
    values = {
        name: answers[name]
        for name in NEEDED_TEXTS
        if answers.get(name) and not getattr(course, name) and not (name == "entry_requirements" and has_rows)
    }
    return _of(course, values, [_text(name, "", value) for name, value in values.items()])


def _summary(course: Course, answers: Mapping[str, Any]) -> Proposal:
    then = answers["summaries"].get(course.reference, course.summary)
    return _of(course, {"summary": then}, [_text("summary", course.summary, then)] if then != course.summary else [])


def _links(course: Course, answers: Mapping[str, Any]) -> Proposal:
    """``answers["dead"]`` are the addresses to take out; the others begin with https."""
    values: dict[str, Any] = {}
    differences = []
    website = _mended(course.website, answers["dead"])
    if website != course.website:
        values["website"] = website
        differences.append(Difference(gettext("Its page on your own site"), course.website, website))
    for name, label in TEXTS.items():
        if told := _of_links(text := getattr(course, name), label, answers["dead"]):
            values[name] = _mended_text(text, answers["dead"])
            differences += told
    for heading, text in course.other_texts:
        if told := _of_links(text, heading, answers["dead"]):
            values["other_texts"] = [[title, _mended_text(each, answers["dead"])] for title, each in course.other_texts]
            differences += told
    runs = []
    for run in course.shown_runs:  # type: ignore[attr-defined]
        apply_url = _mended(run.apply_url, answers["dead"])
        if apply_url != run.apply_url:
            runs.append((run, {"apply_url": apply_url}))
            differences.append(
                Difference(
                    gettext("Where to apply, %(start_words)s") % {"start_words": run.start_words},
                    run.apply_url,
                    apply_url,
                )
            )
    return Proposal(course, differences, values, runs)


def _withdraw(course: Course, _answers: Mapping[str, Any]) -> Proposal:
    return Proposal(course, [Difference("State", "Published", "Withdrawn")], verb="withdraw")


def _of(course: Course, values: Mapping[str, Any], differences: list[Difference]) -> Proposal:
    return Proposal(course, differences, values if differences else {})


def _text(name: str, before: str, after: str) -> Difference:
    return Difference(TEXTS[name], cut(plain_text(before), SHOWN), cut(plain_text(after), SHOWN))


def _texts_of(course: Course) -> list[str]:
    return [*(getattr(course, name) for name in TEXTS), *(text for _heading, text in course.other_texts)]


def _of_links(text: str, label: str, dead: Collection[str]) -> list[Difference]:
    """What becomes of the addresses in a text, in words."""
    found = list(dict.fromkeys(addresses_in(text)))
    told = [Difference(label, address, gettext("Taken out of the text")) for address in found if address in dead]
    if any(address.startswith(NOT_SECURE) for address in found if address not in dead):
        told.append(Difference(label, gettext("Links that begin with http"), gettext("They begin with https")))
    return told


def _mended_text(text: str, dead: Collection[str]) -> str:
    kept = without_addresses(text, dead) if dead else text
    return kept.replace(f'href="{NOT_SECURE}', f'href="{SECURE}')


def _mended(address: str, dead: Collection[str]) -> str:
    if address in dead:
        return ""
    return SECURE + address.removeprefix(NOT_SECURE) if address.startswith(NOT_SECURE) else address


MENDS: dict[Problem, Mend] = {
    Problem.EXPIRED: _withdraw,
    Problem.TEXTS: _texts,
    Problem.LEVEL: _level,
    Problem.SUBJECT: _subject,
    Problem.TITLES: _title,
    Problem.COPIED: _summary,
    Problem.LINKS: _links,
}
