"""Who gets what from each address of this floor."""

from typing import Any

from ilp import actions
from ilp.models import Draft, Entry, Plan
from tests.ilp import access_documents, access_experiences, access_reviews, access_talk, access_templates

NOBODY = {
    "anonymous": 302,
    "learner": 404,
    "other_learner": 404,
    "coordinator": 404,
    "other_coordinator": 404,
    "adviser": 404,
    "admissions": 404,
    "other_admissions": 404,
    "editor": 404,
    "officer": 404,
}
# What is in a learner's own plan, for whoever is signed in with a record.
OWN_PAGE = NOBODY | {"learner": 200, "other_learner": 200, "parent": 404, "ended_parent": 404}
OWN_ENTRY = NOBODY | {"learner": 200, "coordinator": 403, "adviser": 403}
ADULT = NOBODY | {"learner": 403, "coordinator": 200, "adviser": 200}
DESK = {person: 302 if person == "anonymous" else 403 for person in NOBODY} | {
    "coordinator": 200,
    "other_coordinator": 200,
    "adviser": 200,
}

ACCESS = {
    "ilp:contact-record": {
        "anonymous": 302,
        "learner": 403,
        "other_learner": 404,
        "coordinator": 403,
        "other_coordinator": 404,
        "adviser": 200,
        "admissions": 404,
        "other_admissions": 404,
        "editor": 404,
        "officer": 403,
        "parent": 403,
    },
    "ilp:plan": OWN_PAGE,
    # Ben's begins, Amina's has begun.
    "ilp:plan-start": OWN_PAGE | {"learner": 302, "other_learner": 302, "registered": 302},
    "ilp:plan-taken-out": OWN_PAGE,
    "ilp:course-pick": OWN_PAGE,
    # Whoever has no plan yet is shown how to begin one.
    "ilp:course-add": OWN_PAGE | {"other_learner": 302, "registered": 302},
    "ilp:entry-add": OWN_PAGE | {"other_learner": 302, "registered": 302},
    # Through, and told that no form of ours is called so: the walk sends none.
    "ilp:draft-save": NOBODY | {"learner": 409},
    "ilp:draft-drop": NOBODY | {"learner": 302},
    "ilp:entry": NOBODY | {"learner": 200, "coordinator": 200, "adviser": 200},
    "ilp:entry-revise": OWN_ENTRY,
    "ilp:entry-take-out": OWN_ENTRY,
    "ilp:entry-put-back": OWN_ENTRY,
    "ilp:entry-reply": OWN_ENTRY,
    "ilp:entry-validate": ADULT,
    "ilp:entry-talk": ADULT,
    "ilp:entry-take-back": ADULT | {"adviser": 403},
    "ilp:plans": DESK,
    "ilp:plan-rule": NOBODY,
    "ilp:entries-waiting": DESK,
    "ilp:desk-plan": DESK | {"other_coordinator": 404},
}
POSTED = {"ilp:plan-start", "ilp:draft-save", "ilp:draft-drop"}


def plan_of(world: Any) -> Plan:
    return actions.start_plan(learner=world.amina, by=world.amina.user)


def entry_of(world: Any, *verbs: str) -> Entry:
    """A skill of Amina's, after the coordinator of her school has said this of it."""
    by = world.people["coordinator"]
    entry = actions.add_entry(plan=plan_of(world), kind="skill", title="Mending bicycles", by=world.amina.user)
    if "talk" in verbs:
        entry = actions.talk_about_entry(entry=entry, seen=1, by=by, words="When?")
    if "validate" in verbs:
        entry = actions.validate_entry(entry=entry, seen=1, by=by)
    if "take_out" in verbs:
        entry = actions.take_out_entry(entry=entry, by=world.amina.user)
    return entry


def draft_of(world: Any) -> Draft:
    plan = plan_of(world)
    return Draft.objects.create(plan=plan, kind="skill", answers={"title": "Mend"})


def with_plan(world: Any, *args: Any) -> list[Any]:
    plan_of(world)
    return list(args)


ARGS = {
    "ilp:contact-record": lambda world: [world.amina.reference],
    "ilp:plan": lambda world: with_plan(world),
    "ilp:plan-taken-out": lambda world: [entry_of(world, "take_out")][:0],
    "ilp:course-add": lambda world: with_plan(world, world.course.reference),
    "ilp:entry-add": lambda world: with_plan(world, "skill"),
    "ilp:draft-save": lambda world: with_plan(world, "skill"),
    "ilp:draft-drop": lambda world: [draft_of(world).reference],
    "ilp:entry": lambda world: [entry_of(world).reference],
    "ilp:entry-revise": lambda world: [entry_of(world).reference],
    "ilp:entry-take-out": lambda world: [entry_of(world).reference],
    "ilp:entry-put-back": lambda world: [entry_of(world, "take_out").reference],
    "ilp:entry-reply": lambda world: [entry_of(world, "talk").reference],
    "ilp:entry-validate": lambda world: [entry_of(world).reference],
    "ilp:entry-talk": lambda world: [entry_of(world).reference],
    "ilp:entry-take-back": lambda world: [entry_of(world, "validate").reference],
    "ilp:desk-plan": lambda world: with_plan(world, world.amina.reference),
}
ACCESS |= access_talk.ACCESS
ARGS |= access_talk.ARGS
POSTED |= access_talk.POSTED
ACCESS |= access_experiences.ACCESS
ARGS |= access_experiences.ARGS
POSTED |= access_experiences.POSTED
ACCESS |= access_documents.ACCESS
ARGS |= access_documents.ARGS
ACCESS |= access_templates.ACCESS
ARGS |= access_templates.ARGS
POSTED |= access_templates.POSTED
ACCESS |= access_reviews.ACCESS
ARGS |= access_reviews.ARGS
POSTED |= access_reviews.POSTED
