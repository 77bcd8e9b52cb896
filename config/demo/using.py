"""How the invented town has used the site since spring: numbers of each day, as its nights would have left them; and a
report of it that has come by itself."""

import datetime as dt
import random

from accounts.models import User
from activity.actions import run_job
from core import clock
from prospectus.actions.interest import make_wish
from prospectus.models import Level, SearchMiss, Subject
from providers.models import Area
from reporting.actions import ask_report, fetch_report, make_due_reports, schedule_report
from reporting.models import PageKind, ReaderKind, ReportRun, SiteUse

SINCE = dt.timedelta(days=190)
# Visits on a school day of a busy week, and which kinds of pages they come to.
BUSY = {ReaderKind.VISITOR: 160, ReaderKind.LEARNER: 90, ReaderKind.STAFF: 26}
READ = {
    ReaderKind.VISITOR: ((PageKind.HOME, 0.5), (PageKind.FINDING, 0.8), (PageKind.COURSE, 0.6), (PageKind.ABOUT, 0.05)),
    ReaderKind.LEARNER: (
        (PageKind.FINDING, 0.5), (PageKind.COURSE, 0.5), (PageKind.PLAN, 0.4), (PageKind.APPLYING, 0.6),
        (PageKind.ACCOUNT, 0.9),
    ),
    ReaderKind.STAFF: ((PageKind.DESK, 0.97), (PageKind.COURSE, 0.2), (PageKind.ACCOUNT, 0.6)),
}  # fmt: skip
# What people wished for: the words, the broad subject, the level, how many of them.
WISHED = (
    ("", "03", "2", 7), ("working with horses", "03", "1", 6), ("", "09", "3", 5), ("tattoo artist", "07", None, 5),
    ("", "05", "E", 4), ("crime scene", "01", "3", 3), ("pilot", None, None, 1),
)  # fmt: skip
IN_VAIN = (("falconry", 3), ("crime scene", 2), ("tattoo", 2), ("pilot", 1), ("mortuary", 1))


def use_the_site(*, day: dt.date) -> None:
    """Every day before this one has numbers; so have words that found nothing. Some said
    what they had wanted."""
    pick = random.Random("use")
    days = [day - SINCE + dt.timedelta(days=number) for number in range(SINCE.days)]
    areas = list(Area.objects.filter(is_practice=False).order_by("pk"))
    SiteUse.objects.bulk_create(
        row for on in days for area in areas for reader in ReaderKind for row in _numbers(on, area, reader, pick)
    )
    SearchMiss.objects.bulk_create(
        [
            SearchMiss(day=on, area=areas[0], words=words, times=pick.randint(1, most))
            for on in days
            for words, most in IN_VAIN
            if pick.random() < _crowd(on) / 2
        ],
        ignore_conflicts=True,
    )
    for words, subject, level, many in WISHED:
        wanted = {"words": words, "subject": subject and Subject(subject), "level": level and Level(level)}
        for _one in range(many):
            with clock.at(day - dt.timedelta(days=pick.randint(1, 80))):
                make_wish(**wanted, area=areas[0], outcode=pick.choice(("HX1", "HX2", "HX3")))


def take_reports(people: dict[str, User], *, day: dt.date) -> None:
    """The officer has let the use of the site come each Monday, and has fetched it twice; a manager has asked for a
    file, too."""
    officer, manager = people["officer"], people["sixthform"]
    monday = day - dt.timedelta(days=day.weekday() + 7)
    with clock.at(monday - dt.timedelta(days=3)):
        schedule_report(report="site-use", asked={}, form="xlsx", when="weekly-1", by=officer)
    for on in (monday, monday + dt.timedelta(days=7)):
        with clock.at(on):
            make_due_reports()  # nothing on a day on which nobody works
            for run in ReportRun.objects.filter(due_on=on):
                _fetch(run, officer)
    with clock.at(monday):
        _fetch(ask_report(report="time-to-answer", asked={}, form="csv", by=manager), manager)


def _fetch(run: ReportRun, person: User) -> None:
    """The file is made, and taken."""
    run_job(run.job_id)
    fetch_report(run=run, by=person)


def _crowd(day: dt.date) -> float:
    """How busy a day is: weekends and August are quiet, the autumn is not."""
    season = 0.25 if day.month == 8 else 1.0 if day.month in (9, 10, 11, 1) else 0.55
    return season * (0.35 if day.weekday() > 4 else 1.0)


def _numbers(day: dt.date, area: Area, reader: ReaderKind, pick: random.Random) -> list[SiteUse]:
    visits = round(BUSY[reader] * _crowd(day) * pick.uniform(0.8, 1.2) * (1 if area.name == "Northmoor" else 0.4))
    if not visits:
        return []
    read = [(page, round(visits * share)) for page, share in READ[reader]]
    rows = [
        SiteUse(
            page=page, visits=with_it, visitors=round(with_it * 0.9), pages=round(with_it * pick.uniform(1.2, 2)),
            minutes=0,
        )
        for page, with_it in read
        if with_it
    ]  # fmt: skip
    whole = SiteUse(
        visits=visits, visitors=round(visits * 0.88), pages=sum(row.pages for row in rows),
        minutes=round(visits * pick.uniform(4, 9)),
    )  # fmt: skip
    for row in (whole, *rows):
        row.day, row.area, row.reader = day, area, reader
    return [whole, *rows]
