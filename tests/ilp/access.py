"""Who gets what from each address of this floor."""

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
}
ARGS = {"ilp:contact-record": lambda world: [world.amina.reference]}
