"""Rules about the current activity, its days and its currency: 200 to 259, 262 and 305."""

import re

from reporting.returns.codes import EDITION_2019
from reporting.returns.record import YoungPerson
from reporting.returns.rules.base import YEAR_11, Against, Rule, after, age_on, born, day, is_aged

ESTABLISHMENT = re.compile(r"[0-9]{7}")
# Somebody who is not available for this reason has the characteristic that is the reason.
CARER, PARENT, PREGNANT = ("620", "140"), ("630", "120"), ("650", "180")
SPECIAL, INTERNSHIP, WORK_PROGRAMME = "280", "460", "440"


def _is_later_than_period(text: str, at: Against) -> bool:
    said = day(text)
    return said is not None and at.period_end is not None and said > at.period_end


def _is_before_period_end(text: str, at: Against) -> bool:
    said = day(text)
    return said is not None and at.period_end is not None and said < at.period_end


def _began_under(text: str, it: YoungPerson, years: int) -> bool:
    """On this day somebody was younger than so many years."""
    said, birth = day(text), born(it.birth)
    return said is not None and birth is not None and age_on(birth, said) < years


def _lacks(it: YoungPerson, pair: tuple[str, str]) -> bool:
    activity, characteristic = pair
    return it.activity == activity and characteristic not in it.characteristics


def _is_at_no_establishment(it: YoungPerson, at: Against) -> bool:
    number = it.establishment
    return bool(number) and not (ESTABLISHMENT.fullmatch(number) and number[:3] in at.codes.authorities)


def _is_post_16_too_soon(it: YoungPerson, at: Against) -> bool:
    return it.activity in at.codes.activities - at.codes.compulsory and is_aged(it, at, 0, YEAR_11)


def _is_compulsory_too_late(it: YoungPerson, at: Against) -> bool:
    return it.activity in at.codes.compulsory and is_aged(it, at, YEAR_11 + 1, 99)


def _is_verified_after(it: YoungPerson, at: Against) -> bool:
    return _is_later_than_period(it.verified, at) and at.period_end is not None and at.period_end >= EDITION_2019


# These say nothing of a record without the node: then rule 240 says all there is to say.
RULES = (
    Rule(200, 1, "ActivityCode", "There is no activity.", lambda it, at: not it.activity),
    Rule(201, 1, "ActivityCode", "The activity is none of the Department’s codes.",
         lambda it, at: bool(it.activity) and it.activity not in at.codes.activities, "activity"),
    Rule(202, 1, "StartDate", "Nothing says when the activity began.", lambda it, at: not it.started),
    Rule(203, 1, "DateAscertained", "Nothing says when the activity was found out.", lambda it, at: not it.ascertained),
    Rule(220, 1, "CurrencyLapsed", "Nothing says whether the activity’s currency has lapsed.",
         lambda it, at: not it.is_lapsed),
    Rule(221, 1, "CurrencyLapsed", "Whether the currency has lapsed is neither Y nor N.",
         lambda it, at: it.is_lapsed not in ("", "Y", "N"), "is_lapsed"),
    Rule(224, 1, "NEETStartDate", "Somebody not in education, employment or training needs the day since when.",
         lambda it, at: it.activity in at.codes.neet and not it.neet_since, "activity"),
    Rule(225, 1, "NEETStartDate", "The day since when somebody is in neither education nor work is after the activity "
         "began.", lambda it, at: after(it.neet_since, it.started), "neet_since"),
    Rule(226, 1, "NEETStartDate", "Only somebody not in education, employment or training has a day since when.",
         lambda it, at: bool(it.neet_since) and it.activity not in at.codes.neet, "activity"),
    Rule(228, 1, "EstablishmentNumber", "The establishment is not 7 digits that begin with an authority.",
         _is_at_no_establishment, "establishment"),
    Rule(229, 1, "ActivityCode", "Somebody below Year 12 has an activity for those who have left Year 11.",
         _is_post_16_too_soon, "activity"),
    Rule(230, 1, "ActivityCode", "Somebody above Year 11 has an activity of compulsory school age.",
         _is_compulsory_too_late, "activity"),
    Rule(231, 2, "CurrencyLapsed", "It says lapsed, but it lapses after the end of the period.",
         lambda it, at: it.is_lapsed == "Y" and _is_later_than_period(it.due_to_lapse, at), "due_to_lapse"),
    Rule(232, 2, "CurrencyLapsed", "It says not lapsed, but it lapsed before the end of the period.",
         lambda it, at: it.is_lapsed == "N" and _is_before_period_end(it.due_to_lapse, at), "due_to_lapse"),
    Rule(233, 2, "CharacteristicCode", "Activity 620, a young carer, needs characteristic 140.",
         lambda it, at: _lacks(it, CARER)),
    Rule(234, 2, "CharacteristicCode", "Activity 630, a teenage parent, needs characteristic 120.",
         lambda it, at: _lacks(it, PARENT)),
    Rule(235, 2, "CharacteristicCode", "Activity 650, pregnancy, needs characteristic 180.",
         lambda it, at: _lacks(it, PREGNANT)),
    Rule(237, 2, "DateAscertained", "The activity was found out after it was confirmed.",
         lambda it, at: after(it.ascertained, it.verified), "ascertained"),
    Rule(238, 2, "DueToLapseDate", "The activity lapses after the course ends.",
         lambda it, at: after(it.due_to_lapse, it.course_ends), "due_to_lapse"),
    Rule(242, 2, "DateAscertained", "The activity was found out before it began.",
         lambda it, at: after(it.started, it.ascertained), "ascertained"),
    Rule(243, 2, "DueToLapseDate", "Nothing says when this activity lapses.",
         lambda it, at: it.activity in at.codes.lapsing and not it.due_to_lapse, "activity"),
    Rule(244, 2, "DueToLapseDate", "The day the activity lapses is not a day written CCYY-MM-DD.",
         lambda it, at: bool(it.due_to_lapse) and day(it.due_to_lapse) is None, "due_to_lapse"),
    Rule(251, 2, "NEETStartDate", "Nobody is not in education, employment or training before their 15th birthday.",
         lambda it, at: _began_under(it.neet_since, it, 15), "neet_since"),
    Rule(253, 2, "ActivityCode", "Activity 440 began before the 18th birthday.",
         lambda it, at: it.activity == WORK_PROGRAMME and _began_under(it.started, it, 18), "started"),
    Rule(254, 1, "ActivityCode", "Activity 280 needs an education, health and care plan: SENDFlag Y.",
         lambda it, at: it.activity == SPECIAL and it.has_plan != "Y", "has_plan"),
    Rule(255, 1, "ActivityCode", "Activity 460 needs an education, health and care plan: SENDFlag Y.",
         lambda it, at: it.activity == INTERNSHIP and it.has_plan != "Y", "has_plan"),
    Rule(256, 1, "DateVerified", "The activity was confirmed before it began.",
         lambda it, at: after(it.started, it.verified), "verified"),
    Rule(257, 2, "ReviewDate", "The activity would be looked at again after the course has ended.",
         lambda it, at: after(it.review, it.course_ends), "review"),
    Rule(258, 1, "PredictedEndDate", "The end of the course is not a day.",
         lambda it, at: bool(it.course_ends) and day(it.course_ends) is None, "course_ends"),
    Rule(259, 1, "PredictedEndDate", "Nothing says when the course ends.",
         lambda it, at: it.activity in at.codes.with_course_end and not it.course_ends, "activity"),
    Rule(262, 1, "ReviewDate", "This activity needs a day to look at it again.",
         lambda it, at: it.activity in at.codes.with_review and not it.review, "activity"),
    Rule(305, 2, "DateVerified", "The activity was confirmed after the end of the period.", _is_verified_after,
         "verified"),
)  # fmt: skip
