"""Who gets which answer from each address of this app; joined with the others in tests/test_access.py.

``world`` needs amina (with her school's coordinator), northfield (with admissions), run and application. A page about
one verb is asked with a choice of Amina's at Northfield in a state where the verb is possible.
"""

from applications import actions
from tests.applications.walk import walk_to
from tests.factories import CourseFactory, CourseRunFactory

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
OWN = NOBODY | {"learner": 200}
DESK = NOBODY | {"admissions": 200}
SCHOOL = NOBODY | {"coordinator": 200}

ACCESS = {
    "applications:home": NOBODY | {"learner": 200, "other_learner": 200},
    # A button of the course page: POST makes a draft of one's own, so another learner may press it too.
    "applications:add-run": NOBODY | {"learner": 302, "other_learner": 302},
    "applications:profile": OWN,
    "applications:choice": OWN,
    "applications:choice-edit": OWN,
    "applications:choice-send": OWN,
    "applications:choice-accept": OWN,
    "applications:choice-hold": OWN,
    "applications:choice-turn-down": OWN,
    "applications:choice-withdraw": OWN,
    "applications:choice-referral": OWN,
    "applications:received": NOBODY | {"admissions": 200, "other_admissions": 200},
    "applications:received-choice": DESK,
    "applications:choice-invite": DESK,
    "applications:choice-cancel-interview": DESK,
    "applications:choice-put-on-reserve": DESK,
    "applications:choice-refuse": DESK,
    "applications:choice-refer": DESK,
    "applications:choice-offer": DESK,
    "applications:choice-change-offer": DESK,
    "applications:choice-withdraw-offer": DESK,
    "applications:choice-confirm": DESK,
    "applications:choice-fail-conditions": DESK,
    "applications:choice-enrol": DESK,
    "applications:choice-no-show": DESK,
    "applications:received-withdraw": DESK,
    "applications:endorsements": NOBODY | {"coordinator": 200, "other_coordinator": 200},
    "applications:endorsements-endorse": NOBODY | {"coordinator": 302, "other_coordinator": 302},
    "applications:endorsements-report": {name: 302 if name == "anonymous" else 403 for name in NOBODY}
    | {"coordinator": 200, "other_coordinator": 200, "officer": 200},
    "applications:endorsement": SCHOOL,
    "applications:choice-endorse": SCHOOL,
    "applications:choice-give-back": SCHOOL,
    "applications:outside-offer-record": NOBODY
    | {"learner": 403, "coordinator": 200, "adviser": 200, "officer": 403, "parent": 403},
    "applications:outside-offer-end": NOBODY | {"learner": 403, "coordinator": 200, "adviser": 200},
}

POSTED = {"applications:add-run"}

# The state of the choice in the address; "sent" where nothing else is said.
STATES = {
    "choice-send": "draft",
    "choice-accept": "offered",
    "choice-hold": "offered",
    "choice-turn-down": "offered",
    "choice-cancel-interview": "interviewing",
    "choice-change-offer": "offered",
    "choice-withdraw-offer": "offered",
    "choice-confirm": "accepted",
    "choice-fail-conditions": "accepted",
    "choice-enrol": "confirmed",
    "choice-no-show": "confirmed",
    "endorsement": "with_school",
    "choice-endorse": "with_school",
    "choice-give-back": "with_school",
}


def _choice(world, name):
    def run(title):
        return CourseRunFactory(course=CourseFactory(provider=world.northfield, title=title))

    choice = actions.add_run(learner=world.amina, run=run("Joinery Level 2"), by=world.amina.user)
    choice = walk_to(choice, STATES.get(name, "sent"))
    if name == "choice-referral":
        admissions = world.northfield.staff_roles.get(kind="admissions").user
        actions.refer_choice(choice=choice, by=admissions, runs=[run("Heating Level 1")])
    return choice


def _outside_offer(world):
    return actions.record_outside_offer(
        learner=world.amina, cycle=world.cycle, by=world.people["adviser"], provider_name="A garage"
    )


def _args(name):
    match name:
        case "add-run":
            return lambda world: [world.run.reference]
        case "outside-offer-record":
            return lambda world: [world.amina.reference]
        case "outside-offer-end":
            return lambda world: [_outside_offer(world).reference]
        case "profile":
            return lambda world: [world.application.reference]
        case _:
            return lambda world: [_choice(world, name).reference]


ARGS = {
    full_name: _args(full_name.removeprefix("applications:"))
    for full_name in ACCESS
    if full_name
    not in {
        "applications:home",
        "applications:received",
        "applications:endorsements",
        "applications:endorsements-endorse",
        "applications:endorsements-report",
    }
}
