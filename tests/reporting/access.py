"""Who gets what from each address of this floor."""

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
ACCESS = {
    "reporting:caseload": NOBODY | {"adviser": 200},
    "reporting:guarantee": NOBODY | {"officer": 200},
    "reporting:guarantee-learners": NOBODY | {"officer": 200},
    "reporting:learner": NOBODY | {"coordinator": 200, "adviser": 200, "officer": 200},
}
ARGS = {
    "reporting:guarantee-learners": lambda world: [11],
    "reporting:learner": lambda world: [world.amina.reference],
}
