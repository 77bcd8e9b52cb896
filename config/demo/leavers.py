"""Who left Year 11 of the invented town last summer, and what is known of them; characteristics and needs, so that there
are cohorts to count; and cohorts that are followed already."""

import csv
import datetime as dt
import random
import tempfile
from pathlib import Path

from accounts.models import Characteristics, Learner, LearnerContact, RollEntry, SenProvision, UnlockCode, User
from applications.models import Application, Choice, ChoiceRun, WithdrawalReason
from applications.workflow import ChoiceState
from config.demo.feeds import postcode, upn
from config.demo.words import FAMILY_NAMES, GIVEN_NAMES
from core import clock
from core.references import new_reference
from ilp.actions import start_current_activity
from ilp.models import Entry, EntryKind, Plan, RecordCode, RecordFact, Revision
from prospectus.models import CourseRun
from providers.actions import read_now
from providers.models import Cycle, Organisation, StaffRole
from reporting.actions import save_cohort

MOST = 14  # leavers on no roll: enough to look at, and few enough for an adviser's list
LAST_YEAR, THIS_YEAR = dt.date(2025, 9, 1), dt.date(2026, 9, 1)
LEFT, STARTED = dt.date(2026, 7, 24), dt.date(2026, 9, 7)
ETHNICITIES = ("WBRI",) * 12 + ("APKN",) * 4 + ("AIND", "BCRB", "MWBC", "WOTH", "BAFR", "NOBT")


def look_back(people: dict[str, User], *, most: int | None) -> None:
    """Last year's Year 11 of Hollins Park School stands beside this one, and what became of it is known as far as such
    things are: by a roll, a college's list, an adviser, or not at all."""
    pick = random.Random("leavers")
    hollins = Organisation.objects.get(name="Hollins Park School")
    _characteristics(people["adviser"], pick)
    _stayed_on(hollins)
    leavers = [_leaver(hollins, number, pick) for number in range(min(MOST, most or MOST))]
    used_it = [leaver for place, leaver in enumerate(leavers) if place % 3 != 2]
    for place, leaver in enumerate(used_it):
        _used_it(leaver, is_planned=place % 2 == 0)
    _applied(used_it)
    listed = len(leavers) * 9 // MOST
    _list_of_northfield(people["admissions"], by_number=leavers[:listed], by_name=leavers[listed : listed + 1])
    for leaver, code in zip(leavers[listed + 1 :], ("310", "619"), strict=False):
        start_current_activity(
            learner=leaver,
            code=RecordCode.objects.get(kind="activity", code=code),
            started_on=STARTED,
            verified_on=clock.today(),
            source="learner",
            establishment="Quayside Garage" if code == "310" else "",
            by=people["adviser"],
        )
    _followed(people)


def _characteristics(adviser: User, pick: random.Random) -> None:
    """What the schools of Northmoor have said, and the adviser of some of its learners."""
    learners = Learner.objects.filter(area__name="Northmoor", pk__in=RollEntry.objects.current().values("learner"))
    levels = list(RecordCode.objects.filter(kind="need").order_by("code"))
    said, needs = [], []
    for learner in learners.order_by("pk"):
        luck = pick.random()
        said.append(
            Characteristics(
                learner=learner,
                sex=pick.choice("FM"),
                ethnicity=pick.choice(ETHNICITIES),
                sen_provision=SenProvision.PLAN if luck < 0.05 else SenProvision.SUPPORT if luck < 0.18 else "N",
                has_free_meals=pick.random() < 0.25,
                is_looked_after=pick.random() < 0.06,
            )
        )
        if pick.random() < 0.3:
            level = levels[0] if luck < 0.1 else levels[pick.randrange(1, len(levels))]
            needs.append(RecordFact(learner=learner, kind="need", code=level, started_on=THIS_YEAR, by=adviser))
    Characteristics.objects.bulk_create(said, ignore_conflicts=True)
    RecordFact.objects.bulk_create(needs, ignore_conflicts=True)  # somebody has said it of some already


def _stayed_on(hollins: Organisation) -> None:
    """Who is in Year 12 of the town's sixth form was in Year 11 last year, every second one at Hollins Park School."""
    entries = RollEntry.objects.current().filter(year_group=12, school__area=hollins.area_id).order_by("pk")
    RollEntry.objects.bulk_create(
        RollEntry(
            learner_id=entry.learner_id,
            school=hollins if place % 2 == 0 else entry.school,
            year_group=11,
            tutor_group=f"11{'ABC'[place % 3]}",
            started_on=LAST_YEAR,
            ended_on=THIS_YEAR,
        )
        for place, entry in enumerate(entries.select_related("school"))
    )


def _leaver(school: Organisation, number: int, pick: random.Random) -> Learner:
    learner = Learner.objects.create(
        given_name=pick.choice(GIVEN_NAMES),
        family_name=pick.choice(FAMILY_NAMES),
        birth_on=dt.date(2009, 9, 1) + dt.timedelta(days=pick.randrange(365)),
        upn=upn(100_000 + number),
        area_id=school.area_id,
    )
    LearnerContact.objects.create(
        learner=learner, address=f"{number + 1} Station Road, Northmoor", postcode=postcode("HX1", number)
    )
    RollEntry.objects.create(
        learner=learner, school=school, year_group=11, tutor_group="11A", started_on=LAST_YEAR, ended_on=LEFT
    )
    return learner


def _used_it(leaver: Learner, *, is_planned: bool) -> None:
    """They unlocked their record in October of last year, and some wrote something in a plan. They never sign in now."""
    at = dt.datetime(2025, 10, 6, 9, tzinfo=dt.UTC)
    user = User(username=f"leaver{leaver.pk}", name=str(leaver), date_joined=at)
    user.set_unusable_password()
    user.save()
    leaver.user = user
    leaver.save(update_fields=["user"])
    UnlockCode.objects.create(
        learner=leaver, code_hash=new_reference(), issued_at=at, expires_on=dt.date(2026, 1, 31), used_at=at
    )
    if is_planned:
        plan = Plan.objects.create(learner=leaver, started_at=at, changed_at=at)
        entry = Entry.objects.create(plan=plan, kind=EntryKind.INTEREST, created_at=at, asked_at=at)
        entry.revision = Revision.objects.create(entry=entry, number=1, title="Bikes", by=user, at=at)
        entry.save(update_fields=["revision"])


def _applied(leavers: list[Learner]) -> None:
    """From October to January of last year two of three sent an application. In the summer they took it back, for they
    had a place somewhere else."""
    run = CourseRun.objects.on_offer().filter(course__provider__area__name="Eastvale").order_by("pk").first()
    if run is None or not leavers:
        return
    cycle = Cycle.objects.create(
        area_id=leavers[0].area_id, entry_year=LEFT.year, opens_on=dt.date(2025, 9, 15), closes_on=dt.date(2026, 8, 28),
        ends_on=dt.date(2026, 8, 31),
    )  # fmt: skip
    for place, leaver in enumerate(leavers):
        if place % 3 != 2:
            sent_at = dt.datetime(2025, 10, 8, 16, tzinfo=dt.UTC) + dt.timedelta(days=14 * place)
            choice = Choice.objects.create(
                application=Application.objects.create(learner=leaver, cycle=cycle, created_at=sent_at),
                provider=run.course.provider, rank=1, status=ChoiceState.WITHDRAWN, sent_at=sent_at, created_at=sent_at,
                status_at=dt.datetime(2026, 8, 21, 12, tzinfo=dt.UTC), withdrawal_reason=WithdrawalReason.OTHER_PLACE,
            )  # fmt: skip
            ChoiceRun.objects.create(choice=choice, run=run)


def _list_of_northfield(admissions: User, *, by_number: list[Learner], by_name: list[Learner]) -> None:
    """The college's list of who has started: some with their number, one with a name only, and two nobody here knows."""
    college = Organisation.objects.get(name="Northfield College")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "starters.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["UPN", "Surname", "Forename", "DOB", "Start date", "Course title", "Level"])
            for place, leaver in enumerate(by_number):
                course, level = (("A level programme", "3"), ("Plumbing", "2"), ("Childcare", "1"))[place % 3]
                rows.writerow([leaver.upn, "", "", "", f"{STARTED:%d/%m/%Y}", course, level])
            people = [(each.family_name, each.given_name, each.birth_on) for each in by_name]
            people += [("Ashdown", "Petra", dt.date(2009, 12, 2)), ("Merrow", "Callum", dt.date(2010, 5, 19))]
            for family_name, given_name, born_on in people:
                rows.writerow(
                    ["", family_name, given_name, f"{born_on:%d/%m/%Y}", f"{STARTED:%d/%m/%Y}", "Motor vehicle", "2"]
                )
        read_now(kind="enrolments", organisation=college, path=path, by=admissions)


def _followed(people: dict[str, User]) -> None:
    """The officer leads the children in care; the adviser those who need most help; the school its own Year 11."""
    for username, kind, name, filters, words in (
        ("officer", "officer", "Year 11 in care", {"looked_after": "yes"}, ("In care", "Looked after")),
        ("adviser", "adviser", "Year 11 with intensive support", {"need": "1"}, ("Level of need", "Intensive support")),
        ("coordinator", "coordinator", "Year 11 with SEN support", {"sen": "K"}, ("Support", "SEN support")),
    ):
        role = StaffRole.objects.get(user=people[username], kind=kind)
        save_cohort(
            organisation=role.organisation,
            name=name,
            filters={"basis": "educated", "year_group": "11", **filters},
            in_words=[("Counted", "Where they are educated"), ("Year group", "Year 11"), words],
            lead=role,
            until_on=dt.date(2027, 10, 31),
            by=people[username],
        )
