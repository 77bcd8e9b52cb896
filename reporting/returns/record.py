"""One young person of a return, and its header, as the file has them: what readers make and rules read."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

PERSONAL: Mapping[str, str] = {
    "person_id": "YoungPersonsID", "cohort_status": "CohortStatus", "given_name": "GivenName",
    "middle_name": "MiddleName", "family_name": "FamilyName", "address_1": "AddressLine1",
    "address_2": "AddressLine2", "address_3": "AddressLine3", "address_4": "AddressLine4", "town": "Town",
    "county": "County", "postcode": "Postcode", "gender": "Gender", "birth": "DOB", "ethnicity": "Ethnicity",
    "lead_authority": "LeadLEA", "educated_authority": "EducatedLEA", "transferred_to": "TransferredToLACode",
    "year_11_authority": "LEACodeAtYear11", "uln": "UniqueLearnerNo", "upn": "UniquePupilNumber",
    "is_guaranteed": "GuaranteeStatusIndicator", "previous_id": "PreviousYPIDIdentifier",
}  # fmt: skip
NEED: Mapping[str, str] = {"need": "LevelOfNeedCode", "has_plan": "SENDFlag", "has_support": "SENSupportFlag"}
ACTIVITY: Mapping[str, str] = {
    "activity": "ActivityCode", "started": "StartDate", "ascertained": "DateAscertained", "verified": "DateVerified",
    "review": "ReviewDate", "due_to_lapse": "DueToLapseDate", "is_lapsed": "CurrencyLapsed",
    "establishment": "EstablishmentNumber", "establishment_name": "EstablishmentName",
    "ukprn": "UKProviderReferenceNumber", "neet_since": "NEETStartDate", "course_ends": "PredictedEndDate",
}  # fmt: skip
DESTINATION: Mapping[str, str] = {"destination": "IntendedDestinationYr11"}
GUARANTEE: Mapping[str, str] = {"status": "GuaranteeStatus", "authority": "LEACode"}
CHARACTERISTIC = "CharacteristicCode"


@dataclass(slots=True)
class Guarantee:
    """The September Guarantee of one year group, as the file has it."""

    status: str = ""
    authority: str = ""

    @property
    def is_whole(self) -> bool:
        return bool(self.status and self.authority)


@dataclass(slots=True)
class YoungPerson:
    """One record. Every value is the file's own text, trimmed; nothing said is the empty text."""

    person_id: str = ""
    cohort_status: str = ""
    given_name: str = ""
    middle_name: str = ""
    family_name: str = ""
    address_1: str = ""
    address_2: str = ""
    address_3: str = ""
    address_4: str = ""
    town: str = ""
    county: str = ""
    postcode: str = ""
    gender: str = ""
    birth: str = ""
    ethnicity: str = ""
    lead_authority: str = ""
    educated_authority: str = ""
    transferred_to: str = ""
    year_11_authority: str = ""
    uln: str = ""
    upn: str = ""
    is_guaranteed: str = ""
    previous_id: str = ""
    need: str = ""
    has_plan: str = ""
    has_support: str = ""
    activity: str = ""
    started: str = ""
    ascertained: str = ""
    verified: str = ""
    review: str = ""
    due_to_lapse: str = ""
    is_lapsed: str = ""
    establishment: str = ""
    establishment_name: str = ""
    ukprn: str = ""
    neet_since: str = ""
    course_ends: str = ""
    destination: str = ""
    characteristics: list[str] = field(default_factory=list)
    year_11: Guarantee = field(default_factory=Guarantee)
    year_12: Guarantee = field(default_factory=Guarantee)
    has_activities: bool = True  # the node is there, whatever is in it


@dataclass(slots=True)
class Header:
    """Whose return it is and of when. A table of people alone has none of it."""

    databases: tuple[str, ...] = ()
    authorities: tuple[str, ...] = ()
    sent_on: dt.date | None = None
    period_end: dt.date | None = None
    supplier: str = ""
