"""Tasters, visits and work experience of the invented town, who comes, and what they make of it, by the real actions."""

import datetime as dt
import random

from django.utils import timezone

from accounts.models import Learner, User
from config.demo.plans import coordinator_of
from core import clock
from core.errors import RuleBroken
from ilp import actions
from ilp.models import Booking, Entry, Experience, Plan
from prospectus.actions.experience import set_experience_requirement
from prospectus.models import Course
from providers.models import Organisation, Site, StaffRole

# (days from today, hours of the day, kind, name, what one does, places, in school time, what to bring)
SHOWN = (
    (-6, (13, 15), "taster", "A go at bricklaying", "Build a small wall with a mason and take it down again.", 12, True,
     "Old clothes and flat shoes. Boots and gloves are here."),
    (-3, (17, 19), "open_day", "Open evening", "Walk round, meet teachers and learners, ask about buses and money.", 200,
     False, ""),
    (4, (9, 12), "taster", "A morning in the motor vehicle workshop", "Change a wheel and find a fault.", 8, True, "Closed shoes, hair tied back."),
    (9, (16, 18), "taster", "Cook a meal for four", "Cook with the chefs of the college restaurant, and eat it.", 6, False,
     "An apron, if you have one."),
    (15, (10, 14), "work_experience", "A day with the site team", "Follow somebody who keeps the buildings running.", 2,
     True, "A packed lunch."),
    (24, (17, 19), "open_day", "Open evening in spring", "For all courses, for families too.", 300, False, ""),
)  # fmt: skip
WROTE = (
    "It was harder than it looks. I liked that you can see what you have done.",
    "I would like to do this again. The teacher explained things twice when I asked.",
    "I found out that I do not like dust, but I like working in a team.",
)


def try_things(people: dict[str, User], *, day: dt.date, pick: random.Random) -> None:
    """Northfield College shows what it teaches; learners of Amina's year book, come and write about it."""
    provider = Organisation.objects.get(name="Northfield College")
    learners = list(Learner.objects.filter(user__isnull=False, area=provider.area).order_by("pk"))
    amina = next(one for one in learners if str(one) == "Amina Yusuf")
    with _on(day, -13):
        shown = [_put_up(provider, facts, by=people["editor"], day=day) for facts in SHOWN]
        _requirement(shown[0], by=people["editor"])
    with _on(day, -7):
        for experience in shown:
            others = [one for one in learners if one != amina]
            for learner in [amina, *pick.sample(others, k=min(len(others), experience.places + 3, 15))]:
                _book(experience, learner, pick)
    for experience in shown[:2]:
        with clock.at(experience.ends_at):
            coming = experience.bookings.taking_places().select_related("learner")
            marks = {one.reference: one.learner == amina or pick.random() < 0.85 for one in coming}
            actions.mark_attendance(experience=experience, marks=marks, by=people["editor"])
        with clock.at(experience.ends_at + dt.timedelta(days=1)):
            for booking in experience.bookings.to_write_up().select_related("learner__user"):
                if booking.learner == amina and experience == shown[1]:
                    continue  # hers to write in the demo
                if booking.learner == amina or pick.random() < 0.5:
                    _write_up(booking, pick)
    with _on(day, -1):
        _amina_makes_a_cv(amina)


def _on(day: dt.date, days: int) -> object:
    return clock.at(day + dt.timedelta(days=days))


def _put_up(provider: Organisation, facts: tuple, *, by: User, day: dt.date) -> Experience:
    days, hours, kind, title, what, places, in_school_time, bring = facts
    on = day + dt.timedelta(days=days)
    on += dt.timedelta(days=max(0, 8 - on.isoweekday()) if on.isoweekday() > 5 else 0)  # from a weekend to Monday
    begins, ends = (timezone.make_aware(dt.datetime.combine(on, dt.time(hour))) for hour in hours)
    words = title.split()[-1]
    course = Course.objects.filter(provider=provider, state="published", title__icontains=words).order_by("pk").first()
    site = Site.objects.filter(organisation=provider, ended_on=None).order_by("pk").first()
    experience = actions.add_experience(
        organisation=provider, by=by, kind=kind, title=title, what=what, places=places, starts_at=begins, ends_at=ends,
        is_in_school_time=in_school_time, bring=bring, first_year_group=9, last_year_group=13, site=site,
        place="" if site else "Northfield College, Mill Street", course=course,
        subject=course.subject.parent or course.subject if course and course.subject else None,
        access="Level way in from the car park. A lift to all floors.", contact=provider.email or "Ask at the reception.",
    )  # fmt: skip
    return actions.publish_experience(experience=experience, by=by)


def _requirement(experience: Experience, *, by: User) -> None:
    """One course asks its applicants to have been there; it is one that nobody applies to in the demo's year."""
    course = (
        Course.objects.filter(provider=experience.organisation, state="published", runs__choice_runs=None)
        .exclude(subject=None)
        .order_by("-pk")
        .first()
    )
    if course is not None:
        set_experience_requirement(
            course=course, is_required=True, kind="taster", scope="provider", must_be_validated=True, by=by
        )


def _book(experience: Experience, learner: Learner, pick: random.Random) -> None:
    needs = ["quiet"] if pick.random() < 0.06 else []
    try:
        booking = actions.make_booking(
            experience=experience, learner=learner, by=learner.user, access_needs=needs, despite_clash=True
        )
    except RuleBroken:
        return  # too young, or booked enough
    reader = coordinator_of(learner)
    if experience.is_in_school_time and reader is not None and pick.random() < 0.6:
        actions.agree_booking(booking=booking, by=reader)


def _write_up(booking: Booking, pick: random.Random) -> None:
    plan = Plan.objects.filter(learner=booking.learner).first()
    if plan is None:
        return
    experience = booking.experience
    entry = actions.write_up_booking(
        booking=booking, by=booking.learner.user, title=experience.title, words=pick.choice(WROTE),
        place=str(experience.organisation), from_on=experience.on,
    )  # fmt: skip
    reader = coordinator_of(booking.learner)
    if reader is not None and StaffRole.objects.filter(user=reader).exists() and pick.random() < 0.7:
        actions.validate_entry(entry=entry, seen=1, by=reader, words="I heard good things about you there.")


def _amina_makes_a_cv(amina: Learner) -> None:
    plan = Plan.objects.filter(learner=amina).first()
    if plan is None or amina.user is None:
        return
    for kind, name in (("cv", "For a Saturday job"), ("statement", "For the college")):
        document = actions.start_document(plan=plan, kind=kind, name=name, by=amina.user)
        entries = Entry.objects.in_plan().filter(plan=plan).order_by("pk").values_list("reference", flat=True)
        document = actions.keep_document(
            document=document, seen=1, by=amina.user, name=name, marks_validated=kind == "cv",
            opening="I like to know how things work, and I do not give up easily.", entries=list(entries)[:6],
            facts=["email", "school"] if kind == "cv" else [],
        )  # fmt: skip
    actions.ask_document(document=document, is_asked=True, by=amina.user)
