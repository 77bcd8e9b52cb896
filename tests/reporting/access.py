"""Who gets what from each address of this floor."""

from core import clock
from ilp.actions import record_contact
from reporting.actions import ask_report, schedule_report
from reporting.models import ReturnRun, SavedCohort

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
    # Nobody is chosen: back to where one chooses.
    "reporting:guarantee-offers": NOBODY | {"adviser": 302, "coordinator": 302, "other_coordinator": 302},
    "reporting:guarantee-days": NOBODY | {"officer": 200},
    "reporting:guarantee-freezes": NOBODY | {"officer": 200},
    "reporting:guarantee-freeze": NOBODY | {"officer": 200},
    "reporting:guarantee-status": NOBODY | {"adviser": 200, "officer": 200, "coordinator": 403},
    "reporting:guarantee-status-take-back": NOBODY | {"adviser": 200, "officer": 200, "coordinator": 403},
    "reporting:guarantee-statuses": NOBODY | {"officer": 200},
    "reporting:guarantee-status-words": NOBODY | {"officer": 200},
    "reporting:exchange": NOBODY | {"officer": 200},
    "reporting:returns": NOBODY | {"officer": 200},
    "reporting:return": NOBODY | {"officer": 200},
    "reporting:return-findings": NOBODY | {"officer": 200},
    "reporting:return-fetch": NOBODY | {"officer": 302},  # it is not ready: back to its page
    "reporting:record-codes": NOBODY | {"officer": 200},
    "reporting:record-code-words": NOBODY | {"officer": 200},
    "reporting:cohorts": FIGURES,
    "reporting:cohort-download": FIGURES,
    # Of everybody in all years, whom an officer does not know by name.
    "reporting:cohort-names": FIGURES | {"officer": 404},
    "reporting:saved-cohorts": FIGURES,
    "reporting:cohort-save": FIGURES,
    "reporting:cohort-change": NOBODY | {"officer": 200},
    "reporting:cohort-end": NOBODY | {"officer": 200},
    "reporting:take-up": FIGURES,
    "reporting:take-up-download": FIGURES,
    "reporting:destinations": FIGURES,
    "reporting:destination-download": FIGURES,
    "reporting:destination-names": NOBODY | {"adviser": 200, "officer": 200},
    "reporting:learner": NOBODY | {"coordinator": 200, "adviser": 200, "officer": 200},
}
ACCESS |= {
    "reporting:caseload-write": NOBODY | {"adviser": 302},  # nothing is ticked: back to the list
    "reporting:visit-sheet": NOBODY | {"adviser": 302},
    "reporting:caseload-hand-over": NOBODY | {"adviser": 302},
    "reporting:caseload-contact": NOBODY | {"adviser": 302},
    "reporting:step-finish": NOBODY | {"adviser": 302},
}
REPORTS = NOBODY | {"officer": 200, "admissions": 200, "other_admissions": 200}
ACCESS |= {
    "reporting:reports": REPORTS,
    "reporting:report": REPORTS,
    "reporting:report-ask": NOBODY | {"officer": 302, "admissions": 302, "other_admissions": 302},
    "reporting:report-run": NOBODY | {"officer": 200},
    "reporting:report-fetch": NOBODY | {"officer": 302},  # not made yet: back to where it says so
    "reporting:report-schedule": REPORTS,
    "reporting:schedule-change": NOBODY | {"officer": 302},
    "reporting:reports-taken": NOBODY | {"officer": 200},
}
POSTED = {
    "reporting:return-fetch",
    "reporting:caseload-write",
    "reporting:visit-sheet",
    "reporting:caseload-hand-over",
    "reporting:caseload-contact",
    "reporting:step-finish",
    "reporting:report-ask",
    "reporting:report-fetch",
    "reporting:schedule-change",
}


def step_of(world):
    """A contact with something still to do."""
    adviser = world.people["adviser"]
    said = {"kind": "phone", "next_step": "Ring again", "next_on": clock.today()}
    return record_contact(learner=world.amina, by=adviser, on=clock.today(), **said)


def _saved_cohort(world):
    """One of the council's."""
    council = world.people["officer"].staff_roles.get().organisation
    return SavedCohort.objects.create(
        organisation=council,
        name="In care",
        filters={"looked_after": "yes"},
        in_words=[],
        made_by=world.people["officer"],
    )


def _report_run(world):
    """A file the officer has asked for."""
    return ask_report(report="time-to-answer", asked={}, form="csv", by=world.people["officer"])


def _schedule(world):
    """A report that comes to the officers by itself."""
    said = {"asked": {}, "form": "csv", "when": "weekly-1"}
    return schedule_report(report="time-to-answer", by=world.people["officer"], **said)


def _return_of(world):
    """Of the council's area, not made yet."""
    asked = {"authorities": ["998"], "database": "998", "period_end": clock.today()}
    return ReturnRun.objects.create(area=world.area, by=world.people["officer"], **asked)


ARGS = {
    "reporting:report": lambda world: ["time-to-answer"],
    "reporting:report-ask": lambda world: ["time-to-answer", "csv"],
    "reporting:report-run": lambda world: [_report_run(world).reference],
    "reporting:report-fetch": lambda world: [_report_run(world).reference],
    "reporting:report-schedule": lambda world: ["time-to-answer"],
    "reporting:schedule-change": lambda world: [_schedule(world).reference, "pause"],
    "reporting:return": lambda world: [_return_of(world).reference],
    "reporting:return-findings": lambda world: [_return_of(world).reference, 32],
    "reporting:return-fetch": lambda world: [_return_of(world).reference],
    "reporting:record-code-words": lambda world: ["activity", "210"],
    "reporting:caseload-contact": lambda world: [world.amina.reference],
    "reporting:step-finish": lambda world: [step_of(world).reference],
    "reporting:cohort-change": lambda world: [_saved_cohort(world).reference],
    "reporting:cohort-end": lambda world: [_saved_cohort(world).reference],
    "reporting:guarantee-learners": lambda world: [11],
    "reporting:learner": lambda world: [world.amina.reference],
    "reporting:guarantee-status": lambda world: [world.amina.reference],
    "reporting:guarantee-status-take-back": lambda world: [world.guarantee_status.reference],
    "reporting:guarantee-freeze": lambda world: [world.freeze.reference],
    "reporting:guarantee-status-words": lambda world: ["140"],
}
