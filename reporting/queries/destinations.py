"""Where each school's former learners are, and of how many nobody knows."""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce, TruncDate
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner, RollEntry
from applications.models import Choice, Enrolment
from core import clock
from core.suppression import suppressed
from ilp.models import CurrentActivity
from ilp.models.record import Currency, currency_of
from providers.models import Organisation
from reporting.queries.readers import Reader

FROM_YEARS = 3  # leaving years to choose from


class Kind(models.TextChoices):
    """What somebody does."""

    SCHOOL = "school", _("School sixth form")
    COLLEGE = "college", _("College")
    TRAINING = "training", _("Training")
    EDUCATION = "education", _("Other education")
    EMPLOYMENT = "employment", _("Work or an apprenticeship")
    NEITHER = "neither", _("Not in education, work or training")
    OTHER = "other", _("Something else")
    NOT_KNOWN = "not_known", _("Not known")


STARTED = (Kind.SCHOOL, Kind.COLLEGE, Kind.TRAINING, Kind.EDUCATION, Kind.EMPLOYMENT)


class Source(models.TextChoices):
    """How it is known. Of two of one day the first here holds."""

    APPLICATION = "application", _("Applied here, and started")
    LIST = "list", _("Enrolment list")
    ROLL = "roll", _("A school’s roll")
    RECORD = "record", _("Client record")
    NOTHING = "nothing", _("Not known")


KNOWN_BY = (Source.APPLICATION, Source.LIST, Source.ROLL, Source.RECORD)
OF_ORGANISATION = {"school": Kind.SCHOOL, "college": Kind.COLLEGE, "training_provider": Kind.TRAINING}
OF_GROUP = {
    "education": Kind.EDUCATION,
    "training": Kind.TRAINING,
    "employment": Kind.EMPLOYMENT,
    "re-engagement": Kind.NEITHER,
    "NEET_active": Kind.NEITHER,
    "NEET_inactive": Kind.NEITHER,
    "other": Kind.OTHER,
}


class Destination(NamedTuple):
    """What a former learner does, since when, and how that is known."""

    kind: Kind = Kind.NOT_KNOWN
    source: Source = Source.NOTHING
    provider: str = ""
    level: str = ""
    since: dt.date = dt.date.min


class Leaver(NamedTuple):
    learner_id: int
    school_id: int
    destination: Destination


def leaving_years() -> list[int]:
    """The years in whose summer learners left, the newest first."""
    today = clock.today()
    last = today.year if today > last_day(today.year) else today.year - 1
    return [last - back for back in range(FROM_YEARS)]


def last_day(year: int) -> dt.date:
    """The day on which a school's leavers are counted. Source: nccis-september-guarantee.md: the cohort is fixed at the
    end of May."""
    return dt.date(year, 5, 31)


def reads_names(reader: Reader) -> bool:
    """Advisers and officers follow learners after school, and may know where each of them is. Their school may not: it
    has figures."""
    return reader.kind in ("adviser", "officer")


def leavers_of(reader: Reader, *, year: int, year_group: int) -> list[Leaver]:
    """Everybody who was in this year group of a roll of the reader's schools on 31 May, each with what they do today;
    for who reads names, those whose names they may read.

    What began last holds, from 1 August on. Five queries, however many there are.
    """
    day = last_day(year)
    entries = RollEntry.objects.filter(
        Q(ended_on=None) | Q(ended_on__gt=day), school__in=reader.schools.values("pk"), year_group=year_group,
        started_on__lte=day, learner__erased_at=None,
    )  # fmt: skip
    if reads_names(reader):
        entries = entries.filter(learner__in=Learner.objects.visible_to(reader.user).values("pk"))
    cohort = dict(entries.order_by("started_on", "pk").values_list("learner", "school"))
    found: dict[int, Destination] = {}
    for learner_id, destination in _known(list(cohort), year=year):
        before = found.get(learner_id)
        if before is None or destination.since > before.since:
            found[learner_id] = destination
    return [Leaver(key, school, found.get(key, Destination())) for key, school in cohort.items()]


def _known(learners: list[int], *, year: int) -> Iterable[tuple[int, Destination]]:
    """All that is known of what these learners do today, in the order of sources."""
    today, begun = clock.today(), dt.date(year, 8, 1)
    yield from _applied(learners, year=year)
    lists = Enrolment.objects.standing().filter(learner__in=learners, started_on__range=(begun, today))
    lists = lists.filter(Q(left_on=None) | Q(left_on__gt=today))
    for learner, kind, name, level, since in lists.order_by("-started_on", "-pk").values_list(
        "learner", "provider__kind", "provider__name", "level", "started_on"
    ):
        yield learner, Destination(OF_ORGANISATION.get(kind, Kind.OTHER), Source.LIST, name, level, since)
    rolls = RollEntry.objects.current().filter(learner__in=learners, started_on__gte=begun)
    for learner, name, since in rolls.values_list("learner", "school__name", "started_on"):
        yield learner, Destination(Kind.SCHOOL, Source.ROLL, name, "", since)
    for spell in CurrentActivity.objects.open().filter(learner__in=learners, started_on__gte=begun).for_list():
        kind = OF_GROUP.get(spell.code.group)
        if kind is not None and currency_of(spell, today) == Currency.GOOD:
            if spell.provider is not None and kind in (Kind.EDUCATION, Kind.TRAINING):
                kind = OF_ORGANISATION.get(spell.provider.kind, kind)
            name = spell.provider.name if spell.provider else spell.establishment
            yield spell.learner_id, Destination(kind, Source.RECORD, name, "", spell.started_on)


def _applied(learners: list[int], *, year: int) -> Iterable[tuple[int, Destination]]:
    """Who applied here, started, and has not left since: where a partner teaches them, there."""
    choices = Choice.objects.filter(
        application__learner__in=learners, application__cycle__entry_year=year, status="enrolled", left_on=None
    ).annotate(
        where=Coalesce("placed_with__name", "provider__name"),
        sort=Coalesce("placed_with__kind", "provider__kind"),
        since=TruncDate("status_at"),
        levels=F("runs__course__levels"),
    )
    rows = choices.order_by("-status_at", "pk").values_list("application__learner", "sort", "where", "levels", "since")
    for learner, kind, name, levels, since in rows:
        level = max(levels, default="", key=lambda code: "0" if code == "E" else code) if levels else ""
        yield learner, Destination(OF_ORGANISATION.get(kind, Kind.OTHER), Source.APPLICATION, name, level, since)


class SchoolLine(NamedTuple):
    """A school's former learners. None: not shown."""

    reference: str
    name: str
    cohort: int
    started: int | None
    neither: int | None
    not_known: int | None
    by_source: list[int | None]

    def percent(self, number: int | None) -> int | None:
        return round(100 * number / self.cohort) if number is not None and self.cohort else None


class Place(NamedTuple):
    """One line of where former learners are; without a kind, all others together."""

    kind: Kind | None
    provider: str
    level: str
    number: int

    @property
    def key(self) -> str:
        """What an address says instead of the words, which may be an adviser's."""
        return place_key(self.kind, self.provider, self.level)


def place_key(kind: Kind | None, provider: str, level: str) -> str:
    return hashlib.sha256(f"{kind}\0{provider}\0{level}".encode()).hexdigest()[:12]


class Coverage(NamedTuple):
    """How much lists can say: how many of the area's providers have handed one over about this year."""

    listed: int
    providers: int


def school_lines(schools: Iterable[Organisation], leavers: list[Leaver], *, is_exact: bool) -> list[SchoolLine]:
    """Each school's former learners, in the order of these schools; a school without any has no line.

    For who may not read names nothing small is shown, nor what it would follow from: what has started is shown where
    each part of it is, and there is no line for all schools to take it from.
    """
    of_school: dict[int, list[Destination]] = {}
    for leaver in leavers:
        of_school.setdefault(leaver.school_id, []).append(leaver.destination)
    return [_line(school, of_school[school.pk], is_exact=is_exact) for school in schools if school.pk in of_school]


def _line(school: Any, found: list[Destination], *, is_exact: bool) -> SchoolLine:
    counted = Counter((each.kind, each.provider, "") for each in found)
    numbers = _shown(counted, is_exact=is_exact)

    def of(kinds: Iterable[Kind]) -> int | None:
        parts = [number for (kind, _provider, _level), number in numbers.items() if kind in kinds]
        return None if None in parts else sum(number for number in parts if number is not None)

    columns = [of(STARTED), of((Kind.NEITHER, Kind.OTHER)), of((Kind.NOT_KNOWN,))]
    if None in columns:
        columns = [number or None for number in columns]  # that the others are not 0 would say something of them
    by_source = Counter(each.source for each in found)
    sources: list[int | None] = [by_source[source] for source in KNOWN_BY]
    if not is_exact:
        # How many are not known would follow from all sources, so that these are shown only beside it.
        sources = [None] * len(sources) if None in columns else suppressed([number or 0 for number in sources])
    return SchoolLine(school.reference, school.name, len(found), *columns, sources)


def _shown(counted: Counter[tuple[Kind, str, str]], *, is_exact: bool) -> dict[tuple[Kind, str, str], int | None]:
    numbers = list(counted.values())
    shown = numbers if is_exact else suppressed(numbers)
    return dict(zip(counted, shown, strict=True))


def places_of(found: list[Destination], *, is_exact: bool) -> list[Place]:
    """Where these former learners are: by kind and provider, and where it is exact by level, the most first; last of
    whom nobody knows.

    Where it is not exact, places with few are one line together with those of whom nobody knows: that a place is
    there would say that somebody is.
    """
    counted = Counter((each.kind, each.provider, each.level if is_exact else "") for each in found)
    shown = _shown(counted, is_exact=is_exact)
    order = list(Kind)
    rows = sorted(
        ((key, number) for key, number in shown.items() if number is not None),
        key=lambda row: (row[0][0] == Kind.NOT_KNOWN, -row[1], order.index(row[0][0]), row[0]),
    )
    places = [Place(*key, number) for key, number in rows]
    rest = len(found) - sum(number for _key, number in rows)
    return [*places, Place(None, "", "", rest)] if rest and places else places


def coverage_of(reader: Reader, *, year: int) -> Coverage:
    """Of the area's providers that take applications, how many have handed over a list about starts since 1 August."""
    listed = Enrolment.objects.standing().filter(
        provider=OuterRef("pk"), started_on__range=(dt.date(year, 8, 1), dt.date(year + 1, 7, 31))
    )
    providers = reader.area.organisations.providers().filter(takes_applications=True, ended_on=None)
    return Coverage(**providers.aggregate(listed=Count("pk", filter=Exists(listed)), providers=Count("pk")))
