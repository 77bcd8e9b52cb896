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
FIGURES = NOBODY | {"coordinator": 200, "other_coordinator": 200, "adviser": 200, "officer": 200}
ACCESS = {
    "reporting:caseload": NOBODY | {"adviser": 200},
    "reporting:guarantee": FIGURES,
    "reporting:guarantee-learners": FIGURES,
    "reporting:guarantee-areas": NOBODY | {"officer": 200},
    "reporting:guarantee-status": NOBODY | {"adviser": 200, "officer": 200, "coordinator": 403},
    "reporting:guarantee-status-take-back": NOBODY | {"adviser": 200, "officer": 200},
    "reporting:guarantee-statuses": NOBODY | {"officer": 200},
    "reporting:guarantee-status-words": NOBODY | {"officer": 200},
    "reporting:cohorts": FIGURES,
    "reporting:cohort-download": FIGURES,
    # Of everybody in all years, whom an officer does not know by name.
    "reporting:cohort-names": FIGURES | {"officer": 404},
    "reporting:take-up": FIGURES,
    "reporting:take-up-download": FIGURES,
    "reporting:destinations": FIGURES,
    "reporting:destination-download": FIGURES,
    "reporting:destination-names": NOBODY | {"adviser": 200, "officer": 200},
    "reporting:learner": NOBODY | {"coordinator": 200, "adviser": 200, "officer": 200},
}
ARGS = {
    "reporting:guarantee-learners": lambda world: [11],
    "reporting:learner": lambda world: [world.amina.reference],
    "reporting:guarantee-status": lambda world: [world.amina.reference],
    "reporting:guarantee-status-take-back": lambda world: [world.guarantee_status.reference],
    "reporting:guarantee-status-words": lambda world: ["140"],
}
