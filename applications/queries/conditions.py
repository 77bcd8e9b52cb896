"""Conditions of offers: their words, and what a provider usually asks."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.models import Choice, ConditionKind, UsualCondition


class Condition(NamedTuple):
    """Something that must still be true before the place is certain. Without ``text`` it is made from the rest."""

    kind: str
    text: str = ""
    subject: str = ""
    grade: str = ""
    number: int | None = None

    @classmethod
    def of(cls, row: Any) -> "Condition":
        """The same as a row has it."""
        return cls(row.kind, row.text, row.subject, row.grade, row.number)


def condition_words(condition: Condition) -> str:
    """The condition as its learner reads it; "" where something of it is missing."""
    if condition.text.strip():
        return condition.text.strip()
    kind, said = condition.kind, condition._asdict()
    if kind == ConditionKind.GRADE and condition.subject and condition.grade:
        return _("Grade %(grade)s or above in %(subject)s") % said
    if kind == ConditionKind.GRADES and condition.grade and condition.number:
        words = ngettext(
            "%(number)s subject at grade %(grade)s or above",
            "%(number)s subjects at grade %(grade)s or above",
            condition.number,
        )
        return words % said
    if kind == ConditionKind.ATTENDANCE and condition.number:
        return _("You are at school on at least %(number)s%% of days") % said
    if kind == ConditionKind.REFERENCE:
        return _("A reference from your school or college that supports you")
    return ""


def usual_conditions_of(choice: Choice) -> list[Condition]:
    """What the provider usually asks for the courses of this choice, from one fetched ``for_list()``."""
    return usual_conditions(
        provider_id=choice.provider_id, course_ids=[each.run.course_id for each in choice.choice_runs.all()]
    )


def usual_conditions(*, provider_id: int, course_ids: Iterable[int]) -> list[Condition]:
    """Those of these courses; where a course has none of its own, those for any course. Each once."""
    wanted = list(course_ids)
    rows = list(UsualCondition.objects.filter(Q(course=None) | Q(course__in=wanted), provider=provider_id))
    own = {row.course_id for row in rows if row.course_id}
    for_any = [row for row in rows if row.course_id is None] if set(wanted) - own or not wanted else []
    found = [Condition.of(row) for row in [*(row for row in rows if row.course_id), *for_any]]
    return list(dict.fromkeys(found))
