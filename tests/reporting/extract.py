"""An extract of a caseload system about the small town, and what everybody does with such a file."""

import datetime as dt
import io

from django.core.files.base import ContentFile

from accounts.actions import answer_consent
from accounts.models import ConsentKind
from activity.actions import run_job
from ilp.actions import load_record_codes, set_fact, start_current_activity
from ilp.models import RecordCode
from providers.actions import check_again, confirm_upload, pick_changes, receive_upload, undo_upload
from providers.queries import undo_plan
from reporting.returns.record import Header, YoungPerson
from reporting.returns.writing import WRITERS
from tests.factories import StaffRoleFactory
from tests.reporting.small_town import build_town

SENT_ON = dt.date(2026, 11, 16)
HEADER = Header(("998",), ("998",), SENT_ON, dt.date(2026, 10, 31))
SEEKING = {"activity": "619", "started": "2026-10-05", "ascertained": "2026-10-06", "verified": "2026-11-12"}


def extract_town():
    """The small town with its codes, an officer of its council, and a number for each learner."""
    town = build_town()
    load_record_codes()
    town.council = town.officer.staff_roles.get().organisation
    for number, learner in enumerate(town.people.values()):
        learner.upn, learner.uln = f"A9981234500{number:02}", f"99999999{number:02}"
        learner.save(update_fields=["upn", "uln"])
    return town


def record_of(learner, **said):
    """What the caseload system has of a learner, by the UPN, if nothing else is said."""
    known = {"given_name": learner.given_name, "family_name": learner.family_name, "upn": learner.upn or ""}
    return YoungPerson(**{"person_id": f"998{learner.pk:010}", "birth": learner.birth_on.isoformat(), **known, **said})


def written(people, form="xml"):
    out = io.BytesIO()
    WRITERS[form](out, HEADER, people)
    return out.getvalue()


def spell(town, learner, code, *, by=None, **facts):
    """Recorded here, by the adviser if not said."""
    days = {"started_on": dt.date(2026, 9, 7), "verified_on": dt.date(2026, 10, 20), "source": "learner"}
    code = RecordCode.objects.get(kind="activity", code=code)
    return start_current_activity(learner=learner, code=code, by=by or town.adviser, **days | facts)


def fact(town, learner, kind, code, day):
    return set_fact(
        learner=learner, kind=kind, code=RecordCode.objects.get(kind=kind, code=code), started_on=day, by=town.adviser
    )


def share(learner, *, is_given):
    words = "May we?"
    answer_consent(learner=learner, kind=ConsentKind.ADVICE_SERVICE, is_given=is_given, words=words, by=learner.user)


def hand_over(town, people, *, form="xml", content=None, by=None):
    """The file is handed over for the council, and has been checked."""
    name = f"extract.{form}"
    file = ContentFile(written(people, form) if content is None else content, name=name)
    upload = receive_upload(
        kind="caseload", organisation=town.council, file=file, file_name=name, by=by or town.officer
    )
    run_job(upload.job_id)
    upload.refresh_from_db()
    return upload


def pick(upload, picks, by):
    """Ticked like that, and checked again."""
    run_job(check_again(upload=pick_changes(upload=upload, picks=picks, by=by), by=by).job_id)
    upload.refresh_from_db()


def publish(upload, by):
    run_job(confirm_upload(upload=upload, seen=upload.digest, by=by).job_id)
    upload.refresh_from_db()
    return upload


def undo(upload, by):
    upload = undo_upload(upload=upload, seen=undo_plan(upload).digest, by=by)
    while upload.is_being_undone:
        run_job(upload.job_id)
        upload.refresh_from_db()
    return upload


def manager_of(service):
    return StaffRoleFactory(organisation=service, kind="manager").user
