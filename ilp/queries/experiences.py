"""What clashes of what can be tried, and whether a course's requirement has been met."""

from typing import NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet, Subquery
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
    bookings = Booking.objects.filter(learner=learner, experience__in=experiences_for(requirement).values("pk"))
    known = list(bookings.select_related("entry"))
    came = [booking for booking in known if booking.state == BookingState.CAME]
    if came and not requirement.must_be_validated:
        return Standing(requirement, "")
    written = [booking.entry for booking in came if booking.entry is not None]
    if any(entry.state == EntryState.VALIDATED for entry in written):
        return Standing(requirement, "")
    if came:
        is_in_plan = any(entry.state != EntryState.TAKEN_OUT for entry in written)
        return Standing(requirement, "validation" if is_in_plan else "write_up")
    return Standing(requirement, "coming" if any(one.state == BookingState.BOOKED for one in known) else "place")


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
