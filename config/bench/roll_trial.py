"""One import of a roll, in a process of its own: ``python -m config.bench.roll_trial WHAT FOLDER LEARNERS SCHOOL``."""

import csv
import datetime as dt
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

django.setup()

from django.db import transaction  # noqa: E402 - models need the set-up above

from accounts.imports.identifiers import upn_check_letter  # noqa: E402
from accounts.models import (  # noqa: E402
    Attendance,
    Characteristics,
    Learner,
    LearnerContact,
    RollEntry,
    SchoolGrade,
)
from providers.actions import read_now  # noqa: E402
from providers.models import Area, Organisation  # noqa: E402

HEADINGS = (
    "Adno,Surname,Forename,Preferred Forename,DOB,Year,Reg,UPN,Email,Phone,Address,Postcode,Gender,Ethnicity,SEN,FSM,"
    "KS2 Reading,KS2 Maths,Predicted English,Predicted Maths,Sessions possible,Sessions attended,House"
)
YEARS = 7
GRADES = (
    ("prior", "KS2", "KS2 Reading", "Reading"),
    ("prior", "KS2", "KS2 Maths", "Maths"),
    ("predicted", "", "Predicted English", "English"),
    ("predicted", "", "Predicted Maths", "Maths"),
)


def write_roll(path: Path, learners: int, school: int, *, years_on: int) -> None:
    """Invented learners of years 7 to 13; later, all have moved up, the oldest have left and as many have come."""
    lines = [HEADINGS]
    for place in range(learners):
        number = place + years_on * (learners // YEARS)
        year = 13 - number * YEARS // learners + years_on
        born = 2021 + years_on - year  # the same year however old they are
        rest = f"801{school:04}{number // 1000:02}{number % 1000:03}"
        lines.append(
            f"{number:06},Family{number % 997},Given{number},,{number % 28 + 1:02}/{number % 12 + 1:02}/{born},"
            f"{year},{year}{'ABCDEFGH'[number % 8]},{upn_check_letter(f'A{rest}')}{rest},l{number}@example.org,"
            f'01632 {number:06},"{number % 90} High Street, Northmoor",HX{number % 9 + 1} {number % 9}AA,'
            f"{'FM'[number % 2]},WBRI,{'NK'[number % 5 == 0]},F,{90 + number % 30},{90 + number % 25},{number % 9 + 1},"
            f"{number % 8 + 1},120,{100 + number % 20},Red"
        )
    path.write_text("\n".join(lines), encoding="utf-8")


def _school(number: int) -> Organisation:
    area, _ = Area.objects.get_or_create(slug=f"area-{number}", defaults={"name": f"Northmoor {number}"})
    school, _ = Organisation.objects.get_or_create(
        urn=f"{700_000 + number}", defaults={"name": f"Northmoor School {number}", "kind": "school", "area": area}
    )
    return school


def ours(folder: Path, learners: int, number: int, *, years_on: int) -> Callable[[], Any]:
    """The whole import through the pipeline."""
    path = folder / f"roll-{number}-{years_on}.csv"
    write_roll(path, learners, number, years_on=years_on)
    school = _school(number)
    return lambda: read_now(kind="roll", organisation=school, path=path)


def peer(folder: Path, learners: int, number: int) -> Callable[[], Any]:
    """The rows that our import writes of the same file, each found or made and saved as a model, one by one."""
    path = folder / f"peer-{number}.csv"
    write_roll(path, learners, number + 1_000, years_on=0)
    school = _school(number + 1_000)

    def save() -> None:
        with transaction.atomic(), path.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                _save(row, school)

    return save


def _save(row: dict[str, str], school: Organisation) -> None:
    learner = Learner.objects.filter(upn=row["UPN"]).first() or Learner(upn=row["UPN"])
    learner.given_name, learner.family_name = row["Forename"], row["Surname"]
    learner.birth_on, learner.area = dt.datetime.strptime(row["DOB"], "%d/%m/%Y").date(), school.area  # noqa: DTZ007
    learner.save()
    LearnerContact(
        learner=learner, email=row["Email"], phone=row["Phone"], address=row["Address"], postcode=row["Postcode"]
    ).save()
    Characteristics(
        learner=learner,
        sex=row["Gender"],
        ethnicity=row["Ethnicity"],
        sen_provision=row["SEN"],
        has_free_meals=row["FSM"] == "T",
    ).save()
    for kind, stage, heading, subject in GRADES:
        SchoolGrade(learner=learner, school=school, kind=kind, stage=stage, subject=subject, value=row[heading]).save()
    sessions = {"possible": row["Sessions possible"], "attended": row["Sessions attended"]}
    Attendance(learner=learner, school=school, school_year=2026, **sessions).save()
    RollEntry(
        learner=learner, school=school, year_group=row["Year"], tutor_group=row["Reg"], local_id=row["Adno"]
    ).save()


def main(what: str, folder: str, learners: str, number: str) -> dict[str, float]:
    asked: tuple[Any, ...] = (Path(folder), int(learners), int(number))
    measured = peer(*asked) if what == "peer" else ours(*asked, years_on=int(what == "again"))
    started = time.perf_counter()
    measured()
    return {"seconds": time.perf_counter() - started}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(*sys.argv[1:5])))
