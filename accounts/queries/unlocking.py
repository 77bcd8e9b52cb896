"""How far the unlocking of records is, and who guesses at codes."""

import datetime as dt
from typing import Any, NamedTuple

from django.db.models import Count, F, Q
from django.db.models.functions import TruncHour
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import (
    Learner,
    RollEntry,
    UnlockCode,
    UnlockFailure,
    UnlockWindow,
)
from activity.models import Event
from core import clock
from providers.models import Organisation, StaffRole


class Group(NamedTuple):
    """A part of a school's roll: a year group, or one tutor group of it."""

    year_group: int
    tutor_group: str | None  # None: the whole year; "": those without a tutor group
    learners: int
    not_unlocked: int

    @property
    def key(self) -> str:
        return str(self.year_group) if self.tutor_group is None else f"{self.year_group}:{self.tutor_group}"

    @property
    def words(self) -> str:
        if self.tutor_group is None:
            return _("Year %(year_group)s") % {"year_group": self.year_group}
        return self.tutor_group or _("Year %(year_group)s, no tutor group") % {"year_group": self.year_group}


def groups_of(school: Organisation) -> list[Group]:
    """The year groups of a school's roll, each followed by its tutor groups."""
    counted = (
        RollEntry.objects.current()
        .filter(school=school)
        .order_by("year_group", "tutor_group")
        .values_list("year_group", "tutor_group")
        .annotate(learners=Count("pk"), not_unlocked=Count("pk", filter=Q(learner__user=None)))
    )
    years: dict[int, list[Group]] = {}
    for row in counted:
        group = Group(*row)
        years.setdefault(group.year_group, []).append(group)
    answer = []
    for year, groups in years.items():
        answer.append(Group(year, None, sum(g.learners for g in groups), sum(g.not_unlocked for g in groups)))
        answer.extend(groups)
    return answer


def entries_for_letters(
    school: Organisation,
    *,
    year_group: int | None,
    tutor_group: str,
    learner: Learner | None = None,
    only_missing: bool = False,
) -> Any:
    """Roll entries of today whose learners have not unlocked their record, in the order a school hands letters out."""
    entries = RollEntry.objects.current().not_unlocked().filter(school=school)
    if year_group is not None:
        entries = entries.filter(year_group=year_group)
    if tutor_group:
        entries = entries.filter(tutor_group=tutor_group)
    if learner is not None:
        entries = entries.filter(learner=learner)
    if only_missing:
        entries = entries.exclude(learner__in=UnlockCode.objects.in_hand().values("learner"))
    return entries.order_by("year_group", "tutor_group", "learner__family_name", "learner__given_name", "pk")


class Opening(NamedTuple):
    """Whether learners may unlock today; otherwise from when. ``closes_on``: the last day of these days."""

    is_open: bool
    opens_on: dt.date | None = None
    closes_on: dt.date | None = None


def opening_of(school: Organisation | None, *, area_id: int) -> Opening:
    """The days on which learners of a school unlock: its own, else its area's, else all days."""
    windows = list(UnlockWindow.objects.standing().filter(area=area_id).filter(Q(school=school) | Q(school=None)))
    own = [window for window in windows if window.school_id is not None]
    today = clock.today()
    last = None
    for window in own or windows:
        if window.opens_on <= today <= window.closes_on:
            return Opening(True, window.opens_on, window.closes_on)
        if window.opens_on > today:
            return Opening(False, window.opens_on, window.closes_on)
        last = window.closes_on
    return Opening(not windows, None, last)


class Standing(NamedTuple):
    """How far a tutor group has got with unlocking. The last four add up to ``learners``."""

    year_group: int
    tutor_group: str
    learners: int
    unlocked: int
    in_hand: int  # a letter that works was downloaded, or a code given in person
    printed: int  # a letter that works was printed, and nobody has downloaded it
    nothing: int

    @property
    def key(self) -> str:
        return f"{self.year_group}:{self.tutor_group}"

    @property
    def words(self) -> str:
        return self.tutor_group or _("Year %(year_group)s, no tutor group") % {"year_group": self.year_group}


def standings_of(school: Organisation) -> list[Standing]:
    """One for each tutor group of a school's roll, in order."""
    waiting = Q(learner__user=None)
    rows = (
        RollEntry.objects.current()
        .filter(school=school)
        .with_letters()
        .order_by("year_group", "tutor_group")
        .values_list("year_group", "tutor_group")
        .annotate(
            learners=Count("pk"),
            unlocked=Count("pk", filter=~waiting),
            letters=Count("pk", filter=waiting & Q(is_in_hand=True)),
            printed=Count("pk", filter=waiting & Q(is_in_hand=False, has_open_code=True)),
            nothing=Count("pk", filter=waiting & Q(is_in_hand=False, has_open_code=False)),
        )
    )
    return [Standing(*row) for row in rows]


def failures_by_hour(*, schools: Any) -> list[dict[str, Any]]:
    """Wrong dates of birth of the last day for codes of learners at these schools: school, hour, how many were wrong,
    and of how many codes. Codes that help somebody back in count like those of letters."""
    both = _hours("unlock_code", schools).union(_hours("recovery", schools), all=True)
    added: dict[Any, dict[str, Any]] = {}
    for row in both:
        hour = added.setdefault((row["school"], row["hour"]), row | {"wrong": 0, "codes": 0})
        hour["wrong"] += row["wrong"]
        hour["codes"] += row["codes"]
    return sorted(added.values(), key=lambda row: (-row["hour"].timestamp(), row["school"]))


def _hours(code: str, schools: Any) -> Any:
    """The same of one kind of code, by the column of a failure that names it."""
    entries = RollEntry.objects.current().filter(school__in=schools)
    failures = UnlockFailure.objects.filter(
        at__gt=clock.now() - dt.timedelta(days=1), **{f"{code}__learner__roll_entries__in": entries}
    )
    return failures.values(
        school=F(f"{code}__learner__roll_entries__school__name"),
        hour=TruncHour("at", tzinfo=timezone.get_default_timezone()),
    ).annotate(wrong=Count("pk"), codes=Count(code, distinct=True))


def schools_watched_by(user: Any) -> Any:
    """Schools whose wrong tries this person is told of: a coordinator's own, and all of a help desk's area."""
    areas = StaffRole.objects.of(user, "help_desk").values("organisation__area")
    own = Organisation.objects.coordinating_through(user).values("pk")
    return Organisation.objects.filter(Q(pk__in=own) | Q(area__in=areas, kind="school"))


def codes_nobody_has() -> int:
    """Tries of the last day with codes that were never made."""
    since = clock.now() - dt.timedelta(days=1)
    return UnlockFailure.objects.filter(unlock_code=None, recovery=None, at__gt=since).count()


def guessing_told(*, schools: Any, days: int = 90) -> list[dict[str, Any]]:
    """When these schools were told of many wrong tries: at, school, how many there were."""
    names = {f"providers.organisation:{pk}": name for pk, name in schools.values_list("pk", "name")}
    since = clock.now() - dt.timedelta(days=days)
    events = Event.objects.filter(verb="unlock.guessing", at__gt=since, subject__in=list(names))
    return [{"at": one.at, "school": names[one.subject], "wrong": one.facts.get("wrong")} for one in events[:100]]


def codes_that_would_stop(entries: Any) -> int:
    """How many letters already handed out stop working when these entries get new ones."""
    return UnlockCode.objects.open().filter(learner__in=entries.values("learner")).count()


def failures_from(address_hash: str, *, within: dt.timedelta) -> int:
    """Wrong unlock tries from one network address lately."""
    return UnlockFailure.objects.filter(address_hash=address_hash, at__gt=clock.now() - within).count()


def failures_of(unlock_code: UnlockCode, *, within: dt.timedelta) -> int:
    """Wrong dates of birth for one code lately."""
    return unlock_code.failures.filter(at__gt=clock.now() - within).count()


def failures_at(school: Organisation, *, within: dt.timedelta) -> int:
    """Wrong dates of birth lately for codes of the learners on a school's roll, of letters and of helping staff."""
    learners = RollEntry.objects.current().filter(school=school).values("learner")
    of_theirs = Q(unlock_code__learner__in=learners) | Q(recovery__learner__in=learners)
    return UnlockFailure.objects.filter(of_theirs, at__gt=clock.now() - within).count()
