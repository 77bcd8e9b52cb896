"""What the invented town's client caseload system has sent: read, compared, and waiting for the officer to say what is
taken over."""

import datetime as dt
import io

from django.core.files.base import ContentFile

from accounts.models import Learner, RollEntry, User
from activity.actions import run_job
from core import clock
from providers.actions import receive_upload
from providers.models import LocalAuthority, Organisation
from reporting.returns.record import Header, YoungPerson
from reporting.returns.writing import write_table

MOST = 24
OLD = 200  # days ago: what is here has been confirmed since


def hand_over_extract(people: dict[str, User]) -> None:
    """An extract of some learners of Northmoor waits: most of it newer than what is here, some of it older, one record
    without a number, and one of nobody."""
    old_enough = RollEntry.objects.filter(year_group__gte=11).values("learner")
    learners = Learner.objects.filter(area__name="Northmoor", pk__in=old_enough, user=None).order_by("pk")[:MOST]
    council = Organisation.objects.get(kind="authority", area__name="Northmoor")
    here, there = council.area.authority_id or "", _neighbour()
    records = [_record(place, learner, here=here, there=there) for place, learner in enumerate(learners)]
    records.append(YoungPerson(person_id=f"{here}9999999999", given_name="Nobody", family_name="Known", activity="810"))
    out = io.BytesIO()
    write_table(out, Header((here,), (here,), clock.today(), clock.today()), records)
    file = ContentFile(out.getvalue(), name="caseload-extract.csv")
    upload = receive_upload(
        kind="caseload", organisation=council, file=file, file_name="caseload-extract.csv", by=people["officer"]
    )
    run_job(upload.job_id)


def _neighbour() -> str:
    found = LocalAuthority.objects.filter(areas__is_practice=False).exclude(areas__name="Northmoor").order_by("code")
    return found.values_list("code", flat=True).first() or ""


def _record(place: int, learner: Learner, *, here: str, there: str) -> YoungPerson:
    """One of six kinds, in turn."""
    today = clock.today()
    confirmed = (today - dt.timedelta(days=3)).isoformat()
    it = YoungPerson(
        person_id=f"{here}{learner.pk:010}",
        given_name=learner.given_name,
        family_name=learner.family_name,
        birth=learner.birth_on.isoformat(),
        upn=learner.upn or "",
        lead_authority=here,
        ascertained=confirmed,
        verified=confirmed,
    )
    kind = place % 6
    if kind == 0:
        it.activity, it.started = "619", (today - dt.timedelta(days=20)).isoformat()
    elif kind == 1:
        it.need = "1"
    elif kind == 2:
        it.lead_authority = there
    elif kind == 3:
        it.destination, it.characteristics = "211", ["140"]
    elif kind == 4:
        old = (today - dt.timedelta(days=OLD)).isoformat()
        it.activity, it.started, it.ascertained, it.verified, it.need = "540", old, old, old, "2"
    if place == MOST // 4 - 1:
        it.upn = ""  # nothing but a name and a date of birth: a person says whose it is
    return it
