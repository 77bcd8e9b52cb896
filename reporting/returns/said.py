"""What the return says of one learner, from what the portal has recorded of them by the end of the period."""

import datetime as dt
import re
from typing import Any, NamedTuple

from accounts.models import SenProvision
from reporting.queries.lights import Light
from reporting.returns.codes import GUARANTEE_ONLY, Codes
from reporting.returns.record import Guarantee, YoungPerson
from reporting.returns.rules.base import YEAR_11

GENDERS = {"F": "F", "M": "M", "": "U"}  # whatever else a school writes is W
NO_ETHNICITY = "NOBT"
ETHNICITIES = {"WIRT": "WOTH"}  # the school census tells them apart, the return does not
PLANS = {SenProvision.PLAN, SenProvision.STATEMENT}
SUPPORTED = {SenProvision.SUPPORT, SenProvision.ACTION, SenProvision.ACTION_PLUS}
LEAST_NEED, UNDECIDED = "3", "611"  # what the sample return says where nothing is recorded
LOOKED_AFTER = "110"
AT_SCHOOL, SIXTH_FORM, COLLEGE, TRAINING = "110", "210", "230", "410"
NOT_KNOWN, NOT_KNOWN_AT_SCHOOL_AGE = "810", "150"
OF_ORGANISATION = {"school": SIXTH_FORM, "college": COLLEGE, "training_provider": TRAINING}
NO_NUMBER = "9999"  # of an establishment to which the Department gave none, after the authority
# What the words of the codes say of an offer; like the words, an authority's data manager has to confirm them.
OFFER, NO_OFFER, NOT_RECORDED = "110", "150", "159"
OFFERS = {"apprenticeship": "120", "training": "122", "work_with_study": "124"}


class Doing(NamedTuple):
    """One thing somebody does, wherever it is recorded. Days may be None; ``lapses_on`` None: it does not lapse."""

    code: str
    started_on: dt.date
    ascertained_on: dt.date
    verified_on: dt.date
    lapses_on: dt.date | None = None
    review_on: dt.date | None = None
    ends_on: dt.date | None = None
    where: str = ""
    ukprn: str = ""


class Known(NamedTuple):
    """All that is known of one learner. ``spells``, ``rolls`` and ``lists`` have begun by the end of the period, the
    newest first; rolls that ended by then are among them. ``guarantee``: year group to light and authority."""

    learner: Any
    academic_age: int
    lead: str
    is_guarantee_only: bool
    spells: list[Any]
    rolls: list[Any]
    lists: list[Any]
    need: str
    destination: str
    characteristics: list[str]
    guarantee: dict[int, tuple[str, str]]
    recorded: str
    offer: str


def said_of(known: Known, *, person_id: str, period_end: dt.date, codes: Codes) -> YoungPerson:
    """The record."""
    learner = known.learner
    facts = getattr(learner, "characteristics", None)
    provision = facts.sen_provision if facts else ""
    ethnicity = ETHNICITIES.get(facts.ethnicity, facts.ethnicity) if facts else ""
    looked_after = [LOOKED_AFTER] if facts and facts.is_looked_after else []
    at_school = next((roll for roll in known.rolls if roll.year_group == 11), None)
    educated = next((_authority(roll) for roll in known.rolls if _holds(roll, period_end)), known.lead)
    it = YoungPerson(
        person_id=person_id,
        cohort_status=GUARANTEE_ONLY if known.is_guarantee_only else "P",
        given_name=learner.given_name,
        family_name=learner.family_name,
        gender=GENDERS.get(facts.sex if facts else "", "W"),
        birth=learner.birth_on.isoformat(),
        ethnicity=ethnicity if ethnicity in codes.ethnicities else NO_ETHNICITY,
        lead_authority=known.lead,
        educated_authority=educated or known.lead,
        year_11_authority=(_authority(at_school) if at_school else "") or known.lead,
        uln=learner.uln,
        upn=learner.upn or "",
        need=known.need or LEAST_NEED,
        has_plan="Y" if provision in PLANS else "N",
        has_support="Y" if provision in SUPPORTED else "N",
        characteristics=sorted({*known.characteristics, *looked_after}),
        destination=known.destination or (UNDECIDED if known.academic_age == YEAR_11 else ""),
    )
    _say_address(it, getattr(learner, "contact", None))
    _say_guarantee(it, known)
    _say_activity(it, doing_of(known, period_end=period_end, codes=codes), known, period_end, codes)
    return it


def doing_of(known: Known, *, period_end: dt.date, codes: Codes) -> Doing:
    """What began last, a recorded activity before a roll or a list of the same day; not known where nothing is. What is
    for Year 11 and younger ends with Year 11."""
    recorded = [_of_spell(spell) for spell in known.spells[:1]]
    if known.academic_age > YEAR_11:
        recorded = [doing for doing in recorded if doing.code not in codes.compulsory]
    rolls = [_of_roll(roll, known, period_end) for roll in known.rolls if _holds(roll, period_end)]
    lists = [_of_list(enrolment) for enrolment in known.lists]
    found = max([*recorded, *rolls, *lists], key=lambda doing: doing.started_on, default=None)
    return found or _not_known(known, period_end)


def _of_spell(spell: Any) -> Doing:
    provider = spell.provider
    return Doing(
        spell.code.code, spell.started_on, spell.ascertained_on, spell.verified_on, spell.lapses_on, spell.review_on,
        spell.course_ends_on, provider.name if provider else spell.establishment, (provider and provider.ukprn) or "",
    )  # fmt: skip


def _of_roll(roll: Any, known: Known, period_end: dt.date) -> Doing:
    is_young = known.academic_age <= YEAR_11
    years = 0 if is_young or roll.year_group >= 13 else 1
    ends_on = _summer(period_end).replace(year=_summer(period_end).year + years)
    on = roll.started_on
    code = AT_SCHOOL if is_young else SIXTH_FORM
    return Doing(code, on, on, on, min(_summer(on), ends_on), None, ends_on, roll.school.name, roll.school.ukprn or "")


def _of_list(enrolment: Any) -> Doing:
    on, provider = enrolment.started_on, enrolment.provider
    code = OF_ORGANISATION.get(provider.kind, COLLEGE)
    return Doing(code, on, on, on, _summer(on), None, _summer(on), provider.name, provider.ukprn or "")


def _not_known(known: Known, period_end: dt.date) -> Doing:
    ended = [roll.ended_on for roll in known.rolls if roll.ended_on]
    on = min(max(ended, default=period_end), period_end)
    if known.academic_age > YEAR_11:
        return Doing(NOT_KNOWN, on, on, on)
    return Doing(NOT_KNOWN_AT_SCHOOL_AGE, on, on, on, _summer(on), None, _summer(period_end))


def _summer(on: dt.date) -> dt.date:
    """The 31 August on or after this day."""
    this_year = dt.date(on.year, 8, 31)
    return this_year if on <= this_year else this_year.replace(year=on.year + 1)


def _holds(roll: Any, on: dt.date) -> bool:
    return roll.ended_on is None or roll.ended_on > on


def _authority(roll: Any) -> str:
    return roll.school.area.authority_id or ""


def _say_activity(it: YoungPerson, doing: Doing, known: Known, period_end: dt.date, codes: Codes) -> None:
    it.activity = doing.code
    it.started, it.ascertained = doing.started_on.isoformat(), doing.ascertained_on.isoformat()
    it.verified = doing.verified_on.isoformat()
    it.review, it.due_to_lapse, it.course_ends = map(_text, (doing.review_on, doing.lapses_on, doing.ends_on))
    it.is_lapsed = "Y" if doing.lapses_on is not None and doing.lapses_on < period_end else "N"
    it.establishment, it.establishment_name = f"{known.lead}{NO_NUMBER}", doing.where
    it.ukprn = doing.ukprn
    if doing.code in codes.neet:
        it.neet_since = _neet_since(known.spells, codes).isoformat()


def _neet_since(spells: list[Any], codes: Codes) -> dt.date:
    """The first day of the spells without education, employment or training that follow one another up to now."""
    since = spells[0].started_on
    for spell in spells[1:]:
        if spell.code.code not in codes.neet or spell.ended_on != since:
            break
        since = spell.started_on
    return since


def _say_guarantee(it: YoungPerson, known: Known) -> None:
    for year_group, (light, authority) in known.guarantee.items():
        node = Guarantee(_status(known, light), authority)
        if year_group == 11:
            it.year_11, it.year_11_authority = node, authority
        else:
            it.year_12 = node
    it.is_guaranteed = "Y" if known.guarantee else "N"


def _status(known: Known, light: str) -> str:
    """An offer goes before what was recorded, and what was recorded before what a light alone says."""
    if light == Light.OFFER:
        return OFFERS.get(known.offer, OFFER)
    return known.recorded or (NOT_RECORDED if light == Light.NOTHING else NO_OFFER)


def _say_address(it: YoungPerson, contact: Any) -> None:
    if contact is None:
        return
    lines = [line for line in map(str.strip, re.split(r"[\n,]", contact.address)) if line]
    if len(lines) > 1:
        it.town = lines.pop()
    if len(lines) > 4:
        lines[3:] = [", ".join(lines[3:])]
    it.address_1, it.address_2, it.address_3, it.address_4 = [*lines, "", "", "", ""][:4]
    it.postcode = contact.postcode


def _text(on: dt.date | None) -> str:
    return on.isoformat() if on else ""
