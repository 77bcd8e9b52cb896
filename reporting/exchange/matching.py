"""Whose a record of a caseload system is: by the unique numbers, then by name, date of birth and postcode; else
nobody's, or a person says."""

from collections import defaultdict
from typing import NamedTuple

from django.db.models import Q, QuerySet

from accounts.models import ConsentKind, Learner, RollEntry
from accounts.querysets.learner import GUARANTEE_FROM_YEAR
from core import clock
from providers.models import Organisation, Upload
from providers.queries import normalise_postcode
from reporting.exchange.differences import RESIDENCE
from reporting.returns.record import YoungPerson
from reporting.returns.rules.base import born
from reporting.returns.tables import read_date


def exchanged(organisation: Organisation) -> QuerySet:
    """Learners whose records may come from the caseload system of this authority or service: whom its area follows, and
    who have not said no to sharing with the advice service. Whoever registered is not among them until a person has
    found their record (decision 0040). Source: SPEC A5."""
    return _exchanged(_here(organisation))


def exchanged_through(upload: Upload) -> QuerySet:
    """The same for the organisation of a published extract, and learners whose home the extract moved away from there,
    for as long as nobody has moved it on."""
    here = _here(upload.organisation)
    if upload.is_published:
        moved = upload.changes.filter(thing=RESIDENCE, is_picked=True).order_by()
        for authority in moved.values_list("fields__authority__1", flat=True).distinct():
            to = moved.filter(fields__authority__1=authority)
            here |= Q(residence_authority=authority, pk__in=to.values("thing_key"))
    return _exchanged(here)


def _here(organisation: Organisation) -> Q:
    area = organisation.area
    return Q(area=area) | (Q(residence_authority=area.authority_id) if area.authority_id else Q(pk__in=[]))


def _exchanged(here: Q) -> QuerySet:
    old_enough = RollEntry.objects.filter(year_group__gte=GUARANTEE_FROM_YEAR, started_on__lte=clock.today())
    learners = Learner.objects.filter(here, pk__in=old_enough.values("learner"), erased_at=None)
    refusing = Learner.objects.refusing(ConsentKind.ADVICE_SERVICE)
    return learners.filter(area__is_practice=False).exclude(pk__in=refusing.values("pk"))


class Match(NamedTuple):
    """Whose record it is, or between whom a person has to choose; neither: nobody's here."""

    learner: int | None = None
    between: tuple[int, ...] = ()


class _Known(NamedTuple):
    pk: int
    upn: str | None
    uln: str
    given_name: str
    family_name: str
    birth: str
    postcode: str


class People:
    """The learners of an organisation's area, and how to find the one a record is of."""

    def __init__(self, organisation: Organisation) -> None:
        self.by_upn: dict[str, _Known] = {}
        self.by_uln: dict[str, list[_Known]] = defaultdict(list)
        self.by_name: dict[str, list[_Known]] = defaultdict(list)
        rows = exchanged(organisation).order_by("pk").values_list(
            "pk", "upn", "uln", "given_name", "family_name", "birth_on", "contact__postcode"
        )  # fmt: skip
        for key, upn, uln, given_name, family_name, birth_on, postcode in rows.iterator(chunk_size=2000):
            one = _Known(key, upn, uln, given_name, family_name, birth_on.isoformat(), postcode or "")
            if upn:
                self.by_upn[upn] = one
            if uln:
                self.by_uln[uln].append(one)
            self.by_name[_folded(given_name, family_name)].append(one)

    def find(self, it: YoungPerson) -> Match:
        """A number decides, unless the record says that its owner has another name and another date of birth; of one
        name and date of birth the home decides. What neither does waits for a person."""
        numbered = {one.pk: one for one in self._numbered(it)}
        if len(numbered) == 1:
            [one] = numbered.values()
            return Match(between=(one.pk,)) if _is_somebody_else(it, one) else Match(one.pk)
        if numbered:
            return Match(between=tuple(sorted(numbered)))
        birth, postcode = _birth(it), normalise_postcode(it.postcode)
        alike = [one for one in self.by_name.get(_folded(it.given_name, it.family_name), ()) if _alike(it, birth, one)]
        at_home = [one for one in alike if postcode and one.postcode == postcode]
        if len(at_home) == 1:
            return Match(at_home[0].pk)
        return Match(between=tuple(one.pk for one in alike))

    def _numbered(self, it: YoungPerson) -> list[_Known]:
        found = list(self.by_uln.get(it.uln, ())) if it.uln else []
        if it.upn and (one := self.by_upn.get(it.upn.upper())):
            found.append(one)
        return found


def _folded(*parts: str) -> str:
    return " ".join(" ".join(parts).casefold().split())


def _birth(it: YoungPerson) -> str:
    """CCYY-MM-DD, or CCYY-MM where no more is said; nothing of what is no day and no month."""
    text = read_date(it.birth)
    on = born(text)
    return "" if on is None else on.isoformat()[: len(text)]


def _is_somebody_else(it: YoungPerson, one: _Known) -> bool:
    """Both the family name and the date of birth are said, and neither is theirs."""
    birth = _birth(it)
    return bool(
        it.family_name
        and _folded(it.family_name) != _folded(one.family_name)
        and birth
        and not one.birth.startswith(birth)
    )


def _alike(it: YoungPerson, birth: str, one: _Known) -> bool:
    """Born on that day, or in that month where no more is said; two permanent UPNs that differ are two people."""
    upn = it.upn.upper()
    return bool(birth) and one.birth.startswith(birth) and (not upn or not one.upn or upn == one.upn)
