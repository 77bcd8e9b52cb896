"""Rules about the September Guarantee, needs and where somebody means to go: 25, 27, 100 to 104, 260, 261, 301 to 304,
905 and 906."""

from reporting.returns.codes import EDITION_2019, GUARANTEE_ONLY
from reporting.returns.record import YoungPerson
from reporting.returns.rules.base import Against, Rule, guarantee_due, is_year_11


def _has_wrong_status(it: YoungPerson, at: Against) -> bool:
    nodes = ((it.year_11.status, at.codes.year_11), (it.year_12.status, at.codes.year_12))
    return any(status and status not in codes for status, codes in nodes)


def _has_wrong_authority(it: YoungPerson, at: Against) -> bool:
    return any(node.authority and node.authority not in at.codes.authorities for node in (it.year_11, it.year_12))


def _lacks_guarantee(it: YoungPerson, at: Against) -> bool:
    due = guarantee_due(it, at)
    return due is not None and not due.is_whole


def _is_2019(at: Against) -> bool:
    return at.period_end is None or at.period_end >= EDITION_2019


RULES = (
    Rule(25, 1, "LEACodeAtYear11", "The authority in Year 11 is another than the one of the Year 11 Guarantee.",
         lambda it, at: bool(it.year_11_authority and it.year_11.authority)
         and it.year_11_authority != it.year_11.authority, "year_11_authority"),
    Rule(27, 1, "GuaranteeStatus", "The Guarantee status is none of its year’s codes.", _has_wrong_status),
    Rule(261, 1, "Guarantee LEACode", "The authority of the Guarantee is no authority.", _has_wrong_authority),
    Rule(905, 1, "GuaranteeStatus", "Cohort status G needs status and authority of the Guarantee of this year group.",
         lambda it, at: it.cohort_status == GUARANTEE_ONLY and _lacks_guarantee(it, at)),
    Rule(906, 1, "GuaranteeStatus", "The Guarantee’s indicator is Y; status or authority of this year is not there.",
         lambda it, at: it.is_guaranteed == "Y" and _lacks_guarantee(it, at)),
    Rule(100, 1, "LevelOfNeedCode", "There is no level of need.", lambda it, at: not it.need),
    Rule(101, 2, "LevelOfNeedCode", "The level of need is not 1, 2 or 3.",
         lambda it, at: bool(it.need) and it.need not in at.codes.needs, "need"),
    Rule(102, 2, "SENDFlag", "The flag for an education, health and care plan is neither Y nor N.",
         lambda it, at: it.has_plan not in ("", "Y", "N"), "has_plan"),
    Rule(103, 2, "SENDFlag", "Nothing says whether there is an education, health and care plan.",
         lambda it, at: not it.has_plan),
    Rule(104, 2, "CharacteristicCode", "A characteristic is none of the Department’s codes.",
         lambda it, at: any(code not in at.codes.characteristics for code in it.characteristics)),
    Rule(260, 2, "CharacteristicCode", "A male is recorded as pregnant.",
         lambda it, at: it.gender == "M" and "180" in it.characteristics),
    Rule(301, 2, "IntendedDestinationYr11", "Somebody in Year 11 has no intended destination.",
         lambda it, at: not it.destination and is_year_11(it, at)),
    Rule(302, 2, "IntendedDestinationYr11", "The intended destination is none of the Department’s codes.",
         lambda it, at: bool(it.destination) and it.destination not in at.codes.destinations, "destination"),
    Rule(303, 2, "SENSupportFlag", "Nothing says whether there is support for special educational needs.",
         lambda it, at: _is_2019(at) and not it.has_support),
    Rule(304, 2, "SENSupportFlag", "The flag for support of special educational needs is neither Y nor N.",
         lambda it, at: _is_2019(at) and it.has_support not in ("", "Y", "N"), "has_support"),
)  # fmt: skip
