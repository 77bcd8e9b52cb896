"""Interviews: times that a provider sets up, what the learner does with them, and who came.

A choice is in the state of an interview as long as one is planned; which time it has is said here. The session is the
lock of its places, taken after the application.
"""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activity.actions import post, record
from applications.actions.decisions import plan_interview
from applications.actions.moving import lock_application, lock_applications
from applications.actions.worrying import flag_form
from applications.models import (
    Choice,
    Interview,
    InterviewSession,
    InterviewSlot,
    InterviewState,
)
from applications.policies import INTERVIEW_POLICY, PROVIDER_POLICY
from applications.queries.interviews import clashing, other_interviews, planned_interview
from applications.words import date_words
from core import clock
from core.errors import RuleBroken, StaleState
from prospectus.actions.parts import teachers_of
from prospectus.models import Course
from providers.models import Organisation, Site
from providers.queries import is_working_day

MOST_SLOTS = 100
MOST_PLACES = 200


# --- what a provider sets up


@transaction.atomic
def add_session(
    *,
    provider: Organisation,
    by: Any,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    slot_minutes: int,
    places: int,
    room: str,
    site: Site | None = None,
    courses: Collection[Course] = (),
    is_closed_day_meant: bool = False,
    **said: Any,
) -> InterviewSession:
    """Learners who are asked to an interview can choose one of these times. ``said``: interviewers, note, change_hours.

    Raises: NotAllowed, RuleBroken ``session_in_past``, ``times_out_of_order``, ``slot_too_long``, ``too_many_slots``,
    ``too_many_places``, ``closed_day``, ``not_your_site``, ``not_your_course``.
    """
    provider = Organisation.objects.select_related("area").get(pk=provider.pk)
    PROVIDER_POLICY.require(by, "hold_interviews", provider)
    _require_times(starts_at, ends_at)
    minutes = int((ends_at - starts_at).total_seconds()) // 60
    number = minutes // slot_minutes
    if number < 1:
        raise RuleBroken(_("One interview is longer than the whole time. Make it shorter."), code="slot_too_long")
    if number > MOST_SLOTS:
        raise RuleBroken(
            _("That makes more than %(most)s times. Make interviews longer, or add two sessions.")
            % {"most": MOST_SLOTS},
            code="too_many_slots",
        )
    _require_own(provider, places=places, site=site, courses=courses)
    on = timezone.localdate(starts_at)
    if not is_closed_day_meant and not is_working_day(on, area=provider.area):
        raise RuleBroken(
            _("%(day)s is at a weekend or in a holiday. If it is meant, say so below.") % {"day": date_words(on)},
            code="closed_day",
        )
    session = InterviewSession.objects.create(
        provider=provider, by=by, starts_at=starts_at, ends_at=ends_at, slot_minutes=slot_minutes, places=places,
        room=room, site=site, **said,
    )  # fmt: skip
    session.courses.set(courses)
    length = dt.timedelta(minutes=slot_minutes)
    InterviewSlot.objects.bulk_create(
        InterviewSlot(session=session, starts_at=starts_at + length * place) for place in range(number)
    )
    record("interview_session.add", subject=session, by=by, organisation=provider.pk, starts_at=starts_at.isoformat())
    return session


@transaction.atomic
def change_session(
    *,
    session: InterviewSession,
    by: Any,
    places: int,
    room: str,
    site: Site | None = None,
    courses: Collection[Course] = (),
    **said: Any,
) -> InterviewSession:
    """Place, words, places and courses are these. Those who have booked keep their time, and are told of a new place.

    Raises: NotAllowed, StaleState (called off or over), RuleBroken ``too_few_places``, ``too_many_places``,
    ``not_your_site``, ``not_your_course``. Tells: whoever has booked, ``interview-changed``.
    """
    held, booked = _hold(session, by=by)
    _require_own(held.provider, places=places, site=site, courses=courses)
    fullest = max((slot.taken for slot in InterviewSlot.objects.filter(session=held).with_taken()), default=0)
    if places < fullest:
        raise RuleBroken(
            ngettext(
                "%(number)s learner has one of these times already. Leave at least so many places.",
                "%(number)s learners have one of these times already. Leave at least so many places.",
                fullest,
            )
            % {"number": fullest},
            code="too_few_places",
        )
    before = (held.where, held.note)
    held.places, held.room, held.site = places, room, site
    for name, value in said.items():
        setattr(held, name, value)
    held.save()
    held.courses.set(courses)
    if (held.where, held.note) != before:
        for interview in booked:
            if interview.is_over:
                continue  # they have been there
            interview.place, interview.note = held.where, held.note
            interview.save(update_fields=["place", "note"])
            event = record("interview.place", subject=interview.choice, by=by, organisation=held.provider_id)
            _tell("interview-changed", interview.choice, event)
    record("interview_session.change", subject=held, by=by, organisation=held.provider_id)
    return held


@transaction.atomic
def end_session(*, session: InterviewSession, by: Any) -> InterviewSession:
    """Nobody can book it any more, and whoever has a time of it that is still to come chooses another one.

    Raises: NotAllowed, StaleState (called off or over). Tells: them, ``interview-to-choose``.
    """
    held, booked = _hold(session, by=by)
    held.ended_at = clock.now()
    held.save(update_fields=["ended_at"])
    for interview in booked:
        if not interview.is_over:
            _free(interview, state=InterviewState.CANCELLED, by=by)
            event = _record("call_off", interview.choice, by=by, starts_at=interview.starts_at)
            _tell("interview-to-choose", interview.choice, event)
    record("interview_session.end", subject=held, by=by, organisation=held.provider_id)
    return held


def _hold(session: InterviewSession, *, by: Any) -> tuple[InterviewSession, list[Interview]]:
    """The session and every booking of it, locked in the one order: learners, applications, then the session.

    Raises: NotAllowed, StaleState.
    """
    PROVIDER_POLICY.require(by, "hold_interviews", session.provider)
    booked = Interview.objects.filter(slot__session=session.pk, state=InterviewState.PLANNED)
    applications = set(booked.values_list("choice__application", flat=True))
    lock_applications(applications)
    held = _lock_session(session.pk)
    if held.ended_at is not None or held.is_over:
        raise StaleState("The session was called off, or is over.")
    found = list(booked.select_related("choice__provider", "slot__session").order_by("starts_at", "pk"))
    if not {one.choice.application_id for one in found} <= applications:
        # Somebody booked between the two locks: theirs is not held, and taking it now would be the other way round.
        raise StaleState("A learner has just booked.")
    return held, found


def _lock_session(session_id: int) -> InterviewSession:
    found = InterviewSession.objects.select_for_update(of=("self",), no_key=True)
    return found.select_related("provider__area", "site").get(pk=session_id)


def _require_times(starts_at: dt.datetime, ends_at: dt.datetime) -> None:
    if starts_at <= clock.now():
        raise RuleBroken(_("The interviews must be in the future. Check the date and time."), code="session_in_past")
    if ends_at <= starts_at or timezone.localdate(ends_at) != timezone.localdate(starts_at):
        raise RuleBroken(_("It has to end later than it begins, on the same day."), code="times_out_of_order")


def _require_own(provider: Organisation, *, places: int, site: Site | None, courses: Collection[Course]) -> None:
    if not 1 <= places <= MOST_PLACES:
        raise RuleBroken(
            _("Choose between 1 and %(most)s places at each time.") % {"most": MOST_PLACES}, code="too_many_places"
        )
    if site is not None and site.organisation_id != provider.pk:
        raise RuleBroken(_("Choose one of your own sites."), code="not_your_site")
    shared = [course for course in courses if course.provider_id != provider.pk]
    if any(provider not in teachers_of(course) for course in shared):
        raise RuleBroken(_("Choose courses that you teach."), code="not_your_course")


# --- one learner's interview


@transaction.atomic
def book_interview(*, choice: Choice, slot: InterviewSlot, by: Any) -> Interview:
    """The learner comes at this time; one they had before is free again. The same time again changes nothing.

    Raises: NotAllowed, StaleState (no interview is planned), RuleBroken ``change_too_late``, ``slot_gone``,
    ``slot_full``, ``interview_clash``. Tells: the provider, ``interview-booked``.
    """
    choice, planned = _held(choice, "book", by=by)
    if planned.slot_id == slot.pk:
        return planned
    _require_changeable(planned)
    session = _lock_session(slot.session_id)
    asked = InterviewSlot.objects.with_taken().select_related("session").get(pk=slot.pk)
    course_ids = {each.run.course_id for each in choice.choice_runs.all()}
    about = set(session.courses.values_list("pk", flat=True))
    if session.ended_at or session.provider_id not in choice.desk_ids or (about and not about & course_ids):
        raise RuleBroken(_("This time is no longer offered. Choose another one."), code="slot_gone")
    if clock.now() >= asked.change_until:
        raise RuleBroken(_("It is too late to book this time. Choose a later one."), code="slot_gone")
    if asked.taken >= session.places:  # type: ignore[attr-defined]
        raise RuleBroken(_("Somebody was quicker: this time is full. Choose another one."), code="slot_full")
    clash = clashing(other_interviews(choice), starts=asked.starts_at, ends=asked.ends_at)
    if clash is not None:
        raise RuleBroken(
            _("You have another interview then, with %(provider)s. Choose another time.")
            % {"provider": clash.choice.provider.name},
            code="interview_clash",
        )
    if planned.starts_at is not None:
        planned = _free(planned, state=InterviewState.MOVED, by=planned.by)
    planned.slot, planned.starts_at = asked, asked.starts_at
    planned.place, planned.note = session.where, session.note
    planned.save()
    event = _record("book", choice, by=by, starts_at=planned.starts_at)
    _tell("interview-booked", choice, event)
    return planned


@transaction.atomic
def give_back_interview(*, choice: Choice, by: Any, words: str) -> Interview:
    """The learner cannot come then, and says why. They choose another time, or the provider finds one.

    Raises: NotAllowed, StaleState (nothing is booked), RuleBroken ``reason_words_missing``, ``change_too_late``.
    Tells: the provider, ``interview-given-back``; ``message-flagged``, where the words worry.
    """
    if not words.strip():
        raise RuleBroken(_("Say in a few words why you cannot come."), code="reason_words_missing")
    choice, planned = _held(choice, "give_back", by=by)
    if planned.starts_at is None:
        raise StaleState("No time is booked.")
    _require_changeable(planned)
    starts_at = planned.starts_at
    planned.learner_words = words.strip()
    fresh = _free(planned, state=InterviewState.CANCELLED, by=planned.by)
    flag_form(choice, application=choice.application, said=[words], by=by)
    event = _record("give_back", choice, by=by, starts_at=starts_at)
    _tell("interview-given-back", choice, event)
    return fresh


def free_time_with(choice: Choice, *, provider_id: int, by: Any) -> None:
    """The learner comes to no interview of this partner any more, and chooses another time. Under the lock of the
    application. Tells: them, ``interview-to-choose``."""
    planned = planned_interview(choice)
    if planned is None or planned.is_over:
        return
    is_at_theirs = planned.slot is not None and planned.slot.session.provider_id == provider_id
    if is_at_theirs or planned.partner_id == provider_id:
        fresh = _free(planned, state=InterviewState.CANCELLED, by=planned.by)
        Interview.objects.filter(pk=fresh.pk).update(partner=None)
        _tell("interview-to-choose", choice, _record("call_off", choice, by=by, starts_at=planned.starts_at))


@transaction.atomic
def rearrange_interview(
    *, choice: Choice, by: Any, starts_at: dt.datetime | None = None, place: str = "", note: str = ""
) -> Interview:
    """The interview is at this time instead, or the learner chooses one anew. What it was stays told. The same again
    changes nothing.

    Raises: NotAllowed, StaleState (no interview is planned), RuleBroken as ``plan_interview``.
    Tells: the learner, ``interview-invited`` or ``interview-to-choose``.
    """
    choice, planned = _held(choice, "rearrange", by=by)
    if planned.slot_id is None and (planned.starts_at, planned.place, planned.note) == (starts_at, place, note):
        return planned
    planned.state = InterviewState.MISSED if planned.came is False else InterviewState.MOVED
    planned.save(update_fields=["state"])
    fresh = plan_interview(choice, by=by, starts_at=starts_at, place=place, note=note)
    event = _record("rearrange", choice, by=by, starts_at=starts_at)
    _tell("interview-to-choose" if starts_at is None else "interview-invited", choice, event)
    return fresh


@transaction.atomic
def record_attendance(*, choice: Choice, by: Any, came: bool) -> Interview:
    """The learner came to the planned interview, or did not. Said otherwise later, that holds.

    Raises: NotAllowed, StaleState (no interview is planned), RuleBroken ``not_yet``.
    """
    choice, planned = _held(choice, "record_attendance", by=by)
    if not planned.is_over:
        raise RuleBroken(_("The interview is still to come."), code="not_yet")
    if planned.came is not came:
        planned.came = came
        planned.save(update_fields=["came"])
        _record("attended" if came else "missed", choice, by=by)
    return planned


def _held(choice: Choice, verb: str, *, by: Any) -> tuple[Choice, Interview]:
    """The choice and its planned interview, read again under the lock of the application.

    Raises: NotAllowed, StaleState.
    """
    lock_application(choice.application_id)
    choice = Choice.objects.for_list().get(pk=choice.pk)
    INTERVIEW_POLICY.require(by, verb, choice)
    planned = planned_interview(choice)
    if planned is None:
        raise StaleState("No interview is planned.")
    return choice, planned


def _require_changeable(planned: Interview) -> None:
    if not planned.can_learner_change:
        raise RuleBroken(
            _("It is too late to change this here. Ring them, or send them a message."), code="change_too_late"
        )


def _free(planned: Interview, *, state: str, by: Any) -> Interview:
    """Its time is free again and the row is told as ``state``; another one, without a time, is planned instead."""
    planned.state = state
    planned.save(update_fields=["state", "learner_words"])
    return Interview.objects.create(choice=planned.choice, by=by, partner_id=planned.partner_id)


def _record(verb: str, choice: Choice, *, by: Any, starts_at: dt.datetime | None = None) -> Any:
    facts = {"starts_at": starts_at.isoformat()} if starts_at else {}
    return record(f"interview.{verb}", subject=choice, by=by, provider=choice.provider.name, **facts)


def _tell(kind: str, choice: Choice, event: Any) -> None:
    post(kind, key=f"{kind}:{choice.pk}:{event.pk}", choice_id=choice.pk)
