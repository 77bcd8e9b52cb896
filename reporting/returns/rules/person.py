"""Rules about who somebody is, where they live and who leads for them: 1 to 43, 902 to 904."""

import re

from reporting.returns.codes import AWAY, EDITION_2017, GUARANTEE_ONLY, UNKNOWN_AUTHORITY
from reporting.returns.record import YoungPerson
from reporting.returns.rules.base import Against, Rule, academic_age, is_aged

POSTCODE = re.compile(
    r"([A-Z][0-9]|[A-Z][0-9]{2}|[A-Z]{2}[0-9]|[A-Z]{2}[0-9]{2}|[A-Z][0-9][A-Z]|[A-Z]{2}[0-9][A-Z]) [0-9][A-Z]{2}"
)
ULN, UKPRN = re.compile(r"[0-9]{10}"), re.compile(r"1[0-9]{7}")
GENDERS = frozenset("FMUW")
TRANSFERRED, LEFT_ENGLAND, AGED_OUT = "T", "E", "A"


def _is_too_old(it: YoungPerson, at: Against) -> bool:
    age = academic_age(it, at)
    return age is not None and age > 25 and it.cohort_status != AGED_OUT


def _is_too_young(it: YoungPerson, at: Against) -> bool:
    age = academic_age(it, at)
    return age is not None and age < 15


def _is_not_authority(code: str, at: Against) -> bool:
    """Neither an authority nor one of the pseudo-codes."""
    return bool(code) and code not in at.codes.authorities | AWAY | {UNKNOWN_AUTHORITY}


def _has_no_address(it: YoungPerson, at: Against) -> bool:
    return not any((it.address_1, it.address_2, it.address_3, it.address_4, it.town, it.county))


def _needs_plan(it: YoungPerson, at: Against) -> bool:
    is_new = at.period_end is not None and at.period_end >= EDITION_2017
    return it.has_plan != "Y" and is_aged(it, at, *((18, 24) if is_new else (20, 25)))


def _goes_nowhere(it: YoungPerson, at: Against) -> bool:
    code = it.transferred_to
    if it.cohort_status == TRANSFERRED:
        return bool(code) and code not in at.codes.authorities
    return it.cohort_status == LEFT_ENGLAND and bool(code) and code not in AWAY


def _is_of_other_database(it: YoungPerson, at: Against) -> bool:
    return bool(at.header.databases) and it.person_id[:3] not in at.header.databases


RULES = (
    Rule(1, 1, "YoungPersonsID", "The ID is not 13 characters long.", lambda it, at: len(it.person_id) != 13),
    Rule(2, 1, "GivenName", "There is no given name.", lambda it, at: not it.given_name),
    Rule(3, 1, "FamilyName", "There is no family name.", lambda it, at: not it.family_name),
    Rule(4, 2, "Gender", "There is no gender.", lambda it, at: not it.gender),
    Rule(5, 2, "Gender", "The gender is not one of F, M, U and W.",
         lambda it, at: bool(it.gender) and it.gender not in GENDERS, "gender"),
    Rule(6, 2, "Ethnicity", "There is no ethnicity.", lambda it, at: not it.ethnicity),
    Rule(7, 2, "Ethnicity", "The ethnicity is not one of the Department’s codes.",
         lambda it, at: bool(it.ethnicity) and it.ethnicity not in at.codes.ethnicities, "ethnicity"),
    Rule(8, 1, "DOB", "There is no date of birth.", lambda it, at: not it.birth),
    Rule(9, 2, "DOB", "Somebody over academic age 25 has cohort status A.", _is_too_old, "cohort_status"),
    Rule(10, 2, "DOB", "Nobody under academic age 15 belongs in the return.", _is_too_young),
    Rule(11, 1, "CohortStatus", "There is no cohort status.", lambda it, at: not it.cohort_status),
    Rule(13, 2, "TransferredToLACode", "Cohort status T needs the authority somebody was transferred to.",
         lambda it, at: it.cohort_status == TRANSFERRED and not it.transferred_to),
    Rule(14, 1, "LeadLEA", "There is no lead authority.", lambda it, at: not it.lead_authority),
    Rule(15, 1, "LeadLEA", "The lead authority is no authority.",
         lambda it, at: bool(it.lead_authority) and it.lead_authority not in at.codes.authorities, "lead_authority"),
    Rule(19, 2, "EducatedLEA", "The authority where somebody is educated is no authority, nor 000 to 004.",
         lambda it, at: _is_not_authority(it.educated_authority, at), "educated_authority"),
    Rule(24, 2, "LEACodeAtYear11", "The authority in Year 11 is no authority, nor 000 to 004.",
         lambda it, at: _is_not_authority(it.year_11_authority, at), "year_11_authority"),
    # Another authority leads for whoever is there for the Guarantee only: status G says so.
    Rule(26, 2, "LeadLEA", "The lead authority is not one of those in the file’s header.",
         lambda it, at: bool(it.lead_authority and at.header.authorities) and it.cohort_status != GUARANTEE_ONLY
         and it.lead_authority not in at.header.authorities, "lead_authority"),
    Rule(30, 2, "UniqueLearnerNo", "The unique learner number is not 10 digits.",
         lambda it, at: bool(it.uln) and not ULN.fullmatch(it.uln), "uln"),
    Rule(31, 1, "Address", "There is no line of an address, no town and no county.", _has_no_address),
    Rule(32, 1, "Postcode", "There is no postcode.", lambda it, at: not it.postcode),
    # A status of E says with 000 to 003 where in the world somebody went, which rule 35 asks for.
    Rule(34, 2, "TransferredToLACode", "Only cohort status T has an authority somebody was transferred to.",
         lambda it, at: bool(it.transferred_to) and it.cohort_status not in (TRANSFERRED, LEFT_ENGLAND),
         "transferred_to"),
    Rule(35, 2, "TransferredToLACode",
         "With cohort status T it is an authority that somebody was transferred to, with E one of 000 to 003.",
         _goes_nowhere, "transferred_to"),
    Rule(37, 1, "PreviousYPIDIdentifier", "The previous ID is not 13 characters long.",
         lambda it, at: bool(it.previous_id) and len(it.previous_id) != 13, "previous_id"),
    Rule(38, 2, "UniquePupilNumber", "The unique pupil number is not 13 characters long.",
         lambda it, at: bool(it.upn) and len(it.upn) != 13, "upn"),
    Rule(39, 2, "UKProviderReferenceNumber", "The provider’s reference number is not 8 digits that begin with 1.",
         lambda it, at: bool(it.ukprn) and not UKPRN.fullmatch(it.ukprn), "ukprn"),
    Rule(40, 1, "DOB", "Somebody of this age is in a return only with an education, health and care plan: SENDFlag Y.",
         _needs_plan, "has_plan"),
    Rule(41, 1, "TransferredToLACode", "Nobody is transferred to 004, an unknown authority.",
         lambda it, at: it.transferred_to == UNKNOWN_AUTHORITY),
    Rule(42, 1, "TransferredToLACode", "Nobody is transferred to the authority that leads for them.",
         lambda it, at: bool(it.transferred_to) and it.transferred_to == it.lead_authority, "transferred_to"),
    Rule(43, 2, "Postcode", "The postcode has no shape that postcodes have.",
         lambda it, at: bool(it.postcode) and not POSTCODE.fullmatch(it.postcode.upper())),
    Rule(903, 1, "YoungPersonsID", "The first three digits of the ID are not the database of the file’s header.",
         _is_of_other_database),
    Rule(904, 1, "CohortStatus", "The cohort status is none there is. The Department rejects the whole file.",
         lambda it, at: bool(it.cohort_status) and it.cohort_status not in at.codes.cohort_statuses, "cohort_status"),
)  # fmt: skip
