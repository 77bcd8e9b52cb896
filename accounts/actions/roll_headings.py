"""Saying once what the columns of a school's files hold."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.models import RollHeading
from accounts.policies import SCHOOL_POLICY
from activity.actions import record
from core import clock
from providers.models import Organisation


@transaction.atomic
def explain_roll_headings(*, school: Organisation, answers: Mapping[str, str], by: Any) -> None:
    """From now on these headings (squeezed) of this school's files mean these things. What somebody said before about
    another heading that was to mean the same is forgotten. Raises: NotAllowed."""
    SCHOOL_POLICY.require(by, "explain_headings", school)
    Organisation.objects.select_for_update(no_key=True).get(pk=school.pk)
    RollHeading.objects.filter(school=school, thing__in=answers.values()).exclude(heading__in=answers).delete()
    for heading, thing in answers.items():
        RollHeading.objects.update_or_create(
            school=school, heading=heading, defaults={"thing": thing, "by": by, "answered_at": clock.now()}
        )
    record("roll.explain", subject=school, by=by, columns=len(answers))
