"""What clashes of what can be tried, and whether a course's requirement has been met."""

from collections.abc import Iterable
from typing import NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import JSONObject

from accounts.models import Learner, RollEntry
from core import clock
from ilp.models import Booking, Experience
from ilp.workflow import BookingState, EntryState
from prospectus.models import Course, ExperienceRequirement, ExperienceScope

MOST_ON_A_COURSE_PAGE = 5


def clashing(learner: Learner, experience: Experience) -> list[Booking]:
    """What the learner has a place at while this goes on."""
    return list(
        Booking.objects.filter(
            learner=learner,
            state=BookingState.BOOKED,
            experience__starts_at__lt=experience.ends_at,
            experience__ends_at__gt=experience.starts_at,
        )
        .exclude(experience=experience)
        .for_list()
    )


def told_on_course_page() -> ArraySubquery:
    """The next things to try that are a taste of a course, for the query that reads the course."""
    found = Experience.objects.bookable().filter(course=OuterRef("pk"), is_own_only=False)
    shown = found.order_by("starts_at", "pk")[:MOST_ON_A_COURSE_PAGE]
    return ArraySubquery(shown.values(one=JSONObject(reference="reference", title="title", starts_at="starts_at")))


# --- what a course asks its applicants to have tried


class Standing(NamedTuple):
    """How a learner stands towards what a course asks them to have tried. ``lacks``: "" (met), "place", "coming",
    "write_up" or "validation": what has to happen next."""

    requirement: ExperienceRequirement
    lacks: str

    @property
    def is_met(self) -> bool:
        return not self.lacks


def experiences_for(requirement: ExperienceRequirement) -> QuerySet[Experience]:
    """Everything that counts for this requirement, whenever it is or was."""
    course = requirement.course
    found = Experience.objects.exclude(state="draft")
    if requirement.kind:
        found = found.filter(kind=requirement.kind)
    if requirement.scope == ExperienceScope.COURSE:
        return found.filter(course=course)
    if requirement.scope == ExperienceScope.PROVIDER:
        return found.filter(organisation=course.provider_id)
    broad = (course.subject_id or "none").split(".")[0]
    return found.filter(Q(subject=broad) | Q(subject__parent=broad) | Q(course=course))


def experience_standing(learner: Learner, course: Course) -> Standing | None:
    """The one place that says whether a learner has tried what a course asks for: somebody of it marked that they
    came, and, where the course says so, an adult has validated what they wrote. None: the course asks nothing."""
    requirement = ExperienceRequirement.objects.select_related("course").filter(course=course).first()
    return None if requirement is None else standing_to(requirement, learner)


def standing_to(requirement: ExperienceRequirement, learner: Learner) -> Standing:
    return standings_to([(requirement, learner.pk)])[requirement.pk, learner.pk]


def standings_to(asked: Iterable[tuple[ExperienceRequirement, int]]) -> dict[tuple[int, int], Standing]:
    """How each learner, by key, stands towards what is asked of them, by the keys of both. In one question."""
    pairs = {(requirement.pk, learner_id): requirement for requirement, learner_id in asked}
    learners: dict[ExperienceRequirement, list[int]] = {}
    for (_, learner_id), requirement in pairs.items():
        learners.setdefault(requirement, []).append(learner_id)
    parts = [
        Booking.objects.filter(learner__in=ids, experience__in=experiences_for(requirement).order_by().values("pk"))
        .order_by()
        .annotate(asked=Value(requirement.pk, output_field=BigIntegerField()))
        .values_list("asked", "learner", "state", "entry__state")
        for requirement, ids in learners.items()
    ]
    known: dict[tuple[int, int], list[tuple[str, str | None]]] = {pair: [] for pair in pairs}
    if parts:
        for requirement_id, learner_id, state, entry_state in parts[0].union(*parts[1:], all=True):
            known[requirement_id, learner_id].append((state, entry_state))
    return {pair: Standing(requirement, _lacks(requirement, known[pair])) for pair, requirement in pairs.items()}


def _lacks(requirement: ExperienceRequirement, bookings: list[tuple[str, str | None]]) -> str:
    """What has to happen next, from the states of the learner's bookings and of what they wrote about each."""
    came = [entry_state for state, entry_state in bookings if state == BookingState.CAME]
    if came and not requirement.must_be_validated:
        return ""
    if EntryState.VALIDATED in came:
        return ""
    if came:
        is_in_plan = any(state is not None and state != EntryState.TAKEN_OUT for state in came)
        return "validation" if is_in_plan else "write_up"
    return "coming" if any(state == BookingState.BOOKED for state, _ in bookings) else "place"


def bookings_narrowed(bookings: QuerySet, *, words: str = "", only: str = "") -> QuerySet:
    """Those of learners with this name that are to come, soonest first; or what ``only`` says: ``waiting`` for a place,
    ``unsaid`` by the school, ``missed`` or ``came``, the newest first."""
    for word in words.split():
        given = Q(learner__given_name__istartswith=word) | Q(learner__preferred_name__istartswith=word)
        bookings = bookings.filter(given | Q(learner__family_name__istartswith=word))
    if only in (BookingState.MISSED, BookingState.CAME):
        return bookings.filter(state=only).order_by("-experience__starts_at", "-pk")
    found = bookings.open().filter(experience__ends_at__gt=clock.now())
    if only == "waiting":
        found = found.filter(state=BookingState.WAITING)
    elif only == "unsaid":
        found = found.filter(experience__is_in_school_time=True, agreed_at=None)
    return found.order_by("experience__starts_at", "learner__family_name", "learner__given_name", "pk")


def with_roll(bookings: QuerySet) -> QuerySet:
    """Each with ``school_name``, ``year_group`` and ``tutor_group`` of the learner today. No query of their own."""
    roll = RollEntry.objects.current().filter(learner=OuterRef("learner")).order_by("-started_on", "-pk")
    return bookings.annotate(
        school_name=Subquery(roll.values("school__name")[:1]),
        year_group=Subquery(roll.values("year_group")[:1]),
        tutor_group=Subquery(roll.values("tutor_group")[:1]),
    )
