"""The home school's endorsements: what the courses of its queue ask for, and what became of them by destination."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import CharField, Count, QuerySet, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Concat

from activity.models import Event
from applications.models import Choice
from applications.workflow import ChoiceState
from core import clock
from ilp.queries import standings_to
from prospectus.models import ExperienceRequirement
from prospectus.queries.experience_words import kind_words
from providers.models import Area
from providers.queries import working_days_of


class Waiting(NamedTuple):
    """A choice of the queue, and what its courses ask to have been tried first: (what, whether it has been)."""

    choice: Choice
    requirements: list[tuple[str, bool]]

    @property
    def is_late(self) -> bool:
        """The school's time is over and tonight the service sends it."""
        return self.choice.endorse_due_on is not None and self.choice.endorse_due_on < clock.today()

    @property
    def is_last_day(self) -> bool:
        return self.choice.endorse_due_on == clock.today()


def waiting_of(choices: Sequence[Choice]) -> list[Waiting]:
    """These choices with what their courses ask for, in two questions to the database however many they are."""
    course_ids = {each.run.course_id for choice in choices for each in choice.choice_runs.all()}
    asked = ExperienceRequirement.objects.filter(course__in=course_ids).select_related("course").order_by("pk")
    by_course = {requirement.course_id: requirement for requirement in asked}
    pairs = [
        (by_course[each.run.course_id], choice.application.learner_id)
        for choice in choices
        for each in choice.choice_runs.all()
        if each.run.course_id in by_course
    ]
    standings = standings_to(pairs)
    return [
        Waiting(
            choice,
            [
                (str(kind_words(requirement.kind)), standings[requirement.pk, choice.application.learner_id].is_met)
                for each in choice.choice_runs.all()
                if (requirement := by_course.get(each.run.course_id))
            ],
        )
        for choice in choices
    ]


class Destination(NamedTuple):
    """What a school, or an area's schools, did with the choices for one provider. None: too small to be shown."""

    provider: str
    endorsed: int | None
    given_back: int | None
    ran_out: int | None
    waiting: int | None
    days: float | None  # working days from arrival to endorsement, on average


OUTCOMES = ("choice.endorse", "choice.give_back", "choice.send_unendorsed")


def endorsements_by_destination(learners: QuerySet) -> list[Destination]:
    """Counted from the history, so that what was given back and sent again counts as both, under the name of then."""
    choices = Choice.objects.filter(application__learner__in=learners.values("pk"), with_school_at__isnull=False)
    subjects = choices.annotate(
        subject=Concat(Value("applications.choice:"), Cast("pk", CharField()), output_field=CharField())
    )
    counted = Counter(
        {
            (provider, verb): number
            for provider, verb, number in Event.objects.filter(
                verb__in=OUTCOMES, subject__in=subjects.values("subject")
            )
            .order_by()
            .values_list(KeyTextTransform("provider", "facts"), "verb")
            .annotate(number=Count("pk"))
        }
    )
    waiting = Counter(
        dict(
            choices.filter(status=ChoiceState.WITH_SCHOOL)
            .order_by()
            .values_list("provider__name")
            .annotate(number=Count("pk"))
        )
    )
    days = _days_taken(choices)
    names = {provider for provider, _ in counted} | set(waiting)
    return [
        Destination(name, *(counted[name, verb] for verb in OUTCOMES), waiting[name], days.get(name))
        for name in sorted(names, key=str.casefold)
    ]


def _days_taken(choices: QuerySet) -> dict[str, float]:
    """Grouped by dates first: what is walked through is days, not choices."""
    rows = list(
        choices.filter(is_endorsed=True, sent_at__isnull=False)
        .order_by()
        .values_list("provider__name", "application__cycle__area", "with_school_at__date", "sent_at__date")
        .annotate(number=Count("pk"))
    )
    areas = Area.objects.in_bulk({area_id for _, area_id, *_ in rows})
    spans: dict[int, set[tuple[dt.date, dt.date]]] = defaultdict(set)
    for _, area_id, came_on, went_on, _ in rows:
        spans[area_id].add((came_on, went_on))
    working = {area_id: working_days_of(dates, area=areas[area_id]) for area_id, dates in spans.items()}
    days: Counter[str] = Counter()
    numbers: Counter[str] = Counter()
    for name, area_id, came_on, went_on, number in rows:
        days[name] += working[area_id][came_on, went_on] * number
        numbers[name] += number
    return {name: days[name] / numbers[name] for name in numbers}
