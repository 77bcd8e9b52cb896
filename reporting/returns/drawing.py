"""Whom the portal's own return is of, and all that is known of them at the end of the period, a chunk at a time."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import Learner, RollEntry
from applications.models import Enrolment, OutsideOffer
from applications.queries.as_it_stood import choices_as_of
from core import clock
from ilp.models import CurrentActivity, RecordFact, RecordKind
from prospectus.models import ProvisionKind
from providers.models import Area
from reporting.exchange.changed import moved_away_since, shared_since
from reporting.models import RecordedStatus
from reporting.queries.guarantee import GUARANTEE_YEARS, GuaranteeCohort
from reporting.queries.lights import end_of, with_light
from reporting.returns.codes import Codes
from reporting.returns.record import Header, YoungPerson
from reporting.returns.rules.base import age_on
from reporting.returns.said import PLANS, Known, said_of

CHUNK = 2000
ID_DIGITS = 10


class Asked(NamedTuple):
    """Which return: of these authorities, at the end of this day, under this number of a caseload database. With
    ``since`` of those alone who share with the advice service and of whom something has changed from that day on."""

    authorities: tuple[str, ...]
    period_end: dt.date
    database: str
    since: dt.date | None = None

    @property
    def header(self) -> Header:
        return Header((self.database,), self.authorities, clock.today(), self.period_end)

    @property
    def entry_year(self) -> int:
        """The September whose Guarantee is told: that of the school year until August, and the one that is over from
        September to March. Source: nccis-september-guarantee.md, rules 905 and 906."""
        return self.period_end.year - (self.period_end.month < 4)

    @property
    def academic_year(self) -> int:
        return self.period_end.year - (self.period_end.month < 9)

    def person_id(self, learner_id: int) -> str:
        return f"{self.database}{learner_id:0{ID_DIGITS}}"


def learners_of(asked: Asked) -> QuerySet:
    """Whom the authorities lead for: of academic age 15 to 17, with an education, health and care plan to 24; and those
    whom the Guarantee counts at their schools though another authority leads. Of changes, those also for whom another
    has begun to lead since, which their record then names. In the order of their keys.

    Source: nccis-september-guarantee.md, "Coverage" and "Who counts where".
    """
    areas = Area.objects.filter(authority__in=asked.authorities, is_practice=False)
    led = Q(residence_authority__in=asked.authorities) | Q(residence_authority=None, area__in=areas)
    young = Q(birth_on__range=(_born_from(asked, 17), _born_from(asked, 14, less=1)))
    older = Q(birth_on__range=(_born_from(asked, 24), _born_from(asked, 17, less=1)))
    has_begun = Exists(RollEntry.objects.filter(learner=OuterRef("pk"), started_on__lte=asked.period_end)) | Exists(
        CurrentActivity.objects.filter(learner=OuterRef("pk"), started_on__lte=asked.period_end)
    )
    of_age = young | (older & Q(characteristics__sen_provision__in=[each.value for each in PLANS]))
    counted = Q(pk__in=[])
    for area in areas:
        cohort = GuaranteeCohort(area, GUARANTEE_YEARS[0], asked.entry_year, asked.period_end)
        counted |= Q(pk__in=cohort.learners().values("pk"))
    everybody = Learner.objects.all()
    if asked.since is not None:
        everybody = shared_since(asked.since)
        led |= moved_away_since(asked.since, asked.authorities)
    return (
        everybody.filter((led & of_age & has_begun) | counted, erased_at=None, area__is_practice=False)
        .select_related("area", "contact", "characteristics")
        .order_by("pk")
    )


def people_of(asked: Asked, codes: Codes) -> Iterator[tuple[int, YoungPerson]]:
    """Each learner's key and record. Memory stays the same however many there are; a fixed number of queries for each
    chunk of them."""
    learners = learners_of(asked).iterator(chunk_size=CHUNK)
    while chunk := list(islice(learners, CHUNK)):
        for known in _known(chunk, asked):
            person_id = asked.person_id(known.learner.pk)
            yield known.learner.pk, said_of(known, person_id=person_id, period_end=asked.period_end, codes=codes)


def _born_from(asked: Asked, age: int, *, less: int = 0) -> dt.date:
    """The first birthday of who is of this academic age, or so many days before it."""
    return dt.date(asked.academic_year - age - 1, 9, 1) - dt.timedelta(days=less)


def _known(learners: list[Learner], asked: Asked) -> Iterator[Known]:
    keys = [learner.pk for learner in learners]
    rolls = _rolls(keys, asked.period_end)
    spells = _spells(keys, asked.period_end)
    lists = _lists(keys, asked.period_end)
    facts = {kind: _facts(keys, kind, asked.period_end) for kind in (RecordKind.NEED, RecordKind.DESTINATION)}
    characteristics = _characteristics(keys, asked.period_end)
    guarantee = _guarantee(keys, rolls, asked)
    recorded, offers = _recorded(keys, asked), _offers(keys, asked)
    cut = dt.date(asked.academic_year, 8, 31)
    for learner in learners:
        key = learner.pk
        lead = learner.residence_authority_id or learner.area.authority_id or ""
        yield Known(
            learner, age_on(learner.birth_on, cut), lead, lead not in asked.authorities, spells[key], rolls[key],
            lists[key], facts[RecordKind.NEED].get(key, ""), facts[RecordKind.DESTINATION].get(key, ""),
            characteristics[key], guarantee[key], recorded.get(key, ""), offers.get(key, ""),
        )  # fmt: skip


def _by_learner(rows: Iterable[Any]) -> defaultdict[int, list[Any]]:
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.learner_id].append(row)
    return found


def _rolls(keys: list[int], on: dt.date) -> defaultdict[int, list[Any]]:
    entries = RollEntry.objects.filter(learner__in=keys, started_on__lte=on)
    return _by_learner(entries.select_related("school__area").order_by("-started_on", "-pk"))


def _spells(keys: list[int], on: dt.date) -> defaultdict[int, list[Any]]:
    spells = CurrentActivity.objects.known_on(on).filter(learner__in=keys)
    return _by_learner(spells.select_related("code", "provider").order_by("-started_on", "-pk"))


def _lists(keys: list[int], on: dt.date) -> defaultdict[int, list[Any]]:
    lists = Enrolment.objects.standing().filter(learner__in=keys, started_on__lte=on)
    lists = lists.filter(Q(left_on=None) | Q(left_on__gt=on))
    return _by_learner(lists.select_related("provider").order_by("-started_on", "-pk"))


def _facts(keys: list[int], kind: str, on: dt.date) -> dict[int, str]:
    facts = RecordFact.objects.as_it_stood_on(on, kind=kind).filter(learner__in=keys)
    return dict(facts.values_list("learner", "code__code"))


def _characteristics(keys: list[int], on: dt.date) -> defaultdict[int, list[str]]:
    facts = RecordFact.objects.known_on(on).filter(learner__in=keys, kind=RecordKind.CHARACTERISTIC)
    found: defaultdict[int, list[str]] = defaultdict(list)
    for key, code in facts.filter(Q(ended_on=None) | Q(ended_on__gt=on)).values_list("learner", "code__code"):
        found[key].append(code)
    return found


def _guarantee(keys: list[int], rolls: Any, asked: Asked) -> defaultdict[int, dict[int, tuple[str, str]]]:
    """Year group to light and authority, by learner: Year 11 where it is educated, Year 12 where it lives."""
    schools = {roll.school.area for entries in rolls.values() for roll in entries}
    areas = {area.pk: area for area in schools if area.authority_id and not area.is_practice}
    areas |= {area.pk: area for area in Area.objects.filter(authority__in=asked.authorities, is_practice=False)}
    found: defaultdict[int, dict[int, tuple[str, str]]] = defaultdict(dict)
    for area in areas.values():
        for year_group in GUARANTEE_YEARS:
            cohort = GuaranteeCohort(area, year_group, asked.entry_year, asked.period_end)
            learners = cohort.learners().filter(pk__in=keys).order_by()
            lights = with_light(learners, entry_year=asked.entry_year, day=cohort.past_day)
            for key, light in lights.values_list("pk", "light"):
                found[key][year_group] = (light, area.authority_id)
    return found


def _recorded(keys: list[int], asked: Asked) -> dict[int, str]:
    statuses = RecordedStatus.objects.standing_at(end_of(asked.period_end))
    statuses = statuses.filter(learner__in=keys, entry_year=asked.entry_year).order_by("recorded_at", "pk")
    return dict(statuses.values_list("learner", "status"))


def _offers(keys: list[int], asked: Asked) -> dict[int, str]:
    """What sort of offer somebody had at the end of the period, where it is not of full-time education."""
    in_hand = choices_as_of(end_of(asked.period_end), worth={"has_offer_in_hand": 1}).filter(
        worth=1, application__learner__in=keys, application__cycle__entry_year=asked.entry_year,
        runs__course__kind=ProvisionKind.APPRENTICESHIP,
    )  # fmt: skip
    outside = OutsideOffer.objects.standing_at(end_of(asked.period_end)).filter(
        learner__in=keys, cycle__entry_year=asked.entry_year
    )
    found = dict(in_hand.order_by().values_list("application__learner", F("runs__course__kind")).distinct())
    return found | dict(outside.order_by("-pk").values_list("learner", "kind"))
