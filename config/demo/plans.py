"""What learners of the invented town write in their plans, and what adults say of it, through the real actions."""

import datetime as dt
import random

from accounts.models import Learner, User
from core import clock
from ilp import actions
from ilp.models import Entry, Plan
from prospectus.models import Course
from providers.models import RoleKind, StaffRole

WRITTEN = (
    ("about", {"words": "I like to know how things work. At home I look after my brother on Tuesdays and Thursdays."}),
    (
        "interest",
        {"title": "Animals", "words": "I walk two dogs in our street and would like to know more about vets."},
    ),
    ("interest", {"title": "Making videos", "words": "Short ones about skating. I edit them on the school computers."}),
    ("skill", {"title": "Mending bicycles", "words": "I mended my neighbour’s brakes and she rode it to work."}),
    ("skill", {"title": "Listening", "words": "Friends come to me when something is wrong."}),
    ("ambition", {"title": "Work outdoors", "words": "I do not know as what yet. I want to see a nursery and a farm."}),
    ("achievement", {"title": "Bronze swimming badge", "words": "It took me three tries."}),
    ("experience", {"title": "A morning at the fire station", "words": "I liked the team.", "place": "Northmoor"}),
    ("goal", {"title": "Grade 5 in maths", "words": "Go to the Wednesday lesson each week."}),
    ("goal", {"title": "Visit two colleges", "words": "Ask at home who can come with me."}),
)
SAID = ("Well put.", "That is true, I have seen it.", "Good. Keep going.", "")


def write_plan(learner: Learner, *, user: User, pick: random.Random) -> Plan:
    """The learner has begun a plan and written a few things in it."""
    plan = actions.start_plan(learner=learner, by=user)
    for kind, answers in sorted(pick.sample(WRITTEN, k=pick.choice((1, 3, 4))), key=lambda each: each[0]):
        actions.add_entry(plan=plan, kind=kind, by=user, **answers)
    return plan


def add_course(plan: Plan, course: Course, *, user: User) -> None:
    actions.add_entry(plan=plan, kind="course", course=course, words="I want to see it first.", by=user)


def answer_plan(plan: Plan, *, by: User, pick: random.Random) -> None:
    """An adult of the school has read some of it."""
    for entry in Entry.objects.in_plan().filter(plan=plan).order_by("pk"):
        chance = pick.random()
        if chance < 0.5:
            actions.validate_entry(entry=entry, seen=1, by=by, words=pick.choice(SAID))
        elif chance < 0.65:
            actions.talk_about_entry(entry=entry, seen=1, by=by, words="Tell me a bit more about this one.")


def coordinator_of(learner: Learner) -> User | None:
    """Who prints the letters of the learner's school, and here reads its plans."""
    schools = learner.roll_entries.current().values("school")
    role = (
        StaffRole.objects.current().filter(organisation__in=schools, kind=RoleKind.COORDINATOR).order_by("pk").first()
    )
    return role.user if role else None


def aminas_plan(learner: Learner, *, user: User) -> None:
    """Four entries: one validated, one to talk about, one changed since, one new."""
    plan = actions.start_plan(learner=learner, by=user)
    by = coordinator_of(learner)
    about, skill, tried, goal = (
        actions.add_entry(plan=plan, kind=kind, by=user, **answers)
        for kind, answers in (WRITTEN[0], WRITTEN[3], WRITTEN[7], WRITTEN[8])
    )
    if by is None:
        return
    actions.validate_entry(entry=skill, seen=1, by=by, words="I saw the bicycle. Well done.")
    actions.talk_about_entry(entry=goal, seen=1, by=by, words="Which part of maths would help you most?")
    actions.validate_entry(entry=about, seen=1, by=by)
    with clock.at(clock.now() + dt.timedelta(days=1)):
        actions.revise_entry(
            entry=tried, seen=1, by=user, title="A morning at the fire station",
            words="I liked the team, and that everybody knows what to do.", place="Northmoor",
        )  # fmt: skip
