"""After a no: courses that fit, can be applied for today and may have a place. The prospectus says what is alike."""

from collections import defaultdict
from typing import NamedTuple

from django.db.models import Exists, OuterRef

from accounts.models import LearnerContact, SchoolGrade
from applications.models import Application, Choice, ChoiceRun, Grade
from applications.queries.entry_grades import missed_by
from applications.queries.sending import that_can_be_applied_for
from applications.workflow import ENDED_WITHOUT_A_PLACE
from core import clock
from prospectus.models import Course, CourseRun, EntryRequirement, ExperienceRequirement
from prospectus.queries import similar_to_each
from prospectus.queries.places import Place, place_of
from prospectus.queries.requirements import requirement_words
from prospectus.queries.similar import NEAR_MILES

MOST = 4
CANDIDATES = 24  # of each course refused: those that are full, far or asked for already leave enough


class Alternative(NamedTuple):
    """A course to apply for instead, with the run to add."""

    run: CourseRun
    miles: float | None  # from home; None where either place is not known
    asks: list[str]  # what it asks for, in words
    is_own_area: bool
    asks_to_try_first: bool

    @property
    def course(self) -> Course:
        return self.run.course

    @property
    def places_left(self) -> int | None:
        return self.run.places_left


def needs_others(choice: Choice) -> bool:
    """The choice ended without a place, the year goes on, and the learner has no place elsewhere in it.

    Who turned an offer down has asked for nothing else while something is under way.
    """
    if choice.status not in ENDED_WITHOUT_A_PLACE or clock.today() > choice.application.cycle.ends_on:
        return False
    others = choice.application.choices.exclude(pk=choice.pk)
    return not others.that("is_live" if choice.status == "turned_down" else "is_firm").exists()


def alternatives_to(choice: Choice) -> list[Alternative]:
    """Alike in subject and level, open today to learners of this year, not full, within reach of home and not chosen
    already.

    The learner's own area first, then what is most alike. Places that nobody knows count as a maybe. A requirement
    that known grades do not meet takes a course out; what cannot be compared is said. In a fixed number of
    questions to the database, however many courses there are.
    """
    refused = [choice_run.run.course for choice_run in choice.choice_runs.all()]
    alike = similar_to_each(refused, limit=CANDIDATES)
    order: dict[int, int] = {}
    for found in alike.values():
        for place, one in enumerate(found):
            order[one.course.pk] = min(place, order.get(one.course.pk, place))
    highest = max((_height(level) for course in refused for level in course.levels), default="")
    runs = _runs(choice, list(order))
    asked, grades = _requirements({run.course_id for run in runs}), None
    home = _home(choice.application.learner_id)
    miles_to = dict(home.sites) if home else {}
    area_id = choice.application.learner.area_id
    answer: dict[int, Alternative] = {}
    for run in runs:
        course = run.course
        if course.pk in answer or (highest and course.levels and min(map(_height, course.levels)) > highest):
            continue
        if home and run.site and run.site.latitude is not None and miles_to.get(run.site_id, NEAR_MILES) >= NEAR_MILES:
            continue
        if asked[course.pk] and grades is None:
            grades = _grades(choice.application)
        if missed_by(asked[course.pk], grades or []):
            continue
        answer[course.pk] = Alternative(
            run=run,
            miles=miles_to.get(run.site_id),
            asks=requirement_words(row for row in asked[course.pk] if row.is_essential),
            is_own_area=course.provider.area_id == area_id,
            asks_to_try_first=run.asks_to_try_first,  # type: ignore[attr-defined]
        )
    return sorted(answer.values(), key=lambda one: (not one.is_own_area, order[one.course.pk]))[:MOST]


def _height(level: str) -> str:
    """Entry level, "E", is below level 1."""
    return "0" if level == "E" else level


def _runs(choice: Choice, course_ids: list[int]) -> list[CourseRun]:
    """Of each course the run to add first: places known to be left before places not known, then the soonest."""
    chosen = ChoiceRun.objects.filter(
        choice__in=choice.application.choices.to_show_the_learner().values("pk"), run__course=OuterRef("course")
    )
    runs = (
        CourseRun.objects.open_for_applications()
        .filter(~Exists(chosen), course__in=course_ids)
        .annotate(asks_to_try_first=Exists(ExperienceRequirement.objects.filter(course=OuterRef("course"))))
        .select_related("course__provider__area", "site")
        .order_by("starts_on", "pk")
    )
    wanted = that_can_be_applied_for(runs, learner=choice.application.learner)
    return sorted((run for run in wanted if run.places_left != 0), key=lambda run: run.places_left is None)


def _requirements(course_ids: set[int]) -> dict[int, list[EntryRequirement]]:
    asked: dict[int, list[EntryRequirement]] = defaultdict(list)
    rows = EntryRequirement.objects.filter(course__in=course_ids).select_related("qualification_type", "level")
    for row in rows:
        asked[row.course_id].append(row)
    return asked


def _home(learner_id: int) -> Place | None:
    contact = LearnerContact.objects.filter(learner=learner_id).only("postcode").first()
    return place_of(contact.postcode) if contact and contact.postcode else None


def _grades(application: Application) -> list[Grade]:
    """What the learner has written, and what the school says."""
    said = SchoolGrade.objects.filter(learner=application.learner_id).values_list("subject", "value")
    return [*application.grades.all(), *(Grade(subject=subject, grade=value) for subject, value in said)]
